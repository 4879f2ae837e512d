"""A switch that takes CoA and Disconnect: FreeRADIUS in that role. What it answers hangs on the last octets of the MAC:
04:07 is a NAK with Error-Cause 407; 00:00 one without; others are acknowledged."""

from tests.agent.radius.lab import Laboratory, Running
from tests.conftest import until

SECRET = "laboratory-coa-secret"
CONFIGURATION = """
prefix = /usr
libdir = /usr/lib/freeradius
dictdir = /usr/share/freeradius
raddb = %(folder)s
logdir = %(folder)s
run_dir = %(folder)s
pidfile = %(folder)s/pid
log {
  destination = stdout
}
client all {
  ipaddr = 127.0.0.0/8
  secret = %(secret)s
}
modules {
  always ok {
    rcode = ok
  }
  always reject {
    rcode = reject
  }
  expr {
  }
  linelog {
    filename = %(folder)s/asked
    format = "%%{Packet-Type} %%{Calling-Station-Id} %%{Acct-Session-Id} %%{Tunnel-Private-Group-Id:0} %%{Cisco-AVPair} %%{Event-Timestamp}"
  }
}
server switch {
  listen {
    type = coa
    ipaddr = 127.0.0.1
    port = %(port)d
  }
  recv-coa {
    linelog
    if (%(only)s) {
      reject
    }
    if (&Calling-Station-Id =~ /-0([0-9])-([0-9])([0-9])$/) {
      if ("%%{1}%%{2}%%{3}" != "000") {
        update reply {
          Error-Cause := "%%{1}%%{2}%%{3}"
        }
      }
      reject
    }
    ok
  }
}
"""


class CoaSwitch:
    """It runs in the namespace ``rad``. ``refuses``: a kind of packet that it never takes (CoA-Request)."""

    def __init__(self, lab: Laboratory, port: int, refuses: str = "") -> None:
        self.folder = lab.folder / f"coa-{port}"
        self.folder.mkdir()
        only = f'"%{{Packet-Type}}" == "{refuses}"' if refuses else "&User-Name && !&User-Name"
        text = CONFIGURATION % {"folder": self.folder, "secret": SECRET, "port": port, "only": only}
        (self.folder / "radiusd.conf").write_text(text)
        (self.folder / "dictionary").write_text("")
        running: Running = lab.start("rad", "freeradius", "-d", str(self.folder), "-f")
        until(lambda: "Ready to process requests" in running.said() or running.process.poll() is not None, 60)
        assert running.process.poll() is None, running.said()

    def asked(self) -> list[str]:
        """A line for each request: kind, MAC, session, VLAN, Cisco-AVPair, time."""
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []
