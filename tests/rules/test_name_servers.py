import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.rules.names import name_servers, to_ascii

from .attempts import attempt

FOREIGN = ("ns1.example.net", "ns2.example.net")


@pytest.mark.parametrize(
    ("values", "domain", "servers"),
    [
        ([], "example.ru", ()),
        (["", " "], "example.ru", ()),
        (["NS1.Example.NET.", " ns2.example.net "], "example.ru", FOREIGN),
        (["ns1.example.net", "", "ns2.example.net", ""], "example.ru", FOREIGN),
        (
            ["ns1.пример.рф", "ns2.example.net"],
            "example.ru",
            ("ns1.xn--e1afmkfd.xn--p1ai", "ns2.example.net"),
        ),
        (
            ["ns1.example.ru/203.0.113.5", "ns2.example.ru/203.0.113.5, 203.0.113.6"],
            "example.ru",
            ("ns1.example.ru/203.0.113.5", "ns2.example.ru/203.0.113.5,203.0.113.6"),
        ),
        (
            ["ns1.пример.рф/203.0.113.5", "ns2.example.net"],
            "ПРИМЕР.РФ",
            ("ns1.xn--e1afmkfd.xn--p1ai/203.0.113.5", "ns2.example.net"),
        ),
        (
            ["example.ru/203.0.113.5", "ns1.notexample.ru"],
            "example.ru",
            ("example.ru/203.0.113.5", "ns1.notexample.ru"),
        ),
        (
            ["ns1.example.ru/203.0.113.5,203.0.113.5", "ns2.example.net"],
            "example.ru",
            ("ns1.example.ru/203.0.113.5", "ns2.example.net"),
        ),
        (
            [f"ns{n}.example.net" for n in range(4)],
            "example.ru",
            tuple(f"ns{n}.example.net" for n in range(4)),
        ),
    ],
)
def test_name_servers_of_the_panel_become_those_of_the_upstream(values, domain, servers):
    assert name_servers(values, domain) == servers


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["ns1.example.net"], "1 name servers, none or 2-4 expected"),
        ([f"ns{n}.example.net" for n in range(5)], "5 name servers, none or 2-4 expected"),
        (["ns1.example.net", "NS1.example.net."], "ns1.example.net is named twice"),
        (
            ["ns1.example.ru", "ns2.example.net"],
            "ns1.example.ru: inside the domain its IPv4 address is needed, ns1.example.ru/IPv4",
        ),
        (["ns1.example.ru/", "ns2.example.net"], "ns1.example.ru/: IPv4 expected"),
        (["ns1.example.ru/2001:db8::1", "ns2.example.net"], "ns1.example.ru/2001:db8::1: IPv4 expected"),
        (
            ["ns1.example.ru/203.0.113.5,zz", "ns2.example.net"],
            "ns1.example.ru/203.0.113.5,zz: IPv4 expected",
        ),
        (["ns1.example.ru/203.0.113.05", "ns2.example.net"], "ns1.example.ru/203.0.113.05: IPv4 expected"),
        (
            ["ns1.example.net/203.0.113.5", "ns2.example.net"],
            "ns1.example.net/203.0.113.5: an IPv4 address is allowed only inside example.ru",
        ),
        (
            ["ns1.example.net/", "ns2.example.net"],
            "ns1.example.net/: an IPv4 address is allowed only inside example.ru",
        ),
        (["ns1", "ns2.example.net"], "ns1: host name expected"),
        (["203.0.113.5", "ns2.example.net"], "203.0.113.5: host name expected"),
        (["-ns.example.net", "ns2.example.net"], "-ns.example.net: host name expected"),
        (
            ["ns1.example.net ns2.example.net"],
            "ns1.example.net ns2.example.net: net ns2: 1-63 letters, digits and hyphens expected",
        ),
        (["a..b", "ns2.example.net"], "a..b: a part between dots is empty"),
    ],
)
def test_name_servers_that_cannot_work_are_refused_with_the_value_and_the_reason(values, reason):
    with pytest.raises(Failure) as caught:
        name_servers(values, "example.ru")
    assert (caught.value.code, messages.params(caught.value, "en")) == ("ns_bad", {"reason": reason})


def test_name_servers_of_no_domain_are_refused():
    with pytest.raises(Failure) as caught:
        name_servers(FOREIGN, "")
    assert caught.value.code == "name_bad"


hosts = st.from_regex(r"ns[0-9]{1,3}\.example\.(net|ru)", fullmatch=True)
values = st.lists(
    st.one_of(hosts, hosts.map(lambda host: f"{host}/203.0.113.7"), st.text(max_size=12)), max_size=6
)


@given(values)
def test_accepted_name_servers_are_clean_and_accepted_again(given_values):
    servers = attempt(name_servers, given_values, "example.ru")
    if isinstance(servers, Failure):
        assert servers.code == "ns_bad"
        assert servers.params["reason"].isprintable()
    else:
        bare = [server.split("/")[0] for server in servers]
        assert len(servers) in (0, 2, 3, 4)
        assert len(set(bare)) == len(bare)
        assert [to_ascii(host) for host in bare] == bare
        assert name_servers(servers, "example.ru") == servers
