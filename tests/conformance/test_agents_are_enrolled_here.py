"""Invitations and certificates, on every database: once, for an hour, for one name and one key."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kanmon import home as homes
from kanmon import wire
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.network import certify, enrolment
from kanmon.network.models import Agent, Certificate, Invitation


@pytest.fixture(autouse=True)
def _authority() -> None:
    homes.make(config.home())


def csr(name: str, key: ec.EllipticCurvePrivateKey) -> str:
    made = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def secret(name: str = "gateway-1") -> str:
    return wire.read_invitation(enrolment.invite(name, "hanako", ["https://manager:8445"])).secret


def refused(id: str, asked: wire.Enrolment) -> None:
    with pytest.raises(Refused) as problem:
        enrolment.enrol(asked)
    assert problem.value.message_id == id


def der(given: wire.Certificate) -> bytes:
    return x509.load_pem_x509_certificate(given.certificate.encode()).public_bytes(serialization.Encoding.DER)


def test_an_invitation_becomes_a_certificate_and_its_secret_is_kept_nowhere() -> None:
    mine, told = key(), secret()
    given = enrolment.enrol(wire.Enrolment(name="gateway-1", csr=csr("gateway-1", mine), secret=told))
    made = x509.load_pem_x509_certificate(given.certificate.encode())
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(given.authority.encode()))
    assert made.public_key() == mine.public_key()
    assert (made.not_valid_after_utc - clock.now()).days in (89, 90)
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert enrolment.who(der(given)).name == "gateway-1"
    assert told.encode() not in bytes(Invitation.objects.get().digest)


def test_an_invitation_is_good_for_one_key_only() -> None:
    mine, told = key(), secret()
    asked = wire.Enrolment(name="gateway-1", csr=csr("gateway-1", mine), secret=told)
    enrolment.enrol(asked)
    enrolment.enrol(asked)  # the answer was lost
    refused("KNM8423-E", wire.Enrolment(name="gateway-1", csr=csr("gateway-1", key()), secret=told))
    assert Agent.objects.count() == 1


def test_what_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told = secret()
    refused("KNM8423-E", wire.Enrolment(name="gateway-2", csr=csr("gateway-2", key()), secret=told))
    refused("KNM8424-E", wire.Enrolment(name="gateway-1", csr=csr("gateway-2", key()), secret=told))
    refused("KNM8424-E", wire.Enrolment(name="gateway-1", csr="nonsense", secret=told))
    Invitation.objects.update(until=clock.now() - timedelta(seconds=1))
    refused("KNM8423-E", wire.Enrolment(name="gateway-1", csr=csr("gateway-1", key()), secret=told))
    with pytest.raises(Refused, match="no name"):
        enrolment.invite("Gateway 1", "hanako", ["https://manager:8445"])


def test_a_revoked_agent_and_one_that_was_enrolled_anew_are_nobody() -> None:
    old = enrolment.enrol(wire.Enrolment(name="gateway-1", csr=csr("gateway-1", key()), secret=secret()))
    new = enrolment.enrol(wire.Enrolment(name="gateway-1", csr=csr("gateway-1", key()), secret=secret()))
    with pytest.raises(Refused):
        enrolment.who(der(old))
    assert enrolment.who(der(new)).name == "gateway-1"
    renewed = enrolment.renew("gateway-1", wire.Enrolment(name="gateway-1", csr=csr("gateway-1", key())))
    assert enrolment.who(der(renewed)).name == enrolment.who(der(new)).name
    enrolment.revoke("gateway-1", "hanako")
    for given in (new, renewed):
        with pytest.raises(Refused):
            enrolment.who(der(given))
    assert not Certificate.objects.exists()


def test_a_certificate_of_another_authority_is_nobody_s(tmp_path: Path) -> None:
    enrolment.enrol(wire.Enrolment(name="gateway-1", csr=csr("gateway-1", key()), secret=secret()))
    other = tmp_path / "other"
    homes.make(other)
    by = certify.authority(other)
    forged = certify.for_agent(by, certify.request(csr("gateway-1", key()), "gateway-1"), "gateway-1")
    with pytest.raises(Refused):
        enrolment.who(forged.certificate.public_bytes(serialization.Encoding.DER))
    with pytest.raises(Refused):
        enrolment.who(None)
