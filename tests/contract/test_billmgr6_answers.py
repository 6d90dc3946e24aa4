"""Literal answers in the shapes of the reference, in both formats, and what a hostile hand can make of them
(upstream-billmanager6 2, 5.6).
"""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bill2bill import messages
from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.rules.money import Money
from bill2bill.rules.pricing import AddonKind
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Receipt
from bill2bill.upstream.billmgr6.envelope import read_doc
from bill2bill.upstream.billmgr6.reading import money_of, receipt_of
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.parsing import OtherDialect

from .answers import adapter, stored, upstream

UNKNOWN = '<doc><error type="missed" object="func"><param name="value">x</param></error></doc>'
FORMATS = ("xml", "json")


def doc(text: str) -> Any:
    return read_doc(io.BytesIO(text.encode()))


# -- both formats say the same -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_a_list_reads_the_same_in_both_formats(kind: str) -> None:
    with upstream(UNKNOWN, stored(f"list.{kind}")) as server:
        opening, active = adapter(server).services("vds")
    assert (opening.id, opening.name, opening.state, opening.substate) == (
        5002,
        "vm2.example.net",
        ServiceState.WORKING,
        "open",
    )
    assert (opening.tariff, opening.tariff_name, opening.expires, opening.mark, opening.auto_renewal) == (
        278,
        "KVM-4",
        None,
        "a-779",
        "",
    )
    assert (active.id, active.state, active.substate, active.expires) == (
        5001,
        ServiceState.ACTIVE,
        "",
        date(2026, 12, 1),
    )
    assert (active.tariff, active.tariff_name, active.mark, active.auto_renewal, active.closing) == (
        None,
        "KVM-2",
        None,
        "1",
        True,
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_the_login_tells_money_rights_and_version_in_both_formats(kind: str) -> None:
    with upstream(stored(f"whoami.{kind}"), UNKNOWN) as server:
        identity = adapter(server).identity()
    assert (identity.account.id, identity.account.spendable) == (3, Money(Decimal("123.45"), "EUR"))
    assert (identity.version, identity.may_suspend, identity.may_delete) == ("6.94.1", True, False)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_order_form_reads_the_same_in_both_formats(kind: str) -> None:
    with upstream(stored(f"order.{kind}")) as server:
        form = adapter(server, generation="old").order_form("vds", 277, 1, 3)
    assert form.choices == {
        "ostempl": ["ISPsystem__Debian-12", "ISPsystem__Windows-2022"], "recipe": ["null", "ISPsystem__lamp"],
        "autoprolong": ["null", "1"],
        "addon_102": ["901"],
    }  # fmt: skip
    assert form.depends == {
        ("recipe", "null"): "ISPsystem__Debian-12",
        ("recipe", "ISPsystem__lamp"): "ISPsystem__Debian-12",
    }
    assert form.ranges == {101: (1, 8, 1)}
    assert form.values == {
        "ostempl": "ISPsystem__Debian-12", "domain": "", "pricelist": "277", "addon_101": "2",
        "addon_102": "", "addon_103": "off",
    }  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
def test_a_catalogue_reads_the_same_in_both_formats(kind: str) -> None:
    with upstream(stored(f"export.{kind}")) as server:
        (tariff,) = adapter(server).service_tariffs("vds")
    assert (tariff.id, tariff.name, tariff.other_names, tariff.currency, tariff.datacenters) == (
        277,
        "KVM-2",
        ("КВМ-2",),
        "EUR",
        (3, 4),
    )
    assert tariff.prices == {1: Decimal("9.00"), 12: Decimal("97.20")}
    cores, panel, backup = tariff.addons
    assert (cores.id, cores.intname, cores.kind, cores.prices) == (
        101,
        "ncpu",
        AddonKind.INTEGER,
        {1: Decimal("2.00")},
    )
    assert (cores.least, cores.most, cores.step, cores.included) == (1, 8, 1, 2)
    assert (panel.kind, panel.choices) == (AddonKind.CHOICE, ((901, "Without"), (902, "ispmanager lite")))
    assert panel.choice_prices == {(901, 1): 0, (901, 12): 0, (902, 1): Decimal("5.00")}
    assert (backup.kind, backup.prices) == (AddonKind.BOOLEAN, {1: Decimal("3.00")})


def test_an_edit_form_tells_the_service_its_add_ons_and_its_login() -> None:
    with upstream(stored("edit.xml")) as server:
        form = adapter(server).service("vds", 5001)
    assert form is not None
    assert (form.service.state, form.service.expires, form.service.mark) == (
        ServiceState.ACTIVE,
        date(2026, 12, 1),
        "a-778",
    )
    assert (form.service.tariff, form.service.tariff_name, form.service.auto_renewal) == (277, "KVM-2", "1")
    assert form.addons == {101: "4", 102: "902", 103: "off", 104: "7"}
    assert (form.username, form.password) == ("root", "hunter2")
    assert "hunter2" not in repr(form)


# -- envelopes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<doc><ok/></doc>",
        '{"doc":{"ok":{}}}',
        '{"doc":{"ok":""}}',
        '{"doc":{"ok":{"$":"func=order"}}}',
        "<doc><doc><ok/></doc></doc>",
    ],
)
def test_ok_is_accepted_by_its_presence(text: str) -> None:
    assert doc(text).accepted


@pytest.mark.parametrize("text", ["<doc/>", '{"doc":{}}', '{"doc":{"ok":null}}', '{"doc":{"ok":false}}'])
def test_what_is_not_there_is_no_yes(text: str) -> None:
    assert not doc(text).accepted


@pytest.mark.parametrize(
    "text",
    [
        '<doc><error code="4" obj="x" val="y">no</error></doc>',
        '{"error" : {"code" : "4","obj" : "","val" : "phone"}}',
        '{"result":"OK","item.id":"5"}',
        '{"elem":[]}',
    ],
)  # fmt: skip
def test_the_envelope_of_version_4_is_recognised(text: str) -> None:
    with pytest.raises(OtherDialect):
        doc(text)
    with upstream(text) as server, pytest.raises(Failure) as caught:
        adapter(server).tariff_targets(5001)
    assert caught.value.code == "other_dialect"


DEEP = '{"a":' * 30 + '"x"' + "}" * 30


@pytest.mark.parametrize(
    "text",
    [
        "[]", '{"message":"x"}', '{"doc":[]}', '{"doc":"x"}', '{"doc":{"a":[[]]}}',
        '{"doc":{"a":{"$":"1"},"a":{"$":"2"}}}',
        '{"doc":{"a":"\\ud800"}}',
        '{"doc":{"a":NaN}}', f'{{"doc":{DEEP}}}', '{"doc":' * 40000, "<doc><error/></doc>",
            "<doc><error type='a'/><error type='b'/></doc>",
        "<doc>" + "<a>" * 30 + "</a>" * 30 + "</doc>", "<rss/>", "<doc><a></doc>", '{"doc":{"error":"no"}}',
    ],
    ids=str.__len__,
)  # fmt: skip
def test_a_hostile_answer_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        doc(text)


def test_an_answer_of_a_million_elements_is_not_built() -> None:
    for text in (
        "<doc>" + "<a/>" * 100_001 + "</doc>",
        '{"doc":{"a":[' + ",".join(["{}"] * 1_000_001) + "]}}",
    ):
        with pytest.raises(Unreadable):
            doc(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("123.45 EUR", "123.45 EUR"), ("€9.00", "9.00 EUR"), ("9,00 EUR", "9.00 EUR"), ("9.00 €", "9.00 EUR"),
        ("1\xa0234,50 €", "1234.50 EUR"),
        ("1 234 567.89 RUB", "1234567.89 RUB"), ("-5.00 EUR", "-5.00 EUR"), ("€-5.00", "-5.00 EUR"),
        ("-€5.00", "-5.00 EUR"), ("10 ₽", "10.00 RUB"),
    ],
)  # fmt: skip
def test_money_is_read_however_it_is_written(text: str, amount: str) -> None:
    assert str(money_of(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9.00",
        "EUR",
        "9.00 XXX",
        "EUR 9.00 EUR",
        "1,234 EUR",
        "1,234.56 EUR",
        "9.00 EUR / Month",
        "1.2.3 EUR",
        "12 34 EUR",
    ],
)
def test_money_without_one_clear_amount_and_currency_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - UnknownWord is one too
        money_of(text)


# -- what an order came back with (5.6) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "receipt"),
    [
        ("<id>7</id><ok/>", Receipt(7)),
        ("<id>7</id>", Receipt(7)),
        ("<item.id>7</item.id><ok/>", Receipt(7)),
        ("<service.id>7</service.id>", Receipt(7)),
        ("<item.id>8</item.id><id>7</id>", Receipt(7)),
        ("<elid>7</elid><ok/>", Receipt(7)),
        ("<ok/>", Receipt()),
        ("<ok>func=vds</ok>", Receipt()),
        ("<billorder>9050</billorder>", Receipt(None, 9050)),
        ("<billorder>9050</billorder><ok/>", Receipt(None, 9050)),
        ("<lineitem.id>7421</lineitem.id><ok/>", Receipt(None, 7421)),
        ("<id>7</id><billorder>9050</billorder><ok/>", Receipt(7, 9050)),
        ("<doc><id>7</id></doc><ok/>", Receipt(7)),
    ],
)
def test_a_new_service_is_known_in_all_the_ways_in_which_it_is_told(inside: str, receipt: Receipt) -> None:
    assert receipt_of(doc(f"<doc>{inside}</doc>"), "vds.order.param") == receipt


@pytest.mark.parametrize(
    "inside",
    [
        "", "<elid>7</elid>", "<id>0</id><ok/>", "<id>-1</id><ok/>", "<id>7, 8</id><ok/>", "<id>x</id><ok/>",
        "<id/><ok/>",
        "<id>7</id><id>8</id><ok/>",
        "<billorder>x</billorder>", "<metadata/><pricelist>277</pricelist>", "<id>7</id><metadata/>",
        "<billorder>5</billorder><slist name='x'/>",
    ],
)  # fmt: skip
def test_anything_but_a_clear_yes_to_an_order_is_doubt(inside: str) -> None:
    with pytest.raises(NoAnswer):
        receipt_of(doc(f"<doc>{inside}</doc>"), "vds.order.param")


@pytest.mark.parametrize(
    "sign",
    [
        "<ok/>",
        "<id>7</id>",
        "<item.id>7</item.id>",
        "<billorder>1</billorder>",
        "<doc><newexpiredate>2027-01-01</newexpiredate></doc>",
    ],
)
def test_yes_and_no_in_one_answer_is_doubt(sign: str) -> None:
    with (
        upstream(f"<doc><error type='value' object='period'/>{sign}</doc>") as server,
        pytest.raises(NoAnswer),
    ):
        adapter(server).renew_service(5001, 1)


def test_a_renewal_is_accepted_by_ok_or_by_the_new_date_of_a_form_that_was_carried_out() -> None:
    for text in ("<doc><ok/></doc>", "<doc><doc><newexpiredate>2027-01-01</newexpiredate></doc></doc>"):
        with upstream(text) as server:
            assert adapter(server).renew_service(5001, 1) == Receipt(5001)
    for text in ("<doc/>", "<doc><newexpiredate>2027-01-01</newexpiredate></doc>", "<doc><doc/></doc>"):
        with upstream(text) as server, pytest.raises(NoAnswer):
            adapter(server).renew_service(5001, 1)
    with upstream("<doc><billorder>9050</billorder><ok/></doc>") as server:
        assert adapter(server).renew_service(5001, 1) == Receipt(5001, 9050)


# -- errors (2.6) --------------------------------------------------------------------------------------------

XML_ERROR = (
    '<doc><error type="{0}" object="{1}" lang="en" code="1"><param name="object" type="msg"'
    ' msg="Label">{1}</param>{2}<msg>text</msg></error></doc>'
)
JSON_ERROR = (
    '{{"doc":{{"error":{{"$type":"{0}","$object":"{1}","$lang":"en","msg":{{"$":"text"}},"param":{2}}}}}}}'
)


def error(kind: str, about: str, fmt: str, **params: str) -> str:
    if fmt == "xml":
        return XML_ERROR.format(
            kind, about, "".join(f'<param name="{name}">{value}</param>' for name, value in params.items())
        )
    found = [f'{{"$name":"{name}","$":"{value}"}}' for name, value in params.items()]
    return JSON_ERROR.format(kind, about, found[0] if len(found) == 1 else "[" + ",".join(found) + "]")


REFUSALS = [
    ("auth", "badpassword", {}, "invalid_login_or_passwd", {}),
    ("auth", "", {}, "invalid_login_or_passwd", {}),
    ("authtype", "", {}, "invalid_login_or_passwd", {}),
    ("auth", "badip", {}, "address_closed", {}),
    ("auth", "blocklogon", {}, "login_blocked", {}),
    ("blocked_ip", "", {}, "login_blocked", {}),
    ("captcha_verification_failed", "", {}, "captcha", {}),
    ("access", "", {"value": "service.prolong"}, "rights_missing", {"value": "service.prolong"}),
    ("missed", "item", {"value": "5001"}, "upstream_refused", {"code": "missed", "value": "item"}),
    ("value", "period", {"value": "7"}, "upstream_refused", {"code": "value", "value": "period"}),
    ("exists", "domain", {}, "upstream_refused", {"code": "exists", "value": "domain"}),
    ("exist", "domain", {}, "upstream_refused", {"code": "exist"}),
    ("limit", "addon_101", {}, "upstream_refused", {"code": "limit", "value": "addon_101"}),
    ("wizard_unavailable", "", {}, "upstream_refused", {"code": "wizard_unavailable"}),
    (
        "not_enough_money",
        "",
        {"amount": "9.00", "have": "3.10", "currency": "EUR"},
        "low_balance",
        {"balance": "3.10 EUR", "value": "9.00 EUR"},
    ),
    ("pricelist_min_order", "", {}, "min_order", {"func": "service.prolong"}),
    ("prolong_denied", "", {"value": "2027-01-31"}, "too_soon", {"value": "2027-01-31"}),
]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(("kind", "about", "params", "code", "told"), REFUSALS)
def test_an_error_that_certainly_means_no_is_a_refusal_with_its_cause(
    fmt: str, kind: str, about: str, params: Any, code: str, told: Any
) -> None:
    with upstream(error(kind, about, fmt, **params)) as server, pytest.raises(Refused) as caught:
        adapter(server).renew_service(5001, 1)
    assert caught.value.code == code
    assert {name: caught.value.params[name] for name in told} == told
    assert "__" not in messages.text(caught.value, "en") + messages.text(caught.value, "ru")


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(
    "kind",
    [
        "license",
        "license_expired",
        "db",
        "query",
        "xml",
        "plugin",
        "unsupported_module",
        "something_new",
        "min_email_send_timeout",
    ],
)
def test_an_error_that_is_not_known_to_mean_no_leaves_a_purchase_in_doubt(fmt: str, kind: str) -> None:
    with upstream(error(kind, "", fmt)) as server:
        with pytest.raises(NoAnswer):
            adapter(server).renew_service(5001, 1)
        with pytest.raises(Failure) as caught:
            adapter(server).tariff_targets(5001)
    assert caught.value.code == "upstream_trouble"
    assert caught.value.params["value"] == kind


@pytest.mark.parametrize(
    "text",
    [
        '{"doc":{"error":{"$code":"1","msg":{"$":"Request in process"}}}}',
        "<doc><error type='' code='1'><msg>x</msg></error></doc>",
    ],
)
def test_an_error_without_a_type_is_an_error_of_an_unknown_one(text: str) -> None:
    with upstream(text) as server:
        with pytest.raises(NoAnswer):
            adapter(server).renew_service(5001, 1)
        with pytest.raises(Failure) as caught:
            adapter(server).tariff_targets(5001)
    assert caught.value.code == "upstream_trouble"


@pytest.mark.parametrize(("kind", "about"), [("runningoperation", ""), ("value", "runningoperation")])
def test_an_upstream_that_is_at_work_was_not_sent_anything(kind: str, about: str) -> None:
    with upstream(error(kind, about, "xml")) as server, pytest.raises(NotSent) as caught:
        adapter(server).renew_service(5001, 1)
    assert caught.value.code == "upstream_busy"


def test_a_foreign_text_is_not_shown_where_a_field_is_named() -> None:
    with (
        upstream(error("value", "&lt;b&gt; x", "xml", value="Ivan Ivanov")) as server,
        pytest.raises(Refused) as caught,
    ):
        adapter(server).renew_service(5001, 1)
    assert (caught.value.params["value"], caught.value.params["given"]) == ("?", "?")
