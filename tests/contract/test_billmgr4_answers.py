"""Literal answers of the reference, in both formats, and what a hostile hand can make of them
(upstream-billmanager4 2.1-2.4, 4).
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, List

import pytest
from kit.wire import RawServer, answer

from bill2bill.errors import Failure, NoAnswer
from bill2bill.rules.contacts import Kind
from bill2bill.rules.statuses import DomainState
from bill2bill.upstream.api import Availability
from bill2bill.upstream.billmgr4.adapter import Billmgr4
from bill2bill.upstream.billmgr4.client import Client
from bill2bill.upstream.billmgr4.envelope import WireError, read_doc, read_rows, status_of
from bill2bill.upstream.billmgr4.files import countries_of, tariffs_of
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.parsing import OtherDialect, read_json

from .transport import http

ANSWERS = Path(__file__).parents[1] / "fixtures" / "billmgr4"


def doc(text: str) -> Any:
    return read_doc(io.BytesIO(text.encode()))


def rows(text: str) -> List[Dict[str, str]]:
    return list(read_rows(io.BytesIO(text.encode())))


def stored(name: str) -> io.BytesIO:
    return io.BytesIO((ANSWERS / name).read_bytes())


def upstream(*answers: str) -> Any:
    return RawServer(*[answer(text.encode()) for text in answers])


def adapter(server: RawServer) -> Billmgr4:
    return Billmgr4(Client(http(), server.url, "reseller", "x"))


# -- the envelope --------------------------------------------------------------------------------------------


def test_a_list_reads_the_same_in_both_formats() -> None:
    xml, js = list(read_rows(stored("list.xml"))), list(read_rows(stored("list.json")))
    assert (
        xml[0] == js[0] == {"id": "10501", "name": "example.ru", "domainstatus": "2", "expire": "2027-03-14"}
    )
    assert xml[1] == {"id": "10502", "name": "xn--e1afmkfd.xn--p1ai", "domainstatus": "5"}


def test_a_form_reads_the_same_in_both_formats() -> None:
    for name in ("form.xml", "form.json"):
        fields = read_doc(stored(name)).fields
        assert (fields["elid"], fields["name"], fields["tld"], fields["owner"]) == (
            "10501",
            "example",
            "ru",
            "7001",
        )


@pytest.mark.parametrize(
    "text",
    [
        "<doc><ok/></doc>",
        '{"result":"OK","ok":""}',
        '{"ok" : ""}',
        '{"result" : "OK"}',
        '<?xml version="1.0" encoding="UTF-8"?>\n<doc><ok></ok></doc>\n',
    ],  # fmt: skip
)
def test_ok_is_accepted_by_its_presence(text: str) -> None:
    assert doc(text).accepted


def test_a_new_id_has_a_dot_in_its_name() -> None:
    answered = read_doc(stored("contact-created.json"))
    assert answered.accepted
    assert answered.fields["domaincontact.id"] == "7001"
    assert doc("<doc><ok/><item.id>10501</item.id></doc>").fields["item.id"] == "10501"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('<doc><error code="2" obj="name"/></doc>', WireError("2", "name")),
        ('<doc><error code="4" val="phone"/></doc>', WireError("4", "", "phone")),
        (
            '<doc><error code="1">Failed to connect to database</error></doc>',
            WireError("1", "", "", "Failed to connect to database"),
        ),
        ('<doc><error code="8" msg="Locked"/></doc>', WireError("8", "", "", "Locked")),
        (
            '{"error" : {"code" : "4","obj" : "","val" : "phone","msg" : "Invalid value"}}',
            WireError("4", "", "phone", "Invalid value"),
        ),
        (
            '{"error" : {"code" : 100,"obj" : "","msg" : "access deny"}}',
            WireError("100", "", "", "access deny"),
        ),
    ],
)
def test_an_error_has_a_code_an_object_and_a_value(text: str, error: WireError) -> None:
    assert doc(text).error == error


@pytest.mark.parametrize(
    "text", ["<doc/>", "<doc></doc>", "{}", "{ }", '{"elem" : []}', "<doc><tip>x</tip></doc>"]
)
def test_an_empty_list_has_no_rows(text: str) -> None:
    assert rows(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"doc":{"elem":[{"id":{"$":"1"}}]}}',
        '{"doc":{"error":{"$type":"auth"}}}',
        '<doc lang="en"><error type="value" object="ip" code="1"><msg>The field</msg></error></doc>',
    ],
)
def test_the_envelope_of_the_newer_versions_is_recognised(text: str) -> None:
    with pytest.raises(OtherDialect):
        doc(text)
    with pytest.raises(OtherDialect):
        rows(text)


@pytest.mark.parametrize(
    "text",
    [
        "<html><body/></html>", "<doc>", "<doc/><doc/>", "<doc><ok/></doc>x", "<doc><ok></doc>",
        "<doc>&a;</doc>", "<doc xmlns='x'/>",
        "<doc><error code='1'/><error code='4'/></doc>", "<doc><error/></doc>", "<doc><a>" * 30,
        "<doc>" + "<a>" * 200 + "</a>" * 200 + "</doc>", "<doc><elem>" + "<a/>" * 20000 + "</elem></doc>",
        "<doc>" + "<a/>" * 200000 + "</doc>",
        "[]", "[1]", '""', "{", '{"ok":""', '{"ok":"","ok":""}', '{"a":{"b":1,"b":2}}', '{"ok":NaN}',
            '{"elem":{}}', '{"elem":["a"]}',
        '{"elem":null}', '{"error":""}', '{"error":null}', '{"error":{}}', '{"error":{"code":{}}}',
        '{"error":[]}', '{"ok":"\\ud800"}',
        '{"ok":"a\\u0000b"}', '{"a":' + "[" * 100000, '{"a":[' + "[]," * 600000 + "[]]}",
            '{"ok":""} trailing', '{"ok":01}', "{'ok':''}",
    ],
)  # fmt: skip
def test_what_is_not_one_clear_answer_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        doc(text)


def test_a_field_that_is_there_twice_is_not_there() -> None:
    assert "item.id" not in doc("<doc><ok/><item.id>1</item.id><item.id>2</item.id></doc>").fields
    assert rows("<doc><elem><id>1</id><id>2</id><name>a</name></elem></doc>") == [{"name": "a"}]


def test_nested_values_are_no_texts() -> None:
    assert doc('{"ok":"","slist":{"a":"b"},"item.id":{"$":"1"},"flag":true,"n":7}').fields == {
        "ok": "",
        "n": "7",
    }


@pytest.mark.parametrize(
    "text",
    [
        "<doc><authfail/></doc>", "<doc><redirect>x</redirect></doc>", '{"redirect":"location=billmgr"}',
        "<doc><ok/></doc>", '{"result":"OK","ok":""}', '{"result":"OK"}',
    ],
)  # fmt: skip
def test_something_else_than_a_list_says_nothing_about_rows(text: str) -> None:
    with pytest.raises(Unreadable):
        rows(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<doc><status>free</status></doc>", "free"),
        ("<x><domain>a</domain><status> free\n</status></x>", "free"),
        ("<x><status/></x>", ""),
        ("<x/>", ""),
        ("<x><y><status>free</status></y></x>", ""),
        ("<x><status>free</status><status>busy</status></x>", ""),
        ("<x><status>free</status><error code='1'/></x>", ""),
    ],
)
def test_a_check_has_one_status_or_none(text: str, word: str) -> None:
    assert status_of(io.BytesIO(text.encode())) == word


def test_a_hundred_thousand_rows_are_never_held_at_once(tmp_path: Path) -> None:
    row = (
        "<elem><id>{0}</id><name>domain-{0}.ru</name><domainstatus>2</domainstatus>"
        "<expire>2027-03-14</expire><price_id>565</price_id></elem>\n"
    )
    path = tmp_path / "list.xml"
    path.write_text("<doc>" + "".join(row.format(number) for number in range(1, 100_001)) + "</doc>")
    code = (
        "import resource, sys\n"
        "from bill2bill.upstream.billmgr4.envelope import read_rows\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "with open(sys.argv[1], 'rb') as body:\n"
        "    print(sum(1 for _ in read_rows(body)), peak() - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    count, kib = map(int, done.stdout.split())
    assert count == 100_000
    assert kib < 8 * 1024


# -- the public files ----------------------------------------------------------------------------------------


def test_the_price_file_of_the_reference_is_read() -> None:
    tariffs = tariffs_of(read_json(stored("domainprice_ru.json")))
    assert [(row.id, row.zone) for row in tariffs] == [(565, "ru"), (566, "xn--p1ai"), (601, "com")]
    assert [(row.registrar, row.priority) for row in tariffs] == [(13, 10), (13, 0), (19, 5)]
    assert [(row.id, row.months, row.price) for row in tariffs[2].periods] == [
        (930, 12, Decimal("990.0000")),
        (931, 24, Decimal("1980.0000")),
    ]


GOOD = {
    "id": 565,
    "tld": "ru",
    "registrar_id": "13",
    "name": "x",
    "period": [{"id": "881", "p_length": 1, "per_type": "year", "price_num": "199.0"}],
}


@pytest.mark.parametrize(
    "bad",
    [
        *[{name: value for name, value in GOOD.items() if name != missing} for missing in GOOD],
        {**GOOD, "id": "0"}, {**GOOD, "id": "1, 2"}, {**GOOD, "id": 1.5}, {**GOOD, "id": None},
        {**GOOD, "tld": ""}, {**GOOD, "tld": "a b"},
        {**GOOD, "priority": "high"}, {**GOOD, "period": {}}, {**GOOD, "period": ["x"]},
        {**GOOD, "period": [{"per_type": "year"}]},
        *[{**GOOD, "period": [{**GOOD["period"][0], **change}]} for change in  # type: ignore[dict-item,index]
          ({"price_num": "-1"}, {"price_num": "1,50"}, {"price_num": ""}, {"p_length": "0"}, {"p_length": 99},
              {"id": "x"})],
        "text", None, [], 7,
    ],
)  # fmt: skip
def test_a_malformed_tariff_is_left_out_and_the_others_stay(bad: object) -> None:
    data = json.loads(json.dumps([bad, GOOD]), parse_int=str, parse_float=str)
    assert [tariff.id for tariff in tariffs_of(data)] == [565]
    with pytest.raises(Failure):
        tariffs_of(data[:1])


@pytest.mark.parametrize("data", [{}, [], None, "x", {"elem": []}])
def test_a_file_without_one_usable_record_is_an_error_not_an_empty_list(data: object) -> None:
    for read in (tariffs_of, countries_of):
        with pytest.raises(Failure) as caught:
            read(data)
        assert caught.value.code == "upstream_answer"


def test_countries_have_one_id_each_and_china_its_own() -> None:
    rows = [
        {"id": "45", "iso2": "HK"},
        {"id": "98", "iso2": "hk"},
        {"id": "182", "iso2": "RU"},
        {"id": "1"},
        {"id": "9", "iso2": "RU"},
    ]
    found = countries_of({"elem": rows})
    assert found == {"CN": "45", "HK": "98", "RU": "182"}


# -- the adapter on answers that the sandbox would never give ------------------------------------------------


def test_an_answer_about_another_domain_is_not_believed() -> None:
    other = '{"elid":"10502","name":"example","tld":"ru","domainstatus":"2"}'
    listing = "<doc><elem><id>10501</id><name>example.com</name><domainstatus>3</domainstatus></elem></doc>"
    with upstream(other, listing) as server:
        found = adapter(server).domain(10501)
    assert found is not None
    assert (found.id, found.name, found.state) == (10501, "example.com", DomainState.UNDELEGATED)


def test_two_different_ids_in_one_answer_are_not_believed() -> None:
    with (
        upstream(
            '{"elid":"10501","id":"10502","name":"example","tld":"ru","domainstatus":"2"}', "<doc/>"
        ) as server,
        pytest.raises(Failure),
    ):
        adapter(server).domain(10501)


def test_a_form_of_another_domain_is_not_edited() -> None:
    with (
        upstream("<doc><elid>10502</elid><name>example</name><tld>ru</tld></doc>") as server,
        pytest.raises(Failure),
    ):
        adapter(server).domain_form(10501)


def test_an_unknown_status_stops_the_one_who_asks_and_not_the_listing() -> None:
    good = "<elem><id>2</id><name>example.com</name><domainstatus>2</domainstatus></elem>"
    listing = (
        f"<doc><elem><id>1</id><name>example.ru</name><domainstatus>11</domainstatus></elem>{good}</doc>"
    )
    with upstream(listing) as server:
        up = adapter(server)
        assert [domain.id for domain in up.domains()] == [2]
        with pytest.raises(Failure):
            up.find_domain("example.ru")
        with pytest.raises(Failure):
            up.domain(1)


def test_a_row_of_the_very_name_that_cannot_be_read_is_no_proof_of_absence() -> None:
    listing = "<doc><elem><id>-</id><name>example.ru</name><domainstatus>2</domainstatus></elem></doc>"
    with upstream(listing) as server, pytest.raises(Failure) as caught:
        adapter(server).listed_domain("example.ru")
    assert caught.value.code == "upstream_answer"


def test_two_live_rows_of_one_name_are_nobodys_guess() -> None:
    row = "<elem><id>{}</id><name>example.ru</name><domainstatus>2</domainstatus></elem>"
    with (
        upstream("<doc>" + row.format(1) + row.format(2) + "</doc>") as server,
        pytest.raises(Failure, match=r"rows_of_name\(count=2"),
    ):
        adapter(server).find_domain("example.ru")


@pytest.mark.parametrize("currency", ["", "<currency>Tugriks</currency>"])
def test_an_account_in_an_unknown_currency_is_an_error(currency: str) -> None:
    row = f"<elem><id>1</id><name>a</name><balance>5.00</balance>{currency}</elem>"
    with upstream(f"<doc>{row}</doc>") as server, pytest.raises(Failure):
        adapter(server).accounts()


def test_a_balance_may_carry_its_currency() -> None:
    with upstream(
        '{"elem":[{"id":"1","name":"a","balance":"-5.50 RUB","currency":"RUB","creditlimit":"10.0000"}]}'
    ) as server:
        (account,) = adapter(server).accounts()
    assert (account.balance.amount, account.spendable.amount) == (Decimal("-5.50"), Decimal("4.50"))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "<doc/>",
        '{"result":"ERROR"}',
        '{"ok":"","error":{"code":"4"}}',
        "<doc><ok/><error code='4'/></doc>",
        '{"redirect":"location=billmgr?func=logon"}',
    ],  # fmt: skip
)
def test_neither_a_clear_yes_nor_a_clear_no_is_doubt(text: str) -> None:
    with upstream(text) as server:
        up = adapter(server)
        with pytest.raises(NoAnswer):
            up.renew_domain(10501, 881, 4411)
        assert len(server.requests) == 1


@pytest.mark.parametrize("number", ["0", "-1", "abc", "10501, 10502", "", " 10501", "1e3", "10501.0"])
def test_what_was_made_is_known_by_one_positive_number(number: str) -> None:
    with (
        upstream(json.dumps({"result": "OK", "ok": "", "domaincontact.id": number})) as server,
        pytest.raises(NoAnswer),
    ):
        adapter(server).create_contact(Kind.PERSON, "sample")


def test_a_check_in_another_format_is_no_answer() -> None:
    with upstream('{"status":"free"}') as server:
        assert adapter(server).availability("example.ru") is Availability.LATER


def test_a_colon_in_a_user_name_would_move_the_password() -> None:
    with pytest.raises(Failure):
        Client(http(), "https://provider.example/manager/billmgr", "a:b", "x")
