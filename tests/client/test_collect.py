"""The collector tells what is so on a machine, and leaves out what it cannot know."""

import json
import subprocess
import sys
import time

import pytest

from kanmon.client import antivirus, drives, identity, settings
from kanmon.client.collect import collect
from kanmon.client.machine import Machine, ask
from kanmon.common.facts import Agent, Antivirus, Drive, Setting
from kanmon.intake import formats


@pytest.fixture
def machine(tmp_path):
    """A machine made of files only."""

    def make(files=None, links=None):
        for name, content in (files or {}).items():
            path = tmp_path / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        for name, target in (links or {}).items():
            path = tmp_path / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)
        return Machine(str(tmp_path))

    return make


def of(report, record):
    return [fact for fact in report.facts if type(fact) is record]


def test_this_machine_is_told_in_a_form_that_the_manager_reads():
    body = collect(group="/Lab")
    report = formats.read(body)
    assert report.group == "/Lab"
    assert of(report, Agent)[0].name == "kanmon-client"
    assert report.host
    assert "antivirus" in report.told
    assert report.device_key == formats.read(collect()).device_key


def test_an_empty_machine_tells_nothing_but_that_it_looked(machine):
    report = formats.read(collect(machine()))
    assert report.told == {"antivirus", "share"}
    assert of(report, Antivirus) == []
    assert of(report, Setting) == []


def test_the_collector_needs_no_django():
    code = "import sys, kanmon.client.collect, kanmon.client.send; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_command_that_hangs_is_ended_with_its_children():
    began = time.monotonic()
    assert Machine().run("sh", "-c", "sleep 60 & sleep 60", seconds=0.3) is None
    assert time.monotonic() - began < 30


def test_a_command_that_is_not_installed_tells_nothing():
    assert Machine().run("no-such-command-here") is None


def test_an_answer_in_an_unknown_form_tells_nothing(machine):
    assert ask(lambda _: int("x"), machine()) is None


def test_files_that_the_kernel_gives_in_small_pieces_are_read():
    assert Machine().text("/proc/sys/kernel/osrelease")


SDA = {"/sys/class/block/sda1/size": "1", "/sys/class/block/dm-0/dm/uuid": "CRYPT-LUKS2-1234-root"}
MOUNTS = """22 1 8:1 / /boot rw - ext4 /dev/sda1 rw
23 1 253:1 / / rw - ext4 /dev/dm-1 rw
24 1 0:5 / /proc rw - proc proc rw
25 23 253:1 /x /mnt/again rw - ext4 /dev/dm-1 rw
26 1 8:9 / /gone rw - ext4 /dev/sdz9 rw
"""


def test_a_volume_on_lvm_on_dm_crypt_is_encrypted(machine):
    files = SDA | {"/proc/self/mountinfo": MOUNTS, "/sys/class/block/dm-1/dm/uuid": "LVM-abcd"}
    files["/sys/class/block/dm-1/slaves/dm-0"] = ""
    told = drives.drives(machine(files))
    assert [(d.name, d.system, d.encrypted, d.method) for d in told] == [
        ("/", True, True, "LUKS2"),
        ("/boot", False, False, ""),
    ]


def test_a_removable_disk_is_no_drive(machine):
    files = {"/proc/self/mountinfo": "1 1 8:1 / /media rw - vfat /dev/sdb1 rw\n", "/sys/devices/sdb/removable": "1"}
    files["/sys/devices/sdb/sdb1/size"] = "1"
    links = {"/sys/class/block/sdb1": "../../devices/sdb/sdb1"}
    assert drives.drives(machine(files, links)) is None


def test_a_container_whose_root_is_an_overlay_tells_no_drives(machine):
    assert drives.drives(machine({"/proc/self/mountinfo": "1 1 0:9 / / rw - overlay overlay rw\n"})) is None


VARIABLE = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({VARIABLE: b"\x06\0\0\0\x01"}, True),
        ({VARIABLE: b"\x06\0\0\0\x00"}, False),
        ({"/sys/firmware/acpi/pm_profile": "1"}, False),
        ({}, None),
        ({"/sys/firmware/efi/fw_platform_size": "64", "/sys/firmware/acpi/x": ""}, None),
    ],
)
def test_secure_boot(machine, files, state):
    assert settings.settings(machine(files)).secure_boot is state


def test_settings_by_files(machine):
    told = settings.settings(
        machine(
            {
                "/etc/gdm3/daemon.conf": "[daemon]\nAutomaticLoginEnable = true\nAutomaticLogin = mika\n",
                "/etc/shadow": "root:*:1:0:99999:7:::\nempty::1:0:99999:7:::\n",
                "/etc/modprobe.d/usb.conf": "install usb-storage /bin/false\n",
                "/sys/class/tpm/tpm0/tpm_version_major": "2",
                "/etc/dconf/db/local.d/00-lock": "[org/gnome/desktop/session]\nidle-delay=uint32 300\n"
                "[org/gnome/desktop/screensaver]\nlock-enabled=true\nlock-delay=uint32 0\n",
                "/etc/dconf/db/local.d/locks/lock": "/org/gnome/desktop/session/idle-delay\n"
                "/org/gnome/desktop/screensaver/lock-enabled\n/org/gnome/desktop/screensaver/lock-delay\n",
            }
        )
    )
    assert (told.automatic_logon, told.vulnerable_password, told.usb_storage, told.tpm) == (True, True, False, True)
    assert (told.screensaver, told.screensaver_password, told.screen_lock_seconds) == (True, True, 300)
    assert told.automatic_updates is None


def test_a_screen_lock_that_users_can_change_is_not_told(machine):
    text = "[org/gnome/desktop/session]\nidle-delay=uint32 300\n[org/gnome/desktop/screensaver]\nlock-enabled=true\n"
    assert settings.settings(machine({"/etc/dconf/db/local.d/00-lock": text})).screensaver is None


def test_the_machine_id_itself_is_not_sent(machine):
    secret = "0123456789abcdef0123456789abcdef"
    made = machine({"/etc/machine-id": secret + "\n"})
    assert secret not in collect(made).decode()
    assert identity.device_id(made).startswith("kanmon-")


def test_only_cards_name_the_machine(machine):
    net = "/sys/class/net"
    files = {f"{net}/eno1/address": "f0:1f:af:00:00:42\n", f"{net}/eno1/device/vendor": "x"}
    files |= {f"{net}/veth1/address": "f2:00:00:00:00:01\n", f"{net}/lo/address": "00:00:00:00:00:00\n"}
    assert identity.macs(machine(files)) == ("f0:1f:af:00:00:42",)


def test_make_and_system(machine):
    dmi = "/sys/class/dmi/id"
    files = {f"{dmi}/sys_vendor": "Example Corp.\n", f"{dmi}/product_name": "Book 7\n", f"{dmi}/chassis_type": "10\n"}
    files |= {
        "/etc/os-release": 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n',
        "/etc/debian_version": "12.11\n",
    }
    made = machine(files)
    assert msg(identity.hardware(made)) == {"manufacturer": "Example Corp.", "model": "Book 7", "chassis": "Notebook"}
    assert (identity.operating_system(made).name, identity.operating_system(made).version) == (
        "Debian GNU/Linux",
        "12.11",
    )


def msg(part):
    return {name: getattr(part, name) for name in part.__struct_fields__}


def test_clamav_without_definitions_is_not_up_to_date(machine):
    told = antivirus.antivirus(
        machine({"/usr/bin/clamscan": "", "/var/lib/clamav/freshclam.dat": "", "/proc/1/comm": "init\n"})
    )
    assert [(a.product, a.enabled, a.up_to_date) for a in told] == [("ClamAV", False, False)]


def test_a_product_known_by_its_folder_and_process(machine):
    told = antivirus.antivirus(machine({"/opt/kaspersky/kesl/x": "", "/proc/7/comm": "kesl\n"}))
    assert [(a.product, a.enabled, a.up_to_date) for a in told] == [
        ("Kaspersky Endpoint Security for Linux", True, None)
    ]


def test_a_section_that_is_not_told_does_not_appear(machine):
    told = json.loads(collect(machine()))
    assert {"antivirus", "shares"} <= set(told)
    assert {"software", "pending_updates", "accounts", "services", "firewall", "drives"}.isdisjoint(told)
    assert of(formats.read(json.dumps(told).encode()), Drive) == []
