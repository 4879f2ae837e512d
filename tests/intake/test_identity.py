"""Serial numbers, UUIDs and addresses that name no machine are dropped."""

import pytest

from kanmon.intake.identity import clean_mac, clean_macs, clean_serial, clean_uuid, is_virtual
from kanmon.intake.text import clean, day, moment, offset


@pytest.mark.parametrize(
    "filler",
    [
        "To be filled by O.E.M.",
        "System Serial Number",
        "Default string",
        "0",
        "None",
        "Not Specified",
        "N/A",
        "  ",
        None,
        "0000000000",
        "XXXXXXXX",
        "123456789",
        "................",
        "ffffffff",
        "300030003000300030000000",
        "release-keys",
    ],
)
def test_a_filler_is_no_serial_number(filler):
    assert clean_serial(filler) == ""


@pytest.mark.parametrize("serial", ["CZC0479792", "5CG1234XYZ", "VMware-56 4d 3a", "A1", "640HP72"])
def test_a_real_serial_number_stays(serial):
    assert clean_serial(f" {serial} ") == serial


@pytest.mark.parametrize(
    "filler",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "Not Settable",
        "",
    ],
)
def test_a_filler_is_no_uuid(filler):
    assert clean_uuid(filler) == ""


def test_a_uuid_is_written_in_one_way():
    assert clean_uuid("{4C4C45440042351080 52B4C04F4A3432}".replace(" ", "")) == "4c4c4544-0042-3510-8052-b4c04f4a3432"


def test_addresses_that_do_not_name_one_machine_are_dropped():
    told = [
        "00:00:00:00:00:00",
        "FF:FF:FF:FF:FF:FF",
        "01:00:5e:00:00:01",
        "02:42:ac:11:00:02",
        "50:50:54:50:30:30",
        "",
        None,
    ]
    assert clean_macs(told) == ()
    assert clean_macs(["F0-1F-AF-00-00-42", "f01faf000042", "02:00:00:00:00:01"]) == (
        "02:00:00:00:00:01",
        "f0:1f:af:00:00:42",
    )
    assert clean_mac("0.24.1b.0.96.9d.ca.1.a.2.ff.fe.0.0.0.0") == ""


def test_bridges_and_tunnels_are_no_cards():
    assert all(map(is_virtual, ["lo", "docker0", "br-12ab", "virbr0-nic", "veth12", "tun0", "TAP-Windows Adapter V9"]))
    assert not any(map(is_virtual, ["eth0", "enp57s0u1u4", "wlp2s0", "bond0", "Intel(R) PRO/1000 MT", "em0"]))


def test_dates_with_slashes_have_the_day_first():
    assert day("01/04/2019") == "2019-04-01"
    assert [day(text) for text in ("2019-04-01", "20190401.007", "2019-04-01T10:00:00Z", "1.4.2019")] == [
        "2019-04-01"
    ] * 4
    assert [day(text) for text in ("13/13/2019", "N/A", "2022-21-09", "1.1.23070.1002", "")] == [""] * 5


def test_local_times_are_told_with_the_zone_of_the_pc():
    assert moment("2026-03-02 18:04:05", offset("+0900")) == moment("2026-03-02T09:04:05Z") == 1772442245
    assert moment("2022-21-09 05:21:23") is None
    assert offset("+20") == offset(None) == offset("UTC")


def test_texts_are_cut_and_lose_control_characters():
    assert clean(" a\x00b\x1b[31m\nc\ud800 ") == "a b [31m c"
    assert len(clean("x" * 100_000)) == 500
