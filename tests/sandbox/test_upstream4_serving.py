"""Starting, stopping, transport, login and formats of the sandbox provider."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys

import pytest
import requests
from kit.provider import Provider
from kit.provider4 import Provider4, error


def test_the_ready_line_says_where_it_listens_and_sigterm_stops_it(tmp_path):
    command = [sys.executable, "-m", "bill2bill.sandbox.upstream", "--port", "0"]
    running = subprocess.Popen([*command, "--state", tmp_path / "new" / "state"], stdout=subprocess.PIPE)
    ready = json.loads(running.stdout.readline())
    assert set(ready) == {"ready", "url", "control", "ca_file", "pid", "state"}
    assert ready["ready"] is True
    assert ready["ca_file"] is None
    assert ready["pid"] == running.pid
    assert requests.get(ready["control"] + "clock", timeout=5).status_code == 200
    os.kill(ready["pid"], signal.SIGINT)
    assert running.wait(5) == 0
    running.stdout.close()


def test_tls_is_trusted_with_the_ca_file_and_not_without(tmp_path):
    running = Provider(tmp_path, "--tls")
    url = running.ready["url"]
    params = {"func": "accountinfo", "out": "json", "authinfo": "reseller:secret"}
    assert url.startswith("https://127.0.0.1:")
    assert requests.post(url, params, verify=running.ready["ca_file"], timeout=5).json()["elem"]
    assert (
        requests.post(
            url.replace("127.0.0.1", "localhost"), params, verify=running.ready["ca_file"], timeout=5
        ).status_code
        == 200
    )
    with pytest.raises(requests.exceptions.SSLError):
        requests.post(url, params, timeout=5)
    assert oct((tmp_path / "server.pem").stat().st_mode)[-3:] == "600"
    assert running.stop() == 0


def test_the_tls_certificate_passes_strict_verification(tmp_path):
    running = Provider(tmp_path, "--tls")
    context = ssl.create_default_context(cafile=running.ready["ca_file"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    port = int(running.ready["url"].split(":")[2].split("/")[0])
    with (
        socket.create_connection(("127.0.0.1", port)) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as secured,
    ):
        assert secured.version() in ("TLSv1.2", "TLSv1.3")
    running.stop()


def test_a_silent_connection_does_not_keep_others_from_tls(tmp_path):
    running = Provider(tmp_path, "--tls")
    port = int(running.ready["url"].split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)):
        assert (
            requests.get(
                running.ready["control"] + "clock", verify=running.ready["ca_file"], timeout=5
            ).status_code
            == 200
        )
    running.stop()


def test_a_request_that_is_cut_off_is_not_carried_out(tmp_path):
    running = Provider(tmp_path)
    port = int(running.ready["url"].split(":")[2].split("/")[0])
    body = b"func=accountinfo&out=json&authinfo=reseller:secret"
    head = (
        b"POST /manager/billmgr HTTP/1.1\r\nHost: here\r\nContent-Type:"
        b" application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(head % (len(body) + 6) + body)
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
    assert requests.get(running.ready["control"] + "requests", timeout=5).json() == []
    running.stop()


def test_login_allow_list_and_switches_come_from_the_command_line_and_survive_a_reset(tmp_path):
    options = (
        "--user",
        "shop",
        "--switch",
        "project_column=off",
        "--switch",
        'progress={"mode": "looks", "n": 2}',
        "--allow-ip",
        "203.0.113.5",
    )
    one = Provider4(tmp_path, *options, password="se:cret")
    one.post("reset")
    assert one.call("accountinfo", authinfo="shop:se:cret")["error"] == {
        "code": "100",
        "obj": "",
        "msg": "access deny",
    }
    one.post("switch", allowed_ips=[])
    assert "project" not in one.rows("accountinfo", authinfo="shop:se:cret")[0]
    assert error(one.call("accountinfo", authinfo="reseller:secret")) == ("100", "")
    assert {row["name"]: row["value"] for row in one.get("switch")}["progress"] == {"mode": "looks", "n": 2}
    one.stop()


@pytest.mark.parametrize(
    "options",
    [["--switch", "nonsense=1"], ["--switch", "getinfo=perhaps"], ["--dialect", "3"], ["--port", "no"]],
)
def test_a_wrong_call_is_refused_before_anything_listens(options, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bill2bill.sandbox.upstream", "--state", str(tmp_path), *options],
        capture_output=True,
        timeout=20,
    )
    assert done.returncode == 2
    assert done.stdout == b""


def test_both_formats_have_the_shapes_of_version_4(provider):
    assert (
        provider.send("accountinfo").text
        == '{"elem" : [{"id" : "4411","name" : "*.ru-tld.ru (Domains)","project" : "*.ru-tld.ru'
        ' (Domains)","balance" : "15204.00","currency" : "Russian Ruble","creditlimit" : "0.0000"},\n{"id"'
        ' : "4412","name" : "*.ru-tld.ru (Servers)","project" : "*.ru-tld.ru (Servers)","balance" :'
        ' "0.00","currency" : "Euro"}]}'
    )
    xml = provider.xml("accountinfo")
    assert xml.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<doc><elem><id>4411</id><name>*.ru-tld.ru (Domains)</name>'
    )
    assert provider.send("accountinfo").headers["Content-Type"] == "application/json"
    assert provider.send("accountinfo", out="xml").headers["Content-Type"] == "text/xml; charset=UTF-8"
    page = provider.send("accountinfo", out="")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<html>" in page.text


def test_errors_come_with_status_200_in_both_formats(provider):
    answer = provider.send("domain.getinfo", elid="999")
    assert answer.status_code == 200
    assert answer.json() == {"error": {"code": "3", "obj": "domain", "msg": "Object does not exist"}}
    assert provider.xml("domain.getinfo", elid="999").endswith(
        '<doc><error code="3" obj="domain">Object does not exist</error></doc>\n'
    )
    assert provider.call("contcat.create.1", ctype="nobody", cname="x", sok="ok")["error"]["val"] == "ctype"
    provider.post("switch", error_text="attribute")
    assert '<error code="3" obj="domain" msg="Object does not exist"/>' in provider.xml(
        "domain.getinfo", elid="999"
    )


@pytest.mark.parametrize(("style", "text"), [("space", "{ }"), ("braces", "{}"), ("array", '{"elem" : []}')])
def test_an_empty_list_looks_as_the_switch_says(provider, style, text):
    provider.post("switch", empty_list=style)
    assert provider.send("domain").text == text
    assert provider.xml("domain").endswith("<doc/>\n")


def test_get_with_a_query_does_the_same_as_post_with_a_form(provider):
    params = {"func": "domain.order.4", "out": "json", "authinfo": "reseller:secret", **provider.order_form()}
    assert provider.http.get(provider.url, params=params, timeout=5).json() == {
        "result": "OK",
        "item.id": "10501",
        "ok": "",
    }


def test_wrong_logins_get_code_100_and_nothing_is_done(provider):
    form = provider.order_form()
    for authinfo in ("reseller:wrong", "other:secret", "reseller", "", "reseller:secret:"):
        answer = provider.call("domain.order.4", **{**form, "authinfo": authinfo})
        assert answer["error"] == {"code": "100", "obj": "", "msg": "Auth failed from 127.0.0.1"}
    assert provider.get("ledger") == []
    assert provider.get("state")["domains"] == []


def test_a_ban_after_wrong_logins_can_be_switched_on(provider):
    provider.post("switch", ban_after=2)
    for _ in range(2):
        provider.call("accountinfo", authinfo="reseller:wrong")
    assert provider.call("accountinfo")["error"]["msg"] == "access deny"


def test_a_session_works_as_parameter_and_cookie_and_dies_after_an_hour(provider):
    opened = provider.send("auth", out="xml", username="reseller", password="secret", authinfo="").text
    session = opened.partition('<auth id="')[2].partition('"')[0]
    assert len(provider.rows("accountinfo", authinfo="", auth=session)) == 2
    cookie = requests.post(
        provider.url,
        {"func": "accountinfo", "out": "json"},
        headers={"Cookie": f"billmgr4=sirius:ru:{session}"},
        timeout=5,
    )
    assert len(cookie.json()["elem"]) == 2
    provider.post("clock", advance_seconds=3601)
    assert error(provider.call("accountinfo", authinfo="", auth=session)) == ("100", "")
    assert "<authfail/>" in provider.xml("auth", username="reseller", password="no")


def test_an_unknown_function_is_refused_as_the_switch_says(provider):
    assert error(provider.call("domain.fly")) == ("3", "domain.fly")
    provider.post("switch", unknown_func="code1")
    assert provider.call("domain.fly")["error"]["code"] == "1"


def test_other_paths_are_not_found_and_hostile_requests_are_refused(provider):
    assert provider.http.get(provider.site + "/billmgr", timeout=5).status_code == 404
    assert provider.http.post(provider.url, "x=" + "y" * 1100000, timeout=5).status_code == 413
    chunked = provider.http.post(provider.url, iter([b"func=accountinfo"]), timeout=5)
    assert chunked.status_code == 411
    assert provider.http.get(provider.url + "?" + "a=1&" * 3000, timeout=5).status_code == 400
    assert (
        provider.send("accountinfo", authinfo="re\x00seller:\udcff".encode("utf-8", "surrogatepass")).json()[
            "error"
        ]["code"]
        == "100"
    )


def test_it_can_play_a_version_6_and_a_plain_web_site(provider):
    provider.post("switch", play="bm6")
    for path in ("/manager/billmgr", "/billmgr"):
        answer = provider.http.get(
            provider.site + path, params={"func": "accountinfo", "out": "xml"}, timeout=5
        )
        assert '<error type="auth" object="badpassword" lang="en"><msg>' in answer.text
        assert (
            provider.http.get(provider.site + path, params={"out": "json"}, timeout=5).json()["doc"]["error"][
                "$object"
            ]
            == "badpassword"
        )
    provider.post("switch", play="html")
    assert provider.send("accountinfo").text.startswith("<!DOCTYPE html>")
    assert (
        provider.http.get(provider.site + "/billmgr", timeout=5)
        .headers["Content-Type"]
        .startswith("text/html")
    )


def test_every_switch_is_listed_with_a_sentence_and_bad_values_are_refused(provider):
    for row in provider.get("switch"):
        assert set(row) == {"name", "value", "default", "meaning"}
        assert row["meaning"].endswith(".")
    for wrong in (
        {"getinfo": "maybe"},
        {"nonsense": 1},
        {"progress": {"mode": "never"}},
        {"stale_expire_days": -1},
        ["getinfo"],
    ):
        answer = provider.http.post(provider.control + "switch", json=wrong, timeout=5)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert all(row["value"] == row["default"] for row in provider.get("switch"))


def test_the_log_has_every_request_and_no_secret(provider):
    provider.contact()
    provider.call("auth", username="reseller", password="secret")
    provider.check("taken.ru")
    rows = provider.get("requests")
    assert [row["func"] for row in rows] == ["contcat.create.1", "domaincontact.edit", "auth", "domaininfo"]
    assert [row["outcome"] for row in rows] == ["ok", "ok", "auth", "check busy"]
    assert rows[0]["params"]["authinfo"] == "reseller:***"
    assert rows[1]["params"]["passport_series"] == "***"
    assert rows[1]["params"]["lastname_ru"] == "Иванов"
    in_file = [
        json.loads(line)
        for line in (provider.folder / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert in_file == rows
    assert "secret" not in (provider.folder / "requests.jsonl").read_text(encoding="utf-8")
    assert provider.get("requests?func=auth") == [rows[2]]
