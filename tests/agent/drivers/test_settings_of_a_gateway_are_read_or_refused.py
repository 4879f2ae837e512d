"""What the driver nftables is told: read, or refused by a sentence that names the setting. nft is not asked here."""

from pathlib import Path
from typing import Any

import pytest

from kanmon.agent.drivers.base import Change
from kanmon.agent.drivers.nftables import kept, rules, settings
from kanmon.agent.drivers.nftables.redirect import answer
from kanmon.common.errors import Refused
from kanmon.wire import Fixed, Setup

GOOD = {"mode": "bridge", "bridge": "br0", "ports": ["p1", "p*"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "switched"),
        ("ports", []),
        ("ports", ["p1; drop"]),
        ("ports", ['p1"']),
        ("ports", ["longer-than-any-interface"]),
        ("bridge", ""),
        ("bridge", "br0 x"),
        ("table", "Kanmon"),
        ("table", "inet filter"),
        ("namespace", "a/b"),
        ("redirect_port", 0),
        ("redirect_port", 65536),
        ("mark", 0),
        ("seen_seconds", 5),
        ("time_limit_seconds", 0),
        ("keep", "keep"),
        ("allowed", ["192.0.2.300"]),
        ("allowed", ["192.0.2.1 sctp/80"]),
        ("allowed", ["192.0.2.1 tcp/0"]),
        ("allowed", ["192.0.2.1 tcp/90-80"]),
        ("allowed", ["192.0.2.1 accept; flush ruleset"]),
        ("allowed", ["example.test"]),
        ("allowed", ["192.0.2.1"] * 201),
        ("dns", ["everybody"]),
        ("page", "javascript:alert(1)"),
        ("page", "https://"),
        ("page", "https://a.example/\r\nSet-Cookie: x"),
        ("page", "https://[::1"),
        ("colour", "blue"),
        ("mark", "much"),
    ],
)
def test_what_can_not_be_used_is_refused_and_named(name: str, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        settings.read(GOOD | {name: value})
    assert refused.value.message_id == "KNM8301-E"
    assert name in str(refused.value)


def test_destinations_are_read_in_every_spelling() -> None:
    read = settings.allowed(("192.0.2.7", "192.0.2.9/24", "2001:db8::7 tcp/8443", "192.0.2.7 udp/123-124"))
    assert [(one.family, one.network, one.transport, one.ports) for one in read] == [
        ("ip", "192.0.2.7/32", "", ""),
        ("ip", "192.0.2.0/24", "", ""),
        ("ip6", "2001:db8::7/128", "tcp", "8443"),
        ("ip", "192.0.2.7/32", "udp", "123-124"),
    ]


def test_what_the_manager_sets_wins_and_is_checked_as_well() -> None:
    own = settings.read(GOOD | {"allowed": ["192.0.2.7"], "dns": ["192.0.2.53"]})
    assert settings.reach(own, None) == settings.Reach(("192.0.2.7",), ("192.0.2.53",), "")
    assert settings.reach(own, {"allowed": ["192.0.2.8"]}).allowed == ("192.0.2.8",)
    for told in ({"ports": ["p9"]}, {"allowed": ["x"]}, {"page": "file:///etc"}, {"allowed": 7}):
        with pytest.raises(Refused, match="nftables"):
            settings.reach(own, told)


@pytest.mark.parametrize(
    ("octets", "written"),
    [("00:1b:a9", "00:1b:a9:00:00:00-00:1b:a9:ff:ff:ff"), ("00:1b:a9:01:02", "00:1b:a9:01:02:00-00:1b:a9:01:02:ff"),
     ("00:1b:a9:01:02:03", "00:1b:a9:01:02:03")],
)  # fmt: skip
def test_first_octets_of_fixed_devices_are_a_range(octets: str, written: str) -> None:
    setup = Setup(fixed=(Fixed(mac=octets),))
    read = settings.read(GOOD)
    assert f"elements = {{ {written} }}" in rules.whole(rules.Whole(read, read.reach, setup, {}))


def test_a_change_is_one_transaction_that_can_be_repeated() -> None:
    text = rules.change(settings.read(GOOD), {"02:00:00:00:00:01": "deny", "02:00:00:00:00:02": None})
    assert text.splitlines() == [
        "add element bridge kanmon permit { 02:00:00:00:00:01, 02:00:00:00:00:02 }",
        "delete element bridge kanmon permit { 02:00:00:00:00:01, 02:00:00:00:00:02 }",
        "add element bridge kanmon deny { 02:00:00:00:00:01 }",
        "add element bridge kanmon deny { 02:00:00:00:00:02 }",
        "delete element bridge kanmon deny { 02:00:00:00:00:02 }",
        "add element bridge kanmon refuse { 02:00:00:00:00:01, 02:00:00:00:00:02 }",
        "delete element bridge kanmon refuse { 02:00:00:00:00:01, 02:00:00:00:00:02 }",
    ]


def test_the_redirect_is_an_answer_without_anything_of_the_request() -> None:
    head, _, body = answer("https://mend.example.test:8443/pc?a=1&b=2").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 302 Found\r\nLocation: https://mend.example.test:8443/pc?a=1&b=2\r\n")
    assert b"Connection: close" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"a=1&amp;b=2" in body


def test_files_are_kept_in_generations(tmp_path: Path) -> None:
    made = kept.Kept(tmp_path / "keep")
    assert not made.change("too early")
    made.whole("first")
    assert made.change("a")
    assert made.change("b")
    assert _texts(tmp_path) == ["first", "a", "b"]
    made.whole("second")
    assert _texts(tmp_path) == ["second"]
    for number in range(kept.CHANGES_MOST):
        assert made.change(str(number))
    assert not made.change("one too many")
    made.remove()
    assert _texts(tmp_path) == []


def _texts(folder: Path) -> list[str]:
    files = sorted((folder / "keep").glob("*.nft"))
    return [one.read_text().partition("\n")[2] for one in files]


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "keep").write_text("a file")
    with pytest.raises(Refused) as refused:
        kept.Kept(tmp_path / "keep").whole("text")
    assert refused.value.message_id == "KNM8315-E"


def test_what_is_no_mac_address_does_not_reach_the_text() -> None:
    with pytest.raises(ValueError, match="no MAC address"):
        rules.change(settings.read(GOOD), {Change("} flush ruleset", "deny").mac: "deny"})
