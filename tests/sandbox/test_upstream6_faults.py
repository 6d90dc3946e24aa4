"""Faults of dialect 6: what is carried out, and what the client gets to see."""

from __future__ import annotations

import re
import time

import pytest
import requests
from kit.provider6 import ORDER, error
from kit.waiting import wait_for

LOST = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)
FUNC = "vds.order.param"


@pytest.mark.parametrize(("kind", "charges"), [
    ("cut_before", 0), ("cut_after", 1), ("timeout_before_commit", 0), ("timeout_after_commit", 1),
    ("short_body_after", 1),
])  # fmt: skip
def test_no_answer_comes_before_or_after_the_commit(provider6, kind, charges):
    provider6.post("faults", func=FUNC, kind=kind, seconds=0.3)
    with pytest.raises(LOST):
        provider6.order()
    assert len(provider6.get("ledger")) == charges
    assert len(provider6.rows("vds")) == charges
    row = provider6.get(f"requests?func={FUNC}")[0]
    assert row["outcome"] == ("ok" if charges else "not carried out")


def test_a_timeout_keeps_the_client_waiting_and_serves_others_meanwhile(provider6):
    provider6.post("faults", func=FUNC, kind="timeout_after_commit", seconds=30)
    with pytest.raises(requests.exceptions.ReadTimeout):
        provider6.http.post(
            provider6.url, {"func": FUNC, "out": "json", "authinfo": "reseller:secret", **ORDER}, timeout=0.5
        )
    assert len(provider6.rows("vds")) == 1


def test_a_request_can_be_carried_out_after_the_cut(provider6):
    provider6.post("faults", func=FUNC, kind="commit_later", seconds=0.3)
    with pytest.raises(LOST):
        provider6.order()
    assert provider6.get("ledger") == []
    wait_for(lambda: provider6.get("ledger"))
    assert provider6.rows("vds")[0]["remoteid"] == "a-1"
    assert provider6.get(f"requests?func={FUNC}")[0]["outcome"] == "later: ok"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("kind", "looks"), [
    ("502", lambda answer: answer.status_code == 502 and "text/html" in answer.headers["Content-Type"]),
    ("html_200", lambda answer: answer.status_code == 200 and "<html>" in answer.text),
    ("http_403_html", lambda answer: answer.status_code == 403 and "<html>" in answer.text),
    ("empty", lambda answer: answer.status_code == 200 and answer.content == b""),
    ("truncated", lambda answer: answer.content.startswith(b'{"doc"') and not answer.content.endswith(b"}")),
    ("wrong_envelope", lambda answer: answer.json()["error"]["code"] == "100"),
    ("wrong_password", lambda answer: error(answer.json()["doc"]) == ("auth", "badpassword")),
    ("badip", lambda answer: error(answer.json()["doc"]) == ("auth", "badip")),
    ("captcha", lambda answer: error(answer.json()["doc"])[0] == "captcha_verification_failed"),
    ("session_expired", lambda answer: error(answer.json()["doc"])[0] == "access"),
    ("busy", lambda answer: answer.json()["doc"]["error"]["msg"]["$"] == "Request in process, please wait"),
    ("code_1", lambda answer: error(answer.json()["doc"])[0] == "api_error"),
    ("totp", lambda answer: answer.json()["doc"]["ok"]["$"] == "func=totp.confirm"),
    ("wrong_content_type",
        lambda answer: answer.headers["Content-Type"] == "text/html; charset=UTF-8"
        and "ok" in answer.json()["doc"]),
    ("redirect", lambda answer: answer.status_code == 302 and answer.headers["Location"] == "/"),
    ("doctype", lambda answer: b"<!DOCTYPE" in answer.content),
    ("bad_encoding", lambda answer: b"\xcf\xf0" in answer.content),
])  # fmt: skip
def test_an_answer_can_be_spoilt_with_or_without_the_commit(provider6, kind, when, looks):
    provider6.post("faults", func=FUNC, kind=kind, when=when)
    assert looks(provider6.send(FUNC, **ORDER))
    assert len(provider6.get("ledger")) == (1 if when == "after" else 0)
    assert provider6.get("faults") == []


@pytest.mark.parametrize("kind", ["http_403_html", "captcha", "badip", "session_expired", "busy", "totp"])
def test_what_stands_before_the_provider_keeps_the_request_from_it(provider6, kind):
    provider6.post("faults", func=FUNC, kind=kind)
    provider6.send(FUNC, **ORDER)
    assert provider6.get("ledger") == []


def test_any_error_can_be_asked_for(provider6):
    provider6.post(
        "faults",
        func="service.prolong",
        kind="error",
        when="before",
        type="not_supported",
        object="item",
        value="7",
        msg="Not today",
    )
    doc = provider6.xml("service.prolong", elid="1")
    told = doc.find("error")
    assert (told.get("type"), told.get("object"), told.findtext("msg")) == (
        "not_supported",
        "item",
        "Not today",
    )
    assert told.findtext("param[@name='value']") == "7"


def test_an_expired_session_is_gone_until_the_next_log_in(provider6):
    session = provider6.call("auth")["auth"]["$id"]
    provider6.post("faults", func="whoami", kind="session_expired", type="auth")
    assert error(provider6.call("whoami", authinfo=None, auth=session))[0] == "auth"
    assert error(provider6.call("whoami", authinfo=None, auth=session))[0] == "access"
    again = provider6.call("auth")["auth"]["$id"]
    assert "user" in provider6.call("whoami", authinfo=None, auth=again)


def test_a_long_answer_is_fetched_from_its_own_address(provider6):
    provider6.post("faults", func=FUNC, kind="long_url", seconds=0.4)
    page = provider6.send(FUNC, **ORDER)
    assert page.headers["Content-Type"].startswith("text/html")
    path = re.search(r'"(/long[^"]*billmgr)"', page.text).group(1)
    assert len(provider6.get("ledger")) == 1
    assert path in provider6.http.get(provider6.site + path, timeout=5).text
    time.sleep(0.5)
    assert provider6.http.get(provider6.site + path, timeout=5).json()["doc"]["id"]["$"] == "5001"
    assert provider6.http.get(provider6.site + "/long/0/billmgr", timeout=5).status_code == 404


def test_elements_can_be_doubled_and_ids_left_out(provider6):
    provider6.ordered()
    for _ in range(2):
        provider6.post("faults", func="vds.edit", kind="duplicate_elements", when="after")
    assert len(provider6.xml("vds.edit", elid="5001").findall("id")) == 2
    assert provider6.send("vds.edit", elid="5001").text.count('"id":{"$": "5001"}') == 2
    provider6.post("faults", func=FUNC, kind="without_id", when="after")
    assert {name for name in provider6.order() if not name.startswith("$")} == {"ok"}
    provider6.post("faults", func=FUNC, kind="without_id", when="after")
    assert {name for name in provider6.order(skipbasket=None) if not name.startswith("$")} == {"ok"}


def test_faults_hit_both_paths_and_only_the_matching_requests(provider6):
    provider6.post("faults", func="whoami", kind="empty", when="after", match={"lang": "en"}, times=2)
    both = [provider6.site + path for path in ("/billmgr", "/manager/billmgr")]
    params = {"func": "whoami", "out": "json", "authinfo": "reseller:secret"}
    assert all(provider6.http.post(url, params, timeout=5).content for url in both)
    assert [provider6.http.post(url, {**params, "lang": "en"}, timeout=5).content for url in both] == [
        b"",
        b"",
    ]


@pytest.mark.parametrize("wrong", [
    {"func": "vds", "kind": "cut"}, {"func": "vds", "kind": "bang"},
    {"func": "vds", "kind": "error", "when": "after", "code": 8},
    {"kind": "busy"}, {"func": "vds", "kind": "busy", "times": 0},
])  # fmt: skip
def test_a_fault_that_is_not_clear_is_refused(provider6, wrong):
    answer = provider6.http.post(provider6.control + "faults", json=wrong, timeout=5)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert provider6.get("faults") == []
