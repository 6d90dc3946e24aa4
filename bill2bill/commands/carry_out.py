"""One call of the panel from its command line to the reply, and what becomes of a failure on the way."""

from __future__ import annotations

import importlib
import logging
import resource
import secrets
from pathlib import Path
from typing import BinaryIO, Optional, Sequence, Tuple

from bill2bill.commands import COMMANDS, Command, reporting
from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Phrase
from bill2bill.host import log, place, reply
from bill2bill.host.call import Call, parse

LOG = logging.getLogger("bill2bill")
Outcome = Tuple[int, Optional[bytes]]


def carry_out(kind: str, root: str, executable: str, argv: Sequence[str], stdin: BinaryIO) -> Outcome:
    """(exit status, reply). A failure is an error document and status 1; "not yet" is silence and status 0
    (host-protocol 2.5).
    """
    # a dump would hold the passwords in memory
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    try:
        call = parse(argv)
    except Failure as failure:
        log.setup(Path(root), executable, None)
        LOG.error("%s", failure)
        return 1, reply.error_document(failure, "")
    log.setup(Path(root), executable, call.operation)
    command = COMMANDS[kind].get(call.command, Command(operation=bool(call.operation)))
    if command.operation and place.do_nothing(Path(root)):
        LOG.warning("%s of item %s: nothing is done, etc/billmgr.DoNothing exists", call.command, call.item)
        return 0, None
    context = Context(kind, Path(root), executable, call, stdin)
    try:
        return _run(context, call, command)
    finally:
        context.close()


def _run(context: Context, call: Call, command: Command) -> Outcome:
    try:
        if call.command not in COMMANDS[context.kind]:
            raise Failure("bad_call", reason=Phrase("unknown_command", name=call.command))
        answer = importlib.import_module(f"bill2bill.commands.{command.file}").run(context)
        if call.operation:
            context.journal.forget_failures(context.item.id, call.command)
        return 0, answer
    except Failure as failure:
        if failure.code == "pending":
            LOG.info("%s of item %s is under way at the upstream", call.command, call.item)
            return 0, None
        LOG.error("%s of item %s: %s %s", call.command, call.item, failure, failure.detail)
        return _failed(context, call, command, failure)
    except Exception as error:
        number = secrets.token_hex(4)
        LOG.critical("internal error %s in %s of item %s", number, call.command, call.item, exc_info=error)
        return _failed(context, call, command, Failure("internal", id=number))


def _failed(context: Context, call: Call, command: Command, failure: Failure) -> Outcome:
    try:
        if command.operation:
            reporting.report_failure(context, failure)
    except Failure as other:
        LOG.error("the panel could not be told: %s %s", other, other.detail)
    except Exception as other:
        LOG.critical("the panel could not be told", exc_info=other)
    return 1, reply.error_document(failure, call.lang)
