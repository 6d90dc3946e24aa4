from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bill2bill import messages
from bill2bill.errors import CODES, Failure
from bill2bill.host import log, reply

NOW = datetime(2026, 11, 23, 15, 7, 16)  # noqa: DTZ001 - local time, as the panel writes
LONG = st.text(min_size=1, max_size=5).map(lambda text: text * 1000)
NASTY = "".join(map(chr, range(0, 0xA0))) + "\udc80\ufffe<&\"']]>\u2028"


@pytest.fixture(autouse=True)
def no_secrets():
    log._secrets.clear()
    yield
    log._secrets.clear()


def error_of(raw):
    return etree.fromstring(raw).find("error")


def test_a_command_without_news_answers_an_empty_document():
    assert etree.tostring(etree.fromstring(reply.ok())) == b"<doc/>"


def test_an_error_has_its_code_its_params_and_the_ready_text():
    failure = Failure(
        "contact_bad",
        object="owner_email",
        value="email",
        reason="empty",
        detail="raw answer of the upstream",
    )
    error = error_of(reply.error_document(failure, "en"))
    assert (error.get("type"), error.get("object")) == ("contact_bad", "owner_email")
    params = {param.get("name"): param for param in error.findall("param")}
    assert params["value"].text == "email"
    assert params["reason"].text == "empty"
    assert dict(params["object"].attrib) == {"name": "object", "type": "msg", "msg": "owner_email"}
    assert error.findtext("msg") == messages.text(failure, "en")
    assert "raw answer" not in etree.tostring(error, encoding="unicode")


@pytest.mark.parametrize(("lang", "text"), [("ru", "ru"), ("ru_RU", "ru"), ("en", "en"), ("de", "en")])
def test_the_text_is_in_the_language_of_the_user(lang, text):
    failure = Failure("item_busy")
    assert error_of(reply.error_document(failure, lang)).findtext("msg") == messages.text(failure, text)


def test_the_text_is_in_both_languages_when_the_panel_does_not_say_who_reads_it():
    failure = Failure("item_busy")
    assert (
        error_of(reply.error_document(failure, "")).findtext("msg")
        == f"{messages.text(failure, 'ru')} / {messages.text(failure, 'en')}"
    )


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_error_can_be_said_to_the_panel(code):
    failure = Failure(code, value=NASTY, reason=NASTY, object=NASTY, id=NASTY, code=NASTY)
    assert error_of(reply.error_document(failure, "ru")).get("type") == code
    stored = etree.fromstring(reply.operation_error(failure, 7, NASTY, NOW))
    assert stored.find("error").get("type") == stored.find("processingmodule/error").get("type") == code


def test_the_error_of_an_operation_has_the_inner_and_the_final_error_in_both_languages():
    failure = Failure("low_balance", balance="10.00 RUB", value="199.00 RUB")
    doc = etree.fromstring(reply.operation_error(failure, 7, "Реселлинг", NOW))
    module = doc.find("processingmodule")
    assert dict(module.attrib) == {"date": "2026-11-23 15:07:16", "id": "7", "name": "Реселлинг"}
    for error in (module.find("error"), doc.find("error")):
        assert error.get("date") == "2026-11-23 15:07:16"
        assert (error.get("type"), error.get("value"), error.get("object")) == (
            "low_balance",
            "199.00 RUB",
            None,
        )
        params = {param.get("name"): param for param in error.findall("param")}
        assert params["balance"].text == "10.00 RUB"
        for lang in ("ru", "en"):
            param = params[f"value{lang.upper()}"]
            assert param.get("type") == "msg"
            assert param.get("msg") == param.text == messages.text(failure, lang)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.sampled_from(["object", "value", "reason", "found", "id"]), LONG, max_size=5))
def test_the_error_of_an_operation_fits_into_one_word_of_a_command_line(params):
    text = reply.operation_error(Failure("contact_bad", **params), 7, NASTY * 500, NOW)
    assert len(text.encode("utf-8")) <= 32 * 1024
    assert not [letter for letter in text if ord(letter) < 32 or 127 <= ord(letter) < 160]
    etree.fromstring(text)


@pytest.mark.parametrize("secret", ["pa&ss<word>", "мой пароль", "s3cret  with spaces"])
def test_no_error_carries_a_registered_secret(secret):
    log.hide([secret])
    failure = Failure("upstream_refused", func="domain.order", code="5", value=f"authinfo=me:{secret}")
    for text in (
        reply.operation_error(failure, 7, secret, NOW),
        reply.error_document(failure, "ru").decode(),
    ):
        assert secret not in "".join(etree.fromstring(text.encode()).itertext())
        assert secret not in text
        assert "***" in text


def test_contact_types_keep_their_order():
    doc = etree.fromstring(reply.contact_types(["owner", "admin"], ns="require"))
    assert [node.text for node in doc.findall("contact_type")] == ["owner", "admin"]
    assert doc.get("ns") == "require"
    assert not dict(doc.find("contact_type").attrib)


def test_whois_text_is_carried_whatever_it_holds():
    assert etree.fromstring(reply.whois("not exist")).findtext("whois") == "not exist"
    assert etree.fromstring(reply.whois(NASTY)).findtext("whois")


def test_options_of_a_form_replace_older_ones_and_show_text_as_it_is():
    form = etree.fromstring(
        '<doc><slist name="dialect"><val key="x">x</val></slist><slist name="other"/></doc>'
    )
    reply.slist(form, "dialect", [("auto", "определить"), ("4", "<BILLmanager 4>")])
    assert [node.get("name") for node in form] == ["other", "dialect"]
    assert [(val.get("key"), val.text) for val in form.findall("slist[@name='dialect']/val")] == [
        ("auto", "определить"),
        ("4", "<BILLmanager 4>"),
    ]
