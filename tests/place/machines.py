"""Machines that can be switched off, with a disk that they share and a network between them: namespaces of this one.

A machine has its own mounts, network, processes and name, and its own block device (a loop device) for one and the
same disk image. So each has a page cache and file locks of its own, as two hosts with a shared disk have; what one has
not written to the disk, the other does not see. ``power_off`` is what a fencing device does.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import KANMON, ROOT, as_toml, until

AGENT = ROOT / "deploy" / "pacemaker" / "kanmon"
NETWORK = "10.66.0"
ADDRESS = f"{NETWORK}.10"
CLIENT = f"{NETWORK}.254"
CLONE_NEWNET = 0x40000000
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BOOTED = "mount --make-rprivate / 2>/dev/null; hostname {name}; mount -t tmpfs run /run; mkdir -p /run/resource-agents; ip link set lo up; touch /run/booted"
_INIT = "while :; do sleep 1000 & wait $!; done"  # process 1 takes in what is left without a parent


def require(*programs: str) -> None:
    """Fails, and says what is missing, where such machines can't be made."""
    assert os.geteuid() == 0, "These tests make namespaces and mounts: run them as root."
    missing = [one for one in programs if shutil.which(one, path=PATH) is None]
    assert not missing, f"These tests need {', '.join(missing)}: install the packages of tools/test_packages.sh."


def command(*words: str) -> str:
    """Run ``words`` here; their output. Fails with what they complain about."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}{done.stdout}"
    return done.stdout


def _namespace(*kinds: str, script: str) -> tuple[subprocess.Popen[bytes], int]:
    """A process in namespaces of its own, and the number of their first process."""
    # unshare would make the root's mounts private, which it can't where the root is no mount point (in a chroot)
    unchanged = ["--propagation", "unchanged"] if "--mount" in kinds else []
    words = ["unshare", *kinds, *unchanged, "--fork", "--kill-child", "sh", "-c", script]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return process, int(until(lambda: children.read_text().split(), 30)[0])


class Lan:
    """The network: a bridge, and a client's end. ``enter`` brings the calling thread into it."""

    def __init__(self) -> None:
        self._process, self.pid = _namespace("--net", script=_INIT)
        until(lambda: os.readlink(f"/proc/{self.pid}/ns/net") != os.readlink("/proc/self/ns/net"), 30)
        self._ip("link", "add", "wire", "type", "bridge")
        self._ip("address", "add", f"{CLIENT}/24", "dev", "wire")
        self._ip("link", "set", "wire", "up")

    def _ip(self, *words: str) -> None:
        command("nsenter", "-t", str(self.pid), "-n", "ip", *words)

    def cable(self, name: str, pid: int) -> None:
        """From the bridge to ``eth0`` of the network namespace of ``pid``."""
        self._ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        self._ip("link", "set", name, "master", "wire")
        self._ip("link", "set", name, "up")

    def unplug(self, name: str) -> None:
        """The kernel takes its time to remove what a namespace leaves behind."""
        words = ("nsenter", "-t", str(self.pid), "-n", "ip", "link", "delete", name)
        subprocess.run(words, capture_output=True, check=False)  # it may be gone already

    def forget_neighbours(self) -> None:
        """As a gratuitous ARP does, which cluster software sends."""
        self._ip("neighbour", "flush", "all")

    def enter(self) -> None:
        """This thread talks in this network from now on."""
        with open(f"/proc/{self.pid}/ns/net") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def close(self) -> None:
        """Take it down."""
        self._process.kill()
        self._process.wait()


@dataclass
class Machine:
    """One machine. ``number`` is the last part of its own address; ``disk`` is where the shared disk is mounted."""

    name: str
    number: int
    lan: Lan
    image: Path
    disk: Path
    pid: int = 0
    device: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_on(self) -> bool:
        """Whether it has been booted and not switched off."""
        return self.process is not None

    def boot(self) -> "Machine":
        """Switch it on: nothing is mounted and nothing runs."""
        self.device = command("losetup", "--find", "--show", str(self.image)).strip()
        script = f"{_BOOTED.format(name=self.name)}; {_INIT}"
        kinds = ("--mount", "--net", "--uts", "--ipc", "--pid", "--mount-proc")
        self.process, self.pid = _namespace(*kinds, script=script)
        until(lambda: self.path("/run/booted").exists(), 30)
        self.path("/run/shared-disk").symlink_to(self.device)
        self.lan.cable(f"to-{self.name}", self.pid)
        self.run("ip", "address", "add", f"{NETWORK}.{self.number}/24", "dev", "eth0")
        self.run("ip", "link", "set", "eth0", "up")
        return self

    def power_off(self) -> None:
        """Everything on it ends at once; the disk is free afterwards."""
        if self.process is None:
            return
        self.process.kill()  # and with it process 1, and with that all the others
        self.process.wait()
        self.process = None
        self.lan.unplug(f"to-{self.name}")
        until(lambda: not _uses(self.device), 60)
        command("losetup", "--detach", self.device)
        until(lambda: self.device not in command("losetup", "--associated", str(self.image)), 60)

    def path(self, inside: str | Path) -> Path:
        """A path of this machine, as it is seen from outside."""
        return Path(f"/proc/{self.pid}/root{inside}")

    def run(
        self, *words: str, check: bool = True, environment: Mapping[str, str] | None = None, seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """A command on this machine."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANMON_", "DJANGO_"))}
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), "-m", "-n", "-u", "-i", "-p", "-r", *words], capture_output=True, text=True,
            timeout=seconds, check=False, env=kept | {"PATH": PATH} | dict(environment or {}), stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, f"{self.name}: {' '.join(words)}: {done.returncode} {done.stderr}{done.stdout}"
        return done

    def mount(self) -> None:
        """What the Filesystem agent does."""
        self.run("mount", "/run/shared-disk", str(self.disk))

    def unmount(self) -> None:
        """Fails when something still uses it."""
        self.run("umount", str(self.disk))

    def take_address(self) -> None:
        """What the IPaddr2 agent does."""
        self.run("ip", "address", "add", f"{ADDRESS}/24", "dev", "eth0")
        self.lan.forget_neighbours()

    def drop_address(self) -> None:
        """And undoes."""
        self.run("ip", "address", "del", f"{ADDRESS}/24", "dev", "eth0")


def _uses(device: str) -> bool:
    """Whether the device is mounted by anybody: its number is the file system's."""
    number = os.stat(device).st_rdev
    wanted = f" {os.major(number)}:{os.minor(number)} "
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and wanted in (entry / "mountinfo").read_text():
                return True
        except (OSError, ValueError):  # it has just ended
            continue
    return False


@dataclass
class Agent:
    """The resource agent on a machine, called as Pacemaker calls it. ``parameters``: its own, without OCF_RESKEY_."""

    machine: Machine
    parameters: dict[str, str] = field(default_factory=dict)

    def __call__(self, action: str, level: int = 0, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        wanted = {
            "OCF_ROOT": "/usr/lib/ocf", "OCF_RESOURCE_INSTANCE": "kanmon", "OCF_CHECK_LEVEL": str(level),
            "OCF_RESKEY_CRM_meta_timeout": "10000" if action == "monitor" else "90000",
            **{f"OCF_RESKEY_{name}": value for name, value in self.parameters.items()},
        }  # fmt: skip
        return self.machine.run(str(AGENT), action, check=False, environment=wanted, seconds=seconds)


@contextmanager
def pair(folder: Path, *features: str, megabytes: int = 200) -> Iterator[tuple[Lan, Machine, Machine]]:
    """A network, and two machines that are on, with a fresh shared disk at ``folder``/disk that none has mounted.

    ``features``: of ext4.
    """
    require("unshare", "nsenter", "losetup", "mkfs.ext4", "ip", "ocf-tester")
    image, disk = folder / "image", folder / "disk"
    disk.mkdir()
    with open(image, "wb") as file:
        file.truncate(megabytes * 2**20)
    command("mkfs.ext4", "-q", *(word for one in features for word in ("-O", one)), str(image))
    lan = Lan()
    machines = (Machine("nA", 1, lan, image, disk), Machine("nB", 2, lan, image, disk))
    try:
        for one in machines:
            one.boot()
        yield lan, *machines
    finally:
        for one in machines:
            one.power_off()
        lan.close()


def kanmon(machine: Machine, home: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """The command on a machine."""
    return machine.run(KANMON, *words, check=check, environment={"KANMON_HOME": str(home), "KANMON_NODE": machine.name})


def set_up(first: Machine, ready_made: Path) -> Path:
    """A home on the shared disk, a copy of ``ready_made``; the disk is free again."""
    home = first.disk / "home"
    first.mount()
    shutil.copytree(ready_made, first.path(home))
    settings = {
        "server": {"behind_proxy": True}, "action": {"collect_seconds": 0}, "database": {"shared_disk": True},
        "cluster": {"mount": str(first.disk), "address": ADDRESS},
        "mail": {"server": f"{CLIENT}:2525", "administrators": ["a@example.test"], "per_hour": 1000},
    }  # fmt: skip
    first.path(home / "kanmon.toml").write_text(as_toml(settings))
    first.unmount()
    return home
