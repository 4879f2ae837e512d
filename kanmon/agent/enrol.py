"""Who this agent is: a key that never leaves it, a certificate for its name, and its renewal.

``secrets/identity.pem`` holds key and certificate together, so that one rename replaces both; ``authority.pem`` is the
agents' authority; ``next.key`` a key whose certificate has been asked for and has not come yet. Broken off at any
point, enrolment is simply done again: the same key is asked for again, and the Manager knows it.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kanmon.agent import call
from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.wire import ENROL, RENEW, Certificate, Enrolment, Invitation, Message, read_invitation

RENEW_AT = 2 / 3  # of a certificate's life
Ask = Callable[[str, Message], bytes]


class Identity(NamedTuple):
    """What this agent's certificate says."""

    name: str
    serial: str
    valid_from: datetime
    valid_until: datetime

    @property
    def renew_at(self) -> datetime:
        """When a new one is due."""
        return self.valid_from + (self.valid_until - self.valid_from) * RENEW_AT


def identity_path(home: Path) -> Path:
    """Key and certificate of this agent."""
    return home / "secrets" / "identity.pem"


def authority_path(home: Path) -> Path:
    """The agents' authority."""
    return home / "secrets" / "authority.pem"


def identity(home: Path) -> Identity:
    """Who this agent is. Raises Refused KNM8021-E when it is not enrolled, KNM8020-E when the file can't be read."""
    path = identity_path(home)
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        raise Refused("KNM8021-E", home=str(home)) from None
    except (OSError, ValueError) as problem:
        raise Refused("KNM8020-E", path=str(path), problem=str(problem)) from None
    return _identity(certificate)


def _identity(certificate: x509.Certificate) -> Identity:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Identity(
        str(names[0].value) if names else "",
        f"{certificate.serial_number:x}",
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def opened(token: str) -> Invitation:
    """The invitation of a token. Raises Refused KNM8022-E."""
    try:
        return read_invitation(token)
    except ValueError:  # msgspec's errors are ValueErrors; what they say may hold the secret
        raise Refused("KNM8022-E") from None


def enrol(home: Path, invitation: Invitation, managers: tuple[str, ...], connect_seconds: float) -> Identity:
    """Get a certificate for the invitation from the first of ``managers`` that answers.

    Raises Refused KNM8023-E when none answers, KNM8024-E when one is not the invitation's, KNM8025-E when it refuses.
    """
    problems = []
    for url in managers:
        try:
            return _enrol_at(home, invitation, url, connect_seconds)
        except call.ManagerRefused as problem:
            if problem.status != 409:
                raise Refused("KNM8025-E", url=url, problem=str(problem)) from None
            problems.append(f"{url}: {problem}")
        except OSError as problem:
            problems.append(f"{url}: {problem}")
    raise Refused("KNM8023-E", problem="; ".join(problems) or "-")


def _enrol_at(home: Path, invitation: Invitation, url: str, connect_seconds: float) -> Identity:
    pem = call.authority_of(url, invitation.authority, connect_seconds)
    (home / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    write(home / "secrets" / "next-authority.pem", pem, 0o600)
    caller = call.Caller(url, call.context(home / "secrets" / "next-authority.pem", None), connect_seconds)

    def ask(path: str, message: Message) -> bytes:
        return caller.post(path, message, wait_seconds=connect_seconds)

    try:
        return _certified(home, ask, ENROL, invitation.name, invitation.secret)
    finally:
        caller.close()


def renew(home: Path, ask: Ask) -> Identity:
    """Get a new certificate with a new key, by the one that still is valid. ``ask``: one call (path, message) -> body."""
    return _certified(home, ask, RENEW, identity(home).name, "")


def _certified(home: Path, ask: Ask, path: str, name: str, secret: str) -> Identity:
    key = _next_key(home)
    csr = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    )
    text = csr.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    told = ask(path, Enrolment(name=name, csr=text, secret=secret))
    fault.point("agent_certificate_told")
    try:
        answer = msgspec.json.decode(told, type=Certificate)
        certificate = x509.load_pem_x509_certificate(answer.certificate.encode())
        authority = x509.load_pem_x509_certificate(answer.authority.encode())
        certificate.verify_directly_issued_by(authority)
        if certificate.public_key() != key.public_key() or _identity(certificate).name != name:
            raise ValueError("it is for another key or another name")
    except Exception as problem:  # of many kinds, all meaning that this is no certificate for us
        raise Refused("KNM8026-E", problem=str(problem) or type(problem).__name__) from None
    write(authority_path(home), answer.authority.encode(), 0o600)
    fault.point("agent_authority_kept")
    write(identity_path(home), _pem(key) + answer.certificate.encode(), 0o600)
    fault.point("agent_identity_kept")
    (home / "secrets" / "next.key").unlink(missing_ok=True)
    return _identity(certificate)


def _next_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The key whose certificate is asked for; the same one again after a break."""
    path = home / "secrets" / "next.key"
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key
    key = ec.generate_private_key(ec.SECP256R1())
    write(path, _pem(key), 0o600)
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip


def write(path: Path, content: bytes, mode: int) -> None:
    """Replace a file whole; it is on the disk when this returns."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def due(who: Identity, now: datetime | None = None) -> bool:
    """Whether a new certificate is due."""
    return (now or clock.now()) >= who.renew_at


def expires_within(who: Identity, span: timedelta) -> bool:
    """Whether the certificate ends within ``span``: its renewal has failed for long."""
    return clock.now() >= who.valid_until - span
