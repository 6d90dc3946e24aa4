from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host.call import NEEDS, parse

OPEN = ["--command", "open", "--item", "5", "--runningoperation", "77"]


def refused(argv):
    with pytest.raises(Failure) as caught:
        parse(argv)
    assert caught.value.code == "bad_call"
    return messages.params(caught.value, "en")["reason"]


def test_an_operation_is_read_whatever_the_order_and_the_form_of_the_options():
    call = parse(["--runningoperation=77", "--item", "5", "--command=open"])
    assert (call.command, call.item, call.operation, call.module) == ("open", 5, 77, None)
    assert (call.param, call.value, call.tld, call.lang) == ("", "", "", "")


def test_the_operands_of_a_question_are_read_as_they_came():
    call = parse(["--command", "whois", "--param", "пример.рф", "--module", "7", "--lang", "ru"])
    assert (call.param, call.module, call.lang) == ("пример.рф", 7, "ru")


def test_options_of_a_newer_panel_do_no_harm():
    call = parse(["--new", "--flag=1", *OPEN, "--other", "word", "stray", "--", "--last"])
    assert (call.command, call.item) == ("open", 5)
    assert call.options["other"] == "word"
    assert call.options["new"] == call.options["last"] == ""


def test_what_a_customer_typed_never_becomes_an_option():
    call = parse(["--command", "whois", "--param", "--item", "--value", "--runningoperation=9"])
    assert (call.param, call.value) == ("--item", "--runningoperation=9")
    assert call.item is None
    assert call.operation is None


def test_a_value_may_hold_an_equals_sign():
    assert parse(["--command=whois", "--param=a=b"]).param == "a=b"


@pytest.mark.parametrize(("command", "needed"), sorted(NEEDS.items()))
def test_every_command_names_all_options_that_it_misses_at_once(command, needed):
    reason = refused(["--command", command])
    assert all(f"--{name} is missing" in reason for name in needed)


def test_an_empty_needed_option_counts_as_missing():
    assert "--param is missing" in refused(["--command", "whois", "--param", ""])
    assert refused(["--command", "open", "--item", ""]) == "--item is missing"


@pytest.mark.parametrize(
    "text", ["0", "-1", "+5", "1.0", "5 ", "1e3", "abc", "٣", "2147483649", "9" * 400, "0x10", "5,6", "null"]
)
@pytest.mark.parametrize("name", ["item", "module", "runningoperation"])
def test_an_id_is_one_positive_number(name, text):
    argv = ["--command", "features", f"--{name}", text]
    assert refused(argv) == f"--{name} is not a positive number"


def test_the_greatest_id_is_2_to_the_31():
    assert parse(["--command", "open", "--item", str(2**31)]).item == 2**31


def test_an_id_without_a_value_is_refused():
    assert (
        refused(["--command", "open", "--item", "5", "--runningoperation"]) == "--runningoperation is empty"
    )


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["open"],
        ["--command"],
        ["--command", ""],
        ["--command", "../open"],
        ["--command", "open;"],
        ["--command", "x" * 65],
    ],
)
def test_a_call_without_a_command_word_is_refused(argv):
    assert "--command" in refused(argv)


def test_the_same_option_with_two_values_is_refused():
    assert refused([*OPEN, "--item", "6"]) == "--item is given twice"
    assert parse([*OPEN, "--item", "5"]).item == 5


@pytest.mark.parametrize(
    "argv",
    [
        [*OPEN, "--param", "x" * 300_000],
        OPEN * 100,
        [*OPEN, "--param", "a\0b"],
        [*OPEN, "--param", "\udcff"],
        [*OPEN, "--x\0", "1"],
    ],
    ids=["huge", "many", "nul", "not utf-8", "nul in a name"],
)
def test_an_unreadable_command_line_is_refused(argv):
    refused(argv)


def test_a_call_cannot_be_changed_afterwards():
    with pytest.raises(TypeError):
        parse(OPEN).options["item"] = "6"


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["--item", "--command", "open", "5", "--", "--param=", "--lang"]),
        ),
        max_size=12,
    )
)
def test_any_command_line_is_read_or_refused_with_a_reason(argv):
    try:
        call = parse(argv)
    except Failure:
        assert refused(argv)
    else:
        assert call.command
        assert all(getattr(call, name) for name in NEEDS.get(call.command, ()) if name in ("item", "module"))


@settings(deadline=None)
@given(
    st.integers(1, 2**31),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.permutations(["item", "param", "command"]),
)
def test_what_was_passed_is_what_is_read(item, param, order):
    values = {"item": str(item), "param": param, "command": "open"}
    call = parse([word for name in order for word in (f"--{name}", values[name])])
    assert (call.item, call.param) == (item, param)
