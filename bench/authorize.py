"""How many decisions a second FreeRADIUS gives when it asks the agent, with 100,000 PCs in the list, and how long one takes;
beside it FreeRADIUS alone, with the same PCs in its module ``files``. Needs root and the packages of the tests
(``bash tools/test_packages.sh``).

``radclient`` asks as many at once as told. The time of one decision is taken at the socket, one after the other.
"""

import hashlib
import hmac
import os
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.report import Report, percentile, scaled
from kanmon.agent import by_hand
from kanmon.agent.files import Row
from tests.agent.radius.lab import SECRET, Laboratory, laboratory, missing
from tests.agent.radius.server import SETUP, Server
from tests.agent.radius.whole_server import WholeServer
from tests.conftest import until

PCS = scaled(100_000, 1000)
ASKED = scaled(8000, 200)
ONE_BY_ONE = scaled(2000, 100)
PLAIN = """
prefix = /usr
max_requests = 65536
cleanup_delay = 2
libdir = /usr/lib/freeradius
dictdir = /usr/share/freeradius
raddb = {folder}
logdir = {folder}
run_dir = {folder}
pidfile = {folder}/radiusd.pid
log {{
  destination = stdout
}}
security {{
  max_attributes = 200
  reject_delay = 0
}}
thread pool {{
  start_servers = 2
  max_servers = 8
}}
client all {{
  ipaddr = 127.0.0.1
  secret = {secret}
}}
modules {{
  files {{
    usersfile = {folder}/users
  }}
}}
server default {{
  listen {{
    type = auth
    ipaddr = *
    port = 1812
  }}
  authorize {{
    files
  }}
}}
"""


def main() -> None:
    """Run and report."""
    if why := missing():
        sys.exit(why)
    report = Report("authorize")
    macs = [":".join(f"{0x020000000000 + number:012x}"[at : at + 2] for at in range(0, 12, 2)) for number in range(PCS)]
    folder = Path(tempfile.mkdtemp(prefix="kanmon-bench-radius-"))
    with laboratory(folder) as lab:
        server = WholeServer(lab, dict(SETUP))
        by_hand.take(server.store, [Row(mac=mac, state="permit") for mac in macs])
        server.start()
        _measure(report, lab, f"FreeRADIUS and the agent, {PCS:,} PCs", macs)
        assert server.radius is not None
        server.radius.stop()
        _plain(lab, server, macs)
        _measure(report, lab, f"FreeRADIUS alone, files, {PCS:,} PCs", macs)
    report.end()


def _plain(lab: Laboratory, server: Server, macs: Sequence[str]) -> None:
    """FreeRADIUS as it is without anything of ours."""
    folder = lab.folder / "plain"
    folder.mkdir()
    (folder / "radiusd.conf").write_text(PLAIN.format(folder=folder, secret=SECRET))
    (folder / "dictionary").write_text("# nothing more\n")
    entry = '{} Auth-Type := Accept\n\tTunnel-Type = VLAN,\n\tTunnel-Medium-Type = IEEE-802,\n\tTunnel-Private-Group-Id = "10"\n'
    (folder / "users").write_text("".join(entry.format(_spelled(mac)) for mac in macs))
    running = lab.start("rad", "freeradius", "-d", str(folder), "-f")
    until(lambda: "Ready to process requests" in running.said() or running.process.poll() is not None, 120)
    assert running.process.poll() is None, running.said()


def _measure(report: Report, lab: Laboratory, name: str, macs: Sequence[str]) -> None:
    step = max(1, len(macs) // ASKED)
    asked = macs[::step][:ASKED]
    path = lab.folder / "asked"
    path.write_text(
        "\n\n".join(
            f'User-Name = "{_spelled(mac)}", Calling-Station-Id = "{_spelled(mac)}", Service-Type = Call-Check,'
            " Message-Authenticator = 0x00"
            for mac in asked
        )
    )
    for at_once in (1, 32):
        began = time.perf_counter()
        said = lab.run(
            "rad", "radclient", "-q", "-s", "-p", str(at_once), "-f", str(path), "127.0.0.1", "auth", SECRET, seconds=300
        )  # fmt: skip
        seconds = time.perf_counter() - began
        assert _counted(said, "Accepted") == len(asked), said[-500:]
        report.add(f"{name}, {at_once} at once", len(asked) / seconds, "decisions/s")
    waits = lab.inside("rad", lambda: [_ask(mac) for mac in macs[-ONE_BY_ONE:]])
    report.add(f"{name}, one decision, p50", percentile(waits, 50) * 1000, "ms")
    report.add(f"{name}, one decision, p99", percentile(waits, 99) * 1000, "ms")


def _counted(said: str, what: str) -> int:
    line = next((line for line in said.splitlines() if what in line), ": 0")
    return int(line.rsplit(":", 1)[1])


def _spelled(mac: str) -> str:
    return mac.replace(":", "-").upper()


def _ask(mac: str) -> float:
    """Seconds from an Access-Request to its Access-Accept (RFC 2865; Message-Authenticator by RFC 3579)."""
    text = _spelled(mac).encode()
    attributes = b"".join(
        bytes([kind, 2 + len(value)]) + value for kind, value in ((1, text), (31, text), (6, b"\0\0\0\x0a"))
    )
    authenticator, length = os.urandom(16), 20 + len(attributes) + 18
    head = struct.pack("!BBH", 1, mac.__hash__() & 255, length) + authenticator + attributes
    signed = hmac.new(SECRET.encode(), head + b"\x50\x12" + bytes(16), hashlib.md5).digest()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(10)
        line.connect(("127.0.0.1", 1812))
        began = time.perf_counter()
        line.send(head + b"\x50\x12" + signed)
        answer = line.recv(4096)
        seconds = time.perf_counter() - began
    if answer[0] != 2:
        raise RuntimeError(f"{mac} was answered with code {answer[0]}")
    return seconds


if __name__ == "__main__":
    main()
