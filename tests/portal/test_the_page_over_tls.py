"""The remediation page over its own TLS listener: whose PC asks is told by the address of the connection, as the network
saw it, with the Manager's process, an agent's certificate, and real requests.
"""

import json
import socket
import ssl
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kanmon import wire
from kanmon.agent import enrol
from kanmon.agent.call import Caller, context
from tests.agent.processes import AgentProcess
from tests.conftest import ManagerProcess, pc_json, until
from tests.postgresql import free_port


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as files."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mend")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    (folder / "page.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "page.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return folder / "page.pem", folder / "page.key"


def tell(agent: AgentProcess, url: str, *seen: wire.Seen) -> None:
    """Say where PCs were seen, as this agent and with its certificate."""
    who = enrol.identity(agent.home)
    caller = Caller(url, context(enrol.authority_path(agent.home), enrol.identity_path(agent.home)), 10)
    caller.post(wire.EXCHANGE, wire.Exchange(name=who.name, highest_term=0, digest="", entries=1, seen=seen), 10)
    caller.close()


def test_a_pc_is_known_by_where_the_network_saw_it(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    port, agents = free_port(), free_port()
    page = {"listen": f"127.0.0.1:{port}", "certificate": str(chain), "key": str(key), "wake_port": 0}
    manager = make_manager(agents={"listen": f"127.0.0.1:{agents}"}, portal=page).start()
    agent = AgentProcess(tmp_path / "agent")
    agent.enrol(manager.run("network", "invite", "gateway-1").stdout.strip())
    token = manager.token()
    for number in (1, 2):
        body = pc_json(number, antivirus=[], columns={"ip": f"10.9.0.{number}"})
        assert manager.post(json.dumps(body).encode(), token)[0] == 200
    until(lambda: {one["host"] for one in manager.json("pcs")} >= {"pc-0001", "pc-0002"}, 60)

    trusted = ssl.create_default_context(cafile=str(chain))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted))

    def ask(**headers: str) -> str:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        with opener.open(urllib.request.Request(f"https://127.0.0.1:{port}/", headers=told), timeout=30) as answer:
            return str(answer.read().decode())

    assert "pc-000" not in ask(), "of loopback no inventory tells anything"
    now = datetime.now(UTC)
    first, second = (pc_json(number)["identity"]["macs"][0] for number in (1, 2))
    url = f"https://127.0.0.1:{agents}"
    tell(agent, url, wire.Seen(mac=first, at=now, network="quarantine", ip="127.0.0.1", nas="br0"))
    shown = until(lambda: "pc-0001" in (text := ask()) and text, 60)
    assert "no antivirus product found" in shown
    assert "pc-0001" in ask(X_Forwarded_For="10.9.0.2"), "no proxy is named: the header is nobody's word"
    tell(agent, url, wire.Seen(mac=second, at=now, network="quarantine", ip="127.0.0.1", nas="br0"))
    text = ask()
    assert "pc-0001" not in text
    assert "pc-0002" not in text, "two were seen at this address at nearly the same time: it is neither's"


def test_who_speaks_no_tls_gets_no_page(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    port = free_port()
    make_manager(portal={"listen": f"127.0.0.1:{port}", "certificate": str(chain), "key": str(key)}).start()
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        plain.settimeout(30)
        assert b"HTTP/1.1" not in plain.recv(4096)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(str(chain))
    with (
        socket.create_connection(("127.0.0.1", port), 10) as bare,
        old.wrap_socket(bare, server_hostname="127.0.0.1") as spoken,
    ):
        spoken.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert spoken.recv(4096).startswith(b"HTTP/1.1 200")
        assert spoken.version() in ("TLSv1.2", "TLSv1.3")
