"""How a state is called (upstream-billmanager6 6.2, 6.3, 5.10)."""

from __future__ import annotations

from typing import Mapping, Optional, Tuple

from bill2bill.sandbox.upstream.billmgr6.models import (
    ACTIVE,
    DELETED,
    ORDERED,
    PROCESSING,
    SUSPENDED,
    Service,
)

WORDS: Mapping[int, Tuple[str, str]] = {
    ORDERED: ("Ordered", "Заказана"), ACTIVE: ("Active", "Активна"), SUSPENDED: ("Suspended", "Остановлена"),
    DELETED: ("Deleted", "Удалена"),
    PROCESSING: ("In progress", "Обрабатывается"),
}  # fmt: skip


def word(service: Service, lang: str) -> str:
    return WORDS[service.status][lang == "ru"]


def service_status(service: Service) -> Optional[str]:
    """What the registrar or the certificate authority says; None for other types."""
    if service.kind == "domain":
        return _domain(service)
    if service.kind == "certificate":
        return {ORDERED: "1", ACTIVE: "5", PROCESSING: "4", SUSPENDED: "5", DELETED: "6"}[service.status]
    return None


def _domain(service: Service) -> str:
    if service.status == PROCESSING:
        return {"open": "5", "transfer": "6", "prolong": "7"}.get(service.sub, "2")
    if service.status == ACTIVE:
        return "2" if service.fields.get("ns0") else "3"
    return {ORDERED: "1", SUSPENDED: "8", DELETED: "4"}[service.status]
