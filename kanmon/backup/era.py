"""What a restored database must be told: that the world has gone on without it.

Terms: a new era, above every term that was given since the backup, so that agents and workers of the lost time are
refused. Numbers: those of operations, entries, runs and orders stand in mails, webhooks and logs outside. Numbers
that were given since the backup must not be given again, or a receiver would take a new mail for one that it has. How
many were given nobody knows; so as many are skipped as can have been given in the time that has passed, and what the
database that is replaced has given is skipped too.

Effects: every lane but that of the database itself is held (``held.py``). Links and tokens that work once are used
up: they may have been used.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from kanmon.accounts.models import Invitation
from kanmon.backup.load import give_after, given
from kanmon.backup.manifest import Manifest
from kanmon.common import clock
from kanmon.journal import eras, record, term
from kanmon.journal.models import Entry, Hold, Node, Term
from kanmon.journal.takeover import Cause, take_over
from kanmon.journal.worker import ROWS
from kanmon.journal.writing import transaction
from kanmon.sealing.models import NodeInvitation

NUMBERED = ("operation", "entry", "run", "action_order", "user_message")
SKIPPED, SKIPPED_PER_SECOND = 1_000_000, 1000
RESTORED = "restored"  # the entry that says it: the first one after all that the backup held
WHY_HELD = "KNM4231-W"


@dataclass(frozen=True, slots=True)
class Kinds:
    """What the composition root knows of operations: all lanes, and the kinds that ask what became of them."""

    lanes: Collection[str]
    probing: Collection[str]


@dataclass(frozen=True, slots=True)
class Replaced:
    """What is known of the database before: its term, and the highest number of each of ``NUMBERED``."""

    term: int
    numbers: dict[str, int]


NOTHING = Replaced(0, {})


def replaced() -> Replaced:
    """Of the present database. Whatever is wrong with it, it raises a database error."""
    with connection.cursor() as cursor:
        numbers = {table: given(cursor, table) for table in NUMBERED}
    return Replaced(Term.objects.filter(shard=0).values_list("term", flat=True).first() or 0, numbers)


def begin(manifest: Manifest, before: Replaced, kinds: Kinds, actor: str, restore: str, fingerprint: str) -> int:
    """Tell the restored database all this. Returns the first term of the new era; its lease is released."""
    now = clock.now()
    with transaction():
        _skip_numbers(manifest, before)
        newest = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        record.note(None, RESTORED, {
            "id": "KNM4230-W", "restore": restore, "fingerprint": fingerprint, "actor": actor, "newest": newest,
            "at": f"{manifest.made_at:%Y-%m-%d %H:%M:%S}", "from": manifest.node, "term": eras.said(manifest.term),
        })  # fmt: skip
        Term.objects.filter(shard=0).update(system_identifier="", timeline=0)
        Term.objects.filter(shard=0, term__lt=before.term).update(term=before.term)
        Node.objects.update(state="stopped", ready=False)
        Invitation.objects.filter(used_at=None).update(used_at=now)
        NodeInvitation.objects.filter(used_at=None).update(used_at=now, used_by="restore")
        leadership = take_over(probing=kinds.probing, cause=Cause.RESTORED)
        assert leadership is not None
        _hold(kinds.lanes, actor)
        term.release(leadership)
    return leadership.term


def _skip_numbers(manifest: Manifest, before: Replaced) -> None:
    age = max(0.0, (clock.now() - manifest.made_at).total_seconds())
    skipped = SKIPPED + int(age * SKIPPED_PER_SECOND)
    with connection.cursor() as cursor:
        for name in NUMBERED:
            table = manifest.table(name)
            told = (table.numbered_to or 0) if table else 0
            give_after(cursor, name, max(told + skipped, before.numbers.get(name, 0)))


def _hold(lanes: Collection[str], actor: str) -> None:
    now = clock.now()
    names = sorted(set(lanes) - {ROWS})
    for lane in names:
        Hold.objects.update_or_create(lane=lane, defaults={"why": WHY_HELD, "actor": actor, "since": now})
    record.note(None, "actions_held", {"id": WHY_HELD, "actor": actor, "lane": ", ".join(names)})
