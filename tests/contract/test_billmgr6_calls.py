"""What is sent to a BILLmanager 5 or 6, and what is made of answers that a sandbox would hardly give."""

from __future__ import annotations

import logging
from typing import Any, Callable, List, Optional

import pytest

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Receipt, ServiceOrder
from bill2bill.upstream.billmgr6 import listing

from .answers import adapter, sent, stored, upstream

OK = "<doc><ok/></doc>"
UNKNOWN = '<doc><error type="missed" object="func"><param name="value">{}</param></error></doc>'
NO_FILTER = UNKNOWN.format("vds.filter")
ORDER = ServiceOrder(
    "vds",
    277,
    12,
    3,
    "vm1.example.net",
    "a-1",
    {"ostempl": "ISPsystem__Debian-12", "recipe": "null"},
    {101: "4", 103: "on"},
)
ROW = (
    "<elem><id>{0}</id><domain>vm{0}.example.net</domain><item_status"
    " orig='2'>Active</item_status><expiredate>2026-12-01</expiredate></elem>"
)


def page(numbers: Any, total: object = None) -> str:
    count = "" if total is None else f"<p_elems>{total}</p_elems>"
    return f"<doc><metadata/>{''.join(ROW.format(number) for number in numbers)}{count}</doc>"


# -- lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [5, None])
def test_a_list_is_read_page_by_page_to_its_end(total: object) -> None:
    with upstream(
        NO_FILTER, page([1, 2], total), page([3, 4], total), page([5], total), page([], total)
    ) as server:
        assert [service.id for service in adapter(server).services("vds")] == [1, 2, 3, 4, 5]
        forms = sent(server)[1:]
    assert [form["p_num"] for form in forms] == (["1", "2", "3"] if total else ["1", "2", "3", "4"])
    assert all((form["func"], form["p_cnt"]) == ("vds", "500") for form in forms)


def test_rows_that_move_to_the_next_page_meanwhile_are_told_once() -> None:
    with upstream(NO_FILTER, page([1, 2], 3), page([2, 3], 3)) as server:
        assert [service.id for service in adapter(server).services("vds")] == [1, 2, 3]


@pytest.mark.parametrize("rest", [page([1, 2], 5), page([], 5)])
def test_a_list_that_ends_before_its_count_is_not_whole(rest: str) -> None:
    with (
        upstream(NO_FILTER, page([1, 2], 5), rest) as server,
        pytest.raises(Failure, match="found=2, total=5"),
    ):
        list(adapter(server).services("vds"))


def test_a_provider_that_knows_no_pages_has_told_everything_at_once() -> None:
    with upstream(NO_FILTER, page([1, 2, 3])) as server:
        assert [service.id for service in adapter(server).services("vds")] == [1, 2, 3]
        assert len(server.requests) == 3


def test_the_newest_services_are_asked_for_in_one_short_page() -> None:
    with upstream(NO_FILTER, page([60, 59, 7], 300)) as server:
        newest = adapter(server).newest_services("vds")
        assert sent(server)[1:] == [{"func": "vds", "p_num": "1", "p_cnt": "50", "p_col": "-id"}]
    assert newest is not None
    assert ([service.id for service in newest.services], newest.total) == ([60, 59, 7], 300)


def test_a_list_of_one_page_needs_no_sorting() -> None:
    with upstream(NO_FILTER, page([5, 7, 6], 3)) as server:
        newest = adapter(server).newest_services("vds")
    assert newest is not None
    assert [service.id for service in newest.services] == [7, 6, 5]


@pytest.mark.parametrize(
    "answer",
    [
        page([7, 60, 59], 300),  # not sorted by number
        page([5, 6, 7], 300),  # sorted the other way
        page([60, 60, 59], 300),
        page([60, 59, 7]),  # not counted
        page([60, 59, "x"], 300),  # a row without a number
        UNKNOWN.format("vds"),
        "<doc><elem></doc>",
    ],
)
def test_which_services_are_the_newest_is_not_guessed(answer: str) -> None:
    with upstream(NO_FILTER, *[answer] * 3) as server:
        assert adapter(server).newest_services("vds") is None


def test_a_refused_login_is_no_reason_to_ask_for_the_list_otherwise() -> None:
    refused = '<doc><error type="auth" object="badpassword"/></doc>'
    with upstream(NO_FILTER, refused) as server, pytest.raises(Refused) as caught:
        adapter(server).newest_services("vds")
    assert caught.value.code == "invalid_login_or_passwd"


def test_a_list_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES", 3)
    with (
        upstream(NO_FILTER, page([1]), page([2]), page([3]), page([4])) as server,
        pytest.raises(Failure, match=r"too_many_pages\(most=3\)"),
    ):
        list(adapter(server).services("vds"))


@pytest.mark.parametrize(
    "text",
    [
        "<doc/>",
        OK,
        '{"doc":{}}',
        "<doc><tparams/></doc>",
        "<doc><ok>func=logon</ok><elem><id>1</id></elem></doc>",
    ],
)
def test_an_answer_that_is_no_list_is_not_an_empty_one(text: str) -> None:
    with upstream(NO_FILTER, text) as server, pytest.raises(Failure) as caught:
        list(adapter(server).services("vds"))
    assert caught.value.code == "upstream_answer"


def test_a_page_that_breaks_off_spoils_the_list_but_not_what_was_read() -> None:
    with upstream(NO_FILTER, page([1, 2], 4), page([3, 4], 4)[:-20]) as server:
        services = adapter(server).services("vds")
        assert [next(services).id, next(services).id] == [1, 2]
        with pytest.raises(Failure) as caught:
            list(services)
    assert caught.value.code == "upstream_answer"


@pytest.mark.parametrize(
    "row",
    [
        "<elem><id>7</id><item_status>Active</item_status></elem>", "<elem><id>7</id></elem>",
        "<elem><id>7</id><item_status orig='6'>x</item_status></elem>",
    ],
)  # fmt: skip
def test_a_row_in_an_unknown_state_is_there(row: str) -> None:
    with upstream(NO_FILTER, f"<doc>{row}{ROW.format(9)}<p_elems>2</p_elems></doc>") as server:
        assert [(one.id, one.state is ServiceState.UNKNOWN) for one in adapter(server).services("vds")] == [
            (7, True),
            (9, False),
        ]


@pytest.mark.parametrize(
    "row",
    ["<elem><item_status>2</item_status></elem>", "<elem><id>7, 8</id><item_status>2</item_status></elem>"],
)
def test_a_row_without_a_number_is_left_out_and_logged_but_not_where_absence_is_to_be_proved(
    row: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = f"<doc>{row}{ROW.format(9)}<p_elems>2</p_elems></doc>"
    with upstream(NO_FILTER, text) as server:
        assert [service.id for service in adapter(server).services("vds")] == [9]
    assert "is left out" in caplog.text
    with upstream(NO_FILTER, text) as server, pytest.raises(Failure) as caught:
        list(adapter(server).services("vds", proof=True))
    assert caught.value.code == "upstream_answer"


@pytest.mark.parametrize(
    ("inside", "state", "substate"),
    [
        (
            "<item_status orig='3_employeesuspend'>Suspended</item_status><status>3</status>",
            ServiceState.SUSPENDED,
            "employeesuspend",
        ),
        ("<item_status orig='5'>Processing</item_status>", ServiceState.WORKING, ""),
        ("<item_status>1</item_status>", ServiceState.UNPAID, ""),
        ("<item_status>Active</item_status><item_real_status>2</item_real_status>", ServiceState.ACTIVE, ""),
        ("<status>4</status>", ServiceState.DELETED, ""),
        ("<status orig='5_need_configure'>x</status>", ServiceState.WORKING, "need_configure"),
        ("<item_status>service_nosuitable</item_status>", ServiceState.WORKING, "nosuitable"),
    ],
)
def test_a_state_is_read_wherever_its_code_stands(inside: str, state: ServiceState, substate: str) -> None:
    with upstream(NO_FILTER, f"<doc><elem><id>7</id>{inside}</elem><p_elems>1</p_elems></doc>") as server:
        (found,) = adapter(server).services("vds")
    assert (found.state, found.substate) == (state, substate)


def test_a_filter_that_somebody_left_behind_is_taken_off_before_a_listing() -> None:
    form = (
        '<doc><domain>x</domain><slist name="status"><val'
        ' key="2">Active</val></slist><status>2</status></doc>'
    )
    controls = '<field><input name="domain"/></field><field><select name="status"/></field>'
    described = f"<doc><domain>x</domain><metadata><form>{controls}</form></metadata></doc>"
    with upstream(described, OK, page([], 0)) as server:
        assert list(adapter(server).services("vds")) == []
        assert sent(server)[:2] == [
            {"func": "vds.filter"},
            {"func": "vds.filter", "domain": "", "status": "", "sok": "ok"},
        ]
    with upstream(form, OK, page([], 0)) as server:
        list(adapter(server).services("vds"))
        assert sent(server)[1] == {"func": "vds.filter", "status": "", "sok": "ok"}


def test_a_filter_that_cannot_be_looked_at_stops_a_listing_only_if_nothing_else_would_work_either() -> None:
    for error in (NO_FILTER, '<doc><error type="access"/></doc>', '<doc><error type="nofunc"/></doc>'):
        with upstream(error, page([1], 1)) as server:
            assert [service.id for service in adapter(server).services("vds")] == [1]
    with upstream('<doc><error type="auth" object="badpassword"/></doc>') as server, pytest.raises(Refused):
        list(adapter(server).services("vds"))


# -- one service ---------------------------------------------------------------------------------------------

FORM = "<doc><id>7</id><domain>vm7.example.net</domain>{}</doc>"


@pytest.mark.parametrize(
    "inside",
    [
        "", "<status>Active</status><expiredate>2026-12-01</expiredate>", "<status orig='2'>Active</status>",
        "<status orig='2'>Active</status><expiredate>Daily charges</expiredate>",
        "<status>3</status><expiredate>2026-12-01</expiredate>",
        "<status>5</status><expiredate/>",
    ],
)  # fmt: skip
def test_what_a_form_does_not_tell_the_listing_does(inside: str) -> None:
    with upstream(FORM.format(inside), NO_FILTER, page([6, 7], 2)) as server:
        found = adapter(server).service("vds", 7)
    assert found is not None
    assert (found.service.state, str(found.service.expires)) == (ServiceState.ACTIVE, "2026-12-01")


@pytest.mark.parametrize("status", ["1", "2", "3_autosuspend", "5_open"])
def test_a_form_that_tells_enough_costs_one_request(status: str) -> None:
    in_words = "<expiredate>Daily charges</expiredate><real_expiredate>2026-12-01</real_expiredate>"
    for date in ("<expiredate/>", "<expiredate>2026-12-01</expiredate>", in_words):
        with upstream(FORM.format(f"<status orig='{status}'>x</status>{date}")) as server:
            assert adapter(server).service("vds", 7) is not None
            assert len(server.requests) == 1


@pytest.mark.parametrize(("why", "asked"), [(True, 3), (False, 1)])
@pytest.mark.parametrize("status", ["3", "5"])
def test_the_listing_is_asked_why_a_service_stands_only_if_somebody_wants_to_know(
    status: str, why: bool, asked: int
) -> None:
    form = FORM.format(f"<status orig='{status}'>x</status><expiredate>2026-12-01</expiredate>")
    with upstream(form, NO_FILTER, page([7], 1)) as server:
        assert adapter(server).service("vds", 7, why=why) is not None
        assert len(server.requests) == asked


def test_a_service_that_is_missing_from_the_listing_is_unseen_and_not_gone() -> None:
    with (
        upstream(FORM.format(""), NO_FILTER, page([6], 1)) as server,
        pytest.raises(Failure, match=r"no_row\(id=7\)"),
    ):
        adapter(server).service("vds", 7)


@pytest.mark.parametrize(
    "form", [FORM.format("").replace("<id>7", "<id>8"), "<doc><elid>7</elid><id>8</id></doc>", "<doc/>", OK]
)
def test_a_form_of_another_service_is_not_believed_and_not_edited(form: str) -> None:
    with upstream(form) as server:
        with pytest.raises(Failure, match=r"other_form\(id=7\)"):
            adapter(server).service("vds", 7)
        with pytest.raises(NotSent):
            adapter(server).change_addons("vds", 7, {101: "1"})
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "error",
    [
        '<error type="missed" object="item"><param name="value">8</param></error>',
        '<error type="missed" object="vds.edit"/>',
        '<error type="access"><param name="value">7</param></error>',
        '<error type="value" object="elid"><param name="value">7</param></error>',
    ],
)  # fmt: skip
def test_only_missed_about_this_very_service_means_that_it_is_gone(error: str) -> None:
    gone = (
        '<error type="missed" object="item"><param name="object">item</param><param'
        ' name="value">7</param></error>'
    )
    with upstream(f"<doc>{gone}</doc>") as server:
        assert adapter(server).service("vds", 7) is None
    with upstream(f"<doc>{error}</doc>") as server, pytest.raises(Refused):
        adapter(server).service("vds", 7)


def test_a_deleted_service_is_gone_though_its_form_is_there() -> None:
    with upstream(FORM.format("<status orig='4'>Deleted</status><expiredate/>")) as server:
        assert adapter(server).service("vds", 7) is None


# -- orders --------------------------------------------------------------------------------------------------

COMMON = {
    "pricelist": "277", "datacenter": "3", "domain": "vm1.example.net", "ostempl": "ISPsystem__Debian-12",
    "recipe": "null", "addon_101": "4",
    "addon_103": "on", "remoteid": "a-1", "skipbasket": "on", "sok": "ok",
}  # fmt: skip
VIEW = "<doc><slist name='autoprolong'>{}</slist></doc>"


def test_an_order_of_each_generation_sends_exactly_what_the_reference_says() -> None:
    bare = "<doc><metadata/></doc>"
    with upstream(bare, "<doc><item.id>7</item.id><ok/></doc>") as server:
        assert adapter(server, generation="new").order_service(ORDER) == Receipt(7)
        view, order = sent(server)
    assert view == {"func": "v2.vds.order.param", "pricelist": "277", "order_period": "12", "datacenter": "3"}
    assert order == {
        **COMMON,
        "func": "v2.vds.order.param",
        "order_period": "12",
        "autoprolong": "off",
        "clicked_button": "order",
    }
    with upstream(bare, OK) as server:
        assert adapter(server, generation="old", project="1").order_service(ORDER) == Receipt()
        view, order = sent(server)
    assert view == {
        "func": "vds.order.param",
        "pricelist": "277",
        "period": "12",
        "datacenter": "3",
        "project": "1",
    }
    assert order == {
        **COMMON,
        "func": "vds.order.param",
        "period": "12",
        "autoprolong": "null",
        "clicked_button": "finish",
        "project": "1",
    }


def test_a_form_that_was_looked_at_for_an_order_is_not_asked_for_again_but_by_another_order() -> None:
    with upstream(
        VIEW.format("<val key='null'>x</val>"), OK, VIEW.format("<val key='off'>x</val>"), OK
    ) as server:
        up = adapter(server, generation="new")
        up.order_form("vds", 277, 12, 3)
        for _ in range(2):
            up.order_service(ORDER)
        assert [(form.get("sok"), form.get("autoprolong")) for form in sent(server)] == [
            (None, None),
            ("ok", "null"),
            (None, None),
            ("ok", "off"),
        ]


def test_a_form_that_was_looked_at_for_another_place_is_not_taken() -> None:
    with upstream(VIEW.format(""), VIEW.format(""), OK) as server:
        up = adapter(server, generation="new")
        up.order_form("vds", 277, 12, None)
        up.order_service(ORDER)
        assert [form.get("datacenter") for form in sent(server)] == [None, "3", "3"]


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        (["null", "1"], "null"),
        (["on", "off"], "off"),
        (["", "1"], ""),
        (["0", "1"], "0"),
        (["1", "12"], "off"),
        (["null", "off"], "off"),
    ],
)
def test_automatic_renewal_is_refused_in_the_words_of_the_form(keys: List[str], word: str) -> None:
    vals = "".join(f'<val key="{key}">x</val>' for key in keys)
    with upstream(VIEW.format(vals), OK) as server:
        adapter(server, generation="new").order_service(ORDER)
        assert sent(server)[1]["autoprolong"] == word


def whoami(version: str) -> str:
    return stored("whoami.xml").replace("6.94.1", version)


def test_the_generation_is_told_from_the_version_and_from_what_answers_and_is_remembered() -> None:
    view = VIEW.format("")
    with upstream(whoami("5.300"), view, OK, view, OK) as server:
        up = adapter(server)
        for _ in range(2):
            up.order_service(ORDER)
        assert [form["func"] for form in sent(server)] == ["whoami", *["vds.order.param"] * 4]
    with upstream(whoami("6.94.1"), view, OK, '<doc><error type="nofunc"/></doc>') as server:
        up = adapter(server)
        up.order_service(ORDER)
        with pytest.raises(NotSent):  # it was there a moment ago: this is some other trouble
            up.order_service(ORDER)
        assert [form["func"] for form in sent(server)] == ["whoami", *["v2.vds.order.param"] * 3]
    for unknown in (UNKNOWN.format("v2.vds.order.param"), '<doc><error type="nofunc"/></doc>'):
        with upstream(whoami("6.1"), unknown, view, OK, view, OK) as server:
            up = adapter(server)
            for _ in range(2):
                up.order_service(ORDER)
            assert [form["func"] for form in sent(server)] == [
                "whoami",
                "v2.vds.order.param",
                *["vds.order.param"] * 4,
            ]


def test_a_tariff_that_is_refused_is_no_reason_to_try_the_other_generation() -> None:
    with upstream(whoami("6.1"), '<doc><error type="value" object="pricelist"/></doc>') as server:
        with pytest.raises(Refused):
            adapter(server).order_service(ORDER)
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        "<html>x</html>",
        "<doc><error type='db'/></doc>",
        '<doc><error code="4"/></doc>',
        "",
        "<doc><error type='runningoperation'/></doc>",
    ],
)
def test_an_order_whose_form_could_not_be_looked_at_was_not_sent(answer: str) -> None:
    with upstream(answer) as server:
        with pytest.raises(NotSent):
            adapter(server, generation="old").order_service(ORDER)
        assert "sok" not in sent(server)[-1]


@pytest.mark.parametrize("field", ["authinfo", "func", "out", "su"])
def test_a_field_of_an_order_cannot_take_the_place_of_ours(field: str) -> None:
    with upstream("<doc><metadata/></doc>", OK) as server:
        with pytest.raises(NotSent):
            adapter(server, generation="old").order_service(
                ServiceOrder("vds", 1, 1, None, "", "a", {field: "x"}, {})
            )
        assert len(server.requests) == 1


@pytest.mark.parametrize("months", [0, -50, -100])
def test_what_is_not_a_number_of_months_is_not_bought(months: int) -> None:
    with upstream("<doc><metadata/></doc>") as server:
        up = adapter(server, generation="old")
        for buy in (
            lambda: up.order_service(ServiceOrder("vds", 1, months, None, "", "a", {}, {})),
            lambda: up.renew_service(7, months),
        ):
            with pytest.raises(NotSent):
                buy()
        assert server.requests == []


def test_a_catalogue_is_asked_for_one_type_and_for_the_project_if_there_is_one() -> None:
    with upstream("<doc/>") as server:
        adapter(server).service_tariffs("dedic")
        adapter(server, project="2").service_tariffs("dedic")
        assert sent(server) == [
            {"func": "pricelist.export", "itemtype": "dedic"},
            {"func": "pricelist.export", "itemtype": "dedic", "project": "2"},
        ]


# -- changes -------------------------------------------------------------------------------------------------

HELD = {"server_name": "shop", "autoprolong": "1", "addon_101": "4", "addon_102": "902", "addon_103": "off"}
SAVED = {"func": "vds.edit", "elid": "5001", "skipbasket": "on", "clicked_button": "ok", "sok": "ok"}


def test_an_edit_sends_back_what_the_form_holds_but_neither_system_nor_password() -> None:
    with upstream(stored("edit.xml"), OK) as server:
        assert adapter(server).change_addons("vds", 5001, {101: "5", 103: "on"}) == Receipt(5001)
        assert sent(server) == [
            {"func": "vds.edit", "elid": "5001"},
            {**HELD, **SAVED, "addon_101": "5", "addon_103": "on"},
        ]
    with upstream(stored("edit.xml"), OK) as server:
        adapter(server).switch_auto_renewal_off("vds", 5001)
        assert sent(server)[1] == {**HELD, **SAVED, "autoprolong": "null"}


def test_an_empty_field_beside_its_current_value_is_not_sent_back_as_nothing() -> None:
    form = (
        stored("edit.xml")
        .replace("<addon_101>4</addon_101>", "<addon_101/>")
        .replace("<addon_102>902</addon_102>", "<addon_102/>")
    )
    with upstream(form, OK) as server:
        adapter(server).change_addons("vds", 5001, {103: "on"})
        saved = sent(server)[1]
    assert (saved["addon_101"], saved["addon_103"]) == ("4", "on")
    assert "addon_102" not in saved  # its current value is a text for people


def test_a_form_that_does_not_describe_itself_gets_its_add_ons_back() -> None:
    with upstream(
        FORM.format("<addon_101>2</addon_101><addon_102>901</addon_102><autoprolong/><ip>x</ip>"), OK
    ) as server:
        adapter(server).change_addons("vds", 7, {101: "3"})
        assert sent(server)[1] == {
            **SAVED,
            "elid": "7",
            "addon_101": "3",
            "addon_102": "901",
            "autoprolong": "",
        }


def test_an_add_on_that_the_form_does_not_have_is_not_sent() -> None:
    with upstream(stored("edit.xml"), OK) as server:
        with pytest.raises(NotSent) as caught:
            adapter(server).change_addons("vds", 5001, {999: "1"})
        assert (caught.value.code, caught.value.params["object"], len(server.requests)) == (
            "addon_bad",
            "addon_999",
            1,
        )


def test_a_change_that_now_waits_in_the_cart_is_not_done() -> None:
    with upstream(stored("edit.xml"), "<doc><billorder>9050</billorder></doc>") as server:
        assert adapter(server).change_addons("vds", 5001, {101: "5"}) == Receipt(5001, 9050)


def test_a_tariff_is_changed_in_the_steps_of_the_reference() -> None:
    targets = '<doc><slist name="pricelist"><val key="278">KVM-4</val><val key="null">--</val></slist></doc>'
    with upstream(targets, "<doc><oldpricelist>277</oldpricelist></doc>", OK) as server:
        up = adapter(server)
        assert up.tariff_targets(7) == {278: "KVM-4"}
        assert up.change_tariff(7, 278) == Receipt(7)
        assert sent(server) == [
            {"func": "service.changepricelist", "elid": "7"},
            {"func": "service.changepricelist.pricelist", "elid": "7", "pricelist": "278"},
            {
                "func": "service.changepricelist.getmoney", "elid": "7", "pricelist": "278", "snext": "ok",
                "sok": "ok", "clicked_button": "finish",
                "skipbasket": "on",
            },
        ]  # fmt: skip
    with upstream("<doc><metadata/></doc>") as server:
        assert adapter(server).tariff_targets(7) == {}


def test_a_tariff_that_cannot_be_compared_is_not_changed() -> None:
    with upstream("<html/>") as server:
        with pytest.raises(NotSent):
            adapter(server).change_tariff(7, 278)
        assert len(server.requests) == 1


def test_a_group_function_acts_at_once_and_needs_its_ok() -> None:
    with upstream(OK) as server:
        up = adapter(server)
        up.suspend_service("vds", 7)
        up.resume_service("vds", 7)
        up.delete_service("vds", 7)
        up.renew_service(7, 3)
        assert sent(server) == [
            {"func": "vds.suspend", "elid": "7"}, {"func": "vds.resume", "elid": "7"},
            {"func": "vds.delete", "elid": "7", "sok": "ok"},
            {"func": "service.prolong", "elid": "7", "period": "3", "skipbasket": "on", "sok": "ok"},
        ]  # fmt: skip
    with upstream("<doc/>") as server:
        up = adapter(server)
        acts: List[Callable[[], object]] = [
            lambda: up.suspend_service("vds", 7),
            lambda: up.delete_service("vds", 7),
        ]
        for act in acts:
            with pytest.raises(NoAnswer):
                act()


# -- the cart ------------------------------------------------------------------------------------------------

CART = '<doc><billorder>9050</billorder><total_sum>9.00 EUR</total_sum><list name="itemlist">{}</list></doc>'
JSON_CART = '{{"doc":{{"billorder":{{"$":"9050"}},"list":[{{"$name":"itemlist","elem":{}}}]}}}}'


def line(number: int, service: str) -> str:
    return (
        f"<elem><id>{number}</id><desc>x</desc><item.type>vds</item.type><item.id>{service}</item.id></elem>"
    )


def json_line(service: str) -> str:
    return f'{{"id":{{"$":"31"}},"item.id":{{"$":"{service}"}}}}'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (CART.format(line(31, "7")), 9050), (CART.format(line(31, "5") + line(32, "7")), 9050),
        (CART.format(line(31, "") + line(32, "7")), 9050),
        (CART.format(line(31, "5") + line(32, "7")).replace("<billorder>9050</billorder>", ""), 32),
        (CART.format(line(31, "7")).replace("9050", ""), 31),
        (CART.format(""), None), (CART.format(line(31, "70") + line(32, "17")), None),
        (CART.format("<p_elems>0</p_elems>"), None),
        (JSON_CART.format(json_line("7")), 9050),
        (JSON_CART.format(f"[{json_line('5')},{json_line('7')}]"), 9050),
        (JSON_CART.format("null"), None), (JSON_CART.format(json_line("5")), None),
        ('{"doc":{"list":{"$name":"itemlist"}}}', None),
    ],
)  # fmt: skip
def test_what_waits_in_the_cart_is_known_by_its_service(text: str, number: Optional[int]) -> None:
    with upstream(text) as server:
        assert adapter(server).in_cart(7) == number
        assert sent(server) == [{"func": "basket"}]


@pytest.mark.parametrize(
    "text",
    [
        "<doc/>", "<html/>", "", OK, '<doc><list name="other"/></doc>',
        '<doc><list name="itemlist"/><ok/></doc>', "<doc><elem/></doc>",
        CART.format("<elem><id>31</id></elem>"), CART.format(line(31, "")),
        CART.format(line(31, "x") + line(32, "5")),
        CART.format("<row><item.id>7</item.id></row>"), CART.format(line(31, "5") + "<p_elems>2</p_elems>"),
        CART.format(line(31, "5")).replace("</doc>", "<p_elems>30</p_elems></doc>"),
        CART.format(line(31, "7")).replace("9050", "x"),
        CART.format("<elem><item.id>7</item.id></elem>").replace("9050", ""),
        '{"doc":{"list":[{"elem":[]}]}}',
        '<doc><error type="missed" object="func"><param name="value">basket</param></error></doc>',
        '<doc><error type="access"><param name="value">basket</param></error></doc>',
    ],
)  # fmt: skip
def test_a_cart_that_does_not_tell_its_services_is_unseen(text: str) -> None:
    with upstream(text) as server, pytest.raises(Failure):
        adapter(server).in_cart(7)


# -- the login -----------------------------------------------------------------------------------------------

PENDING = "<doc><ok>func=totp.confirm</ok></doc>"


def test_a_pending_second_factor_is_told_by_questions_and_doubted_by_purchases() -> None:
    with upstream(PENDING) as server:
        up = adapter(server)
        for question in (up.identity, lambda: up.service("vds", 7), lambda: list(up.services("vds"))):
            with pytest.raises(Refused) as caught:
                question()
            assert caught.value.code == "two_factor"
        with pytest.raises(NoAnswer):
            up.renew_service(7, 1)


MUTE = stored("whoami.xml").replace(' balance="123.45"', "")
TILE = "<doc><elem><realbalance>{}</realbalance></elem></doc>"
NO = '<doc><error type="access"/></doc>'


@pytest.mark.parametrize(
    ("answers", "balance"),
    [
        ([NO, TILE.format("€9.00")], "9.00 EUR"),
        (
            [NO, NO, '<doc><notify><item balance="yes"><value>1 234,50 EUR</value></item></notify></doc>'],
            "1234.50 EUR",
        ),
        ([NO, TILE.format("9.00"), "<doc><realbalance>7.00 €</realbalance></doc>"], "7.00 EUR"),
        (["<doc><elem><balance>5.00</balance><currency>EUR</currency></elem></doc>", NO, NO], "5.00 EUR"),
    ],
)
def test_a_balance_that_the_login_does_not_tell_is_looked_for_elsewhere(
    answers: List[str], balance: str
) -> None:
    with upstream(MUTE, *answers) as server:
        assert str(adapter(server).identity().account.balance) == balance


def test_without_a_currency_there_is_no_balance() -> None:
    with (
        upstream(stored("whoami.xml").replace('"EUR"', '"$"'), NO, TILE.format("5.00"), NO) as server,
        pytest.raises(Failure) as caught,
    ):
        adapter(server).identity()
    assert caught.value.code == "upstream_answer"


ROWS = (
    "<doc><elem><id>1</id><project orig='1'>First</project><balance>5.00"
    " EUR</balance><creditlimit>50.00</creditlimit></elem><elem><id>2</id><project"
    " orig='2'>Second</project><balance>7.00 RUB</balance><creditlimit>0.00</creditlimit></elem></doc>"
)


@pytest.mark.parametrize(
    ("project", "spendable", "name"),
    [("1", "55.00 EUR", "First"), ("Second", "7.00 RUB", "Second"), ("", "123.45 EUR", "")],
)
def test_the_money_of_a_project_is_its_own_and_an_allowed_overdraft_counts(
    project: str, spendable: str, name: str
) -> None:
    with upstream(stored("whoami.xml"), ROWS) as server:
        account = adapter(server, project=project).identity().account
    assert (str(account.spendable), account.project) == (spendable, name)


def test_a_right_that_is_not_told_is_neither_there_nor_missing() -> None:
    text = (
        stored("whoami.xml")
        .replace(' allowsuspenditem="on"', "")
        .replace('allowdeleteitem=""', 'allowdeleteitem="off"')
    )
    with upstream(text, NO) as server:
        identity = adapter(server).identity()
    assert (identity.may_suspend, identity.may_delete) == (None, False)


def test_an_answer_that_repeats_the_login_puts_none_of_it_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = "<doc><tparams><auth>8c1f0b2a</auth><authinfo>reseller:hunter2</authinfo><key>k3y</key></tparams>"
    with (
        upstream(
            f"{echo}<error type='db'><msg>authinfo=reseller:hunter2&amp;x</msg></error></doc>"
        ) as server,
        pytest.raises(Failure) as caught,
    ):
        adapter(server).identity()
    logged = caplog.text + caught.value.detail + str(caught.value)
    assert "whoami" in logged
    assert not any(word in logged for word in ("hunter2", "8c1f0b2a", "k3y"))
