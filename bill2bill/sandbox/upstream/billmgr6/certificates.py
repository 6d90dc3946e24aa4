"""Certificates in two steps (upstream-billmanager6 5.10): a request with its key, then the order; the file
when it is issued.
"""

from __future__ import annotations

from dataclasses import replace
from typing import List, Mapping

from bill2bill.sandbox.upstream.billmgr6 import authority
from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import Plan
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.forms import Field, form
from bill2bill.sandbox.upstream.billmgr6.lists import plain_table
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, Service
from bill2bill.sandbox.upstream.billmgr6.order import NAME, placed, wish

SUBJECT = ("CN", "O", "OU", "L", "ST", "field_country", "emailAddress")
KEPT = ("csr", "approver_email_1", "approver_method", "altname")


def request(call: Call) -> Node:
    """certificate.order.csr: a new key and request (crt_type=generate); both are told this once. An own csr
    is shown as it is.
    """
    plan = _plan(call)
    if not call.submitted:
        return form(
            call,
            [
                Field("pricelist", str(plan.id), readonly=True),
                *[Field(name, call.text(name)) for name in SUBJECT],
            ],
        )
    if call.text("csr"):
        _common_name(call)
        return Node("doc", children=texts(csr=call.text("csr"), key=""))
    if call.text("crt_type") != "generate":
        raise bad_value("crt_type", call.text("crt_type"))
    if not NAME.fullmatch(call.text("CN").replace("*.", "", 1)):
        raise bad_value("CN", call.text("CN"))
    if len(call.text("field_country")) != 2:
        raise bad_value("field_country", call.text("field_country"))
    names = (call.text("altname") or call.text("altname_input")).split()
    csr, key = authority.request({name: call.text(name) for name in SUBJECT}, names)
    return Node("doc", children=texts(csr=csr, key=key))


def _plan(call: Call) -> Plan:
    if not call.text("pricelist"):
        raise Refusal("wizard_unavailable")
    plan = call.provider.plan(call.text("pricelist"))
    if plan is None or plan.itemtype.intname != "certificate":
        raise missed("pricelist", call.text("pricelist"))
    return plan


def _common_name(call: Call) -> str:
    """Of the csr that was sent. Raises the refusal `value` for what is none."""
    try:
        return authority.common_name(call.text("csr"))
    except ValueError:
        raise bad_value("csr") from None


def order(call: Call) -> Node:
    """certificate.order.param: everything of the first step, the csr, and who approves."""
    plan = _plan(call)
    if not call.submitted:
        fields = [Field("pricelist", str(plan.id), readonly=True), Field("csr", call.text("csr")),
            Field("CN", call.text("CN")),
                  Field("approver_email_1", call.text("approver_email_1"))]  # fmt: skip
        return form(call, fields)
    name = _common_name(call)
    if call.text("CN") not in ("", name):
        raise bad_value("CN", call.text("CN"))
    _check_approver(call)
    kept: Mapping[str, str] = {field: call.text(field) for field in KEPT if call.text(field)}
    whole = replace(call, params={**call.params, "CN": name})
    wanted = wish(whole, plan.itemtype, call.text("period"), strict=True)
    return placed(whole, replace(wanted, fields={**wanted.fields, **kept}))


def _check_approver(call: Call) -> None:
    method = call.text("approver_method") or "mail"
    if method not in ("mail", "auth_dnstxt"):
        raise bad_value("approver_method", method)
    if method == "mail" and "@" not in call.text("approver_email_1"):
        raise bad_value("approver_email_1", call.text("approver_email_1"))


def reissue(call: Call) -> Node:
    """Another csr for the same name; the certificate is issued anew, for nothing."""
    certificate = call.service("certificate")
    if not call.submitted:
        return form(
            call,
            [
                Field("elid", str(certificate.id), readonly=True),
                Field("csr", certificate.fields.get("csr", "")),
            ],
        )
    call.provider.changeable(certificate)
    if certificate.status != ACTIVE:
        raise bad_value("status", str(certificate.status))
    if _common_name(call) != certificate.name:
        raise bad_value("csr")
    _check_approver(call)
    certificate.fields["csr"] = call.text("csr")
    certificate.fields.pop("crt", None)
    call.provider.start(certificate, "reissue")
    return ok()


def files(call: Call) -> Node:
    """certificate.file: the issued certificate, nothing before it is issued."""
    certificate = call.service("certificate")
    rows: List[Mapping[str, str]] = []
    if certificate.status == ACTIVE and certificate.fields.get("csr"):
        rows.append(
            {
                "id": "1",
                "name": f"{certificate.name}.crt",
                "type": "certificate",
                "data": _issued(call, certificate),
            }
        )
    return plain_table(call, rows)


def _issued(call: Call, certificate: Service) -> str:
    if "crt" not in certificate.fields:
        certificate.fields["crt"] = authority.issue(certificate.fields["csr"], certificate.months)
    return certificate.fields["crt"]
