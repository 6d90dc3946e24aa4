"""The name check, the public files and the other services of the sandbox provider."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest
from kit.provider4 import error

SERVER = {"payfrom": "account4412", "paynow": "on", "sok": "ok"}


def status(provider, name: str) -> str:
    return ElementTree.fromstring(provider.check(name).content).findtext("status")


def test_only_a_name_that_nobody_has_is_free(provider):
    provider.ordered()
    assert {status(provider, name) for name in ("nobody.ru", "NOBODY.ru.")} == {"free"}
    assert {status(provider, name) for name in ("taken.ru", "ya.ru", "example.ru")} == {"busy"}
    posted = provider.http.post(
        f"{provider.site}/mancgi/domaininfo", {"domain": "nobody.ru", "out": "xml", "sok": ""}, timeout=5
    )
    assert (
        posted.text == '<?xml version="1.0"'
        ' encoding="UTF-8"?>\n<doc><domain>nobody.ru</domain><status>free</status></doc>\n'
    )
    assert posted.headers["Content-Type"] == "text/xml; charset=UTF-8"


def test_some_names_get_answers_that_mean_nothing(provider):
    assert not status(provider, "empty-status.ru")
    assert status(provider, "no-status.ru") is None
    assert "<error code=" in provider.check("error.ru").text
    assert provider.check("html.ru").text.startswith("<!DOCTYPE html>")
    assert provider.check("502.ru").status_code == 502
    assert not status(provider, "")


def test_a_check_can_be_slow(provider):
    provider.post("domain", name="tardy.ru", check="slow", seconds=0.3)
    start = time.monotonic()
    assert status(provider, "tardy.ru") == "free"
    assert time.monotonic() - start >= 0.3


def test_root_and_word_of_the_check_can_be_changed(provider):
    provider.post("switch", domaininfo_root="result", taken_word="registered")
    assert (
        "<result><domain>taken.ru</domain><status>registered</status></result>"
        in provider.check("taken.ru").text
    )


def test_the_price_file_has_the_fixture_set(provider):
    rows = provider.http.get(f"{provider.site}/manimg/userdata/json/domainprice_ru.json", timeout=5).json()
    assert rows[0] == {
        "id": "565",
        "tld": "ru",
        "registrar_id": "13",
        "name": "Domain .RU",
        "priority": "10",
        "period": [
            {
                "id": "881",
                "name": "1 year",
                "price": "199.0000 RUB",
                "price_num": "199.0000",
                "p_length": "1",
                "per_type": "year",
            }
        ],
    }
    assert [
        (row["id"], row["tld"], row["registrar_id"], [one["id"] for one in row["period"]])
        for row in rows[1:5]
    ] == [
        ("566", "рф", "13", ["884"]),
        ("567", "ru", "5", ["885"]),
        ("601", "com", 19, ["930", "931"]),
        ("602", "com", "28", ["932"]),
    ]
    assert rows[4]["priority"] == ""
    assert rows[5]["period"][0]["per_type"] == "month"


def test_the_country_file_has_its_defect_unless_switched_off(provider):
    url = f"{provider.site}/manimg/userdata/json/country.json"
    codes = {row["id"]: row["iso2"] for row in provider.http.get(url, timeout=5).json()["elem"]}
    assert (len(codes), codes["182"], codes["45"], codes["98"], codes["246"]) == (246, "RU", "HK", "HK", "ZW")
    provider.post("switch", country_defect="off")
    assert provider.http.get(url, timeout=5).json()["elem"][44] == {"id": "45", "iso2": "CN"}


def test_tariffs_and_periods_are_listed(provider):
    feed = provider.http.get(f"{provider.site}/json/pricelist.json", timeout=5).json()["elem"]
    assert feed[0] == {"id": "565", "itemtype": "domain", "tld": "ru", "internalname": "565-Domain .RU"}
    assert {row["id"] for row in provider.rows("availableprice")} == {row["id"] for row in feed}
    assert [row["id"] for row in provider.rows("availableprice.periods", elid="601", sok="ok")] == [
        "930",
        "931",
    ]
    assert error(provider.call("availableprice.periods", elid="1")) == ("3", "pricelist")


def test_a_tariff_can_be_added_or_repriced(provider):
    period = [{"id": 881, "p_length": 1, "price_num": "249.0000"}]
    provider.post("tariff", id=565, tld="ru", registrar_id=13, name="Domain .RU", period=period)
    provider.ordered()
    assert provider.ledger() == [("order", 10501, "249.00")]


def test_hosting_is_ordered_from_the_euro_account_and_deleted(provider):
    provider.post("balance", account=4412, balance="10")
    form = {"price": "701", "period": "1001", "domain": "example.net", **SERVER}
    assert error(provider.call("vhost.order.5", **{**form, "payfrom": "account4411"})) == ("4", "payfrom")
    assert provider.call("vhost.order.5", **{**form, "sok": ""})["price"] == "701"
    number = provider.call("vhost.order.5", **form)["item.id"]
    assert provider.balance("4412") == "7.00"
    assert provider.rows("vhost")[0]["status"] == "5"
    provider.post("progress")
    row = provider.rows("vhost")[0]
    assert (row["id"], row["status"], row["username"], row["account"]) == (number, "2", "examplenet", "4412")
    assert "ok" in provider.call("vhost.delete", elid=number)
    assert provider.rows("vhost") == []


def test_a_licence_is_checked_ordered_switched_and_filtered(provider):
    provider.post("balance", account=4412, balance="100")
    form = {"price": "5", "period": "11", "ip": "203.0.113.7"}
    assert "ok" in provider.call("software.licinfo", **form)
    assert error(provider.call("software.edit", **{**form, "ip": "x"}, licname="panel", sok="yes")) == (
        "4",
        "ip",
    )
    number = provider.call("software.edit", **form, licname="panel", sok="yes")["id"]
    assert error(provider.call("software.licinfo", **form)) == ("2", "ip")
    provider.post("progress")
    provider.call("software.disable", elid=number)
    assert provider.rows("software")[0]["status"] == "3"
    provider.call("software.enable", elid=number)
    provider.call("software.edit", elid=number, ip="203.0.113.8", sok="yes")
    row = provider.rows("software")[0]
    assert (row["status"], row["ip"], row["licname"], row["price"], row["period"]) == (
        "2",
        "203.0.113.8",
        "panel",
        "5",
        "11",
    )
    provider.call("software.filter", expires="2099-01-01", expiree="", sok="ok")
    assert provider.rows("software") == []
    assert [charge["kind"] for charge in provider.get("ledger")] == ["order"]


def test_a_custom_service_has_its_own_states(provider):
    form = {
        "itype": "63",
        "price": "730",
        "period": "1101",
        "domainname": "caught.ru",
        "clientbackorder": "yes",
        "paynow": "on",
        "sok": "ok",
    }
    number = provider.call("uniservice.order", **form, payfrom="account4411")["item.id"]
    assert provider.rows("clientbackorder")[0]["id_status"] == "13"
    provider.post("progress")
    assert provider.rows("clientbackorder") == [
        {"id": number, "domainname": "caught.ru", "id_status": "10", "price": "Backorder"}
    ]
    assert "ok" in provider.call("clientbackorder.edit", elid=number, price="730", sok="ok")
    provider.post("switch", uniservice_id="id")
    assert "id" in provider.call("uniservice.order", **form)


def test_item_lists_everything(provider):
    provider.ordered()
    provider.call("vhost.order.5", price="701", period="1001", domain="example.net", **SERVER)
    assert [(row["type"], row["status"]) for row in provider.rows("item")] == [
        ("domain", "5"),
        ("vhost", "1"),
    ]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("domain", {"name": "x.zz"}),
        ("domain", {}),
        ("domain", {"name": "x.ru", "status": 8}),
        ("domain", {"name": "x.ru", "check": "perhaps"}),
        ("balance", {"account": 1, "balance": "1"}),
        ("balance", {"account": 4411, "balance": "NaN"}),
        ("clock", {"advance_days": -1}),
        ("clock", {"today": "2001-01-01"}),
        ("contact/lock", {"id": 1}),
        ("tariff", {"id": 1}),
        ("clock", [1]),
    ],
)
def test_a_senseless_control_request_is_refused_with_a_reason(provider, url, body):
    answer = provider.http.post(provider.control + url, json=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_unknown_control_urls_name_the_known_ones(provider):
    answer = provider.http.get(provider.control + "nothing", timeout=5)
    assert answer.status_code == 404
    assert "POST /_sandbox/faults" in answer.json()["known"]
    assert provider.http.post(provider.control + "clock", data="{", timeout=5).status_code == 400
