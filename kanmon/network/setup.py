"""Which network is for whom, as a person has set it up for all agents: immutable versions."""

import difflib
import hashlib
from typing import Any

import msgspec

from kanmon import wire
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.writing import transaction
from kanmon.network.models import Setup

UNSET = wire.Setup()


def newest() -> wire.Setup:
    """The setup that agents shall have; version 0 when nobody has made one."""
    row = Setup.objects.order_by("-version").first()
    if row is None:
        return UNSET
    return msgspec.structs.replace(msgspec.json.decode(bytes(row.body), type=wire.Setup), version=row.version)


def as_json(told: wire.Setup) -> Any:
    """The setup as people read and write it."""
    return msgspec.to_builtins(told)


def read(body: bytes) -> wire.Setup:
    """A setup from JSON; its version is not heeded. Raises Refused KNM8426-E when it is none."""
    try:
        told = msgspec.json.decode(body, type=wire.Setup, strict=True)
        for name in msgspec.json.decode(body).keys() - set(wire.Setup.__struct_fields__):
            near = difflib.get_close_matches(name, wire.Setup.__struct_fields__, n=1, cutoff=0)[0]
            raise Refused("KNM8426-E", status=422, problem=f"there is no field {name[:60]}; the nearest is {near}")
    except msgspec.MsgspecError as problem:
        raise Refused("KNM8426-E", status=422, problem=str(problem)) from None
    return msgspec.structs.replace(told, version=0)


def mark(told: wire.Setup) -> str:
    """By which one setup is told from another, in the subject of the operation."""
    return hashlib.blake2b(msgspec.json.encode(told), digest_size=4).hexdigest()


def change(told: wire.Setup, actor: str) -> wire.Setup:
    """A new version: agents get it with their next call."""
    with transaction():
        row = Setup.objects.create(body=msgspec.json.encode(told), made_at=clock.now(), made_by=actor)
        record.note(None, "network_setup", {"id": "KNM8434-I", "version": row.version, "actor": actor})
    return msgspec.structs.replace(told, version=row.version)
