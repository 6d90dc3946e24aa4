"""Transport, login, formats and errors of dialect 6."""

from __future__ import annotations

import json

import pytest
import requests
from kit.provider6 import LOGIN, ORDER, Provider6, error, params_of


def test_the_ready_line_names_billmgr_and_both_paths_answer(provider6):
    assert provider6.url.endswith("/billmgr")
    assert not provider6.url.endswith("/manager/billmgr")
    for path in ("/billmgr", "/manager/billmgr"):
        answer = provider6.http.get(
            provider6.site + path, params={"func": "whoami", "out": "json", "authinfo": LOGIN}, timeout=5
        )
        assert answer.json()["doc"]["user"]["$name"] == "reseller"
    assert provider6.http.get(provider6.site + "/billmgr/billmgr", timeout=5).status_code == 404


def test_a_call_without_credentials_gets_the_envelope_by_which_the_version_is_told(provider6):
    for authinfo in (None, "", "reseller:wrong", "other:secret", "reseller", "reseller:secret:"):
        answer = provider6.send("accountinfo", out="xml", authinfo=authinfo)
        assert answer.status_code == 200
        assert '<error type="auth" object="badpassword"' in answer.text
        assert error(provider6.call("accountinfo", authinfo=authinfo)) == ("auth", "badpassword")


def test_our_own_recognition_tells_it_from_a_version_4(provider6, tmp_path):
    from contextlib import nullcontext

    from bill2bill.upstream.http import Http
    from bill2bill.upstream.sniff import recognise

    http = Http(
        secrets=[], ca_file="", proxy="", connect_timeout=2.0, read_timeout=5.0, spend_timeout=5.0,
        answer_limit=1 << 20, gate=nullcontext,
    )  # fmt: skip
    assert recognise(http, provider6.url) == "6"
    provider6.post("switch", play="bm4")
    assert recognise(http, provider6.site + "/manager/billmgr") == "4"
    provider6.post("switch", play="html")
    assert recognise(http, provider6.url) is None


def test_a_password_may_hold_colons_and_comes_from_the_environment(tmp_path):
    one = Provider6(tmp_path, "--dialect", "6", "--switch", "generation=b5", password="se:cret")
    assert one.call("whoami", authinfo="reseller:se:cret")["version"]["billmgr"]["$"].startswith("5.")
    assert error(one.call("whoami")) == ("auth", "badpassword")
    one.stop()


def test_a_session_opens_by_form_or_authinfo_lives_an_hour_and_ends(provider6):
    opened = provider6.xml("auth", authinfo=None, username="reseller", password="secret").find("auth")
    assert opened.text == opened.get("id")
    session = {"authinfo": None, "auth": opened.get("id")}
    provider6.done("keepalive", **session)
    assert provider6.call("whoami", **session)["user"]["$level"] == "16"
    provider6.post("clock", advance_seconds=3601)
    assert error(provider6.call("whoami", **session))[0] == "access"
    provider6.post("switch", expired_session="auth")
    assert error(provider6.call("whoami", **session))[0] == "auth"
    again = provider6.call("auth")["auth"]["$id"]
    provider6.call("logon", authinfo=None, auth=again)
    assert error(provider6.call("whoami", authinfo=None, auth=again))[0] == "auth"


def test_the_cookie_of_a_session_is_enough(provider6):
    browser = requests.Session()
    browser.post(
        provider6.url,
        {"func": "auth", "username": "reseller", "password": "secret", "out": "json"},
        timeout=5,
    )
    assert "billmgrses5" in browser.cookies
    assert (
        browser.get(provider6.url, params={"func": "whoami", "out": "json"}, timeout=5).json()["doc"]["user"][
            "$id"
        ]
        == "4"
    )


def test_addresses_and_too_many_wrong_logins_are_kept_out(provider6):
    provider6.post("switch", allowed_ips=["203.0.113.7"])
    assert error(provider6.call("whoami")) == ("auth", "badip")
    provider6.post("switch", allowed_ips=["127.0.0.1"], ban_after=2)
    for _ in range(2):
        provider6.call("whoami", authinfo="reseller:no")
    assert error(provider6.call("whoami")) == ("auth", "blocklogon")


def test_every_format_says_the_same(provider6):
    provider6.ordered()
    listed = provider6.call("vds")
    assert listed["elem"][0]["item_status"] == {"$orig": "2", "$": "Active"}
    assert listed["$func"] == "vds"
    row = provider6.xml("vds").find("elem")
    assert (row.findtext("id"), row.find("item_status").get("orig")) == (listed["elem"][0]["id"]["$"], "2")
    assert provider6.send("vds", out="sjson").json()["doc"]["p_elems"]["$"] == "1"
    assert provider6.send("vds.edit", out="bjson", elid="5001").json()["model"]["remoteid"] == "a-1"
    assert provider6.send("vds", out="bjson").json()["elem"][0]["domain"] == "vm1.example.net"
    assert provider6.send("vds.edit", out="bjson", elid="7").json()["error"]["$type"] == "missed"
    assert "domain=vm1.example.net" in provider6.send("vds", out="text").text
    assert "<html>" in provider6.send("vds", out="").text


def test_a_lone_element_is_an_array_unless_the_switch_says_otherwise(provider6):
    provider6.ordered()
    assert [row["id"]["$"] for row in provider6.call("vds")["elem"]] == ["5001"]
    provider6.post("switch", single_as_object="on")
    assert provider6.call("vds")["elem"]["id"]["$"] == "5001"
    assert "elem" not in provider6.call("dedic")


def test_errors_have_type_object_params_and_text_in_the_switched_language(provider6):
    doc = provider6.call("vds.order.param", **{**ORDER, "addon_101": "9"})
    assert error(doc) == ("value", "addon_101")
    assert params_of(doc) == {"object": "addon_101", "value": "9"}
    assert doc["error"]["msg"]["$"] == "The 'addon_101' field has invalid value"
    assert doc["error"]["group"]["$"] == "The '__object__' field has invalid value"
    provider6.post("switch", lang_texts="ru")
    assert (
        "недопустимое"
        in provider6.call("vds.order.param", **{**ORDER, "addon_101": "9"})["error"]["msg"]["$"]
    )
    provider6.ordered()
    assert provider6.call("vds")["elem"][0]["item_status"]["$"] == "Активна"


def test_an_unknown_function_is_an_error_with_status_200(provider6):
    for func in ("vds.fly", "balloon", "v2.domain.order.param", "domain.order.param", "v2.vds.edit", ""):
        answer = provider6.send(func)
        assert answer.status_code == 200
        assert error(answer.json()["doc"]) == ("missed", "func")
        assert "No module" in answer.json()["doc"]["error"]["msg"]["$"]


def test_generation_b5_has_neither_v2_nor_the_new_cart(provider6):
    assert "elem" in provider6.call("v2.vds.order.pricelist")["list"][0]
    provider6.post("switch", generation="b5")
    for func in (
        "v2.vds.order.pricelist",
        "v2.vds.order.param",
        "cart",
        "cart.empty",
        "cartorder.create.confirm",
    ):
        assert error(provider6.call(func)) == ("missed", "func")
    provider6.ordered()


def test_rights_close_functions_and_take_buttons_away(provider6):
    number = provider6.ordered()
    provider6.post("switch", rights={"allowsuspenditem": "off", "allowdeleteitem": "off"})
    assert provider6.call("whoami")["user"]["$allowsuspenditem"] == "off"
    for func in ("vds.suspend", "vds.resume", "vds.delete"):
        doc = provider6.call(func, elid=number)
        assert error(doc)[0] == "access"
        assert params_of(doc)["value"] == func
    buttons = {row["$name"] for row in provider6.call("vds")["metadata"]["toolbar"]["toolgrp"][0]["toolbtn"]}
    assert "prolong" in buttons
    assert not buttons & {"suspend", "resume", "delete"}
    provider6.post("switch", rights={"allowed": ["whoami", "vds*"]})
    assert error(provider6.call("service.prolong", elid=number))[0] == "access"
    assert error(provider6.call("dedic"))[0] == "access"
    provider6.done("vds.suspend", elid=number)


def test_licences_can_be_suspended_even_without_the_right(provider6):
    order = {
        "pricelist": "304",
        "period": "1",
        "ip": "203.0.113.9",
        "licname": "l",
        "skipbasket": "on",
        "clicked_button": "finish",
        "sok": "ok",
    }
    number = provider6.call("soft.order.param", **order)["id"]["$"]
    provider6.post("switch", rights={"allowsuspenditem": "off"})
    provider6.done("soft.suspend", elid=number)
    assert provider6.service(number)["status"] == 3


@pytest.mark.parametrize("wrong", [
    {"status_style": "loud"}, {"async_delay": -1}, {"async_delay": "soon"}, {"rights": {"fly": "on"}},
    {"rights": ["vds"]}, {"nonsense": 1},
    {"money_style": "9 EUR"}, {"page_cap": "many"},
])  # fmt: skip
def test_a_switch_takes_no_nonsense(provider6, wrong):
    answer = provider6.http.post(provider6.control + "switch", json=wrong, timeout=5)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert all(row["value"] == row["default"] for row in provider6.get("switch"))


def test_the_log_has_every_request_and_no_secret(provider6):
    provider6.ordered()
    provider6.call("auth", authinfo=None, username="reseller", password="secret")
    provider6.call("service.changepassword", elid="5001", passwd="h1dden", confirm="h1dden", sok="ok")
    rows = provider6.get("requests")
    assert [row["func"] for row in rows] == ["vds.order.param", "auth", "service.changepassword"]
    assert [row["outcome"] for row in rows] == ["ok", "form", "ok"]
    text = (provider6.folder / "requests.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == rows
    assert "secret" not in text
    assert "h1dden" not in text


def test_hostile_requests_are_refused_and_nothing_breaks(provider6):
    assert provider6.http.post(provider6.url, "x=" + "y" * 1100000, timeout=5).status_code == 413
    assert provider6.http.get(provider6.url + "?" + "a=1&" * 3000, timeout=5).status_code == 400
    assert error(provider6.call("vds.order.param", **{**ORDER, "domain": "<b>&\x00"})) == ("value", "domain")
    provider6.ordered(remoteid="<&\"'>\x01é")
    assert provider6.rows("vds")[0]["remoteid"] == "<&\"'>é"
    for elid in ("", "0", "-1", "5001'", "5001; 5002", "٣", "9" * 400):
        assert error(provider6.call("vds.edit", elid=elid)) == ("missed", "item")
    for page in ("-1", "x", "1e9", "9" * 50):
        assert error(provider6.call("vds", p_num=page))[0] == "value"
    assert provider6.call("vds", **{"a b<": "1"})["p_elems"]["$"] == "1"
