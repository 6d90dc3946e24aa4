"""What the panel is told when something failed (host-protocol 2.8; design, "Failure protocol")."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Callable, List, Optional, Tuple

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host import reply
from bill2bill.host.call import Call
from bill2bill.host.data import Data, Module
from bill2bill.host.panel import LONGEST_TEXT, Panel

# The upstream is out of reach or refuses the login (host-protocol 2.8, step 3).
CONNECTION_PROBLEMS = frozenset((
    "upstream_unreachable", "upstream_certificate", "upstream_redirect", "not_billmanager", "url_bad",
    "invalid_login_or_passwd", "account_paused", "address_closed", "two_factor", "captcha", "login_blocked",
    "upstream_wall", "rights_missing",
))  # fmt: skip

log = logging.getLogger(__name__)


def report(
    failure: Failure,
    call: Call,
    *,
    data: Data,
    panel: Panel,
    module: Module,
    manual: bool,
    notify: bool,
    now: datetime,
    doubt: bool = False,
) -> None:
    """Store the failure with the operation and, if a person must act, stop the repeats and make a task.

    manual  repeating is pointless     notify  the connection's "Notify about errors"
    doubt   a purchase is in doubt: its task is made whatever `manual` and `notify` say
    now     local time

    At most five mgrctl calls. What goes wrong here is logged; it never takes the place of the failure itself.
    """
    operation = call.operation
    steps: List[Tuple[str, Callable[[], None]]] = []
    if operation is not None:
        document = reply.operation_error(failure, module.id, module.name, now)
        steps.append(("the error of the operation", lambda: panel.operation_error(operation, document)))
    if operation is not None and manual:
        steps.append(("manual mode", lambda: panel.set_manual(operation)))
    if doubt or (manual and notify):
        steps.append(("the task", lambda: _make_task(failure, call, data, panel, module)))
    if failure.code in CONNECTION_PROBLEMS:
        told = messages.text(failure, "en")
        steps.append(("the problem", lambda: panel.problem(module.id, module.name, told)))
    _carry_out(steps)


def _carry_out(steps: List[Tuple[str, Callable[[], None]]]) -> None:
    for what, do in steps:
        try:
            do()
        except Failure as error:
            log.error("%s could not be stored: %s %s", what, error, error.detail)
            if error.code == "panel_unreachable":  # the others would only wait as long
                return


def _make_task(failure: Failure, call: Call, data: Data, panel: Panel, module: Module) -> None:
    """About the operation if the panel has a type for it, else a free one for the connection's department."""
    if call.operation is not None and _has_task(data, call.operation):
        return
    if call.operation is not None and call.item is not None:
        task_type = _task_type(panel, call)
        if task_type:
            panel.task(call.item, call.operation, task_type)
            return
    if module.department is None:
        log.error("no task: the connection %s has no department", module.id)
        return
    about = f"[{module.name}] {call.command} item={call.item or '-'} operation={call.operation or '-'}: "
    panel.free_task(module.department, in_both_languages(failure, about))


def in_both_languages(failure: Failure, about: str = "") -> str:
    """A text for a task that holds nothing else. Neither language may push the other out of it."""
    longest = (LONGEST_TEXT - min(len(about), LONGEST_TEXT // 4) - len(" / ")) // 2
    texts = [" ".join(messages.text(failure, lang).split()) for lang in ("ru", "en")]
    return about[: LONGEST_TEXT // 4] + " / ".join(
        text if len(text) <= longest else text[: longest - 1] + "…" for text in texts
    )


def _has_task(data: Data, operation: int) -> bool:
    """A task too many is better than none, so an unreadable database counts as no."""
    try:
        return data.task_exists(operation)
    except Failure as error:
        log.warning("whether operation %s has a task is unknown: %s", operation, error)
        return False


def _task_type(panel: Panel, call: Call) -> Optional[str]:
    """None if the panel has no type or cannot tell; then the free task says it."""
    try:
        return panel.task_type(call.command, call.item) or None
    except Failure as error:
        if error.code == "panel_unreachable":
            raise
        log.warning("no task type for %s: %s", call.command, error)
        return None
