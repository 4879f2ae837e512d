"""An authority, a certificate of the RADIUS server and ones of PCs, as FreeRADIUS and wpa_supplicant want them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier


def make(folder: Path, *pcs: str) -> Path:
    """``folder`` with ca.pem, server.pem, server.key, and NAME.pem, NAME.key for each of ``pcs``."""
    folder.mkdir(parents=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Laboratory", authority_key, None, authority_key, authority=True)
    _save(folder / "ca.pem", authority)
    for name, usage in [
        ("server", ExtendedKeyUsageOID.SERVER_AUTH),
        *((pc, ExtendedKeyUsageOID.CLIENT_AUTH) for pc in pcs),
    ]:
        key = ec.generate_private_key(ec.SECP256R1())
        _save(folder / f"{name}.pem", _certificate(name, key, authority, authority_key, usage=usage))
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.key").write_bytes(pem)
    return folder


def _save(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None, signer: ec.EllipticCurvePrivateKey,
    *, usage: ObjectIdentifier | None = None, authority: bool = False,
) -> x509.Certificate:  # fmt: skip
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(signer, hashes.SHA256())
