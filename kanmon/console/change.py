"""What a page may change. Each change is one operation under the form's one-time key, done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kanmon.accounts.models import User
from kanmon.backup import held
from kanmon.cluster import decide as decisions
from kanmon.common.errors import Refused
from kanmon.flow import KINDS, begin_suspected
from kanmon.intake.models import Receipt
from kanmon.journal.models import Operation
from kanmon.journal.once import once
from kanmon.journal.writing import transaction

DECISIONS = ("same", "new", "reject")


@dataclass(frozen=True, slots=True)
class Done:
    """The operation of a change, and whether it was begun now: not when the same form had been sent before."""

    operation: Operation
    now: bool


def key(form_key: str) -> str:
    """The journal's key of a form."""
    return f"form:{form_key}"


def choose_language(user: Any, code: str) -> None:
    """Keep the person's language. A personal choice: no operation, and sent twice it is the same."""
    if user.language != code:
        with transaction():
            User.objects.filter(pk=user.pk).update(language=code)


def choose_columns(user: Any, columns: Sequence[str] | None) -> None:
    """Keep the columns of the PC list that a person sees; None: the usual ones. A personal choice, too."""
    wanted = None if columns is None else list(columns)
    if user.pc_columns != wanted:
        with transaction():
            User.objects.filter(pk=user.pk).update(pc_columns=wanted)


def choose_keys(user: Any, single: bool) -> None:
    """Whether keys without Ctrl do something for a person. A personal choice, too."""
    if user.single_keys != single:
        with transaction():
            User.objects.filter(pk=user.pk).update(single_keys=single)


def decide_suspected(receipt: int, decision: str, pc: int | None, actor: str, form_key: str) -> Done:
    """Begin the operation that carries out a person's decision on a suspected duplicate.

    ``decision`` is one of ``DECISIONS``; ``pc`` is the PC that the report is of, for "same".
    """
    with transaction():
        earlier = Operation.objects.filter(key=key(form_key)).first()
        if earlier is None and not Receipt.objects.filter(pk=receipt).exists():
            raise Refused("KNM6010-E", status=404, what="report", name=str(receipt))
        begun = begin_suspected(receipt, decision, pc, actor, key(form_key))
    if begun.kind != "suspected" or begun.subject != f"report {receipt}: {decision}":
        raise Refused("KNM7020-E", status=422, subject=begun.subject, operation=begun.id)
    return Done(begun, earlier is None)


def decide(verb: str, number: int, because: str, actor: str, form_key: str) -> Done:
    """Redo, it ran, close, cancel or release operation ``number``; ``because`` is what the person says of it."""
    operation, now = decisions.decide(verb, number, actor=actor, because=because, key=key(form_key))
    return Done(operation, now)


def acknowledge(term: int | None, actor: str, form_key: str) -> Done:
    """A person has seen the report of ``term``; None: of every failover so far."""
    operation, now = decisions.acknowledge(term, actor=actor, key=key(form_key))
    return Done(operation, now)


def release_held(choice: held.Choice, actor: str, form_key: str) -> Done:
    """Release the actions that are held since a restore; ``choice`` says what becomes of those that wait."""
    lanes = {name: kind.lane for name, kind in KINDS.items()}
    operation, now = once(
        "release of held actions", lambda: held.release(lanes, choice, actor), actor=actor, requester="console",
        key=key(form_key),
    )  # fmt: skip
    return Done(operation, now)
