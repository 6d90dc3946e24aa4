"""The control URLs of dialect 6."""

from __future__ import annotations

import json

import pytest
from kit.provider6 import error


def test_a_service_can_be_planted_with_everything_that_is_known_of_it(provider6):
    told = {
        "itemtype": "vds", "domain": "vm.example.net", "pricelist": 278, "expiredate": "2030-03-14",
        "status": 3, "sub": "abusesuspend",
        "remoteid": "a-7", "autoprolong": "12", "ip": "203.0.113.5", "period": 12, "addons": {"111": "6"},
        "password": "p",
    }  # fmt: skip
    number = provider6.post("service", told)["id"]
    state = provider6.service(str(number))
    assert {name: state[name] for name in told if name != "addons"} == {
        name: value for name, value in told.items() if name != "addons"
    }
    assert state["addons"] == {"111": "6", "112": "901", "113": "off"}
    assert (state["scheduledclose"], state["id"]) == (False, number)
    form = provider6.xml("vds.edit", elid=str(number))
    assert (form.findtext("addon_111"), form.findtext("addon_111_current_value"), form.findtext("ip")) == (
        "6",
        "6",
        "203.0.113.5",
    )
    assert provider6.get("ledger") == []


def test_a_service_can_be_changed_behind_the_customers_back(provider6):
    number = provider6.ordered()
    changes = {
        "status": 3,
        "sub": "employeesuspend",
        "expiredate": "2031-01-01",
        "remoteid": "",
        "addons": {"101": "5"},
        "pricelist": 277,
    }
    provider6.post("service", id=int(number), **changes)
    row = provider6.call("vds")["elem"][0]
    assert (row["item_status"]["$orig"], row["expiredate"]["$"], row["remoteid"]["$"]) == (
        "3_employeesuspend",
        "2031-01-01",
        "",
    )
    provider6.post("service", id=int(number), status=2, sub="")
    assert provider6.service(number)["addons"]["101"] == "5"


def test_a_planted_operation_lasts_until_progress(provider6):
    number = provider6.post("service", pricelist=277, domain="vm.example.net", status=5, sub="open")["id"]
    provider6.post("clock", advance_days=1)
    assert provider6.service(str(number))["status"] == 5
    assert provider6.service(str(number))["ip"] == ""
    assert provider6.post("progress", {}) == {"finished": [number]}
    assert provider6.service(str(number))["status"] == 2
    assert provider6.service(str(number))["ip"]
    assert provider6.post("progress", {}) == {"finished": []}


def test_a_planted_unpaid_service_can_be_paid(provider6):
    number = provider6.post("service", pricelist=277, domain="vm.example.net", status=1, remoteid="a-9")["id"]
    provider6.post("service", id=number, status=1)
    provider6.done(
        "payment.add.method", sok="ok", billorder=provider6.call("basket")["billorder"]["$"], paymethod="1"
    )
    assert provider6.ledger() == [("order", number, "9.00")]
    assert provider6.service(str(number))["status"] == 2


def test_a_running_operation_ends_when_a_state_is_set(provider6):
    provider6.post("switch", async_delay="never")
    number = provider6.ordered()
    provider6.post("service", id=int(number), status=2)
    provider6.done("vds.suspend", elid=number)
    assert provider6.post("progress", id=int(number)) == {"finished": [int(number)]}


def test_prices_change_under_the_customer_and_new_types_can_be_sold(provider6):
    provider6.post("tariff", id=277, prices={"1": "9.90"})
    assert (
        provider6.xml("pricelist.export", itemtype="vds").find("pricelist/price/period").get("cost") == "9.90"
    )
    provider6.ordered()
    provider6.post("tariff", id=277, prices={"1": "10.90"})
    provider6.done("service.prolong", elid="5001", period="1", sok="ok")
    assert [amount for _, _, amount in provider6.ledger()] == ["9.90", "10.90"]
    provider6.post("tariff", id=900, itemtype="cloud_disk", name="Disk S", prices={"1": "4.00"})
    doc = provider6.call(
        "cloud_disk.order.param", pricelist="900", period="1", datacenter="3", skipbasket="on", sok="ok"
    )
    assert provider6.rows("cloud_disk")[0]["id"] == doc["id"]["$"]


def test_a_reset_is_a_new_start(provider6):
    provider6.ordered()
    provider6.post("switch", page_cap=7)
    provider6.post("faults", func="vds", kind="empty_after")
    provider6.post("reset")
    assert provider6.get("state")["services"] == provider6.get("ledger") == provider6.get("faults") == []
    assert all(row["value"] == row["default"] for row in provider6.get("switch"))
    assert provider6.balance() == "500.00"
    assert provider6.ordered() == "5001"


def test_the_ledger_is_on_disk_before_the_answer(provider6):
    provider6.ordered()
    lines = (provider6.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == provider6.get("ledger")


@pytest.mark.parametrize(("name", "wrong"), [
    ("service", {"pricelist": 1}), ("service", {"id": 1}), ("service", {"pricelist": 277, "status": 9}),
    ("service", {"pricelist": 277, "colour": "red"}),
    ("service", {"pricelist": 277, "expiredate": "soon"}),
    ("service", {"pricelist": 277, "itemtype": "dedic"}), ("balance", {"balance": "much"}),
    ("balance", {"account": 7, "balance": "1"}), ("domain", {"name": "a.test"}),
    ("tariff", {"id": 901, "itemtype": "vds", "name": "x"}),
    ("clock", {"advance_days": -1}),
])  # fmt: skip
def test_a_control_request_that_makes_no_sense_is_refused(provider6, name, wrong):
    answer = provider6.http.post(provider6.control + name, json=wrong, timeout=5)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert provider6.get("state")["services"] == []


def test_an_unknown_control_url_lists_the_known_ones(provider6):
    answer = provider6.http.get(provider6.control + "nothing", timeout=5)
    assert answer.status_code == 404
    assert "POST /_sandbox/service" in answer.json()["known"]
    assert error(provider6.call("_sandbox/service")) == ("missed", "func")
