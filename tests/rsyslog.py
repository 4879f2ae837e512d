"""A real rsyslog by TLS, with a configuration and certificates of its own in a temporary folder, as the present user.

It writes what it has taken apart as a line of JSON each: what a SIEM behind it would see.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import free_port, until
from tests.receiver import make_certificate

PROGRAM = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin:/sbin:/bin")
MISSING = (
    "rsyslog is not installed: sudo apt-get install --no-install-recommends rsyslog rsyslog-gnutls rsyslog-openssl"
)
CONFIGURATION = """
global(workDirectory="{folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriverCAFile="{certificate}.crt" defaultNetstreamDriverCertFile="{certificate}.crt"
  defaultNetstreamDriverKeyFile="{certificate}")
module(load="imtcp" streamDriver.name="{driver}" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="line" type="list" option.jsonf="on") {{
  property(outname="pri" name="pri" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf")
  property(outname="data" name="structured-data" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}}
input(type="imtcp" port="{port}" address="127.0.0.1")
action(type="omfile" file="{folder}/events.json" template="line")
"""


@dataclass
class Rsyslog:
    """``driver``: gtls or ossl. Its certificate is its own authority, and that of whoever may send."""

    folder: Path
    driver: str = "gtls"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        assert PROGRAM, MISSING
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate = make_certificate(self.folder)
        words = {"folder": self.folder, "certificate": self.certificate, "driver": self.driver, "port": self.port}
        (self.folder / "rsyslog.conf").write_text(CONFIGURATION.format(**words))

    @property
    def settings(self) -> dict[str, Any]:
        """What [events] in kanmon.toml has to say."""
        return {
            "targets": [f"siem=tls://localhost:{self.port}?format=cef", f"lake=tls://localhost:{self.port}?format=ocsf"],
            "allow_private": ["siem", "lake"], "ca_file": f"{self.certificate}.crt", "timeout_seconds": 20,
            "certificate": f"{self.certificate}.crt", "key": str(self.certificate),
        }  # fmt: skip

    def start(self) -> "Rsyslog":
        """Begin, and wait until it listens."""
        assert PROGRAM is not None
        words = [PROGRAM, "-n", "-f", str(self.folder / "rsyslog.conf"), "-i", str(self.folder / "pid")]
        with open(self.folder / "complaints", "ab") as complaints:
            self.process = subprocess.Popen(words, stdout=complaints, stderr=complaints)
        until(self._listens, 60)
        return self

    def stop(self) -> None:
        """End it, and wait."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "complaints").read_text()
        wanted = f":{self.port:04X} "
        return any(wanted in line and " 0A " in line for line in Path("/proc/net/tcp").read_text().splitlines())

    @property
    def events(self) -> list[dict[str, str]]:
        """What it has written, each line taken apart."""
        path = self.folder / "events.json"
        whole = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
        return [json.loads(line) for line in whole]
