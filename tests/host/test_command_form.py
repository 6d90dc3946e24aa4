"""features, get_contact_type and tune_connection: what the panel asks to draw its forms. None of them needs a
provider.
"""

from __future__ import annotations

import shutil

import pytest
from kit.reseller_host import ask
from lxml import etree

from bill2bill.config import CONNECTIONS

ALL = {
    "check_connection", "close", "features", "get_contact_type", "open", "prolong", "resume", "suspend",
    "sync_item", "tune_connection",
    "update_ns", "whois",
}  # fmt: skip
OWNER, FOUR = ["owner"], ["owner", "admin", "tech", "bill"]


@pytest.fixture
def broken(shop, processes):
    """A panel whose database, key and mgrctl are gone."""
    (shop.root / "etc/billmgr.conf.d/db.conf").write_text("DBType mysql\nDBHost 127.0.0.1\nDBPort 1\n")
    (shop.root / "etc/billmgr.pem").unlink()
    (shop.root / "sbin/mgrctl").write_text("#!/bin/sh\nexit 1\n")
    shop.up.post("switch", play="html")
    return shop


def test_features_names_every_command_and_marks_the_password_as_secret(shop):
    answer = shop.ask("features")
    assert answer.status == 0
    assert {node.get("name") for node in answer.doc.iterfind("features/feature")} == ALL
    assert [node.get("name") for node in answer.doc.iterfind("itemtypes/itemtype")] == ["domain"]
    params = {node.get("name"): node.get("crypted") for node in answer.doc.iterfind("params/param")}
    assert list(params) == [field.name for field in CONNECTIONS["registrar"]]
    assert {name for name, crypted in params.items() if crypted == "yes"} == {"password"}


def test_features_needs_nothing_of_the_panel_and_leaves_nothing_behind(bare):
    answer = ask(bare, "--command", "features")
    assert (answer.status, answer.code) == (0, "")
    assert sorted(path.name for path in bare.rglob("*")) == ["processing"]


def test_features_is_answered_without_asking_database_panel_or_provider(broken):
    before = len(broken.asked)
    assert broken.ask("features").status == 0
    assert (broken.told, len(broken.asked)) == ([], before)


@pytest.mark.parametrize(
    ("zone", "roles"),
    [
        ("ru", OWNER), ("RU", OWNER), ("su", OWNER), ("рф", OWNER), ("РФ", OWNER), ("xn--p1ai", OWNER),
        ("XN--P1AI", OWNER), ("com.ru", OWNER),
        ("msk.ru", OWNER), ("ru.net", OWNER), ("москва", OWNER), ("moscow", OWNER),
        ("com", FOUR), ("COM", FOUR), ("net", FOUR), ("online", FOUR), ("ru.com", FOUR), ("дети", FOUR),
    ],
)  # fmt: skip
def test_the_contacts_of_a_zone_are_known_by_rule(bare, zone, roles):
    answer = ask(bare, "--command", "get_contact_type", "--tld", zone)
    assert answer.status == 0
    assert [node.text for node in answer.doc.iterfind("contact_type")] == roles


def test_the_contacts_of_a_zone_need_neither_database_nor_network(broken):
    before = len(broken.asked)
    answer = broken.ask("get_contact_type", "--tld", "ru", "--module", 1, "--level", 29, lang="ru")
    assert answer.status == 0
    assert [node.text for node in answer.doc.iterfind("contact_type")] == OWNER
    assert (broken.told, len(broken.asked)) == ([], before)


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([], "bad_call"),
        (["--tld", ""], "bad_call"),
        (["--tld", ".."], "name_bad"),
        (["--tld", "a b"], "name_bad"),
    ],
)
def test_an_empty_or_impossible_zone_is_an_error_with_a_reason(bare, argv, code):
    answer = ask(bare, "--command", "get_contact_type", *argv)
    assert (answer.status, answer.code) == (1, code)
    assert answer.text


# -- tune_connection -----------------------------------------------------------------------------------------

METADATA = """<metadata name="processing.add.user" type="form"><form><page name="connect">
<field name="dialect"><select name="dialect"/></field></page></form></metadata>
<messages name="processing.add.user"><msg name="url">API address</msg></messages>"""


def form(values: str = "", func: str = "processing.add.user", lang: str = "en") -> bytes:
    return (
        f'<doc lang="{lang}" func="{func}">{METADATA}<func>{func}</func>{values}<tail keep="1">x &lt;'
        " y</tail></doc>".encode()
    )


def options(answer):
    return [(node.get("key"), node.text) for node in answer.doc.iterfind("slist[@name='dialect']/val")]


def values(answer):
    return {
        node.tag: node.text or "" for node in answer.doc if node.tag not in ("metadata", "messages", "slist")
    }


def test_the_form_of_a_new_connection_gets_its_choices_and_defaults(shop):
    answer = shop.ask("tune_connection", stdin=form())
    assert answer.status == 0
    assert options(answer) == [("auto", "detect"), ("4", "BILLmanager 4")]
    shown = values(answer)
    assert (shown["server"], shown["dialect"], shown["send_prolong"], shown["send_close"]) == (
        "my.ru-tld.ru",
        "auto",
        "on",
        "off",
    )
    assert "password" not in shown


def test_everything_else_of_the_form_comes_back_unchanged(shop):
    sent = etree.fromstring(form("<username>reseller7</username>"))
    back = shop.ask("tune_connection", stdin=form("<username>reseller7</username>")).doc
    assert dict(back.attrib) == dict(sent.attrib)
    for name in ("metadata", "messages", "func", "username", "tail"):
        assert etree.tostring(back.find(name)) == etree.tostring(sent.find(name))


def test_values_that_somebody_entered_are_left_alone(shop):
    entered = "<server>bill.example</server><dialect>4</dialect><send_prolong>off</send_prolong><notify/>"
    shown = values(shop.ask("tune_connection", stdin=form(entered)))
    assert (shown["server"], shown["dialect"], shown["send_prolong"], shown["notify"]) == (
        "bill.example",
        "4",
        "off",
        "",
    )


@pytest.mark.parametrize("marker", ["<elid>1</elid>", "<sv_field>dialect</sv_field>"])
def test_an_existing_connection_and_a_refreshed_form_get_no_defaults(shop, marker):
    answer = shop.ask("tune_connection", stdin=form(marker, "processing.edit"))
    assert len(options(answer)) == 2
    assert "server" not in values(answer)


@pytest.mark.parametrize(("document", "option"), [("ru", ""), ("en", "ru"), ("ru", "ru")])
def test_choices_are_in_the_language_of_the_option_or_else_of_the_form(shop, document, option):
    assert options(shop.ask("tune_connection", stdin=form(lang=document), lang=option))[0] == (
        "auto",
        "определить",
    )


def test_a_list_of_choices_that_stands_there_already_is_replaced(shop):
    answer = shop.ask("tune_connection", stdin=form('<slist name="dialect"><val key="old">old</val></slist>'))
    assert options(answer) == [("auto", "detect"), ("4", "BILLmanager 4")]


def test_drawing_the_form_asks_nobody(broken):
    before = len(broken.asked)
    assert broken.ask("tune_connection", stdin=form()).status == 0
    assert (broken.told, len(broken.asked)) == ([], before)


def test_a_form_can_be_drawn_before_the_state_folder_exists(shop):
    shutil.rmtree(shop.root / "var" / "bill2bill", ignore_errors=True)
    assert shop.ask("tune_connection", stdin=form()).status == 0
    assert not (shop.root / "var" / "bill2bill").exists()
