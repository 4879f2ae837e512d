"""Secrets in the database, by name. Two nodes must have the same data key; ``check`` says so when they have not."""

from functools import cache
from pathlib import Path

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction
from kanmon.sealing import keys
from kanmon.sealing.models import Secret

CHECK = "check"
_SAID = b"kanmon"


@cache
def _key(path: Path) -> bytes:
    return keys.read_key(path)


def data_key() -> bytes:
    """The data key of this home. Raises Refused KNM4150-E when its file can't be read."""
    path = config.home() / "secrets" / "data-key"
    try:
        return _key(path)
    except (OSError, ValueError) as problem:
        raise Refused("KNM4150-E", path=str(path), problem=str(problem)) from None


def put(name: str, value: str) -> None:
    """Keep ``value`` under ``name``; what was there before is gone."""
    with transaction():
        sealed = keys.seal(data_key(), name, value.encode())
        Secret.objects.update_or_create(name=name, defaults={"sealed": sealed, "changed_at": clock.now()})


def get(name: str) -> str | None:
    """The value of ``name``, or None. Raises Refused KNM4151-E when it was sealed under another key."""
    row = Secret.objects.filter(name=name).first()
    if row is None:
        return None
    try:
        return keys.unseal(data_key(), name, bytes(row.sealed)).decode()
    except keys.WrongKey:
        raise Refused("KNM4151-E", name=name, home=str(config.home())) from None


def forget(name: str) -> None:
    """There is no secret of this name any more."""
    with transaction():
        Secret.objects.filter(name=name).delete()


def check() -> None:
    """At start: this node has the key that the database was sealed with. Raises Refused KNM4151-E."""
    if get(CHECK) is None:
        put(CHECK, _SAID.decode())
