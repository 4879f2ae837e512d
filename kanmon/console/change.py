"""What a page may change. Each change is one transaction or one operation under the form's one-time key."""

from typing import Any

from kanmon.accounts.models import User
from kanmon.common.errors import Refused
from kanmon.flow import begin_suspected
from kanmon.intake.models import Receipt
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction

DECISIONS = ("same", "new", "reject")


def choose_language(user: Any, code: str) -> None:
    """Keep the person's language."""
    if user.language != code:
        with transaction():
            User.objects.filter(pk=user.pk).update(language=code)


def decide_suspected(receipt: int, decision: str, pc: int | None, actor: str, form_key: str) -> Operation:
    """Begin the operation that carries out a person's decision on a suspected duplicate.

    ``decision`` is one of ``DECISIONS``; ``pc`` is the PC that the report is of, for "same". The same
    ``form_key`` begins it once.
    """
    if not Receipt.objects.filter(pk=receipt).exists():
        raise Refused("KNM6010-E", status=404, what="report", name=str(receipt))
    with transaction():
        return begin_suspected(receipt, decision, pc, actor, f"form:{form_key}")
