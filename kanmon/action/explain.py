"""Why something was done about a PC, or was not: the decision of now about it alone, action by action, in sentences."""

from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap

from kanmon.action import deciding, hold, withheld
from kanmon.action.book import Book
from kanmon.action.caps import most
from kanmon.action.decide import DRY, InForce, Part, parts_of
from kanmon.action.deciding import Limits, Slot
from kanmon.action.people import Reading
from kanmon.action.texts import WORDS
from kanmon.common import config, messages, zone
from kanmon.common.messages import counted
from kanmon.inventory.models import Pc
from kanmon.judgment.engine import ENGINE

MOST_NAMED = 20
Parameters = dict[str, object]


@dataclass(frozen=True, slots=True)
class Said:
    """About one action of the policy in force: ``state`` is done, due, or the reason why it is not; with a sentence.

    ``told``: what the sentence is filled with: day, times, days, judgments, grace, most.
    """

    slot: Slot
    policy: str
    state: str
    id: str
    sentence: str
    told: Parameters


def explain(pc: int, language: str, in_force: InForce) -> list[Said]:
    """What the action policy does about ``pc`` at its level, and why it does not do it now."""
    row = Pc.objects.filter(id=pc).first()
    if row is None:
        return []
    ENGINE.catch_up()
    one = BitMap([pc])
    reading, book = Reading(one, BitMap(), zone.today()), Book()
    found = []
    for part in parts_of(one):
        here = part.members & reading.at(part.level)
        if not here:
            continue
        people = reading.of_step(part.level, part.step, here, part.policy.new_pc_grace_days)
        for slot in part.slots():
            state, told = _state(part, slot, people, book, reading.today, in_force)
            found.append(_said(part, slot, state, told, language))
    return found


def _state(
    part: Part, slot: Slot, people: deciding.People, book: Book, today: date, in_force: InForce
) -> tuple[str, Parameters]:
    kept = slot._replace(kind=DRY + slot.kind) if part.policy.dry_run else slot
    done = book.of(kept)
    wanted = str(getattr(part.step, slot.kind)) if slot.kind == "network" else ""
    limits = Limits(
        in_force(slot.kind, wanted, people.here) if wanted == "deny" else BitMap(), book.waiting(slot, "already"),
        book.waiting(slot, "cap"), dry_run=part.policy.dry_run, held=hold.is_held(),
    )  # fmt: skip
    decided = deciding.decide(part.step, part.every, people, done, today.toordinal(), limits)
    why = next(iter(decided.withheld), "due")
    mine = next((one for one in done if people.here & one.pcs), None)
    if why == "served" and mine is not None:
        told = {"day": date.fromordinal(mine.day).isoformat(), "times": mine.times}
        return ("left" if mine.times == 0 else "done"), told
    after = part.step.after
    return why, {
        "grace": part.policy.new_pc_grace_days, "days": after.days if after else 0,
        "judgments": after.judgments if after else 1,
        "most": most(slot.kind, len(ENGINE.managed)) or 0,
    }  # fmt: skip


SENTENCES = {
    "done": "KNM3080-I", "left": "KNM3081-I", "due": "KNM3082-I", "grace": "KNM3083-I", "days": "KNM3084-I",
    "judgments": "KNM3085-I", "not_judged": "KNM3086-I", "in_force": "KNM3087-I", "already": "KNM3075-W",
    "cap": "KNM3076-W", "dry_run": "KNM3073-I", "held": "KNM3074-W",
}  # fmt: skip


def _said(part: Part, slot: Slot, state: str, told: Parameters, language: str) -> Said:
    kind, level = withheld.kind_in_words(slot.kind, language), WORDS[language][part.level]
    params = {"kind": kind, "level": level, "counted": counted(1, language), **told}
    id = SENTENCES[state]
    return Said(slot, part.policy.name, state, id, messages.text(id, params, language), told)


def waived(pc: int, language: str) -> str | None:
    """The sentence about conditions that do not count for ``pc``; None when all do."""
    with ENGINE.lock:
        conditions = [condition for condition, pcs in ENGINE.waived(zone.today()).items() if pc in pcs]
    if not conditions:
        return None
    return messages.text("KNM3094-I", {"conditions": ", ".join(sorted(conditions)[:MOST_NAMED])}, language)


def unmanaged(pc: int, language: str | None = None) -> str | None:
    """The sentence about a PC whose management is switched off; None when it is on."""
    if Pc.objects.filter(id=pc, managed=False).exists():
        return messages.text("KNM3088-I", {}, language or str(config.get("server.language")))
    return None
