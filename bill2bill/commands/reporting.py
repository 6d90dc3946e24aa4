"""What people are told: why an operation failed, and what they should look at though nothing failed."""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime

from bill2bill import messages
from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Retry
from bill2bill.host import failure as failures

LOG = logging.getLogger("bill2bill")


def report_failure(context: Context, failure: Failure) -> None:
    """Tell the panel why the operation of this call failed (host-protocol 2.8); lasting failures make it
    manual, with a task.
    """
    if not context.call.operation or context.failure_told:
        return
    from bill2bill.messages import questions  # only who fails pays for it

    context.failure_told = True
    module = context.data.module_of(context.call.item or 0)  # the item itself may be what cannot be read
    failures.report(
        # the history is read there: the journal may be what failed
        questions.explained(failure, context.root, lambda number: context.journal.history(number)),
        context.call,
        data=context.data,
        panel=context.panel,
        module=module,
        manual=_lasting(context, failure),
        notify=_notify(context, module.id),
        now=datetime.now(),  # noqa: DTZ005 - host-protocol 4.1: local time
        doubt=failure.code.startswith("in_doubt") or failure.code == "other_account",
    )


def _lasting(context: Context, failure: Failure) -> bool:
    if failure.retry is Retry.PERSON:
        return True
    if failure.retry is Retry.LOOK:  # ends by itself: settled by a look, or a doubt after `overdue` seconds
        return False
    try:
        failed = context.journal.count_failure(context.call.item or 0, context.call.command)
    except Failure as trouble:
        LOG.error("failures cannot be counted: %s", trouble)
        return False
    return failed >= context.options.tries


def _notify(context: Context, module: int) -> bool:
    try:
        return context.connection(module).notify
    except Failure as trouble:
        LOG.error("the connection cannot be read: %s", trouble)
        return True


def notice(context: Context, failure: Failure) -> None:
    """A task for a person about something that does not stop the command; once per item, code and parameters,
    until it is over.
    """
    known = json.dumps(failure.params, sort_keys=True)
    if context.cache.recall(f"item-{context.item.id}", failure.code, float("inf")) == known:
        return
    LOG.warning("item %s: %s", context.item.id, failure)
    module = context.data.module(context.item.module)
    if _notify(context, module.id) and module.department:
        told = "\n\n".join(messages.text(failure, lang) for lang in ("ru", "en"))
        context.panel.free_task(module.department, f"{context.item.name}: {told}")
    context.cache.keep(f"item-{context.item.id}", failure.code, known)


def over(context: Context, what: str) -> None:
    """What was noticed is no more: if it comes again, a person is told again."""
    if context.cache.recall(f"item-{context.item.id}", what, float("inf")):
        context.cache.keep(f"item-{context.item.id}", what, "")


def not_yet(context: Context, value: object) -> Failure:
    """For what is no purchase and is being carried out: pending, or upstream_slow when it waits for `overdue`
    seconds.
    """
    since = context.cache.recall(f"item-{context.item.id}", _wait(context), float("inf"))
    if not since:
        context.cache.keep(f"item-{context.item.id}", _wait(context), str(time.time()))
    elif time.time() - float(since) > context.options.overdue:
        waits_no_more(context)  # a person is asked; what he starts again waits anew
        return Failure("upstream_slow", value=value)
    return Failure("pending", value=value)


def waits_no_more(context: Context) -> None:
    """The panel reuses operation ids: the next operation of this id must not inherit a waiting time
    (decision 3).
    """
    over(context, _wait(context))


def _wait(context: Context) -> str:
    return f"waits {context.call.command} {context.call.operation}"
