"""What happens to a service of dialect 6: edit, renewal, another tariff, suspend, resume, delete, expiry."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from kit.provider6 import error, params_of


def today(provider6) -> date:
    return date.fromisoformat(provider6.get("clock")["today"])


def planted(provider6, **more) -> str:
    return str(
        provider6.post(
            "service", **{"pricelist": 277, "domain": "vm.example.net", "expiredate": "2030-01-31", **more}
        )["id"]
    )


# -- X.edit --------------------------------------------------------------------------------------------------
def test_what_costs_nothing_is_saved_and_the_rest_left_alone(provider6):
    number = provider6.ordered(autoprolong="1", addon_103="on")
    provider6.done(
        "vds.edit",
        elid=number,
        sok="ok",
        clicked_button="ok",
        server_name="shop",
        remoteid="b-2",
        autoprolong="null",
    )
    service = provider6.service(number)
    assert (service["remoteid"], service["autoprolong"], service["addons"]["103"]) == ("b-2", "null", "on")
    assert provider6.xml("vds.edit", elid=number).findtext("server_name") == "shop"
    assert len(provider6.get("ledger")) == 1


def test_the_form_says_which_fields_may_be_sent_back(provider6):
    form = provider6.xml("vds.edit", elid=provider6.ordered())
    editable = {field.get("name") for field in form.iter("field") if field[0].get("readonly") is None}
    assert editable == {"server_name", "remoteid", "autoprolong", "addon_101", "addon_102", "addon_103"}
    assert form.find(".//slider[@name='addon_101']").get("max") == "8"


def test_looking_changes_nothing_whatever_is_sent_along(provider6):
    number = provider6.ordered()
    provider6.call("vds.edit", elid=number, addon_101="8", remoteid="x")
    assert provider6.service(number)["remoteid"] == "a-1"
    assert len(provider6.get("ledger")) == 1


def test_more_resources_cost_the_difference_and_fewer_give_nothing_back(provider6):
    number = provider6.ordered()
    provider6.done("vds.edit", elid=number, sok="ok", addon_101="4", addon_103="on", skipbasket="on")
    provider6.done("vds.edit", elid=number, sok="ok", addon_101="2")
    assert provider6.ledger()[1:] == [("addon", int(number), "7.00")]
    assert provider6.service(number)["addons"] == {"101": "2", "102": "901", "103": "on"}


@pytest.mark.parametrize(("rule", "params", "charged"), [
    ("always", {}, True), ("always", {"clicked_button": "basket"}, False), ("with_skipbasket", {}, False),
    ("with_skipbasket", {"skipbasket": "on"}, True), ("never", {"skipbasket": "on"}, False),
])  # fmt: skip
def test_when_a_paid_change_is_charged_is_switched(provider6, rule, params, charged):
    provider6.post("switch", edit_pays=rule)
    number = provider6.ordered()
    doc = provider6.done("vds.edit", elid=number, sok="ok", addon_101="3", **params)
    assert ("billorder" in doc) is not charged
    assert provider6.service(number)["addons"]["101"] == ("3" if charged else "2")
    if not charged:
        provider6.done("payment.add.method", sok="ok", billorder=doc["billorder"]["$"], paymethod="1")
    assert provider6.service(number)["addons"]["101"] == "3"
    assert provider6.ledger()[1:] == [("addon", int(number), "2.00")]


def test_one_error_rejects_a_whole_change(provider6):
    number = provider6.ordered()
    assert error(provider6.call("vds.edit", elid=number, sok="ok", remoteid="x", addon_101="99")) == (
        "value",
        "addon_101",
    )
    provider6.post("balance", balance="0.00")
    assert (
        error(provider6.call("vds.edit", elid=number, sok="ok", remoteid="x", addon_101="8"))[0]
        == "not_enough_money"
    )
    assert provider6.service(number)["remoteid"] == "a-1"


def test_the_current_value_follows_when_the_operation_is_over(provider6):
    number = provider6.ordered()
    provider6.post("switch", async_delay="never")
    provider6.done("vds.edit", elid=number, sok="ok", addon_101="3")
    form = provider6.xml("vds.edit", elid=number)
    assert (
        form.findtext("addon_101"),
        form.findtext("addon_101_current_value"),
        form.findtext("status"),
    ) == ("3", "2", "5")
    provider6.post("progress", {})
    assert provider6.xml("vds.edit", elid=number).findtext("addon_101_current_value") == "3"


def test_another_system_and_an_absent_boolean_are_as_switched(provider6):
    number = provider6.ordered(addon_103="on")
    provider6.done("vds.edit", elid=number, sok="ok", ostempl="ISPsystem__Ubuntu-24.04")
    assert provider6.service(number)["fields"]["ostempl"] == "ISPsystem__Debian-12"
    provider6.post("switch", edit_ostempl="reinstall", absent_boolean="off")
    provider6.done("vds.edit", elid=number, sok="ok", ostempl="ISPsystem__Ubuntu-24.04")
    service = provider6.service(number)
    assert (service["fields"]["ostempl"], service["addons"]["103"]) == ("ISPsystem__Ubuntu-24.04", "off")


# -- renewal -------------------------------------------------------------------------------------------------
def test_a_renewal_done_twice_extends_twice(provider6):
    number = planted(provider6)
    for expiry in ("2030-02-28", "2030-03-28"):
        doc = provider6.xml("service.prolong", elid=number, period="1", sok="ok")
        assert doc.findtext("doc/newexpiredate") == expiry
        assert provider6.rows("vds")[0]["expiredate"] == expiry
    assert provider6.ledger() == [("prolong", int(number), "9.00")] * 2


def test_a_renewal_is_shown_before_it_is_done(provider6):
    number = planted(provider6)
    form = provider6.xml("service.prolong", elid=number, period="12")
    assert (form.findtext("expiredate"), form.findtext("newexpiredate")) == ("2030-01-31", "2031-01-31")
    assert [row.get("key") for row in form.findall("slist[@name='period']/val")] == ["1", "12"]
    assert provider6.get("ledger") == []


@pytest.mark.parametrize(("rule", "params", "charged"), [
    ("charge", {}, True), ("cart", {}, False), ("cart", {"skipbasket": "on"}, True),
    ("charge", {"clicked_button": "basket"}, False),
])  # fmt: skip
def test_a_renewal_is_charged_or_waits_as_switched(provider6, rule, params, charged):
    provider6.post("switch", prolong_default=rule)
    number = planted(provider6)
    doc = provider6.done("service.prolong", elid=number, period="1", sok="ok", **params)
    assert ("billorder" in doc) is not charged
    assert provider6.service(number)["expiredate"] == ("2030-02-28" if charged else "2030-01-31")
    assert len(provider6.get("ledger")) == charged


def test_a_renewal_without_money_is_refused_or_waits(provider6):
    number = planted(provider6)
    provider6.post("balance", balance="1.00")
    assert (
        error(provider6.call("service.prolong", elid=number, period="1", sok="ok"))[0] == "not_enough_money"
    )
    provider6.post("switch", low_funds="unpaid")
    assert "billorder" in provider6.done("service.prolong", elid=number, period="1", sok="ok")
    assert provider6.service(number)["expiredate"] == "2030-01-31"


def test_what_cannot_be_renewed_is_refused(provider6):
    number = planted(provider6)
    assert error(provider6.call("service.prolong", elid=number, period="3", sok="ok")) == ("value", "period")
    for status, kind in ((1, "value"), (4, "missed"), (5, "runningoperation")):
        provider6.post("service", id=int(number), status=status)
        assert error(provider6.call("service.prolong", elid=number, period="1", sok="ok"))[0] == kind
    provider6.post("service", id=int(number), status=2)
    provider6.post("switch", too_early_prolong_days=10)
    doc = provider6.call("service.prolong", elid=number, period="1", sok="ok")
    assert doc["error"]["msg"]["$"] == "The service can be renewed only after 2030-01-21"
    assert params_of(doc)["value"] == "2030-01-21"
    assert provider6.get("ledger") == []


def test_several_services_can_be_renewed_in_one_call(provider6):
    first, second = planted(provider6), planted(provider6)
    provider6.done("groupedit", faction="service.prolong", elid=f"{first}, {second}", period="1", sok="ok")
    assert [provider6.service(number)["expiredate"] for number in (first, second)] == ["2030-02-28"] * 2


# -- expiry --------------------------------------------------------------------------------------------------
def test_an_expired_service_is_suspended_and_a_renewal_revives_it(provider6):
    day = today(provider6)
    number = planted(provider6, expiredate=(day + timedelta(days=1)).isoformat())
    provider6.post("clock", advance_days=1)
    assert provider6.rows("vds")[0]["status"] == "2"
    provider6.post("clock", advance_days=1)
    assert provider6.call("vds")["elem"][0]["item_status"]["$orig"] == "3_autosuspend"
    assert error(provider6.call("vds.resume", elid=number))[0] == "access"
    provider6.done("service.prolong", elid=number, period="1", sok="ok")
    assert provider6.service(number)["status"] == 2


def test_a_service_that_renews_itself_is_charged_at_its_expiry(provider6):
    day = today(provider6)
    number = planted(provider6, expiredate=(day + timedelta(days=1)).isoformat(), autoprolong="12")
    provider6.post("clock", advance_days=2)
    assert provider6.rows("vds")[0]["status"] == "2"
    assert provider6.ledger() == [("prolong", int(number), "97.20")]


# -- another tariff ------------------------------------------------------------------------------------------
def test_a_tariff_is_changed_in_three_steps(provider6):
    number = provider6.ordered(addon_101="6", addon_102="902")
    targets = provider6.xml("service.changepricelist", elid=number)
    assert [row.get("key") for row in targets.findall("slist[@name='pricelist']/val")] == ["278"]
    preview = provider6.xml("service.changepricelist.pricelist", elid=number, pricelist="278")
    told = {
        name: preview.findtext(name)
        for name in ("oldpricelist", "newpricelist", "oldprice", "newprice", "money_info")
    }
    assert told == {
        "oldpricelist": "KVM-2", "newpricelist": "KVM-4", "oldprice": "22.00 EUR", "newprice": "27.00 EUR",
        "money_info": "To pay: 5.00 EUR",
    }  # fmt: skip
    assert provider6.service(number)["pricelist"] == 277
    provider6.done(
        "service.changepricelist.getmoney",
        elid=number,
        pricelist="278",
        snext="ok",
        sok="ok",
        clicked_button="finish",
    )
    service = provider6.service(number)
    assert (service["pricelist"], service["status"]) == (278, 2)
    assert service["addons"] == {"111": "6", "112": "902", "113": "off"}
    assert provider6.ledger()[1:] == [("changepricelist", int(number), "5.00")]


def test_a_cheaper_tariff_gives_nothing_back_and_the_last_step_needs_its_button(provider6):
    number = provider6.ordered(pricelist="278")
    assert "ok" not in provider6.call(
        "service.changepricelist.getmoney", elid=number, pricelist="277", snext="ok", sok="ok"
    )
    assert provider6.service(number)["pricelist"] == 278
    provider6.done(
        "service.changepricelist.getmoney",
        elid=number,
        pricelist="277",
        snext="ok",
        sok="ok",
        clicked_button="finish",
    )
    assert provider6.service(number)["addons"] == {"101": "2", "102": "901", "103": "off"}
    assert len(provider6.get("ledger")) == 1


def test_a_tariff_that_is_no_target_is_refused(provider6):
    number = provider6.ordered()
    for plan in ("277", "301", "9", ""):
        doc = provider6.call(
            "service.changepricelist.getmoney", elid=number, pricelist=plan, sok="ok", clicked_button="finish"
        )
        assert error(doc) == ("value", "pricelist")
    provider6.post("service", id=int(number), status=3)
    assert provider6.call("service.changepricelist", elid=number)["slist"][0].get("val") is None


# -- suspend, resume, delete, power --------------------------------------------------------------------------
def test_suspend_and_resume_act_without_sok_on_all_that_are_named(provider6):
    numbers = [planted(provider6), planted(provider6)]
    provider6.done("vds.suspend", elid=", ".join(numbers))
    assert [provider6.service(number)["status"] for number in numbers] == [3, 3]
    provider6.done("vds.resume", elid=numbers[0])
    assert [provider6.service(number)["status"] for number in numbers] == [2, 3]
    assert error(provider6.call("vds.suspend", elid=f"{numbers[0]}, 9")) == ("missed", "item")
    assert provider6.service(numbers[0])["status"] == 2


def test_operations_pass_through_their_own_state(provider6):
    number = planted(provider6)
    provider6.post("switch", async_delay="never")
    for func, sub, after in (
        ("vds.suspend", "suspend", 3),
        ("vds.resume", "resume", 2),
        ("service.hardreboot", "hardreboot", 2),
        ("vds.reboot", "reboot", 2),
        ("service.stop", "stop", 2),
        ("vds.delete", "close", 4),
    ):
        provider6.done(func, elid=number)
        assert (provider6.service(number)["status"], provider6.service(number)["sub"]) == (5, sub)
        provider6.post("progress", {})
        assert provider6.service(number)["status"] == after


@pytest.mark.parametrize(("func", "params"), [
    ("vds.suspend", {}), ("vds.resume", {}), ("vds.delete", {}), ("vds.reboot", {}), ("service.stop", {}),
    ("vds.edit", {"sok": "ok", "remoteid": "x"}),
    ("service.prolong", {"sok": "ok", "period": "1"}),
    ("service.changepassword", {"sok": "ok", "passwd": "a", "confirm": "a"}),
    ("service.changepricelist.getmoney", {"sok": "ok", "pricelist": "278", "clicked_button": "finish"}),
])  # fmt: skip
def test_a_busy_service_refuses_everything_until_it_is_done(provider6, func, params):
    number = planted(provider6, status=5, sub="reboot", remoteid="a-1")
    assert error(provider6.call(func, elid=number, **params)) == ("runningoperation", "runningoperation")
    provider6.post("progress", {})
    assert (provider6.service(number)["status"], provider6.service(number)["remoteid"]) == (2, "a-1")
    provider6.done(func, elid=number, **params)


@pytest.mark.parametrize("sub", ["abusesuspend", "employeesuspend", "autosuspend"])
def test_what_others_have_suspended_cannot_be_resumed(provider6, sub):
    number = planted(provider6, status=3, sub=sub)
    assert error(provider6.call("vds.resume", elid=number))[0] == "access"
    assert provider6.service(number)["sub"] == sub


def test_a_deleted_service_stays_in_the_list_or_goes(provider6):
    first, second = planted(provider6), planted(provider6)
    provider6.done("vds.delete", elid=first, sok="ok")
    assert provider6.service(first)["status"] == 4
    assert error(provider6.call("vds.delete", elid=first)) == ("missed", "item")
    provider6.post("switch", keep_deleted="off")
    provider6.done("vds.delete", elid=second)
    assert [row["id"] for row in provider6.rows("vds")] == [first]


def test_closing_can_be_planned_for_the_expiry_date(provider6):
    provider6.post("switch", delete_outcome="scheduled")
    number = planted(
        provider6, expiredate=(today(provider6) + timedelta(days=3)).isoformat(), autoprolong="1"
    )
    provider6.done("vds.delete", elid=number)
    assert provider6.rows("vds")[0]["scheduledclose"] == "on"
    assert provider6.service(number)["status"] == 2
    provider6.post("clock", advance_days=3)
    assert provider6.rows("vds")[0]["status"] == "4"
    assert provider6.get("ledger") == []


def test_the_minimum_order_period_holds_closing_and_changing_back(provider6):
    number = provider6.ordered()
    provider6.post("switch", min_order_days=30)
    provider6.post("clock", advance_days=10)
    doc = provider6.call("vds.delete", elid=number)
    assert error(doc)[0] == "pricelist_min_order"
    assert doc["error"]["msg"]["$"] == "The minimum order period for this service is 30 days. 20 days left"
    change = {"elid": number, "pricelist": "278", "sok": "ok", "clicked_button": "finish"}
    assert error(provider6.call("service.changepricelist.getmoney", **change))[0] == "pricelist_min_order"
    provider6.post("clock", advance_days=20)
    provider6.done("vds.delete", elid=number)


def test_a_paid_line_of_the_cart_does_not_wake_a_closed_service(provider6):
    number = planted(provider6)
    order = provider6.done("service.prolong", elid=number, period="1", sok="ok", clicked_button="basket")[
        "billorder"
    ]["$"]
    provider6.post("switch", async_delay="never")
    provider6.done("vds.delete", elid=number)
    assert (
        error(provider6.call("payment.add.method", sok="ok", billorder=order, paymethod="1"))[0]
        == "runningoperation"
    )
    provider6.post("progress", {})
    assert error(provider6.call("payment.add.method", sok="ok", billorder=order, paymethod="1")) == (
        "missed",
        "billorder",
    )
    assert provider6.service(number)["status"] == 4
    assert provider6.get("ledger") == []


# -- everyday ------------------------------------------------------------------------------------------------
def test_a_password_can_be_changed_while_the_server_is_active(provider6):
    number = provider6.ordered()
    assert error(
        provider6.call("service.changepassword", elid=number, passwd="a", confirm="b", sok="ok")
    ) == ("value", "confirm")
    provider6.done("service.changepassword", elid=number, passwd="n3w", confirm="n3w", sok="ok")
    assert provider6.xml("vds.edit", elid=number).findtext("password") == "n3w"
    assert "n3w" in provider6.call("service.instruction.html", elid=number)["body"]["$"]
    provider6.done("vds.suspend", elid=number)
    assert (
        error(provider6.call("service.changepassword", elid=number, passwd="a", confirm="a", sok="ok"))[0]
        == "access"
    )


def test_addresses_come_and_go_but_the_main_one_stays(provider6):
    number = provider6.ordered()
    main = provider6.rows("service.ip", elid=number)[0]
    assert (main["name"], main["is_main"]) == (provider6.service(number)["ip"], "on")
    provider6.done(
        "service.ip.edit", plid=number, type="public", domain="two.example.net", count="2", sok="ok"
    )
    rows = provider6.rows("service.ip", elid=number)
    assert len({row["name"] for row in rows}) == 3
    provider6.done("service.ip.edit", plid=number, elid=main["id"], domain="new.example.net", sok="ok")
    assert provider6.rows("service.ip", elid=number)[0]["domain"] == "new.example.net"
    provider6.done("service.ip.delete", plid=number, elid=rows[1]["id"])
    doc = provider6.call("service.ip.delete", plid=number, elid=main["id"])
    assert "forbidden by provider" in doc["error"]["msg"]["$"]
    assert [row["id"] for row in provider6.rows("service.ip", elid=number)] == [main["id"], rows[2]["id"]]


def test_the_history_tells_what_was_done_newest_first(provider6):
    number = provider6.ordered()
    provider6.done("service.reboot", elid=number)
    assert [row["desc"] for row in provider6.rows("service.history", elid=number)] == ["reboot", "open"]
