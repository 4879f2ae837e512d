"""Spellings of MAC addresses, the setup, and what becomes of it in RADIUS: values in, values out."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanmon.agent.radius import attributes, setup
from kanmon.agent.radius.request import read
from kanmon.common import mac
from kanmon.common.errors import Refused


@pytest.mark.parametrize(
    "text",
    [
        "02:00:5e:00:53:01", "02-00-5E-00-53-01", "0200.5e00.5301", "0200-5E00-5301", "0200:5e00:5301", "02005e005301",
        "02005E-005301", "02.00.5e.00.53.01", "02 00 5e 00 53 01", ' "02-00-5E-00-53-01" ', "02-00-5E-00-53-01:office",
        "02:00:5e:00:53:01:guest wifi",
    ],
)  # fmt: skip
def test_every_spelling_is_the_same_mac(text: str) -> None:
    assert mac.parse(text) == "02:00:5e:00:53:01"


@pytest.mark.parametrize(
    "text",
    [
        "", "pc01", "10.0.0.1", "2001:db8::1", "02:00:5e:00:53", "02:00:5e:00:53:01:02", "02:00-5e:00:53:01",
        "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00", "0200.5e005301", "02005e0053011", "g2005e005301",
        "02005e005301" * 100,
    ],
)  # fmt: skip
def test_what_is_no_mac_of_a_pc_is_none(text: str) -> None:
    assert mac.parse(text) is None


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    found = mac.parse(text)
    assert found is None or mac.parse(found) == found == mac.parse(mac.dashes(found))


@given(st.binary(max_size=400))
def test_no_body_makes_reading_fail_otherwise_than_in_words(body: bytes) -> None:
    with suppress(Refused):  # any other exception is a defect
        read(body)


def test_a_body_is_bounded_and_its_texts_are_one_line() -> None:
    with pytest.raises(Refused, match="more than 65536"):
        read(b" " * 70_000)
    with pytest.raises(Refused, match="301 attributes"):
        read(b"{" + b",".join(b'"a%d":{}' % number for number in range(301)) + b"}")
    told = read(b'{"User-Name":{"value":["a\\nKNM0000-E b"]},"NAS-Port-Id":{"value":["' + b"x" * 999 + b'"]}}')
    assert told.user == "a?KNM0000-E b"
    assert len(told.port) == 253


def test_a_network_becomes_the_attributes_of_rfc_3580() -> None:
    made = setup.read({"networks": {"quarantine": {"vlan": "20", "filter_id": "q", "session_seconds": 300}}})
    assert attributes.of_network(made, "quarantine", "standard") == {
        "Tunnel-Type": ["VLAN"], "Tunnel-Medium-Type": ["IEEE-802"], "Tunnel-Private-Group-Id": ["20"],
        "Filter-Id": ["q"], "Session-Timeout": ["300"], "Termination-Action": ["RADIUS-Request"],
        "Class": ["kanmon:quarantine"],
    }  # fmt: skip
    assert attributes.network_of("kanmon:quarantine") == "quarantine"
    assert attributes.network_of("quarantine") is None
    assert attributes.network_of("kanmon:elsewhere") is None


def test_profiles_add_what_a_make_wants_and_blanks_are_filled() -> None:
    made = setup.read(
        {
            "networks": {"quarantine": {"filter_id": "q", "acl": "110", "attributes": {"X-Acl": "{acl}/{network}/{mac}"}}},
            "profiles": {"mine": {"coa": {"Cisco-AVPair": ["a={vlan}", "b={filter_id}"]}}},
        }
    )  # fmt: skip
    aruba = attributes.of_network(made, "quarantine", "aruba", "02:00:00:00:00:01")
    assert aruba["Aruba-User-Role"] == ["q"]
    assert aruba["X-Acl"] == ["110/quarantine/02:00:00:00:00:01"]
    assert "Aruba-User-Role" not in attributes.of_network(made, "corporate", "aruba")  # no filter there: left away
    assert attributes.of_change(made, "quarantine", "cisco", "") == {
        "Cisco-AVPair": ["subscriber:command=reauthenticate"]
    }
    assert attributes.of_change(made, "quarantine", "rfc5176", "") == {"Filter-Id": ["q"], "X-Acl": ["110/quarantine/"]}
    assert attributes.of_change(made, "quarantine", "mine", "") == {"Cisco-AVPair": ["a=", "b=q"]}


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"networks": {"quarantine": {"vlan": "%{User-Password}"}}}, "per cent"),
        ({"networks": {"quarantine": {"attributes": {"Reply-Message": 'a"\nb'}}}}, "per cent sign, quote"),
        ({"networks": {"quarantine": {"attributes": {"MS-MPPE-Send-Key": "x"}}}}, "not for a setup"),
        ({"networks": {"quarantine": {"attributes": {"a b": "x"}}}}, "no name"),
        ({"networks": {"quarantine": {"attributes": {"Filter-Id": "{host}"}}}}, "{host}"),
        ({"networks": {"quarantine": {"attributes": {"Filter-Id": "x" * 248}}}}, "247 bytes"),
        ({"networks": {"quarantine": {"session_seconds": 5}}}, "5 is not between 30 and 604800"),
        ({"networks": {"corporate": {"accept": False}}}, "must accept"),
        ({"networks": {"quarantine": {"accept": False}}, "when_gone": "quarantine"}, "accepted into"),
        ({"when_gone": "open"}, "when_gone"),
        ({"networks": {"guest": {}}}, "guest"),
        ({"something": 1}, "something"),
        ([], "KNM8200"),
    ],
)
def test_a_setup_that_a_switch_or_freeradius_would_stumble_over_is_refused(told: Any, word: str) -> None:
    if word == "KNM8200":
        assert setup.read(told) == setup.DEFAULT  # nothing told: as built in
        return
    with pytest.raises(Refused, match=word) as refused:
        setup.read(told)
    assert refused.value.message_id == "KNM8200-E"


def test_what_the_manager_tells_wins_and_who_may_do_little_is_not_let_in_unbound() -> None:
    local = {"profiles": {"mine": {}}, "networks": {"quarantine": {"vlan": "1"}, "corporate": {"vlan": "9"}}}
    told = {
        "networks": {
            "quarantine": {"vlan": "20"}, "refused": {}, "unauthenticated": {"attributes": {"Filter-Id": "guests"}},
        },
        "when_gone": "quarantine",
    }  # fmt: skip
    made = setup.read(local, told)
    assert {name: reply.accept for name, reply in made.networks.items()} == {
        "corporate": True, "quarantine": True, "refused": False, "unauthenticated": True,
    }  # fmt: skip
    assert (made.networks["quarantine"].vlan, made.networks["corporate"].vlan) == ("20", "9")
    assert made.when_gone == "quarantine"
    assert "mine" in made.profiles
    assert setup.read({"networks": {"quarantine": {}}}).networks["quarantine"].accept is False
    with pytest.raises(Refused):
        setup.read(local, {"networks": {"corporate": {"vlan": "%n"}}})
