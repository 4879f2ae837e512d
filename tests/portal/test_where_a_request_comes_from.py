"""The address of a PC: a header that anybody can send counts only behind proxies that the settings name."""

import pytest

from kanmon.common.errors import Refused
from kanmon.portal.address import networks, source

PROXIES = networks(["10.0.0.5", "10.1.0.0/16", "2001:db8:1::/64"])


def told(peer: str, *forwarded: str) -> str | None:
    found = source(peer, forwarded, PROXIES)
    return None if found is None else str(found)


def test_a_header_is_not_believed_from_anybody_else() -> None:
    assert told("10.9.0.1", "10.9.0.2") == "10.9.0.1"
    assert told("10.0.0.6", "10.9.0.2") == "10.0.0.6", "beside the proxy"
    assert str(source("10.0.0.5", ["10.9.0.2"], ())) == "10.0.0.5", "none is named"


def test_behind_a_proxy_the_address_is_the_last_that_is_no_proxy() -> None:
    assert told("10.0.0.5", "10.9.0.2") == "10.9.0.2"
    assert told("10.0.0.5", "10.9.0.2, 10.1.2.3") == "10.9.0.2"
    assert told("2001:db8:1::7", "2001:db8:2::9") == "2001:db8:2::9"


def test_what_a_pc_has_put_into_the_header_itself_does_not_count() -> None:
    assert told("10.0.0.5", "10.9.0.66, 10.9.0.2") == "10.9.0.2"
    assert told("10.0.0.5", "10.9.0.66", "10.9.0.2") == "10.9.0.2", "two headers are one list"
    assert told("10.0.0.5", "10.9.0.66, 10.1.0.9, 10.9.0.2, 10.1.2.3") == "10.9.0.2"


@pytest.mark.parametrize(
    "header",
    ["", "unknown", "10.9.0.2, nonsense", "10.9.0.2:443", "10.1.0.1", "10.9.0.2," * 30, "10.9.0.2, ", "1" * 5000],
)
def test_what_can_t_be_read_behind_a_proxy_is_nobody(header: str) -> None:
    assert told("10.0.0.5", header) is None
    assert told("10.0.0.5") is None, "a proxy that says nothing"


def test_addresses_are_told_apart_in_one_spelling() -> None:
    assert told("::ffff:10.9.0.1") == "10.9.0.1"
    assert told("::ffff:10.0.0.5", "::ffff:10.9.0.2") == "10.9.0.2"
    assert told("fe80::1%eth0") == "fe80::1"
    assert told("2001:DB8:0:0::9") == "2001:db8::9"
    assert told("") is None


def test_a_network_that_is_none_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refused, match=r"portal\.proxies.*10\.0\.0\.0/99"):
        networks(["10.0.0.0/99"])
