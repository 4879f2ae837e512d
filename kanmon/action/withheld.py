"""What was due and was not ordered: written down for the history, and said.

Steady states are not written at each judgment: that a PC was served before, or is not long enough at its level, is
worked out when somebody asks (``explain``).
"""

from pyroaring import BitMap

from kanmon.action.deciding import Slot, Why
from kanmon.action.history import touched
from kanmon.action.models import Withheld
from kanmon.action.texts import WORDS
from kanmon.common import clock, messages
from kanmon.common.messages import counted
from kanmon.judgment.levels import Level

TOLD: tuple[Why, ...] = ("dry_run", "held", "already", "cap")
SENTENCES = {
    "dry_run": "KNM3073-I", "held": "KNM3074-W", "already": "KNM3075-W", "cap": "KNM3076-W", "declined": "KNM3077-I"
}  # fmt: skip


KINDS = {
    "network": ("network control", "ネットワーク制御"), "mail": ("mail", "メール"),
    "user_mail": ("mail to users", "利用者へのメール"), "webhook": ("webhook", "Webhook"), "event": ("events", "イベント"),
    "command": ("command", "コマンド"), "message": ("message to users", "利用者へのメッセージ"),
}  # fmt: skip


def kind_in_words(kind: str, language: str) -> str:
    """A kind of action, as people read it."""
    return KINDS[kind][language == "ja"] if kind in KINDS else kind


def write(operation: int, run: int, version: int, slot: Slot, why: str, pcs: BitMap) -> None:
    """Note that ``pcs`` were due and nothing was ordered. Inside the transaction that decides."""
    row = Withheld.objects.create(
        operation=operation, run=run, policy_version=version, level=slot.level, step=slot.step, kind=slot.kind, why=why,
        pcs=pcs.serialize(), pc_count=len(pcs), at=clock.now(),
    )  # fmt: skip
    touched.note(pcs, row.at, withheld=row.id)


def sentence(slot: Slot, why: str, count: int, language: str) -> str:
    """What is said of ``count`` PCs for which it was not done."""
    told = {
        "kind": kind_in_words(slot.kind, language), "level": WORDS[language][Level(slot.level)],
        "counted": counted(count, language),
    }  # fmt: skip
    return messages.text(SENTENCES[why], told, language)
