"""A small office, complete and real: a Manager, an agent with the drivers nftables and radius, FreeRADIUS, a switch at
which hostapd asks for 802.1X, a PC with wpa_supplicant, and servers behind the switch.

    pc 10.77.0.11 -- p1 [switch: hostapd, br0, the agent's rules] lan -- corporate 10.77.0.1, treatment 10.77.0.7
                                                                  m0 --- FreeRADIUS, agent -- passage -- Manager

hostapd's wired driver blocks nothing: who is cut off is cut off by the rules that the agent makes on the bridge. What
the PC reaches is asked from inside its namespace, by ping and by HTTP.
"""

import json
import socket
import sys
import time
from typing import Any

from tests.agent.loop.passage import Passage
from tests.agent.radius.lab import Laboratory, Pc, Running
from tests.agent.radius.server import AGENT_PORT, SETUP
from tests.agent.radius.whole_server import WholeServer, as_toml
from tests.conftest import KANMON, ROOT, ManagerProcess, pc_json, until

MAC = "00:1b:21:00:00:01"  # of pc_json(1)
CORPORATE, TREATMENT = "10.77.0.1", "10.77.0.7"
PAGE = f"http://{TREATMENT}:8443/pc"
POLICY = "{kind: action, name: Default, danger: {network: deny}, safe: {network: permit}}"
ALL = frozenset({"ping", "corporate", "treatment"})
QUARANTINE = frozenset({"page", "treatment"})  # whatever it asks by HTTP, it is sent to the page
NOTHING: frozenset[str] = frozenset()
WITHIN_SECONDS = 30.0  # nothing that is measured here may take as long
AFTER_AWAY_SECONDS = 90.0  # the agent asks a Manager that was away every 30 s at least

SETTINGS = """
[agent]
listen = "127.0.0.1:{port}"
drivers = ["nftables", "radius"]
retry_seconds = 1
look_seconds = 1

[drivers.nftables]
mode = "bridge"
bridge = "br0"
ports = ["p*"]
namespace = "{switch}"
allowed = ["{treatment} tcp/8443"]
page = "{page}"

[radius]
"""


class OfficeServer(WholeServer):
    """As WholeServer, with a gateway besides, and a Manager."""

    def settings(self) -> str:
        return SETTINGS.format(
            port=AGENT_PORT, switch=f"{self.lab.mark}-sw1", treatment=TREATMENT, page=PAGE
        ) + as_toml(self.setup)  # fmt: skip

    def enrol(self, token: str) -> None:
        """With an invitation."""
        told = (f"KANMON_AGENT_HOME={self.home}", f"KANMON_AGENT_TOKEN={token}")
        self.lab.run("rad", "env", *told, KANMON, "agent", "enrol")


class Office:
    """The whole. ``sign_in`` brings the PC to the switch; before that nobody asks anything."""

    def __init__(self, lab: Laboratory, manager: ManagerProcess, **setup: Any) -> None:
        self.lab, self.manager = lab, manager
        self.told: list[str] = []  # how long what took
        self.switch = lab.switch("sw1", 1)
        self._servers()
        self._manager(setup)
        self.server = OfficeServer(lab, dict(SETUP))
        self.passage = Passage(lab.inside("rad", lambda: socket.create_server(("127.0.0.1", self.port))), self.port)
        self.server.enrol(manager.run("network", "invite", "gateway-1").stdout.strip())
        self.pc: Pc = lab.pc(self.switch, 1, MAC)

    def _servers(self) -> None:
        for version, addresses in (("-4", ("10.77.0.7/24", "10.77.0.53/24")), ("-6", ("fd77::1/64", "fd77::7/64"))):
            for one in addresses:
                nodad = ("nodad",) if version == "-6" else ()
                self.lab.run("rad", "ip", version, "address", "add", one, "dev", "u11", *nodad)
        self.lab.run("sw1", "ip", "address", "add", "10.77.0.254/24", "dev", "br0")
        self.lab.start(
            "rad", sys.executable, "-m", "tests.agent.drivers.servers", "77", environment={"PYTHONPATH": str(ROOT)}
        )

    def _manager(self, setup: dict[str, Any]) -> None:
        self.port = int(str(self.manager.settings["agents"]["listen"]).rpartition(":")[2])
        self.manager.start()
        for name, text in (("actions.yaml", POLICY), ("networks.json", json.dumps(setup))):
            (self.lab.folder / name).write_text(text)
        self.manager.run("policy", "import", str(self.lab.folder / "actions.yaml"))
        if setup:
            self.manager.run("network", "setup", str(self.lab.folder / "networks.json"))
        self.token = self.manager.token()

    def start(self) -> "Office":
        """FreeRADIUS, agent and switch work; the PC is not there yet."""
        self.server.start()
        self.switch.switch_on(1)
        return self

    def sign_in(self) -> None:
        """The PC signs in by PEAP; its credentials are right."""
        certs = self.server.certs
        self.pc.connect(
            eap="PEAP", identity='"pc01"', password='"pw01"', phase2='"auth=MSCHAPV2"', ca_cert=f'"{certs / "ca.pem"}"'
        )  # fmt: skip

    def report(self, **changes: Any) -> None:
        """The PC's inventory comes to the Manager; ``antivirus=[]`` is bad."""
        status, _, said = self.manager.post(self.inventory(**changes), self.token)
        assert status == 200, said

    def inventory(self, **changes: Any) -> bytes:
        """What the PC reports."""
        return json.dumps(pc_json(1, **changes)).encode()

    def reaches(self) -> frozenset[str]:
        """All that the PC reaches, in words."""
        found = {"ping"} if self._ping() else set()
        for address, port, name in ((CORPORATE, 80, "corporate"), (TREATMENT, 8443, "treatment")):
            said = self._http(address, port)
            found |= {"page"} if said == f"-> {PAGE}" else {said} if said == name else set()
        return frozenset(found)

    def _ping(self) -> bool:
        said = self.lab.run(self.pc.name, "ping", "-c1", "-W0.5", CORPORATE, check=False)
        return " 1 received" in said

    def _http(self, address: str, port: int) -> str:
        url = f"http://{address}:{port}/any/path"
        written = "\n%{http_code} %{redirect_url}"
        said = self.lab.run(self.pc.name, "curl", "-s", "-m1", "-w", written, url, check=False)
        body, _, told = said.rpartition("\n")
        status, _, target = told.partition(" ")
        return f"-> {target}" if status == "302" else body if status == "200" else ""

    def until_it_reaches(
        self, wanted: frozenset[str], what: str, began: float | None = None, within_seconds: float = WITHIN_SECONDS
    ) -> None:
        """Wait for it, and say how long it took from ``began`` on (seconds of time.monotonic; None: from now).

        A wired PC whose session was ended at the switch signs in again, as it does when its port goes down and up.
        """
        began = time.monotonic() if began is None else began
        end = time.monotonic() + 2 * within_seconds
        replugged = 0.0
        while True:
            asked_at = time.monotonic()
            if self.reaches() == wanted:
                break
            assert asked_at < end, f"{what}: it reaches {set(self.reaches())}, not {set(wanted)}"
            if self.pc.supplicant is not None and asked_at > replugged + 3 and not self.pc.is_let_in:
                self.pc.reconnect()
                replugged = asked_at
        took = asked_at - began
        self.told.append(f"{what}: {took:.1f} s")
        assert took < within_seconds, self.told[-1]

    def orders(self) -> list[dict[str, Any]]:
        """The newest first."""
        return self.manager.json("network", "orders", "--mac", MAC)

    def until_ordered(self, wanted: str) -> None:
        """Wait until the newest order is for ``wanted``, carried out or not."""
        until(lambda: self.orders()[0]["wanted"] == wanted, 60)

    def until_verified(self, wanted: str) -> dict[str, Any]:
        """The newest order, which is for ``wanted``, once the network itself has shown it carried out."""

        def shown() -> dict[str, Any] | None:
            self.reaches()  # a PC that sends nothing is seen by nobody
            newest = self.orders()[0]
            return newest if (newest["wanted"], newest["progress"]) == (wanted, "verified") else None

        try:
            return until(shown, 60)
        except AssertionError:
            raise AssertionError(f"not verified: {json.dumps(self.orders(), indent=1)}") from None

    def agent_said(self) -> str:
        """The agent's log."""
        assert isinstance(self.server.agent, Running)
        return self.server.agent.said()

    def close(self) -> None:
        """What the laboratory does not end by itself."""
        self.passage.close()
