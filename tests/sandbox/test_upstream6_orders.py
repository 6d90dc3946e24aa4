"""Catalogue and orders of dialect 6: what is sold, what is charged, what comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from kit.provider6 import LOGIN, ORDER, error, params_of

V2 = {**ORDER, "period": None, "order_period": "12", "autoprolong": "off", "clicked_button": "order"}


# -- the catalogue -------------------------------------------------------------------------------------------
def test_the_export_tells_prices_add_ons_and_systems(provider6):
    doc = provider6.xml("pricelist.export", authinfo=None, itemtype="vds")
    assert [plan.findtext("id") for plan in doc] == ["277", "278"]
    plan = doc[0]
    assert plan.find("price").get("currency") == "EUR"
    assert [dict(row.attrib) for row in plan.findall("price/period")] == [
        {"type": "month", "length": "1", "cost": "9.00"}, {"type": "month", "length": "12", "cost": "97.20"},
    ]  # fmt: skip
    addons = {row.findtext("intname"): row for row in plan.findall("addon")}
    ncpu = addons["ncpu"]
    assert [ncpu.findtext(name) for name in ("id", "addontype", "billtype", "addonmin", "addonlimit",
        "addonmax", "addonstep")] == [
        "101", "2", "2", "1", "2", "8", "1",
    ]  # fmt: skip
    assert [row.get("cost") for row in ncpu.findall("price/period")] == ["2.00", "24.00"]
    assert [row.findtext("id") for row in addons["control_panel"].findall("enumeration/enumerationitem")] == [
        "901",
        "902",
    ]
    assert addons["backup"].findtext("addontype") == "1"
    assert [row.findtext("intname") for row in plan.findall("itemtypeparam/itemtypeparamvalue")] == [
        "ISPsystem__Debian-12", "ISPsystem__Ubuntu-24.04",
    ]  # fmt: skip
    assert {plan.findtext("itemtype") for plan in provider6.xml("pricelist.export")} >= {
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
    }


def test_the_export_can_be_closed_and_hides_what_is_sold_out(provider6):
    provider6.post("tariff", id=277, orderable=False)
    ids = [
        plan.findtext("id") for plan in provider6.xml("pricelist.export", itemtype="vds", onlyavailable="on")
    ]
    assert ids == ["278"]
    assert len(provider6.xml("pricelist.export", itemtype="vds")) == 2
    assert error(provider6.order()) == ("missed", "pricelist")
    provider6.post("switch", export_open="off")
    assert error(provider6.call("pricelist.export", authinfo=None)) == ("auth", "badpassword")
    assert len(provider6.xml("pricelist.export", itemtype="vds")) == 2


def test_every_type_of_product_can_be_ordered(provider6):
    for kind, plan, months in (
        ("dedic", "301", "1"),
        ("vhost", "302", "12"),
        ("storage", "305", "1"),
        ("vpn", "307", "3"),
    ):
        doc = provider6.call(
            f"{kind}.order.param",
            pricelist=plan,
            period=months,
            datacenter="3",
            remoteid="r",
            skipbasket="on",
            sok="ok",
        )
        assert provider6.service(doc["id"]["$"])["itemtype"] == kind
        assert [row["remoteid"] for row in provider6.rows(kind)] == ["r"]
    assert sum(float(amount) for _, _, amount in provider6.ledger()) == 60 + 30 + 1.5 + 7
    assert {row["$name"] for row in provider6.call("menu")["menu"]["node"][0]["node"]} == {
        "domain", "vds", "dedic", "vhost", "soft", "certificate", "storage", "vpn",
    }  # fmt: skip


def test_both_wizards_show_tariffs_and_a_form_with_choices_and_limits(provider6):
    tariffs = provider6.xml("vds.order", period="1", datacenter="3").findall("list[@name='tariflist']/elem")
    assert [row.findtext("pricelist") for row in tariffs] == ["277", "278"]
    new = provider6.call("v2.vds.order.pricelist")["list"][0]["elem"][0]
    assert new["prices"]["price"][0] == {"cost": {"$": "9.00"}, "currency": {"$": "€"}, "period": {"$": "1"}}
    for func, period in (("vds.order.param", "period"), ("v2.vds.order.param", "order_period")):
        form = provider6.xml(func, pricelist="277", datacenter="3", **{period: "12"})
        assert {name: form.findtext(name) for name in (period, "addon_101", "addon_102", "addon_103")} == {
            period: "12", "addon_101": "2", "addon_102": "901", "addon_103": "off",
        }  # fmt: skip
        assert (
            form.find(".//slider[@name='addon_101']").attrib.items()
            >= {
                "min": "1",
                "max": "8",
                "step": "1",
                "cost": "24.00",
            }.items()
        )
        assert [row.get("key") for row in form.findall("slist[@name='ostempl']/val")] == [
            "ISPsystem__Debian-12",
            "ISPsystem__Ubuntu-24.04",
        ]
        recipes = [(row.get("key"), row.get("depend")) for row in form.findall("slist[@name='recipe']/val")]
        assert ("ISPsystem__lamp", "ISPsystem__Debian-12") in recipes
    assert provider6.ledger() == []


def test_a_form_is_recomputed_in_a_nested_document(provider6):
    form = provider6.xml("vds.order.param", pricelist="277", period="1", addon_101="4", sv_field="addon_101")
    assert form.findtext("doc/addon_101") == "4"
    assert "13.00 EUR" in form.findtext("doc/orderinfo")
    assert form.find("addon_101") is None


def test_the_summary_of_the_new_wizard_is_what_will_be_charged(provider6):
    provider6.post("switch", vat_percent="20")
    form = provider6.call("v2.vds.order.param", pricelist="277", period_277="1", addon_102="902")
    summary = {row["$name"]: row["elem"][0]["cost"]["price"]["cost"]["$"] for row in form["list"]}
    assert summary["total_summary"] == "16.80"
    provider6.order("v2.vds.order.param", **{**V2, "order_period": "1", "addon_102": "902"})
    assert provider6.ledger() == [("order", 5001, "16.80")]


def test_a_step_without_a_tariff_is_out_of_order(provider6):
    assert error(provider6.call("vds.order.param"))[0] == "wizard_unavailable"
    assert (
        error(provider6.call("v2.vds.order.param", sok="ok", clicked_button="order"))[0]
        == "wizard_unavailable"
    )


# -- orders --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("changes", "amount"), [
    ({}, "9.00"), ({"period": "12"}, "97.20"), ({"addon_101": "1"}, "9.00"), ({"addon_101": "5"}, "15.00"),
    ({"addon_102": "902"}, "14.00"),
    ({"addon_103": "on"}, "12.00"),
    ({"period": "12", "addon_101": "3", "addon_102": "902", "addon_103": "on"}, "217.20"),
    ({"pricelist": "278", "addon_111": "4"}, "18.00"),
])  # fmt: skip
def test_an_order_charges_the_period_and_what_is_above_the_included_amount(provider6, changes, amount):
    number = provider6.ordered(**changes)
    assert provider6.ledger() == [("order", int(number), amount)]
    assert provider6.balance() == f"{500 - float(amount):.2f}"
    expense = provider6.rows("expense")[0]
    assert (expense["amount"], expense["main_item"]) == (f"{amount} EUR", number)


def test_an_ordered_server_is_active_with_address_and_login(provider6):
    number = provider6.ordered(autoprolong="1")
    form = provider6.xml("vds.edit", elid=number)
    values = {
        name: form.findtext(name)
        for name in ("username", "status", "remoteid", "autoprolong", "domain", "pricelist")
    }
    assert values == {
        "username": "root",
        "status": "2",
        "remoteid": "a-1",
        "autoprolong": "1",
        "domain": "vm1.example.net",
        "pricelist": "277",
    }
    assert len(form.findtext("password")) >= 8
    assert form.findtext("ip") == provider6.rows("vds")[0]["ip"]
    assert form.findtext("addon_101_current_value") == form.findtext("addon_101") == "2"
    ledger = provider6.get("ledger")[0]
    assert (ledger["name"], ledger["remoteid"], ledger["period"], ledger["currency"]) == (
        "vm1.example.net",
        "a-1",
        1,
        "EUR",
    )


def test_the_new_generation_orders_with_its_own_words(provider6):
    doc = provider6.order("v2.vds.order.param", **V2)
    service = provider6.service(doc["item.id"]["$"])
    assert (service["period"], service["autoprolong"]) == (12, "null")
    assert provider6.ledger() == [("order", service["id"], "97.20")]


def test_autoprolong_of_the_new_generation_is_as_switched(provider6):
    assert (
        provider6.service(
            provider6.order("v2.vds.order.param", **{**V2, "autoprolong": "on"})["item.id"]["$"]
        )["autoprolong"]
        == "12"
    )
    assert error(provider6.order("v2.vds.order.param", **{**V2, "autoprolong": "12"})) == (
        "value",
        "autoprolong",
    )
    provider6.post("switch", v2_autoprolong="months")
    assert error(provider6.order("v2.vds.order.param", **{**V2, "autoprolong": "on"})) == (
        "value",
        "autoprolong",
    )
    form = provider6.xml("v2.vds.order.param", pricelist="277", order_period="1")
    assert [row.get("key") for row in form.findall("slist[@name='autoprolong']/val")] == ["null", "1", "12"]


def test_nothing_is_executed_without_sok_or_the_required_button(provider6):
    for func, form in (
        ("vds.order.param", {**ORDER, "sok": None}), ("v2.vds.order.param", {**V2, "clicked_button": None}),
        ("vds.order.pricelist", {**ORDER, "snext": "ok"}),
        ("soft.order.param",
            {"pricelist": "304", "period": "1", "ip": "203.0.113.9", "licname": "l", "skipbasket": "on",
                "sok": "ok"}),
    ):  # fmt: skip
        doc = provider6.call(func, **form)
        assert "ok" not in doc
        assert "error" not in doc
        assert "slist" in doc
    assert provider6.get("ledger") == []
    assert provider6.get("state")["services"] == []


@pytest.mark.parametrize(
    ("style", "old", "new"),
    [("id", "id", "item.id"), ("item.id", "item.id", "item.id"), ("none", None, None)],
)
def test_where_the_id_stands_is_as_switched(provider6, style, old, new):
    provider6.post("switch", order_id_style=style)
    for func, form, key in (("vds.order.param", ORDER, old), ("v2.vds.order.param", V2, new)):
        doc = provider6.order(func, **form)
        assert {name for name in doc if not name.startswith("$")} == {"ok", *([key] if key else [])}
    assert len(provider6.get("ledger")) == 2
    licence = {
        "pricelist": "304",
        "period": "1",
        "ip": "203.0.113.9",
        "licname": "l",
        "skipbasket": "on",
        "clicked_button": "finish",
        "sok": "ok",
    }
    assert provider6.call("soft.order.param", **licence)["id"]["$"] == "5003"


@pytest.mark.parametrize(("changes", "field"), [
    ({"period": "3"}, "period"), ({"period": None}, "period"), ({"datacenter": "4"}, "datacenter"),
    ({"datacenter": None}, "datacenter"),
    ({"addon_101": "0"}, "addon_101"), ({"addon_101": "two"}, "addon_101"), ({"addon_111": "4"}, "addon_111"),
    ({"addon_102": "903"}, "addon_102"),
    ({"addon_103": "yes"}, "addon_103"), ({"ostempl": "Windows"}, "ostempl"),
    ({"ostempl": "ISPsystem__Ubuntu-24.04", "recipe": "ISPsystem__lamp"}, "recipe"),
    ({"autoprolong": "2"}, "autoprolong"), ({"domain": "no domain"}, "domain"),
    ({"order_count": "11"}, "order_count"), ({"project": "2"}, "project"),
])  # fmt: skip
def test_a_wrong_order_is_refused_whole(provider6, changes, field):
    assert error(provider6.order(**changes)) == ("value", field)
    assert provider6.get("ledger") == []
    assert provider6.get("state")["services"] == []


def test_a_name_is_found_where_none_was_given_and_remote_ids_may_repeat(provider6):
    first, second = provider6.ordered(domain=None), provider6.ordered(domain=None)
    assert provider6.service(first)["domain"] != provider6.service(second)["domain"] != ""
    assert {row["remoteid"] for row in provider6.rows("vds")} == {"a-1"}
    assert int(second) > int(first)


def test_several_services_in_one_order_are_charged_one_by_one(provider6):
    provider6.order(order_count="3")
    assert [amount for _, _, amount in provider6.ledger()] == ["9.00"] * 3
    assert len(provider6.rows("vds")) == 3


# -- money ---------------------------------------------------------------------------------------------------
def test_too_little_money_is_refused_with_the_vendors_figures(provider6):
    provider6.post("balance", balance="3.10", credit="1.00")
    doc = provider6.order()
    assert error(doc) == ("not_enough_money", "")
    assert params_of(doc) == {
        "amount": "9.00", "have": "3.10", "currency": "EUR", "deficit": "4.90", "limit": "1.00",
        "reserved": "0.00", "available": "4.10",
    }  # fmt: skip
    assert provider6.get("state")["services"] == []
    provider6.post("balance", balance="3.10", credit="5.90")
    provider6.ordered()
    assert provider6.balance() == "-5.90"


def test_too_little_money_may_leave_an_unpaid_service(provider6):
    provider6.post("switch", low_funds="unpaid")
    provider6.post("balance", balance="3.10")
    number = provider6.ordered()
    assert provider6.service(number)["status"] == 1
    assert provider6.rows("vds")[0]["status"] == "1"
    assert provider6.get("ledger") == []
    provider6.post("balance", balance="100.00")
    assert provider6.service(number)["status"] == 1
    provider6.done(
        "payment.add.method", sok="ok", billorder=provider6.call("basket")["billorder"]["$"], paymethod="1"
    )
    assert provider6.service(number)["status"] == 2
    assert provider6.ledger() == [("order", int(number), "9.00")]


def test_money_that_arrives_may_pay_unpaid_services_oldest_first(provider6):
    provider6.post("switch", low_funds="unpaid", pay_when_money_arrives="on")
    provider6.post("balance", balance="0.00")
    numbers = [provider6.ordered(remoteid=str(n)) for n in range(3)]
    provider6.post("balance", balance="20.00")
    assert [provider6.service(number)["status"] for number in numbers] == [2, 2, 1]
    assert provider6.balance() == "2.00"


@pytest.mark.parametrize(
    ("style", "text"), [("9.00 EUR", "500.00 EUR"), ("€9.00", "€500.00"), ("9,00 EUR", "500,00 EUR")]
)
def test_money_in_texts_is_written_as_switched(provider6, style, text):
    provider6.post("switch", money_style=style)
    assert provider6.call("dashboard.info")["elem"][0]["realbalance"]["$"] == text
    assert provider6.call("notify")["notify"]["item"][0]["value"]["$"] == text
    assert provider6.call("subaccount")["elem"][0]["balance"]["$"] == text
    assert provider6.call("whoami")["user"]["$balance"] == "500.00"
    provider6.ordered()
    assert provider6.rows("vds")[0]["cost"] == text.replace("500", "9") + " / Month"


# -- operations ----------------------------------------------------------------------------------------------
def test_opening_can_take_its_time(provider6):
    provider6.post("switch", async_delay=60)
    number = provider6.ordered()
    row = provider6.call("vds")["elem"][0]
    assert (row["item_status"]["$orig"], row["status"]["$"], row["ip"]["$"]) == ("5_open", "5", "")
    assert error(provider6.call("vds.suspend", elid=number)) == ("runningoperation", "runningoperation")
    assert (
        error(provider6.call("service.prolong", elid=number, period="1", sok="ok"))[0] == "runningoperation"
    )
    provider6.post("clock", advance_seconds=61)
    assert provider6.rows("vds")[0]["status"] == "2"


def test_nothing_finishes_until_progress_when_the_delay_is_never(provider6):
    provider6.post("switch", async_delay="never")
    number = provider6.ordered()
    provider6.post("clock", advance_days=1)
    assert provider6.service(number)["sub"] == "open"
    assert provider6.post("progress", {}) == {"finished": [int(number)]}
    assert provider6.service(number)["status"] == 2


@pytest.mark.parametrize(
    ("fails", "orig"), [("service_nosuitable", "service_nosuitable"), ("stuck", "5_open")]
)
def test_an_opening_can_fail_after_the_money_was_taken(provider6, fails, orig):
    provider6.post("switch", open_fails=fails)
    number = provider6.ordered()
    assert provider6.call("vds")["elem"][0]["item_status"]["$orig"] == orig
    assert provider6.ledger() == [("order", int(number), "9.00")]
    provider6.post("clock", advance_days=2)
    assert provider6.service(number)["status"] == 5
    provider6.post("progress", id=int(number))
    assert provider6.service(number)["status"] == 2


def test_many_orders_at_once_charge_once_each(provider6):
    def order(number: int) -> str:
        form = {
            "func": "vds.order.param",
            "out": "json",
            "authinfo": LOGIN,
            **ORDER,
            "remoteid": f"r-{number}",
        }
        return requests.post(provider6.url, form, timeout=20).json()["doc"]["id"]["$"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(order, range(30)))
    assert len(set(ids)) == 30
    assert sorted(row["remoteid"] for row in provider6.get("ledger")) == sorted(
        f"r-{number}" for number in range(30)
    )
    assert provider6.balance() == "230.00"
