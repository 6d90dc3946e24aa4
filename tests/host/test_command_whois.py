"""whois: free, busy, or later (decision 16)."""

from __future__ import annotations

import time

import pytest
from kit.reseller_host import MODULE

from bill2bill.accounts import account

FREE = "not exist"


def said(answer) -> str:
    return answer.doc.findtext("whois") or ""


@pytest.mark.parametrize("name", ["example.ru", "EXAMPLE.RU", "example.ru.", "example.com"])
def test_a_free_name_has_the_text_that_the_zone_looks_for(shop, name):
    answer = shop.ask("whois", "--param", name, "--module", MODULE)
    assert answer.status == 0
    assert FREE in said(answer)


@pytest.mark.parametrize(
    "name", ["taken.ru", "ru-tld.ru", "taken.com", "сайт.рф", "САЙТ.РФ", "xn--80aswg.xn--p1ai"]
)
def test_a_busy_name_never_has_it(shop, name):
    answer = shop.ask("whois", "--param", name, "--module", MODULE)
    assert answer.status == 0
    assert said(answer)
    assert FREE not in said(answer)


@pytest.mark.parametrize("name", ["пример.рф", "xn--e1afmkfd.xn--p1ai"])
def test_a_name_in_national_script_is_asked_in_its_one_encoded_form(shop, name):
    assert FREE in said(shop.ask("whois", "--param", name, "--module", MODULE))
    assert [row["params"]["domain"] for row in shop.up.get("requests")] == ["xn--e1afmkfd.xn--p1ai"]


@pytest.mark.parametrize("name", ["empty-status.ru", "no-status.ru", "error.ru", "html.ru", "502.ru"])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_what_cannot_be_told_is_later_and_neither_free_nor_busy(shop, name, lang):
    answer = shop.ask("whois", "--param", name, "--module", MODULE, lang=lang)
    assert (answer.status, answer.code) == (1, "try_later")
    assert ("позже" in answer.text) == (lang == "ru")
    assert name in answer.text
    assert FREE.encode() not in answer.out


def test_an_unknown_word_for_a_status_is_busy(shop):
    shop.up.post("switch", taken_word="reserved")
    assert FREE not in said(shop.ask("whois", "--param", "taken.ru", "--module", MODULE))


def test_without_a_module_the_active_connections_are_asked_in_turn(shop):
    second = shop.second_connection()
    shop.connection(url="http://127.0.0.1:9/billmgr")
    assert FREE in said(shop.ask("whois", "--param", "example.ru"))
    shop.db.update("processingmodule", second, active="off")
    assert shop.ask("whois", "--param", "example.ru").code == "try_later"


def test_connections_of_other_modules_are_not_asked(shop):
    shop.db.update("processingmodule", MODULE, module="pmother")
    assert shop.ask("whois", "--param", "example.ru").code == "try_later"
    assert shop.asked == []


def test_the_check_of_a_name_sends_no_credentials_and_tells_the_panel_nothing(shop):
    shop.connection(password="quite-another-password", username="someone")
    assert shop.ask("whois", "--param", "example.ru", "--module", MODULE).status == 0
    (row,) = shop.up.get("requests")
    assert (row["func"], row["params"], shop.told) == ("domaininfo", {"domain": "example.ru"}, [])


def test_without_a_database_the_answer_is_later(shop):
    (shop.root / "etc/billmgr.conf.d/db.conf").write_text(f"DBType sqlite\nDBName {shop.root}/gone.sqlite3\n")
    for argv in (["--module", MODULE], []):
        answer = shop.ask("whois", "--param", "example.ru", *argv)
        assert (answer.status, answer.code) == (1, "try_later")


def test_a_connection_that_does_not_exist_is_later(shop):
    assert shop.ask("whois", "--param", "example.ru", "--module", 99).code == "try_later"


def test_a_key_that_does_not_fit_is_later_and_not_a_wrong_answer(shop, processes):
    shop.db.run("UPDATE processingcryptedparam SET value = 'AAAA'")
    (shop.root / "sbin/mgrctl").write_text("#!/bin/sh\nexit 1\n")
    assert shop.ask("whois", "--param", "example.ru", "--module", MODULE).code == "try_later"


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "a b.ru",
        "-.-",
        "x" * 64 + ".ru",
        "ru<>.ru",
        "'; DROP TABLE item;--.ru",
        "$(id).ru",
        "ex ample.ru",
    ],
)
def test_what_is_no_name_is_refused_and_asked_nowhere(shop, name):
    answer = shop.ask("whois", "--param", name, "--module", MODULE)
    assert (answer.status, answer.code, shop.asked) == (1, "name_bad", [])


def test_a_name_without_a_zone_is_not_free(shop):
    assert FREE.encode() not in shop.ask("whois", "--param", "localhost", "--module", MODULE).out


def test_an_upstream_out_of_reach_is_later(shop):
    shop.connection(url="http://127.0.0.1:9/billmgr")
    assert shop.ask("whois", "--param", "example.ru", "--module", MODULE).code == "try_later"


@pytest.mark.parametrize(
    "kind",
    [
        "doctype",
        "bad_encoding",
        "truncated",
        "empty",
        "html_200",
        "redirect",
        "wrong_envelope",
        "duplicate_elements",
    ],
)
def test_a_spoilt_answer_is_never_taken_for_free(shop, kind):
    shop.fault("domaininfo", kind, when="after", sticky=True)
    answer = shop.ask("whois", "--param", "taken.ru", "--module", MODULE)
    assert FREE.encode() not in answer.out
    assert shop.ask("whois", "--param", "example.ru", "--module", MODULE).code in ("try_later", "")


def test_a_provider_that_never_answers_is_given_up_before_the_panel_gives_us_up(shop, monkeypatch):
    """The panel ends a form command after 30 seconds, and reads a killed whois as busy
    (host-protocol 9, 25).
    """
    monkeypatch.setattr(account, "FORM_READ", 0.3)
    (shop.root / "etc" / "bill2bill.conf").write_text("read_timeout 60\npace 0\n")
    shop.fault("domaininfo", "slow", when="before", seconds=20, sticky=True)
    began = time.monotonic()
    answer = shop.ask("whois", "--param", "example.ru")
    assert (answer.status, answer.code) == (1, "try_later")
    assert time.monotonic() - began < 20


def test_all_requests_of_a_form_together_have_an_end(shop, monkeypatch):
    monkeypatch.setattr(account, "FORM_BUDGET", 0.0)
    assert shop.ask("whois", "--param", "example.ru").code == "try_later"
    assert shop.asked == []
