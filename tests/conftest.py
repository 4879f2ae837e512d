"""What tests share: a real Manager process in a home of its own, and a real SMTP server.

Nothing here stands in for a part of Kanmon: stories talk to the program as its users do.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.postgresql import free_port as free_port

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
KANMON = str(Path(sys.executable).with_name("kanmon"))
CAMPAIGN = bool(os.environ.get("KANMON_CAMPAIGN"))


def until(what: Callable[[], Any], seconds: float = 60.0, pause: float = 0.05) -> Any:
    """The first true value of ``what``; fails after ``seconds`` with the last one."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {value!r}")
        time.sleep(pause)


def as_toml(settings: Mapping[str, Mapping[str, Any]]) -> str:
    """The text of kanmon.toml with these settings, by section."""
    lines = []
    for section, values in settings.items():
        lines += [f"[{section}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


@dataclass
class ManagerProcess:
    """A Manager in a home of its own; ``settings`` go into kanmon.toml, by section."""

    home: Path
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    output: Path = Path()
    node: str = ""  # its name in the cluster; empty: the host's

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Environment of its processes: this home, and nothing else of Kanmon's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANMON_", "DJANGO_"))}
        return kept | {"KANMON_HOME": str(self.home)} | ({"KANMON_NODE": self.node} if self.node else {})

    def setup(self, ready_made: Path | None = None) -> "ManagerProcess":
        """``kanmon setup``, or a copy of a home that it made, and the settings."""
        if ready_made is None:
            self.run("setup")
        else:
            shutil.copytree(ready_made, self.home)
        (self.home / "kanmon.toml").write_text(as_toml(self.settings), "utf-8")
        return self

    def run(self, *words: str, check: bool = True, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
        """A command of ``kanmon`` in this home."""
        done = subprocess.run(
            [KANMON, *words], env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"kanmon {' '.join(words)} ended with {done.returncode}: {done.stderr}{done.stdout}")
        return done

    def json(self, *words: str) -> Any:
        """A command with --json, decoded."""
        return json.loads(self.run(*words, "--json").stdout)

    def start(self, *more: str, fault: str = "", wait: bool = True) -> "ManagerProcess":
        """Start it and wait until it is ready."""
        environment = self.environment | ({"KANMON_FAULT": fault} if fault else {})
        self.output = self.home / "output.txt"
        with open(self.output, "ab") as out:
            self.process = subprocess.Popen(
                [KANMON, "manager", "--listen", f"127.0.0.1:{self.port}", *more],
                env=environment, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        if wait:
            until(lambda: self.ready() or self.process is None or self.process.poll() is not None)
            assert self.process.poll() is None, self.output.read_text()
        return self

    def ready(self) -> bool:
        """Whether it says that it is ready."""
        try:
            with urllib.request.urlopen(self.url + "/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def ended(self) -> bool:
        """Whether its process is gone."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def log(self) -> str:
        """The Manager log."""
        path = self.home / "log" / "manager.log"
        return path.read_text("utf-8") if path.exists() else ""

    def post(self, body: bytes, token: str = "", headers: dict[str, str] | None = None) -> tuple[int, Any, bytes]:
        """POST a body to intake: status, headers, content."""
        address = f"{self.url}/intake/{token}" if token else f"{self.url}/intake"
        request = urllib.request.Request(address, data=body, headers=headers or {}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.headers, problem.read()

    def token(self, name: str = "tests") -> str:
        """A new intake token."""
        return self.run("token", "create", name).stdout.strip()

    def idle(self) -> bool:
        """Whether no operation is open and no report is queued."""
        said = self.json("status")
        return said["operations_open"] == 0 and said["reports_queued"] == 0


@pytest.fixture(scope="session")
def ready_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that ``kanmon setup`` made, to be copied."""
    return ManagerProcess(tmp_path_factory.mktemp("ready") / "home").setup().home


@pytest.fixture
def make_manager(tmp_path: Path, ready_made: Path) -> Iterator[Callable[..., ManagerProcess]]:
    """Makes Managers, set up and not started; stops them at the end."""
    made: list[ManagerProcess] = []

    def make(**settings: dict[str, Any]) -> ManagerProcess:
        one = ManagerProcess(tmp_path / f"home{len(made)}", settings).setup(ready_made)
        made.append(one)
        return one

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def manager(make_manager: Callable[..., ManagerProcess]) -> ManagerProcess:
    """A running Manager with a collecting window of a second and no mail server."""
    return make_manager(action={"collect_seconds": 1}).start()


@dataclass
class MailServer:
    """A real SMTP server on loopback that keeps what it gets, in order."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)  # recipient -> answer
    delay_seconds: float = 0.0

    @property
    def settings(self) -> dict[str, Any]:
        """What [mail] in kanmon.toml has to say."""
        return {"server": f"127.0.0.1:{self.port}", "administrators": ["a@example.test"]}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import asyncio

        await asyncio.sleep(self.delay_seconds)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 accepted"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A running SMTP server (aiosmtpd)."""
    from aiosmtpd.controller import Controller

    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    yield server
    controller.stop()


def pc_json(number: int, **changes: Any) -> dict[str, Any]:
    """A PC in Kanmon JSON, in order by the Default policy unless ``changes`` say otherwise."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return {
        "kanmon": 1,
        "agent": {"name": "kanmon-client", "version": "1"},
        "device_id": f"test-{number}",
        "reported_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "host": f"pc-{number:04d}",
        "identity": {
            "serial": f"SN{number:06d}",
            "uuid": "",
            "macs": [f"00:1b:21:00:{number // 256:02x}:{number % 256:02x}"],
        },
        "os": {"family": "linux", "name": "Debian GNU/Linux", "version": "12"},
        "software": [{"name": "bash", "version": "5.2.15-2", "scheme": "deb"}],
        "patches": [],
        "pending_updates": [],
        "antivirus": [
            {"product": "ClamAV", "version": "1.0.7", "definitions_date": today, "enabled": True, "up_to_date": True}
        ],
        "settings": {"automatic_updates": True, "screensaver": True, "screensaver_password": True},
        "accounts": [{"name": "hanako", "enabled": True, "password_changed": today}],
        "shares": [],
        "services": [],
        "firewall": [{"profile": "nftables", "enabled": True}],
        "drives": [{"name": "/", "system": True, "encrypted": True}],
        **changes,
    }
