"""update_ns: new name servers are sent, read back, and only then reported."""

from __future__ import annotations

import pytest
from kit.reseller_host import NS

NEW = ("ns3.example.net", "ns4.example.net")


@pytest.fixture
def item(shop):
    made = shop.sold()
    rename(shop, made, *NEW)
    return made


def rename(shop, item: int, *servers: str) -> None:
    """What the client enters: numbers that are not given are gone."""
    shop.drop(item, *(f"ns{number}" for number in range(9)))
    shop.params(item, **{f"ns{number}": server for number, server in enumerate(servers)})


def test_new_name_servers_are_at_the_provider_before_the_panel_is_told(shop, item, processes):
    answer = shop.start("update_ns", item)
    assert (answer.status, answer.out) == (0, b"")
    assert tuple(shop.at_provider()["ns"]) == NEW
    assert (shop.told_funcs, shop.running(item, "update_ns")) == (["service.postupdatens"], None)
    assert shop.charges == []


def test_owner_and_automatic_renewal_go_back_as_they_were(shop):
    contact = make_contact(shop)
    item = shop.sold(upstream={"contacts": {"owner": contact}, "auto_period": "881"})
    rename(shop, item, *NEW)
    assert shop.start("update_ns", item).status == 0
    after = shop.at_provider()
    assert (after["contacts"], after["auto_period"], tuple(after["ns"])) == ({"owner": contact}, "881", NEW)
    assert shop.request("domain.edit")["owner"] == str(contact)


def make_contact(shop) -> int:
    shop.start("open", shop.item("maker.ru"))
    return shop.remote_contacts[0]["id"]


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ((*NEW, "ns5.example.net", "ns6.example.net"), (*NEW, "ns5.example.net", "ns6.example.net")),
        (("NS3.Example.NET.", "ns4.example.net"), NEW),
        (
            ("ns1.example.ru/192.0.2.1", "ns2.example.ru/192.0.2.2,192.0.2.3"),
            ("ns1.example.ru/192.0.2.1", "ns2.example.ru/192.0.2.2,192.0.2.3"),
        ),
        (("ns1.пример.рф", "ns2.пример.рф"), ("ns1.xn--e1afmkfd.xn--p1ai", "ns2.xn--e1afmkfd.xn--p1ai")),
    ],
)
def test_name_servers_are_sent_as_the_provider_takes_them(shop, item, servers, expected):
    rename(shop, item, *servers)
    assert shop.start("update_ns", item).status == 0
    assert tuple(shop.at_provider()["ns"]) == expected


@pytest.mark.parametrize(
    "servers",
    [
        (), ("ns3.example.net",), tuple(f"ns{number}.example.net" for number in range(5)),
        ("ns1.example.ru", "ns2.example.net"),
        ("ns1.example.ru/2001:db8::1", "ns2.example.ru/192.0.2.2"),
        ("ns3.example.net/192.0.2.1", "ns4.example.net"), ("ns3.example.net",) * 2,
        ("ns1", "ns2"), ("192.0.2.1", "192.0.2.2"), ("$(id)", "'; DROP TABLE item;--"),
        ("ns3.example.net ns9.example.net", "ns4.example.net"),
        ("ns3.example.net\nns9", "ns4.example.net"), ("x" * 300 + ".example.net", "ns4.example.net"),
    ],
)  # fmt: skip
def test_servers_that_cannot_be_sent_are_refused_and_nothing_is_sent(shop, item, servers):
    rename(shop, item, *servers)
    answer = shop.start("update_ns", item)
    assert (answer.status, answer.code) == (1, "ns_bad")
    assert (
        "domain.edit" in shop.asked,
        tuple(shop.at_provider()["ns"]),
        shop.is_manual(item, "update_ns"),
    ) == (False, NS, True)


def test_a_gap_in_the_numbers_ends_the_list(shop, item):
    rename(shop, item, *NEW)
    shop.params(item, ns3="ns9.example.net")
    assert shop.start("update_ns", item).status == 0
    assert tuple(shop.at_provider()["ns"]) == NEW


def test_servers_that_stand_there_already_are_reported_without_sending(shop, item):
    rename(shop, item, *reversed(NS))
    assert shop.start("update_ns", item).status == 0
    assert [row for row in shop.up.get("requests") if row["params"].get("sok")] == []
    assert shop.running(item, "update_ns") is None


def test_a_change_that_does_not_show_when_read_back_is_not_reported(shop, item):
    shop.fault("domain.edit", "error", when="before", code=1, match={"sok": "ok"})
    answer = shop.start("update_ns", item)
    assert (answer.status, answer.code, shop.told_funcs) == (1, "upstream_answer", ["runningoperation.edit"])
    assert "ns3.example.net" in answer.text
    assert shop.attempt(shop.running(item, "update_ns")["id"]).status == 0


@pytest.mark.parametrize("kind", ["cut_after", "502", "html_200", "truncated", "empty"])
def test_a_lost_answer_is_read_back_and_reported_without_sending_again(shop, item, kind):
    shop.fault("domain.edit", kind, **({} if kind == "cut_after" else {"when": "after"}), match={"sok": "ok"})
    assert shop.start("update_ns", item).status == 0
    assert len([row for row in shop.up.get("requests") if row["params"].get("sok")]) == 1
    assert tuple(shop.at_provider()["ns"]) == NEW


def test_a_refusal_by_the_provider_is_a_lasting_failure(shop, item):
    shop.fault("domain.edit", "error", when="before", code=4, val="ns0", match={"sok": "ok"})
    answer = shop.start("update_ns", item, lang="en")
    assert (answer.code, answer.value("value"), shop.is_manual(item, "update_ns")) == (
        "upstream_refused",
        "ns0",
        True,
    )


def test_a_panel_without_the_callback_is_no_error(shop, item):
    shop.person("sandbox.set", missing="service.postupdatens")
    assert shop.start("update_ns", item).status == 0
    assert tuple(shop.at_provider()["ns"]) == NEW


def test_without_an_operation_the_panel_is_told_nothing(shop, item):
    answer = shop.ask("update_ns", "--item", item)
    assert (answer.status, answer.out, shop.told) == (0, b"", [])
    assert tuple(shop.at_provider()["ns"]) == NEW


def test_a_failure_without_an_operation_is_printed_only(shop, item):
    rename(shop, item, "ns3.example.net")
    answer = shop.ask("update_ns", "--item", item, lang="ru")
    assert (answer.status, answer.code, shop.told) == (1, "ns_bad", [])
    assert "Серверы имён" in answer.text


def test_a_domain_of_another_name_is_not_touched(shop, item):
    other = shop.up.post("domain", name="other.ru", expire="2030-01-01")
    shop.params(item, bill2bill=f"id={other['id']};price=565;period=881")
    assert shop.start("update_ns", item).code == "not_ours"
    assert "domain.edit" not in shop.asked


def test_a_change_takes_at_most_four_requests(shop, item):
    shop.start("update_ns", item)
    assert len(shop.asked) <= 4
    assert "domain" not in shop.asked
