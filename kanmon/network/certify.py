"""Certificates made by the agents' authority of this home (``secrets/agent-ca.*``, see ``sealing.authority``).

Those of agents are good for TLS clients only, those of Managers for servers only and for the name
``wire.MANAGER_NAME``, so that nobody can take the other's place.
"""

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kanmon import wire
from kanmon.common import clock
from kanmon.common.errors import Refused

AGENT_DAYS = 90
MANAGER_DAYS = 30
_BEFORE = timedelta(minutes=5)  # clocks differ


class Authority(NamedTuple):
    """The agents' authority: ``pem`` is its certificate."""

    key: CertificateIssuerPrivateKeyTypes
    certificate: x509.Certificate
    pem: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate (DER), hexadecimal."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


class Made(NamedTuple):
    """A certificate that was made: PEM, its serial number in hexadecimal, its life."""

    pem: str
    serial: str
    certificate: x509.Certificate


def authority(home: Path) -> Authority:
    """The authority of ``home``. Raises Refused KNM8420-E when its files can't be read."""
    path = home / "secrets" / "agent-ca.crt"
    try:
        pem = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        path = home / "secrets" / "agent-ca.key"
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError) as problem:
        raise Refused("KNM8420-E", path=str(path), problem=str(problem)) from None
    return Authority(key, certificate, pem)  # type: ignore[arg-type]


def request(pem: str, name: str) -> x509.CertificateSigningRequest:
    """A CSR (PKCS #10) that is signed by its own key and is for ``name``. Raises Refused KNM8424-E."""
    try:
        asked = x509.load_pem_x509_csr(pem.encode())
        names = [str(one.value) for one in asked.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        key = asked.public_key()
        good = asked.is_signature_valid and isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256
    except (ValueError, InvalidSignature) as problem:
        raise Refused("KNM8424-E", status=403, name=name, problem=str(problem)) from None
    if not good or names != [name]:
        raise Refused("KNM8424-E", status=403, name=name, problem=f"{', '.join(names) or '-'}")
    return asked


def key_digest(asked: x509.CertificateSigningRequest) -> str:
    """SHA-256 of the public key of a CSR."""
    public = asked.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public)
    return digest.finalize().hex()


def for_agent(by: Authority, asked: x509.CertificateSigningRequest, name: str) -> Made:
    """The certificate of agent ``name``, good for 90 days."""
    return _made(by, asked.public_key(), name, ExtendedKeyUsageOID.CLIENT_AUTH, timedelta(days=AGENT_DAYS))


def for_manager(by: Authority) -> bytes:
    """Key and certificate (PEM) of a Manager that listens to agents, good for 30 days."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _made(
        by, key.public_key(), wire.MANAGER_NAME, ExtendedKeyUsageOID.SERVER_AUTH, timedelta(days=MANAGER_DAYS)
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    return pem + made.pem.encode()


def _made(by: Authority, key: object, name: str, usage: x509.ObjectIdentifier, life: timedelta) -> Made:
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(by.certificate.subject)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.certificate.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        .sign(by.key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return Made(pem, f"{certificate.serial_number:x}", certificate)
