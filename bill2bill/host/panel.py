"""The writes in the trade's words, each one mgrctl call (host-protocol 2.5, 5.4 to 5.8).

All raise as Mgrctl.call does. The calls that end an operation set the item's status and delete the operation.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import Mapping, Optional

from bill2bill.host.log import mask, one_line
from bill2bill.host.mgrctl import Mgrctl, PanelError

LONGEST_TEXT = 4000  # characters of a text for people: far below the 32 KiB of a value in any script

log = logging.getLogger(__name__)


class Panel:
    """What we tell the panel."""

    def __init__(self, mgrctl: Mgrctl) -> None:
        self.mgrctl = mgrctl

    # -- ends of operations (2.5, 5.4) -----------------------------------------------------------------------

    def opened(self, item: int, itemtype: str, **stored: str) -> None:
        """End of open and transfer: a function of the item type's name, `stored` become item parameters."""
        self._write(f"{itemtype}.open", **{**stored, "elid": str(item)})

    def prolonged(self, item: int) -> None:
        self._write("service.postprolong", elid=str(item))

    def suspended(self, item: int) -> None:
        self._write("service.postsuspend", elid=str(item))

    def resumed(self, item: int) -> None:
        self._write("service.postresume", elid=str(item))

    def changed(self, item: int) -> None:
        self._write("service.postsetparam", elid=str(item))

    def take_back_tariff_change(self, item: int, user: str) -> None:
        """The item gets its old tariff plan again; user: who wanted the change (`--userid`), or ""."""
        self._write("service.changepricelist.rollback", elid=str(item), **({"userid": user} if user else {}))

    def closed(self, item: int) -> None:
        self._write("service.postclose", elid=str(item))

    def name_servers_changed(self, item: int) -> None:
        """End of update_ns. Older panels do not have the function; that is no error (host-protocol 9 #10)."""
        try:
            self._write("service.postupdatens", elid=str(item))
        except PanelError as error:
            if not error.unknown_function:
                raise
            log.info("this panel has no service.postupdatens")

    # -- what is stored with an item (5.4, 5.5) --------------------------------------------------------------

    def save_param(self, item: int, name: str, value: str) -> None:
        """One item parameter, in the form that panels 5 and 6 both know (host-protocol 9 #9)."""
        self._write("service.saveparam", elid=str(item), name=name, value=value)

    def save_secret(self, item: int, name: str, value: str) -> None:
        """One that the panel encrypts (host-protocol 6.4); it travels in the environment (decision 1)."""
        self._write("service.saveparam", {"value": value}, elid=str(item), name=name, crypted="on")

    def set_service_status(self, item: int, status: int) -> None:
        """The second-level status, host-protocol 6.5."""
        self._write("service.setstatus", elid=str(item), service_status=str(status))

    def set_expiry(self, item: int, expires: date) -> None:
        self._write("service.setexpiredate", elid=str(item), expiredate=expires.isoformat())

    def link_contact(self, profile: int, module: int, role: str, externalid: str) -> None:
        """Show which contact at the upstream is this profile; only shown, the truth is in our journal."""
        link = {"service_profile": str(profile), "processingmodule": str(module), "type": role}
        self._write("service_profile2processingmodule.edit", **link, externalid=externalid)

    # -- failures (2.8, 5.6, 5.8) ----------------------------------------------------------------------------

    def operation_error(self, operation: int, document: str) -> None:
        """`document`: reply.operation_error. May hold personal data: in the environment (decision 1)."""
        self._write("runningoperation.edit", {"errorxml": document}, elid=str(operation))

    def set_manual(self, operation: int) -> None:
        """No more repeats until a person starts the operation again."""
        self._write("runningoperation.setmanual", elid=str(operation))

    def set_automatic(self, operation: int) -> None:
        """The panel repeats it again."""
        self._write("runningoperation.edit", elid=str(operation), manual="off")

    def task_type(self, command: str, item: Optional[int]) -> str:
        """The type for a task about this command; "": the panel wants none (host-protocol 9 #20)."""
        about = {"item": str(item)} if item is not None else {}
        answer = self.mgrctl.call("task.gettype", {"operation": command, **about})
        return (answer.findtext("task_type") or "").strip()

    def task(self, item: int, operation: int, task_type: str) -> None:
        self._write("task.edit", item=str(item), runningoperation=str(operation), type=task_type)

    def free_task(self, department: int, text: str) -> None:
        """A task for a department's staff: `text` in one short line without secrets, in the environment."""
        self._write("task.simple.create", {"specification": _for_people(text)}, elid=str(department))

    def problem(self, module: int, module_name: str, text: str) -> None:
        """The upstream is out of reach or refuses the login: a line on the dashboard (host-protocol 4.4)."""
        number, named, said = str(module), _for_people(module_name), _for_people(text)
        about = {"param_pm_name": named, "param_pm_id": number, "param_errormsg": said}
        self._write("problems.register", name="processingmodule_connect", id=number, level="error", **about)

    def _write(self, func: str, secret: Optional[Mapping[str, str]] = None, /, **params: str) -> None:
        self.mgrctl.call(func, {**params, "sok": "ok"}, secret)


def _for_people(text: str) -> str:
    return one_line(mask(" ".join(text.split())))[:LONGEST_TEXT]
