"""Whatever comes in: one error document or nothing, exit 1, nothing bought, no trace of a crash."""

from __future__ import annotations

import pytest
from kit.reseller_host import ask

OPERATIONS = ("open", "prolong", "suspend", "resume", "close", "update_ns", "sync_item")
BOUGHT = ("open", "prolong", "suspend", "resume", "close", "update_ns")
FORMS = ("tune_connection", "check_connection")
EVERY = (*OPERATIONS, *FORMS, "features", "get_contact_type", "whois")


def untouched(root) -> bool:
    return [path.name for path in root.rglob("*")] == ["processing"]


def refused(answer, *codes: str) -> bool:
    assert (answer.status, answer.doc.tag) == (1, "doc")
    assert answer.text
    assert b"Traceback" not in answer.out
    return answer.code in codes


@pytest.mark.parametrize(
    "argv",
    [
        (), ("--command",), ("--command", ""), ("--command", "nonsense"), ("--command", "__init__"),
        ("--command", "world"), ("--command", "../open"),
        ("--command", "OPEN"), ("--command", "open\n"), ("--item", "1"), ("open",),
        ("--command", "open", "--command", "close", "--item", "1"),
        ("--command", "$(id)"), ("--command", "features\0"), ("--command", "x" * 5000), tuple(["--a"] * 5000),
    ],
)  # fmt: skip
def test_a_call_without_a_known_command_is_refused(bare, argv):
    assert refused(ask(bare, *argv), "bad_call")
    assert untouched(bare)


@pytest.mark.parametrize("command", OPERATIONS)
@pytest.mark.parametrize(
    "item",
    [
        None,
        "",
        "0",
        "-1",
        "abc",
        "1.5",
        "1e3",
        "999999999999",
        "1 OR 1=1",
        "1; DROP TABLE item",
        "٣",
        "+1",
        " 1",
    ],
)
def test_an_item_must_be_one_positive_number(bare, command, item):
    argv = [] if item is None else ["--item", item]
    assert refused(ask(bare, "--command", command, *argv), "bad_call")
    assert untouched(bare)


@pytest.mark.parametrize("command", OPERATIONS)
@pytest.mark.parametrize("operation", ["0", "-1", "abc", "", "1,2"])
def test_an_operation_must_be_one_positive_number(bare, command, operation):
    assert refused(
        ask(bare, "--command", command, "--item", "1", "--runningoperation", operation), "bad_call"
    )
    assert untouched(bare)


@pytest.mark.parametrize("command", ["prolong", "close", "update_ns", "sync_item", "open"])
def test_an_item_that_does_not_exist_is_an_error(shop, command):
    assert refused(shop.ask(command, "--item", 4711), "panel_data")
    assert (shop.asked, shop.told) == ([], [])


@pytest.mark.parametrize("command", BOUGHT)
@pytest.mark.parametrize(
    "columns",
    [
        {"processingmodule": None},
        {"pricelist": None},
        {"period": None},
        {"status": None},
        {"pricelist": 999},
        {"period": "x"},
    ],
)
def test_an_item_with_holes_is_told_to_a_person_and_nothing_is_sent(shop, command, columns):
    shop.connection(send_close="on")
    item = shop.sold() if command != "open" else shop.item()
    operation = shop.operation(item, command)
    shop.db.update("item", item, **columns)
    assert refused(shop.attempt(operation), "panel_data")
    assert (shop.charges, [row for row in shop.up.get("requests") if row["params"].get("sok")]) == ([], [])
    if "processingmodule" not in columns:
        assert shop.is_manual(item, command)
        assert len(shop.tasks) == 1


@pytest.mark.parametrize("command", ["open", "prolong", "update_ns"])
def test_an_item_without_its_name_is_told_to_a_person(shop, command):
    item = shop.sold() if command != "open" else shop.item()
    shop.drop(item, "domain")
    assert refused(shop.start(command, item), "panel_data")
    assert shop.is_manual(item, command)
    assert shop.asked == []


@pytest.mark.parametrize("command", BOUGHT)
def test_an_item_of_another_type_is_refused(shop, command):
    vds = shop.db.find("itemtype", intname="vds")[0]["id"]
    plan = shop.db.insert("pricelist", name="VDS", itemtype=vds, intname="vds", active="on")
    item = shop.sold() if command != "open" else shop.item()
    operation = shop.operation(item, command)
    shop.db.update("item", item, pricelist=plan)
    assert refused(shop.attempt(operation), "panel_data")
    assert (shop.asked, shop.is_manual(item, command)) == ([], True)


@pytest.mark.parametrize("command", ["open", "prolong", "update_ns", "close"])
def test_a_connection_with_nonsense_in_it_is_an_error(shop, command):
    shop.connection(dialect="nonsense", send_close="on")
    item = shop.sold() if command != "open" else shop.item()
    assert refused(shop.start(command, item), "bad_input")
    assert shop.is_manual(item, command)
    assert shop.asked == []


@pytest.mark.parametrize("text", ["nonsense 1", "tries 0", "settle -1", "pace x", "parallel 0", "settle"])
def test_a_mistyped_option_stops_purchases_and_is_named(shop, text):
    shop.options(text + "\n")
    item = shop.sold()
    answer = shop.start("prolong", item, lang="en")
    assert refused(answer, "bad_input")
    assert "etc/bill2bill.conf" in answer.text
    assert shop.charges == []


@pytest.mark.parametrize("command", EVERY)
def test_unknown_options_are_passed_over(shop, command):
    more = {"whois": ["--param", "example.ru", "--module", "1"], "get_contact_type": ["--tld", "ru"]}
    argv = more.get(command, ["--item", str(shop.sold())] if command in OPERATIONS else [])
    before = shop.ask(command, *argv, stdin=b"<doc/>")
    after = shop.ask(command, *argv, "--newer", "thing", "--flag", "--a=b", "stray", stdin=b"<doc/>")
    assert (after.status, after.code) == (before.status, before.code)


STDIN = {
    "nothing": b"", "blanks": b" \n ", "text": b"hello", "cut off": b"<doc><processingmodule>",
    "two roots": b"<doc/><doc/>",
    "doctype": b'<!DOCTYPE doc [<!ENTITY a "aaaa">]><doc>&a;</doc>',
    "lower case doctype": b"<!doctype doc><doc/>",
    "external entity": b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><doc>&x;</doc>',
    "NUL": b"<doc>\0</doc>", "bad bytes": b"<doc>\xff\xfe</doc>",
    "other encoding": '<?xml version="1.0" encoding="windows-1251"?><doc>и</doc>'.encode("cp1251"),
    "UTF-16": "<doc/>".encode("utf-16"), "deep": b"<doc>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</doc>",
}  # fmt: skip


@pytest.mark.parametrize("command", FORMS)
@pytest.mark.parametrize("what", STDIN)
def test_a_document_that_is_none_is_refused(shop, command, what):
    assert refused(shop.ask(command, stdin=STDIN[what]), "bad_input")
    assert (shop.asked, shop.told) == ([], [])


@pytest.mark.parametrize("command", FORMS)
def test_a_huge_document_is_refused(shop, command):
    assert refused(shop.ask(command, stdin=b"<doc>" + b"x" * (9 << 20) + b"</doc>"), "bad_input")


@pytest.mark.parametrize("command", [*OPERATIONS, "features", "get_contact_type", "whois"])
def test_commands_that_read_no_document_do_not_mind_one(shop, command):
    more = {"whois": ["--param", "taken.ru", "--module", "1"], "get_contact_type": ["--tld", "ru"]}
    argv = more.get(command, ["--item", str(shop.sold())] if command in OPERATIONS else [])
    garbage = shop.ask(command, *argv, stdin=STDIN["bad bytes"])
    assert garbage.code in ("", "not_an_operation", "switched_off")


HOSTILE = (
    "$(id)",
    "`id`",
    "'; DROP TABLE item; --",
    '<>&"',
    "a\nb",
    "--item",
    "x" * 70000,
    "\u202eexample.ru",
    "é" * 300,
    "%s%n",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_of_a_domain_is_told_safely_and_nothing_is_ordered(shop, text):
    item = shop.item(text[:200])
    shop.params(item, domain=text)
    answer = shop.start("open", item)
    assert refused(answer, "name_bad", "panel_data")
    assert (shop.charges, "domain.order.4" in shop.asked, shop.is_manual(item, "open")) == ([], False, True)
    assert shop.stored_error(item, "open").find("error") is not None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_note_or_account_is_told_safely(shop, text):
    item = shop.sold()
    shop.connection(project=text)
    longest = 65_536  # characters of one value of the panel's tables
    assert refused(shop.start("prolong", item), "panel_data" if len(text) > longest else "account_not_found")
    shop.params(item, bill2bill=text)
    assert refused(shop.attempt(shop.running(item, "prolong")["id"]), "panel_data")
    assert shop.stored_error(item, "prolong").find("error").get("type") == "panel_data"
    assert shop.charges == []


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("option", ["--lang", "--module", "--param", "--value", "--intname"])
def test_a_hostile_option_is_only_a_value(shop, option, value):
    answer = shop.ask("get_contact_type", "--tld", "ru", option, value)
    if option == "--module":
        assert refused(answer, "bad_call")
    else:
        assert (answer.status, [node.text for node in answer.doc.iterfind("contact_type")]) == (0, ["owner"])


@pytest.mark.parametrize("command", BOUGHT)
def test_an_item_of_another_module_is_refused(shop, command):
    item = shop.sold() if command != "open" else shop.item()
    operation = shop.operation(item, command)
    shop.db.update("processingmodule", 1, module="pmother")
    answer = shop.attempt(operation)
    assert refused(answer, "panel_data")
    assert "pmother" in answer.text
    assert (shop.asked, [func for func in shop.told_funcs if func.startswith(("service.", "domain."))]) == (
        [],
        [],
    )
