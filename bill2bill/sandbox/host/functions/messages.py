"""Messages from modules to people (host-protocol 5.6): tickets, notices, texts in a task."""

from __future__ import annotations

from .. import services
from ..dates import now
from ..documents import Element, ok, rows
from ..panel import CLIENT_LEVEL, Panel, Request
from ..registry import function


@function(
    "ticket_all.edit",
    "subject message client_department [item ticket_account project su] sok",
    writes=True,
    level=CLIENT_LEVEL,
)
def ticket(panel: Panel, request: Request) -> Element:
    """A ticket to a client; answers its id."""
    return ok(id=_write(panel, request, "ticket", request.get("ticket_account"), request.get("item")))


@function("notification.edit", "user subject message sok", writes=True)
def notification(panel: Panel, request: Request) -> Element:
    """A notice to a member of staff; answers its id."""
    user = services.need_row(panel, "user", request.need("user"), "user")
    return ok(id=_write(panel, request, "notification", user["id"], ""))


@function("ticket.write.task", "elid=<task> message [subject sok]", writes=True)
def about_task(panel: Panel, request: Request) -> Element:
    """A ticket to the client whose service a task is about; answers its id."""
    task = services.need_row(panel, "task", request.need("elid"))
    item = panel.db.get("item", task["item"]) or {}
    return ok(id=_write(panel, request, "ticket", item.get("account"), item.get("id")))


def _write(panel: Panel, request: Request, kind: str, reader: object, item: object) -> int:
    subject, text = request.get("subject"), request.need("message")
    return panel.db.insert(
        "sandbox_message",
        kind=kind,
        reader=reader or None,
        item=item or None,
        subject=subject,
        text=text,
        date=now(),
    )


@function("sandbox.messages", "[kind=ticket|notification]")
def messages(panel: Panel, request: Request) -> Element:
    """What modules wrote to clients and staff."""
    return rows(
        panel.db.find("sandbox_message", **({"kind": request.get("kind")} if request.get("kind") else {}))
    )
