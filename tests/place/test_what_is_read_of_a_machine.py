"""Deciding whether a Manager may start: values in, a sentence out."""

import pytest

from kanmon.cluster import machine
from kanmon.cluster.machine import Machine, Mount
from kanmon.cluster.place import Wanted, decide

MOUNTS = """\
23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
31 23 0:28 / /srv rw - autofs systemd-1 rw
32 31 0:44 / /srv rw - nfs4 filer:/export rw,vers=4.2
33 23 7:1 / /mnt/shared\\040disk rw,relatime - ext4 /dev/loop1 rw
34 23 0:50 / /mnt/sshfs rw,nosuid - fuse.sshfs user@host:/ rw
"""
FIB_TRIE = """\
Local:
  +-- 0.0.0.0/0 3 0 5
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     |-- 192.0.2.10
        /32 host LOCAL
"""
IF_INET6 = """\
20010db8000000000000000000000010 02 40 00 80     eth0
20010db8000000000000000000000011 02 40 00 c0     eth0
20010db8000000000000000000000012 02 40 00 88     eth0
"""


@pytest.fixture
def seen() -> Machine:
    return Machine(machine._mounts(MOUNTS), machine._addresses(FIB_TRIE, IF_INET6))


def wanted(home: str = "/mnt/shared disk/home", mount: str = "", address: str = "", **more: bool) -> Wanted:
    return Wanted(home, mount, address, more.get("sqlite", True), more.get("shared_disk", True))


def refusal(*told: Wanted, seen: Machine) -> list[str]:
    refused = [decide(one, seen) for one in told]
    return [one.message_id if one else "" for one in refused]


def test_a_mount_is_found_by_its_longest_point_and_the_last_one_on_top(seen: Machine) -> None:
    assert seen.mount_of("/srv/kanmon") == Mount("/srv", "nfs4", "filer:/export")
    assert seen.mount_of("/srvs") == Mount("/", "ext4", "/dev/vda")
    assert seen.mount_of("/mnt/shared disk") == Mount("/mnt/shared disk", "ext4", "/dev/loop1")


def test_an_address_in_doubt_is_not_yet_here(seen: Machine) -> None:
    assert seen.addresses == {"127.0.0.1", "192.0.2.10", "2001:db8::10"}


def test_the_disk_has_to_be_mounted_with_the_home_on_it(seen: Machine) -> None:
    there = wanted(mount="/mnt/shared disk")
    missing = wanted(mount="/mnt/other", home="/mnt/other/home")
    beside = wanted(mount="/mnt/shared disk", home="/var/lib/kanmon")
    alike = wanted(mount="/mnt/shared disk", home="/mnt/shared disk2/home")
    assert refusal(there, missing, beside, alike, seen=seen) == ["", "KNM4180-E", "KNM4181-E", "KNM4181-E"]


def test_a_disk_that_moves_wants_its_journal_mode(seen: Machine) -> None:
    for_wal = wanted(mount="/mnt/shared disk", shared_disk=False)
    postgresql = wanted(mount="/mnt/shared disk", shared_disk=False, sqlite=False)
    assert refusal(for_wal, postgresql, seen=seen) == ["KNM4189-E", ""]


def test_the_address_has_to_be_here_and_to_be_one(seen: Machine) -> None:
    told = [wanted(address=one) for one in ("192.0.2.10", "192.0.2.11", "2001:DB8:0::10", "2001:db8::11", "kanmon/24")]
    assert refusal(*told, seen=seen) == ["", "KNM4182-E", "", "KNM4182-E", "KNM4185-E"]


@pytest.mark.parametrize("home", ["/srv/kanmon", "/mnt/sshfs/kanmon"])
def test_sqlite_is_refused_where_locks_are_another_machines_word(home: str, seen: Machine) -> None:
    assert refusal(wanted(home), wanted(home, sqlite=False), seen=seen) == ["KNM4184-E", ""]
