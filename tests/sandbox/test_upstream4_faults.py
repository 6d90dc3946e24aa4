"""Faults of the sandbox provider: what is carried out, and what the client gets to see."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from kit.provider4 import error
from kit.waiting import wait_for

LOST = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)
ORDER = "domain.order.4"


@pytest.mark.parametrize(("kind", "charges"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_closes_the_connection_before_or_after_the_commit(provider, kind, charges):
    form = provider.order_form()
    provider.post("faults", func=ORDER, kind=kind)
    with pytest.raises(LOST):
        provider.send(ORDER, **form)
    assert len(provider.get("ledger")) == charges
    assert len(provider.rows("domain")) == charges
    row = provider.get(f"requests?func={ORDER}")[0]
    assert row["fault"] == kind
    assert row["outcome"] == ("ok" if charges else "not carried out")


def test_a_request_can_be_carried_out_after_the_cut(provider):
    form = provider.order_form()
    provider.post("faults", func=ORDER, kind="commit_later", seconds=0.3)
    with pytest.raises(LOST):
        provider.send(ORDER, **form)
    assert provider.get("ledger") == []
    assert provider.rows("domain") == []
    wait_for(lambda: provider.get("ledger"))
    assert provider.rows("domain")[0]["name"] == "example.ru"
    assert provider.get(f"requests?func={ORDER}")[0]["outcome"] == "later: ok"


def test_a_late_request_dies_with_a_reset(provider):
    form = provider.order_form()
    provider.post("faults", func=ORDER, kind="commit_later", seconds=0.2)
    with pytest.raises(LOST):
        provider.send(ORDER, **form)
    provider.post("reset")
    time.sleep(0.3)
    assert provider.get("ledger") == []


def arm_and_order(provider, kind: str, **more) -> requests.Response:
    form = provider.order_form()
    provider.post("faults", func=ORDER, kind=kind, **more)
    return provider.send(ORDER, **{**form, "out": more.get("match", {}).get("out", "json")})


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "looks"),
    [
        ("502", lambda answer: answer.status_code == 502 and "text/html" in answer.headers["Content-Type"]),
        ("html_200", lambda answer: answer.status_code == 200 and "<html>" in answer.text),
        ("empty", lambda answer: answer.status_code == 200 and answer.content == b""),
        (
            "truncated",
            lambda answer: answer.content.startswith(b'{"result"') and not answer.content.endswith(b"}"),
        ),
        ("wrong_envelope", lambda answer: answer.json()["doc"]["error"]["$type"] == "auth"),
        ("wrong_password", lambda answer: error(answer.json()) == ("100", "")),
        ("code_1", lambda answer: error(answer.json()) == ("1", "")),
        (
            "wrong_content_type",
            lambda answer: (
                answer.headers["Content-Type"] == "text/html; charset=UTF-8" and "ok" in answer.json()
            ),
        ),
        ("redirect", lambda answer: answer.status_code == 302 and answer.headers["Location"] == "/"),
        ("doctype", lambda answer: b"<!DOCTYPE" in answer.content),
        ("bad_encoding", lambda answer: b"\xcf\xf0" in answer.content),
    ],
)
def test_an_answer_can_be_spoilt_with_or_without_the_commit(provider, kind, when, looks):
    answer = arm_and_order(provider, kind, when=when)
    assert looks(answer)
    assert len(provider.get("ledger")) == (1 if when == "after" else 0)


def test_a_short_body_lies_about_its_length(provider):
    provider.post("faults", func=ORDER, kind="short_body_after")
    with pytest.raises(LOST):
        provider.send(ORDER, **provider.order_form())
    assert len(provider.get("ledger")) == 1


def test_a_huge_answer_is_valid_and_huge(provider):
    answer = arm_and_order(provider, "huge", when="after", mib=3)
    assert len(answer.content) > 3 * 1048576
    assert answer.json()["item.id"] == "10501"


@pytest.mark.parametrize(("when", "charges_meanwhile"), [("before", 0), ("after", 1)])
def test_a_slow_answer_comes_late_and_others_are_served_meanwhile(provider, when, charges_meanwhile):
    form = provider.order_form()
    provider.post("faults", func=ORDER, kind="slow", when=when, seconds=2.0)
    with ThreadPoolExecutor() as pool:
        start = time.monotonic()
        late = pool.submit(
            requests.post,
            provider.url,
            {"func": ORDER, "out": "json", "authinfo": "reseller:secret", **form},
            timeout=15,
        )
        time.sleep(0.2)
        assert len(provider.get("ledger")) == charges_meanwhile
        assert time.monotonic() - start < 2.0
        assert late.result().json()["item.id"] == "10501"
        assert time.monotonic() - start >= 2.0
    assert len(provider.get("ledger")) == 1


def test_elements_can_be_doubled_in_both_formats(provider):
    provider.ordered()
    provider.post("faults", func="domain", kind="duplicate_elements", when="after", sticky=True)
    assert [row["id"] for row in provider.rows("domain")] == ["10501", "10501"]
    assert provider.xml("domain").count("<id>10501</id>") == 2
    provider.post("faults", func="domain.getinfo", kind="duplicate_elements", when="after")
    pairs = json.loads(provider.send("domain.getinfo", elid="10501").text, object_pairs_hook=list)
    assert pairs[:2] == [("elid", "10501"), ("elid", "10501")]


def test_the_id_can_be_left_out_of_a_success(provider):
    assert arm_and_order(provider, "without_id", when="after").json() == {"result": "OK", "ok": ""}
    assert len(provider.get("ledger")) == 1


def test_any_error_code_can_be_asked_for(provider):
    provider.post("faults", func="domain", kind="error", when="before", code=5, val="limit", msg="too many")
    assert provider.call("domain")["error"] == {"code": "5", "obj": "", "val": "limit", "msg": "too many"}
    provider.post("faults", func="domain", kind="error", when="before", code=9)
    assert '<error code="9">' in provider.xml("domain")


def test_xml_answers_are_spoilt_as_xml(provider):
    for kind, mark in (
        ("wrong_envelope", '<error type="auth"'),
        ("code_1", '<error code="1">'),
        ("truncated", "<?xml"),
    ):
        provider.post("faults", func="accountinfo", kind=kind, when="after")
        assert mark in provider.xml("accountinfo")


def test_a_fault_hits_as_often_as_said_after_as_many_as_said(provider):
    provider.post("faults", func="accountinfo", kind="empty", when="after", times=2, skip=1)
    assert [len(provider.send("accountinfo").content) > 0 for _ in range(4)] == [True, False, False, True]
    assert provider.get("faults") == []


def test_a_fault_by_chance_hits_about_as_often_as_said_and_the_same_requests_with_the_same_seed(provider):
    def hits(chance: float, seed: int) -> list:
        made = provider.post(
            "faults", func="accountinfo", kind="empty", when="after", sticky=True, chance=chance, seed=seed
        )
        found = [provider.send("accountinfo").content == b"" for _ in range(60)]
        provider.http.delete(provider.control + f"faults?id={made['id']}", timeout=5)
        return found

    first = hits(0.5, 1)
    assert 15 < sum(first) < 45
    assert hits(0.5, 1) == first
    assert hits(0.5, 2) != first
    assert (sum(hits(0, 1)), sum(hits(1, 1))) == (0, 60)


def test_a_fault_can_wait_for_certain_parameters(provider):
    provider.post(
        "faults", func="domain.renew", kind="empty", when="before", match={"sok": "ok", "elid": "2"}
    )
    assert error(provider.call("domain.renew", elid="2")) == ("3", "domain")
    assert error(provider.call("domain.renew", elid="1", sok="ok")) == ("3", "domain")
    assert provider.send("domain.renew", elid="2", sok="ok").content == b""


def test_sticky_faults_stay_until_deleted_and_stars_hit_everything_but_control(provider):
    made = provider.post("faults", func="*", kind="502", when="before", sticky=True)
    url = f"{provider.site}/manimg/userdata/json/country.json"
    for _ in range(2):
        assert {
            provider.send("domain").status_code,
            provider.check("ya.ru").status_code,
            provider.http.get(url, timeout=5).status_code,
        } == {502}
    assert provider.get("faults") == [made]
    assert provider.http.delete(provider.control + f"faults?id={made['id']}", timeout=5).json() == {
        "disarmed": 1
    }
    assert provider.http.get(url, timeout=5).status_code == 200


@pytest.mark.parametrize("name", ["domaininfo", "/manimg/userdata/json/domainprice_ru.json"])
def test_faults_reach_the_check_and_the_files(provider, name):
    provider.post("faults", func=name, kind="truncated_after")
    path = "/mancgi/domaininfo?domain=ya.ru" if name == "domaininfo" else name
    first, second = (provider.http.get(provider.site + path, timeout=5).content for _ in range(2))
    assert second.startswith(first)
    assert len(second) > len(first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"func": "domain", "kind": "cut"},
        {"func": "domain", "kind": "bang", "when": "after"},
        {"kind": "cut_after"},
        {},
        {"func": "domain", "kind": "cut_after", "colour": 1},
        {"func": "domain", "kind": "cut_after", "times": 0},
        {"func": "domain", "kind": "cut_after", "id": 7},
        {"func": "domain", "kind": "cut_after", "chance": 1.5},
        {"func": "domain", "kind": "cut_after", "match": ["sok"]},
    ],
)
def test_a_fault_that_is_not_clear_is_refused(provider, wrong):
    answer = provider.http.post(provider.control + "faults", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert provider.get("faults") == []


def test_many_orders_at_once_charge_once_each_and_one_name_only_once(provider):
    form = provider.order_form()
    names = [f"name-{number % 10}" for number in range(40)]

    def order(label: str) -> bool:
        return (
            "item.id"
            in requests.post(
                provider.url,
                {
                    "func": ORDER,
                    "out": "json",
                    "authinfo": "reseller:secret",
                    **form,
                    "domain": label,
                    "domainname_0": label,
                },
                timeout=10,
            ).json()
        )

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(order, names)) == 10
    ledger = provider.get("ledger")
    assert len({row["name"] for row in ledger}) == len(ledger) == 10
    assert ledger[-1]["balance"] == provider.balance() == "13214.00"
