"""check_connection: a connection is tried before it is saved, for nothing."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager

import pytest
from kit.provider import Provider
from kit.reseller_host import MODULE
from lxml import etree

from bill2bill.upstream import sniff

PROJECT = "*.ru-tld.ru (Domains)"


def entered(shop, **changes: str) -> bytes:
    """What the panel sends; a value of None is a field that is missing."""
    values = {
        "id": "",
        "url": shop.up.url,
        "username": "reseller",
        "password": "secret",
        "project": PROJECT,
        "dialect": "auto",
        **changes,
    }
    doc = etree.Element("doc")
    box = etree.SubElement(doc, "processingmodule")
    for name, value in values.items():
        if value is not None:
            etree.SubElement(box, name).text = value
    return etree.tostring(doc)


def check(shop, lang: str = "", **changes: str):
    return shop.ask("check_connection", stdin=entered(shop, **changes), lang=lang)


@contextmanager
def tcp(answer: bytes = b""):
    """A server that answers every connection with these bytes; the number of its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_good_connection_is_accepted_and_costs_nothing(shop):
    answer = check(shop)
    assert (answer.status, answer.code, etree.tostring(answer.doc)) == (0, "", b"<doc/>")
    assert shop.charges == []
    assert not {
        "domain.order.4",
        "domain.renew",
        "contcat.create.1",
        "domaincontact.edit",
        "domain.edit",
    } & set(shop.asked)
    assert len(shop.asked) <= 6
    assert (shop.up.get("state")["contacts"], shop.told) == ([], [])


def test_credentials_are_never_sent_before_the_dialect_is_known_nor_to_public_files(shop):
    check(shop)
    rows = shop.up.get("requests")
    with_login = [row["func"] for row in rows if "authinfo" in row["params"]]
    assert "authinfo" not in rows[0]["params"]
    assert {row["method"] for row in rows if row["func"] in with_login} == {"POST"}
    assert with_login == ["accountinfo", "domain"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("user name or password is wrong", "address of this server")),
        ("ru", ("имя или пароль", "адреса этого сервера")),
    ],
)
@pytest.mark.parametrize("cause", ["password", "address"])
def test_a_refused_login_names_both_causes(shop, cause, lang, words):
    if cause == "address":
        shop.up.post("switch", allowed_ips=["203.0.113.9"])
    answer = check(shop, lang, password="wrong" if cause == "password" else "secret")
    assert (answer.status, answer.code) == (1, "invalid_login_or_passwd")
    assert all(word in answer.text for word in words)


def test_a_closed_port_is_unreachable_and_the_address_is_named(shop, closed_port):
    url = f"http://127.0.0.1:{closed_port}/billmgr"
    answer = check(shop, url=url)
    assert (answer.status, answer.code, answer.value("url")) == (1, "upstream_unreachable", url)
    assert url in answer.text


def test_another_server_is_recognised_as_no_billmanager_and_gets_no_password(shop):
    shop.up.post("switch", play="html")
    answer = check(shop)
    assert (answer.status, answer.code) == (1, "not_billmanager")
    assert not [row for row in shop.up.get("requests") if "authinfo" in row["params"]]


def test_a_newer_billmanager_is_recognised_and_gets_no_password(shop):
    shop.up.post("switch", play="bm6")
    answer = check(shop)
    assert (answer.status, answer.code) == (1, "other_dialect")
    assert not [row for row in shop.up.get("requests") if "authinfo" in row["params"]]


@pytest.mark.parametrize("project", ["No such project", ""])
def test_an_unknown_or_missing_project_lists_those_that_exist(shop, project):
    answer = check(shop, project=project)
    assert (answer.status, answer.code) == (1, "account_not_found")
    assert "*.ru-tld.ru (Domains)" in answer.text
    assert "*.ru-tld.ru (Servers)" in answer.text


def test_a_name_of_an_account_serves_where_the_provider_shows_no_projects(shop):
    shop.up.post("switch", project_column="off")
    assert check(shop).status == 0
    assert check(shop, project="").code == "account_not_found"


def test_a_redirect_is_not_followed_with_a_password_in_hand(shop):
    shop.fault(
        "accountinfo", "redirect", when="before", skip=1, sticky=True, location="https://elsewhere.example/"
    )
    answer = check(shop)
    assert (answer.status, answer.code, answer.value("value")) == (
        1,
        "upstream_redirect",
        "https://elsewhere.example/",
    )


def test_a_server_that_only_redirects_is_no_billmanager(shop):
    with tcp(
        b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
    ) as port:
        assert check(shop, url=f"http://127.0.0.1:{port}/billmgr").code == "not_billmanager"


@pytest.mark.parametrize("bytes_sent", [b"", b"SSH-2.0-server\r\n", b"\x16\x03\x01\x00\x05"])
def test_a_server_that_speaks_no_http_is_an_error_and_not_a_crash(shop, bytes_sent):
    with tcp(bytes_sent) as port:
        answer = check(shop, url=f"http://127.0.0.1:{port}/billmgr")
    assert (answer.status, answer.code) == (1, "not_billmanager")


@pytest.fixture(scope="session")
def secure(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("secure"), "--tls") as up:
        yield up


def test_a_certificate_of_an_unknown_authority_is_not_trusted(shop, secure):
    secure.post("reset")
    answer = check(shop, url=secure.url)
    assert (answer.status, answer.code) == (1, "upstream_certificate")
    assert "CA" in answer.text
    assert secure.get("requests") == []


def test_the_named_authority_is_trusted(shop, secure):
    secure.post("reset")
    assert check(shop, url=secure.url, ca_file=secure.ca_file).status == 0


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_an_authority_file_that_is_none_is_named(shop, secure, content):
    path = shop.root / "etc" / "ca.pem"
    if content:
        path.write_text(content)
    answer = check(shop, url=secure.url, ca_file=str(path))
    assert (answer.status, answer.code, answer.value("url")) == (1, "upstream_certificate", str(path))


@pytest.mark.parametrize(
    "url",
    [
        "http://bill.example/billmgr",
        "ftp://bill.example/",
        "https://user:hidden-word@bill.example/",
        "https://",
        "https://a b/",
        "$(id)",
    ],
)
def test_an_address_that_must_not_get_a_password_is_refused_before_anything_is_sent(shop, url):
    answer = check(shop, url=url)
    assert (answer.status, answer.code) == (1, "url_bad")
    assert b"hidden-word" not in answer.out
    assert shop.asked == []


@pytest.mark.parametrize("tail", ["", "/", "?func=logon"])
def test_an_address_as_people_paste_it_works(shop, tail):
    assert check(shop, url=f" {shop.up.url}{tail} ").status == 0


@pytest.mark.parametrize(
    "server", ["127.0.0.1:{port}", "user@bill.example", "../../etc/passwd", "a b", "", "bill.example/path"]
)
def test_a_server_name_is_a_name_only(shop, server):
    port = shop.up.url.split(":")[2].split("/")[0]
    answer = check(shop, url="", server=server.format(port=port))
    assert (answer.status, answer.code) == (1, "url_bad")


@pytest.fixture
def closed_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def test_a_server_where_nothing_answers_under_any_address_is_unreachable(shop, monkeypatch, closed_port):
    monkeypatch.setattr(sniff, "PATHS", (f":{closed_port}/manager/billmgr", f":{closed_port}/billmgr"))
    answer = check(shop, url="", server="127.0.0.1")
    assert (answer.status, answer.code) == (1, "upstream_unreachable")


def test_without_an_address_it_is_found_by_the_servers_name_and_remembered(
    shop, secure, monkeypatch, closed_port
):
    secure.post("reset")
    port = secure.url.split(":")[2].split("/")[0]
    monkeypatch.setattr(
        sniff, "PATHS", (f":{closed_port}/manager/billmgr", f":{port}/wrong", f":{port}/manager/billmgr")
    )
    assert check(shop, url="", server="127.0.0.1", ca_file=secure.ca_file).status == 0
    shop.connection(url="", server="127.0.0.1", ca_file=secure.ca_file)
    before = len(secure.get("requests"))
    assert shop.ask("whois", "--param", "example.ru", "--module", MODULE).status == 0
    assert len(secure.get("requests")) == before + 1


@pytest.mark.parametrize("lacking", ["username", "password"])
def test_missing_values_do_not_let_a_connection_through(shop, lacking):
    answer = check(shop, **{lacking: None})
    assert answer.status == 1
    assert answer.code in ("invalid_login_or_passwd", "bad_input")


def test_a_colon_in_the_user_name_is_refused_as_it_would_become_a_part_of_the_password(shop):
    assert check(shop, username="reseller:x").code == "bad_input"


def test_an_unknown_version_is_refused(shop):
    assert check(shop, dialect="7").code == "bad_input"


def test_values_with_hostile_text_are_only_values(shop):
    for hostile in ("$(id)", "'; DROP TABLE item;--", '<>&"', "a\nb", "й" * 300):
        answer = check(shop, password=hostile, project=hostile)
        assert (answer.status, answer.code) == (1, "invalid_login_or_passwd")
        assert hostile.encode() not in answer.out


def test_no_document_of_a_connection_is_an_error(shop):
    answer = shop.ask("check_connection", stdin=b"<doc/>")
    assert (answer.status, answer.code) == (1, "bad_input")


def test_the_password_is_in_no_log_and_no_answer(shop):
    secret = "a-password+with&signs"
    shop.fault(
        "accountinfo", "error", when="before", skip=1, code=100, msg=f"Auth failed for reseller:{secret}"
    )
    answer = check(shop, password=secret)
    for text in (answer.out.decode(), shop.log):
        assert secret not in text
        assert "a-password%2Bwith%26signs" not in text


@pytest.mark.parametrize(
    "kind", ["502", "html_200", "empty", "truncated", "doctype", "bad_encoding", "cut", "wrong_content_type"]
)
@pytest.mark.parametrize("func", ["accountinfo", "/manimg/userdata/json/domainprice_ru.json", "domain"])
def test_a_provider_in_trouble_is_an_error_with_a_reason(shop, func, kind):
    shop.fault(func, kind, when="after", sticky=True, **({"skip": 1} if func == "accountinfo" else {}))
    answer = check(shop)
    if kind == "wrong_content_type":
        assert answer.status == 0  # the words count, not their label
    else:
        assert answer.status == 1
        assert answer.code in ("upstream_answer", "upstream_trouble", "upstream_unreachable", "upstream_wall")


def test_a_provider_that_calls_its_own_name_free_is_not_believed(shop):
    shop.up.post("domain", name="ru-tld.ru", check="free")
    assert check(shop).code == "upstream_answer"


# -- a login that was refused rests --------------------------------------------------------------------------


@pytest.fixture
def refused(shop):
    """A connection whose login the provider has just refused to a renewal."""
    shop.item_sold = shop.sold()
    shop.connection(password="wrong")
    assert shop.start("prolong", shop.item_sold).code == "invalid_login_or_passwd"
    shop.asked_before = len(shop.asked)
    return shop


def test_after_one_refused_login_nothing_more_is_sent_with_it(refused):
    assert refused.is_manual(refused.item_sold, "prolong")
    answers = [
        refused.attempt(refused.running(refused.item_sold, "prolong")["id"]),
        refused.start("open", refused.item("second.ru")),
    ]
    answers.append(refused.ask("sync_item", "--item", refused.item_sold))
    assert {answer.code for answer in answers} == {"account_paused"}
    assert len(refused.asked) == refused.asked_before


def test_public_questions_go_on_while_a_login_rests(refused):
    assert refused.ask("whois", "--param", "example.com", "--module", MODULE).status == 0


def test_other_settings_lift_the_pause(refused):
    refused.connection(password="secret")
    assert refused.start("prolong", refused.item_sold).status == 0


def test_a_successful_check_lifts_the_pause_without_other_settings(shop):
    item = shop.sold()
    shop.up.post("switch", allowed_ips=["203.0.113.9"])
    assert shop.start("prolong", item).code == "invalid_login_or_passwd"
    shop.up.post("switch", allowed_ips=[])
    assert shop.attempt(shop.running(item, "prolong")["id"]).code == "account_paused"
    assert check(shop, id=str(MODULE)).status == 0
    assert shop.attempt(shop.running(item, "prolong")["id"]).status == 0
    assert shop.charges == [("renew", "example.ru")]


def test_a_check_that_fails_leaves_the_pause(refused):
    assert check(refused, password="wrong").code == "invalid_login_or_passwd"
    assert refused.attempt(refused.running(refused.item_sold, "prolong")["id"]).code == "account_paused"


def test_a_pause_of_one_login_is_none_of_another(refused):
    second = refused.second_connection(project=PROJECT)
    item = refused.sold("second.ru", processingmodule=second)
    assert refused.start("prolong", item).status == 0
