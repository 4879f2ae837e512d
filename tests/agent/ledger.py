"""What a Manager would keep about agents: the authority, invitations, orders, answers. It outlives a Manager."""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kanmon import wire
from kanmon.common import clock
from kanmon.ordering import decide
from kanmon.sealing import authority
from kanmon.wire import Answer, Entry, Exchange, Order, Seen


class Authority:
    """The agents' authority, as ``kanmon setup`` makes it, and what it has certified."""

    def __init__(self, folder: Path) -> None:
        self.key_pem, self.pem = authority.make(clock.now())
        self.certificate = x509.load_pem_x509_certificate(self.pem)
        self.key = serialization.load_pem_private_key(self.key_pem, None)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.pem").write_bytes(self.pem)

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def certify(self, public_key: Any, name: str, usage: x509.ObjectIdentifier, life: timedelta) -> x509.Certificate:
        now = clock.now()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.certificate.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def server_pem(self, name: str = wire.MANAGER_NAME) -> Path:
        """Key and certificate of a server called ``name``."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self.certify(key.public_key(), name, ExtendedKeyUsageOID.SERVER_AUTH, timedelta(days=30))
        path = self.folder / f"{name}-{secrets.token_hex(4)}.pem"
        path.write_bytes(_pem(key) + made.public_bytes(serialization.Encoding.PEM))
        return path


def _pem(key: Any) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip


class Ledger:
    """What the Manager's database would hold. It outlives a Manager that is stopped or deposed."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.life = timedelta(days=90)
        self.invitations: dict[str, dict[str, Any]] = {}
        self.serials: dict[str, set[str]] = {}
        self.revoked: set[str] = set()
        self.orders: dict[str, Order] = {}
        self.versions: dict[str, int] = {}
        self.answers: dict[str, Answer] = {}
        self.answered: list[Answer] = []  # every one that came, repeats too
        self.seen: list[Seen] = []
        self.list: dict[str, Entry] = {}
        self.agent_list: list[Entry] = []
        self.setup: wire.Setup | None = None
        self.want_list = False
        self.exchanges: list[Exchange] = []
        self.lock = threading.Lock()

    def invite(self, name: str, *managers: str, age: timedelta = timedelta()) -> str:
        secret = secrets.token_urlsafe(32)
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        self.invitations[hashed] = {"name": name, "until": clock.now() - age + timedelta(hours=1), "key": None}
        given = wire.Invitation(name=name, authority=self.authority.fingerprint, secret=secret, managers=managers)
        return wire.invitation_text(given)

    def decide(self, mac: str, wanted: str, by: str = "policy", term: int = 1, at: datetime | None = None) -> Order:
        """A new order: in the list of what is to be, and to be given."""
        with self.lock:
            version = self.versions[mac] = self.versions.get(mac, 0) + 1
            order = Order(
                id=f"{mac}/{version}", mac=mac, wanted=wanted, by=by, term=term, version=version, at=at or clock.now()
            )
            self.list[mac] = decide(self.list.get(mac, Entry(mac=mac)), order, 0).entry
            self.orders[order.id] = order
            return order
