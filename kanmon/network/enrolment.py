"""Who may call as an agent: invitations, the certificates that they were changed for, and their end.

An invitation is good once, for an hour, for one name; only the hash of its secret is kept. It is used up by the key that
comes with it: the same key gets a certificate again, because the answer may have been lost on the way.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from kanmon import wire
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.writing import transaction
from kanmon.network import certify, seen
from kanmon.network.models import Agent, Certificate, Given, Invitation, NetworkOrder

HOUR = timedelta(hours=1)
_NAME = re.compile(r"\A[a-z0-9][a-z0-9._-]{0,62}\Z")


def invite(name: str, actor: str, managers: Sequence[str]) -> str:
    """A token of enrolment for agent ``name``; it is shown this once. Raises Refused KNM8421-E for a bad name,
    KNM8422-E when agents are not listened to.
    """
    if not _NAME.match(name):
        raise Refused("KNM8421-E", name=name)
    if not managers:
        raise Refused("KNM8422-E", status=409)
    secret = secrets.token_urlsafe(32)
    by = certify.authority(config.home())
    now = clock.now()
    with transaction():
        Invitation.objects.filter(until__lt=now).delete()
        Invitation.objects.create(
            digest=_digest(secret), name=name, created_at=now, created_by=actor, until=now + HOUR
        )  # fmt: skip
        record.note(None, "agent_invited", {"id": "KNM8430-I", "name": name, "actor": actor})
    given = wire.Invitation(name=name, authority=by.fingerprint, secret=secret, managers=tuple(managers))
    return wire.invitation_text(given)


def enrol(asked: wire.Enrolment) -> wire.Certificate:
    """A certificate for who has an invitation. Raises Refused KNM8423-E, KNM8424-E."""
    request = certify.request(asked.csr, asked.name)
    with transaction():
        found = Invitation.objects.filter(digest=_digest(asked.secret), name=asked.name, until__gte=clock.now()).first()
        key = certify.key_digest(request)
        if found is None or found.key not in ("", key):
            raise Refused("KNM8423-E", status=403, name=asked.name)
        Invitation.objects.filter(digest=found.digest).update(key=key)
        now = clock.now()
        agent, _ = Agent.objects.update_or_create(
            name=asked.name, defaults={"revoked_at": None}, create_defaults={"enrolled_at": now}
        )  # fmt: skip
        if not found.key:
            Agent.objects.filter(id=agent.id).update(enrolled_at=now)
            Certificate.objects.filter(agent=agent).delete()  # who had the name before is not it any more
            _give_what_is_open(agent)
            record.note(None, "agent_enrolled", {"id": "KNM8431-I", "name": agent.name, "actor": found.created_by})
        return _certified(agent, request)


def _give_what_is_open(agent: Agent) -> None:
    """Orders that nobody has carried out yet are this agent's, too. What is older comes with the whole list."""
    orders = NetworkOrder.objects.filter(progress="ordered").values_list("id", flat=True)
    rows = [Given(agent=agent, order_id=order) for order in orders.iterator(chunk_size=10_000)]
    Given.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def renew(name: str, asked: wire.Enrolment) -> wire.Certificate:
    """A new certificate for agent ``name``, who has called with a good one. Raises Refused KNM8424-E."""
    request = certify.request(asked.csr, name)
    if asked.name != name:
        raise Refused("KNM8424-E", status=403, name=name, problem=asked.name)
    with transaction():
        agent = Agent.objects.get(name=name)
        Certificate.objects.filter(agent=agent, until__lt=clock.now()).delete()
        record.note(None, "agent_renewed", {"id": "KNM8432-I", "name": name})
        return _certified(agent, request)


def _certified(agent: Agent, request: x509.CertificateSigningRequest) -> wire.Certificate:
    by = certify.authority(config.home())
    made = certify.for_agent(by, request, agent.name)
    Certificate.objects.create(
        serial=made.serial, agent=agent, issued_at=clock.now(), until=made.certificate.not_valid_after_utc
    )  # fmt: skip
    return wire.Certificate(certificate=made.pem, authority=by.pem.decode())


def who(der: bytes | None) -> Agent:
    """The agent that calls, by the certificate with which it does. TLS has checked that it is the authority's.

    Raises Refused KNM8425-E when it has none, or it is not known here, or revoked.
    """
    if der is None:
        raise Refused("KNM8425-E", status=401, name="-")
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else "-"
    row = Certificate.objects.select_related("agent").filter(serial=f"{certificate.serial_number:x}").first()
    if row is None or row.agent.name != name or row.agent.revoked_at is not None or row.until < clock.now():
        raise Refused("KNM8425-E", status=403, name=name)
    agent: Agent = row.agent
    return agent


def revoke(name: str, actor: str) -> None:
    """Agent ``name`` is listened to no more, and nobody waits for its answers. Raises Refused KNM6010-E."""
    with transaction():
        agent = Agent.objects.filter(name=name, revoked_at=None).first()
        if agent is None:
            raise Refused("KNM6010-E", status=404, what="agent", name=name)
        Agent.objects.filter(id=agent.id).update(revoked_at=clock.now())
        Certificate.objects.filter(agent=agent).delete()
        Invitation.objects.filter(name=name).delete()
        open_ones = Given.objects.filter(agent=agent, result="")
        waited = list(open_ones.values_list("order", flat=True))
        open_ones.delete()
        seen.acknowledge(waited)
        record.note(None, "agent_revoked", {"id": "KNM8433-W", "name": name, "actor": actor})


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
