"""What commands and files of a Linux machine say is understood."""

from datetime import date, timedelta

import msgspec
import pytest

from kanmon.client import accounts, antivirus, firewall, packages, services, settings
from kanmon.common import clock
from kanmon.intake.formats.kanmon_schema import AccountPart, PendingPart, ServicePart, SharePart, SoftwarePart
from tests.intake.test_real_inventories import ROOT

DPKG = """installed\tadduser\t3.134\tall\tDebian Adduser Developers <adduser@packages.debian.org>\tadduser\t3.134
installed\tlibssl3:amd64\t3.0.16-1~deb12u1\tamd64\tDebian OpenSSL Team <x@y>\topenssl\t3.0.16-1~deb12u1
installed\tcpp\t4:12.2.0-3\tamd64\tDebian GCC <x@y>\tgcc-defaults\t1.203
config-files\told-thing\t1.0\tamd64\tSomebody <x@y>\told-thing\t1.0
"""

APT = """NOTE: This is only a simulation!
Inst base-files [12.4+deb12u11] (12.4+deb12u15 Debian:12.15/stable [amd64])
Inst libgcrypt20 [1.10.1-3] (1.10.1-3+deb12u1 Debian:12.15/stable, Debian-Security:12/stable-security [amd64]) []
Inst new-thing (1.0-1 Ubuntu:22.04/jammy-updates [all])
Conf base-files (12.4+deb12u15 Debian:12.15/stable [amd64])
"""

DNF = """
kernel.x86_64                    5.14.0-503.11.1.el9_5          baseos
vim-minimal.x86_64               2:8.2.2637-21.el9              baseos
Obsoleting Packages
old.noarch                       1-1                            baseos
"""


def test_packages_of_dpkg_that_are_really_installed():
    assert packages.from_dpkg(DPKG) == [
        SoftwarePart("adduser", "3.134", "Debian Adduser Developers", "all", "deb", "adduser"),
        SoftwarePart("libssl3", "3.0.16-1~deb12u1", "Debian OpenSSL Team", "amd64", "deb", "openssl"),
        SoftwarePart("cpp", "4:12.2.0-3", "Debian GCC", "amd64", "deb", "gcc-defaults 1.203"),
    ]


def test_packages_of_rpm_without_keys():
    text = "bash\t5.1.8-9.el9\tx86_64\tRed Hat, Inc.\ngpg-pubkey\t1-2\t(none)\t(none)\nown\t1:2-3\tnoarch\t(none)\n"
    assert packages.from_rpm(text) == [
        SoftwarePart("bash", "5.1.8-9.el9", "Red Hat, Inc.", "x86_64", "rpm"),
        SoftwarePart("own", "1:2-3", "", "noarch", "rpm"),
    ]


def test_updates_of_apt_and_which_of_them_are_for_security():
    assert packages.from_apt(APT) == [
        PendingPart("base-files", "12.4+deb12u15", False),
        PendingPart("libgcrypt20", "1.10.1-3+deb12u1", True),
        PendingPart("new-thing", "1.0-1", False),
    ]


def test_updates_of_dnf():
    advisories = "RHSA-2025:1 Important/Sec. kernel-5.14.0-503.11.1.el9_5.x86_64\n"
    assert packages.from_dnf(DNF, advisories) == [
        PendingPart("kernel", "5.14.0-503.11.1.el9_5", True),
        PendingPart("vim-minimal", "2:8.2.2637-21.el9", False),
    ]
    assert [update.security for update in packages.from_dnf(DNF, None)] == [None, None]


PASSWD = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
mika:x:1000:1000::/home/mika:/bin/bash
jun:x:1001:1001::/home/jun:/bin/zsh
empty:x:1002:27::/home/empty:/bin/sh
"""
GROUP = "sudo:x:27:mika\nusers:x:100:jun\n"
SHADOW = """root:*:19000:0:99999:7:::
mika:$y$j9T$salt$hash:20000:0:90:7:::
jun:$y$j9T$salt$hash:20000:0:99999:7::1:
empty::20000:0::7:::
"""


def test_accounts_with_their_passwords_as_root_sees_them():
    changed = date(1970, 1, 1) + timedelta(days=20000)
    assert accounts.from_files(PASSWD, GROUP, SHADOW) == [
        AccountPart("root", False, True, False, None, None, date(2022, 1, 8)),
        AccountPart("mika", True, True, False, True, True, changed),
        AccountPart("jun", False, False, False, True, False, changed),  # expired on 2 January 1970
        AccountPart("empty", True, True, False, False, False, changed),
    ]


def test_accounts_without_shadow_leave_open_what_only_shadow_tells():
    assert accounts.from_files(PASSWD, GROUP, None)[1] == AccountPart("mika", administrator=True)


def rules(*more):
    chain = {"family": "inet", "table": "t", "name": "in", "type": "filter", "hook": "input", "policy": "accept"}
    return msgspec.json.encode({"nftables": [{"metainfo": {}}, {"chain": chain}, *more]}).decode()


def rule(chain, *expr):
    return {"rule": {"family": "inet", "table": "t", "chain": chain, "expr": expr}}


def test_a_ruleset_that_drops_nothing_is_no_firewall():
    assert not firewall.nftables_filters('{"nftables": []}')
    assert not firewall.nftables_filters(rules(rule("in", {"counter": {}}), rule("unreached", {"drop": None})))


def test_a_ruleset_that_drops_by_policy_by_rule_or_by_a_jump_is_a_firewall():
    assert firewall.nftables_filters(rules().replace("accept", "drop"))
    assert firewall.nftables_filters(rules(rule("in", {"reject": {}})))
    assert firewall.nftables_filters(rules(rule("deep", {"drop": None}), rule("in", {"jump": {"target": "deep"}})))


def test_rules_of_iptables():
    assert not firewall.iptables_filters("-P INPUT ACCEPT\n-A FORWARD -j DROP\n-A INPUT -i lo -j ACCEPT\n")
    assert firewall.iptables_filters("-P INPUT DROP\n")
    assert firewall.iptables_filters("-P INPUT ACCEPT\n-A INPUT -j own\n-A own -p tcp -j REJECT --reject-with x\n")


def test_services_of_systemd():
    units = "ssh.service loaded active running OpenSSH\ncron.service loaded inactive dead Cron\n"
    files = "ssh.service enabled enabled\ncron.service disabled enabled\nnfs.service masked enabled\n"
    files += "getty@.service enabled enabled\n"
    assert services.from_systemctl(units, files) == [
        ServicePart("cron", False, "manual"),
        ServicePart("nfs", False, "disabled"),
        ServicePart("ssh", True, "automatic"),
    ]


def test_shares_of_samba_and_nfs():
    text = "[global]\n  workgroup = X\n[homes]\n[printers]\n[print$]\n[public]\n  path = /srv\n"
    assert services.from_samba(text) == [SharePart("homes"), SharePart("print$", True), SharePart("public")]
    assert services.from_exports('# none\n/srv 192.0.2.0/24(ro)\n"/a b" *(rw)\n') == [
        SharePart("/srv"),
        SharePart("/a b"),
    ]


def test_automatic_updates_need_both_lists_and_installation():
    both = 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n'
    assert settings.from_apt_config(both)
    assert not settings.from_apt_config(both.replace('Upgrade "1"', 'Upgrade "0"'))
    assert not settings.from_apt_config(both + 'APT::Periodic::Enable "0";\n')
    assert not settings.from_apt_config("")


def test_the_screen_lock_of_gnome():
    on = {"screensaver": True, "screensaver_password": True, "screen_lock_seconds": 330}
    assert settings.from_gnome("uint32 300\n", "true\n", "uint32 30\n") == on
    assert settings.from_gnome("uint32 0", "true", "uint32 0") == {"screensaver": False, "screensaver_password": True}
    assert settings.from_gnome("", "true", "") is None


def test_the_header_of_a_clamav_database():
    made = antivirus.from_clamav_header(
        b"ClamAV-VDB:07 Jun 2024 09-30 -0400:27299:2061:90:md5:sig:raynman:1" + b" " * 400
    )
    assert made == ("27299", date(2024, 6, 7))
    assert antivirus.from_clamav_header(b"something else") == ("", None)


def test_defender_that_does_not_protect_in_real_time():
    text = """{"appVersion": "101.1", "engineVersion": "1.1.2", "definitionsVersion": "1.395.30.0",
        "definitionsUpdated": "1691587153787", "definitionsStatus": {"$type": "upToDate"},
        "realTimeProtectionEnabled": {"value": false}}"""
    told = antivirus.from_mdatp(text)
    assert (told.version, told.engine, told.definitions, told.definitions_date) == (
        "101.1",
        "1.1.2",
        "1.395.30.0",
        date(2023, 8, 9),
    )
    assert (told.enabled, told.up_to_date) == (False, True)


@pytest.mark.parametrize(
    ("state", "enabled"), [("Agent state      Enabled", True), ("Agent state  Disabled", False), ("", None)]
)
def test_sentinelone(state, enabled):
    told = antivirus.from_sentinelctl(f"Agent version: 30.1.1.10\nDFI library version   30.5.6.5\n{state}\n")
    assert (told.version, told.engine, told.enabled) == ("30.1.1.10", "30.5.6.5", enabled)


def test_clamav_calls_its_database_old_after_a_week():
    assert antivirus._current(clock.today() - timedelta(days=7)) is True
    assert antivirus._current(clock.today() - timedelta(days=8)) is False
    assert antivirus._current(None) is None


@pytest.mark.parametrize(("name", "active"), [("ON", True), ("OFF", False)])
def test_ufw_says_itself_whether_it_is_active(name, active):
    path = ROOT / "glpi-agent" / f"linux_firewall_ubuntu_ufw_status_{name}.txt"
    if not path.exists():
        pytest.skip(f"NO REAL OUTPUT OF UFW TESTED: there is none in {ROOT}")
    assert firewall.ufw_is_active(path.read_text("utf-8")) is active
