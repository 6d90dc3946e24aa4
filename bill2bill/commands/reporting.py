"""What people are told: why an operation failed, and what they should look at though nothing failed."""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING

from bill2bill import messages
from bill2bill.errors import Failure, Retry
from bill2bill.host import failure as failures

if TYPE_CHECKING:
    from bill2bill.commands.world import World

LOG = logging.getLogger("bill2bill")


def report_failure(world: World, failure: Failure) -> None:
    """Tell the panel why the operation of this call failed (host-protocol 2.8); lasting failures make it
    manual, with a task.
    """
    if not world.call.operation or world.failure_told:
        return
    from bill2bill.messages import questions  # only who fails pays for it

    world.failure_told = True
    module = world.data.module_of(world.call.item or 0)  # the item itself may be what cannot be read
    failures.report(
        # the history is read there: the journal may be what failed
        questions.explained(failure, world.root, lambda number: world.journal.history(number)),
        world.call,
        data=world.data,
        panel=world.panel,
        module=module,
        manual=_lasting(world, failure),
        notify=_notify(world, module.id),
        now=datetime.now(),  # noqa: DTZ005 - host-protocol 4.1: local time
        doubt=failure.code.startswith("in_doubt") or failure.code == "other_account",
    )


def _lasting(world: World, failure: Failure) -> bool:
    if failure.retry is Retry.PERSON:
        return True
    if failure.retry is Retry.LOOK:  # ends by itself: settled by a look, or a doubt after `overdue` seconds
        return False
    try:
        failed = world.journal.count_failure(world.call.item or 0, world.call.command)
    except Failure as trouble:
        LOG.error("failures cannot be counted: %s", trouble)
        return False
    return failed >= world.options.tries


def _notify(world: World, module: int) -> bool:
    try:
        return world.connection(module).notify
    except Failure as trouble:
        LOG.error("the connection cannot be read: %s", trouble)
        return True


def notice(world: World, failure: Failure) -> None:
    """A task for a person about something that does not stop the command; once per item, code and parameters,
    until it is over.
    """
    known = json.dumps(failure.params, sort_keys=True)
    if world.cache.recall(f"item-{world.item.id}", failure.code, float("inf")) == known:
        return
    LOG.warning("item %s: %s", world.item.id, failure)
    module = world.data.module(world.item.module)
    if _notify(world, module.id) and module.department:
        told = "\n\n".join(messages.text(failure, lang) for lang in ("ru", "en"))
        world.panel.free_task(module.department, f"{world.item.name}: {told}")
    world.cache.keep(f"item-{world.item.id}", failure.code, known)


def over(world: World, what: str) -> None:
    """What was noticed is no more: if it comes again, a person is told again."""
    if world.cache.recall(f"item-{world.item.id}", what, float("inf")):
        world.cache.keep(f"item-{world.item.id}", what, "")


def not_yet(world: World, value: object) -> Failure:
    """For what is no purchase and is being carried out: pending, or upstream_slow when it waits for `overdue`
    seconds.
    """
    since = world.cache.recall(f"item-{world.item.id}", _wait(world), float("inf"))
    if not since:
        world.cache.keep(f"item-{world.item.id}", _wait(world), str(time.time()))
    elif time.time() - float(since) > world.options.overdue:
        waits_no_more(world)  # a person is asked; what he starts again waits anew
        return Failure("upstream_slow", value=value)
    return Failure("pending", value=value)


def waits_no_more(world: World) -> None:
    """The panel reuses operation ids: the next operation of this id must not inherit a waiting time
    (decision 3).
    """
    over(world, _wait(world))


def _wait(world: World) -> str:
    return f"waits {world.call.command} {world.call.operation}"
