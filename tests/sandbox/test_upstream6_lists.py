"""Lists of dialect 6: pages, filters, columns in every style."""

from __future__ import annotations

import pytest
from kit.provider6 import error


def plant(provider6, count: int, **more) -> None:
    provider6.post(
        "service",
        [
            {"pricelist": 277, "domain": f"vm{number}.example.net", "remoteid": f"r-{number}", **more}
            for number in range(count)
        ],
    )


def test_pages_together_show_every_service_once(provider6):
    plant(provider6, 123)
    seen, number = [], 1
    while True:
        doc = provider6.xml("vds", p_cnt="50", p_num=str(number))
        seen += [row.findtext("id") for row in doc.findall("elem")]
        assert [doc.findtext(name) for name in ("p_cnt", "p_num", "p_elems")] == ["50", str(number), "123"]
        if number * 50 >= 123:
            break
        number += 1
    assert len(seen) == len(set(seen)) == 123
    assert seen != sorted(seen)
    assert provider6.rows("vds", p_num="9") == []


def test_a_page_is_never_longer_than_the_cap_and_its_size_is_remembered(provider6):
    plant(provider6, 70)
    assert len(provider6.rows("vds", p_cnt="500")) == 50
    assert len(provider6.rows("vds", p_cnt="20")) == 20
    assert len(provider6.rows("vds")) == 20
    provider6.post("switch", page_cap=0)
    assert len(provider6.rows("vds", p_cnt="500")) == 70


def test_ten_thousand_services_can_be_planted_and_listed(provider6):
    plant(provider6, 10000)
    provider6.post("switch", page_cap=0)
    rows = provider6.rows("vds", p_cnt="10000")
    assert len({row["remoteid"] for row in rows}) == 10000
    assert len({row["ip"] for row in rows}) == 10000


def test_rows_come_in_the_order_that_is_asked_for(provider6):
    plant(provider6, 30)

    def ids(**params: str):
        return [int(row["id"]) for row in provider6.rows("vds", **params)]

    assert ids(p_col="+id") == sorted(ids())
    assert ids(p_col="-id") == sorted(ids(), reverse=True)
    provider6.post("switch", list_order="-id")
    assert ids() == sorted(ids(), reverse=True)
    names = [row["domain"] for row in provider6.rows("vds", p_col="+domain")]
    assert names == sorted(names)


@pytest.mark.parametrize(("style", "status", "sub", "shown"), [
    ("sub", 5, "suspend", {"item_status": ("In progress", "5_suspend"), "status": ("5", None)}),
    ("sub", 3, "autosuspend", {"item_status": ("Suspended", "3_autosuspend"), "status": ("3", None)}),
    ("sub", 2, "", {"item_status": ("Active", "2"), "status": ("2", None)}),
    ("orig", 3, "autosuspend", {"item_status": ("Suspended", "3")}),
    ("plain", 2, "", {"item_status": ("2", None)}),
    ("real", 4, "", {"item_real_status": ("4", None)}),
])  # fmt: skip
def test_a_state_is_written_as_switched(provider6, style, status, sub, shown):
    provider6.post("switch", status_style=style)
    provider6.post("service", pricelist=277, domain="vm.example.net", status=status, sub=sub)
    row = provider6.xml("vds").find("elem")
    states = {
        cell.tag: (cell.text, cell.get("orig"))
        for cell in row
        if cell.tag in ("item_status", "status", "item_real_status")
    }
    assert states == shown


def test_columns_can_be_missing_or_say_something_else(provider6):
    provider6.post("service", pricelist=277, domain="vm.example.net", expiredate="2030-03-14", remoteid="r")
    row = provider6.rows("vds")[0]
    assert (row["expiredate"], row["real_expiredate"], row["remoteid"]) == ("2030-03-14", "2030-03-14", "r")
    assert (row["expiredate_l"], row["pricelist"], row["pricelist_id"]) == ("March 14, 2030", "KVM-2", "277")
    provider6.post("switch", expiredate_phrase="Daily charges", remoteid_in_list="off")
    row = provider6.rows("vds")[0]
    assert (row["expiredate"], row["real_expiredate"], row["billdaily"]) == (
        "Daily charges",
        "2030-03-14",
        "on",
    )
    assert "remoteid" not in row
    assert provider6.xml("vds.edit", elid=row["id"]).findtext("remoteid") == "r"


def test_a_stored_filter_belongs_to_its_session_unless_it_sticks_to_the_user(provider6):
    plant(provider6, 3)
    session = {"authinfo": None, "auth": provider6.call("auth")["auth"]["$id"]}
    provider6.done("vds.filter", **session, sok="ok", domain="vm1")
    assert [row["domain"] for row in provider6.rows("vds", **session)] == ["vm1.example.net"]
    assert len(provider6.rows("vds")) == 3
    assert provider6.xml("vds.filter", **session).findtext("name") == "vm1"
    provider6.done("vds.filter", **session, sok="ok")
    assert len(provider6.rows("vds", **session)) == 3
    provider6.post("switch", sticky_filter="on")
    provider6.done("vds.filter", sok="ok", pricelist="278")
    assert provider6.rows("vds") == []
    assert provider6.call("vds")["p_elems"]["$"] == "0"
    provider6.done("vds.filter", sok="ok")
    assert len(provider6.rows("vds")) == 3


def test_a_filter_shows_what_it_can_choose(provider6):
    form = provider6.xml("vds.filter")
    assert [row.get("key") for row in form.findall("slist[@name='pricelist']/val")] == ["277", "278"]


def test_lists_and_forms_repeat_what_was_sent_secrets_too(provider6):
    assert provider6.xml("vds", p_num="1").findtext("tparams/authinfo") == "reseller:secret"
    assert provider6.xml("vds.order.param", pricelist="277").findtext("tparams/pricelist") == "277"


def test_a_list_shows_the_services_of_its_type_only(provider6):
    plant(provider6, 2)
    assert provider6.rows("dedic") == []
    assert error(provider6.call("dedic.edit", elid="5001")) == ("missed", "item")
