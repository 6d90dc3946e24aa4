"""Certificates, as far as modules call about them (host-protocol 5.4)."""

from __future__ import annotations

from .. import services
from ..documents import Element, ok
from ..panel import Panel, Request
from ..registry import function

FAILED = "6"  # service_status of certificates, host-protocol 6.5


@function("certificate.save", "elid crt=<PEM> [crt_type=zip] sok", writes=True)
def save(panel: Panel, request: Request) -> Element:
    """Store the certificate that was issued."""
    item = services.item(panel, request.need("elid"))
    panel.db.put("certificate", {"item": item["id"]}, crt=request.need("crt"))
    return ok()


@function("certificate.failed", "elid sok", writes=True)
def failed(panel: Panel, request: Request) -> Element:
    """The certificate will not be issued."""
    services.save_param(panel, services.item(panel, request.need("elid"))["id"], "service_status", FAILED)
    return ok()
