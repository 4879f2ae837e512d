"""The history of judgments and actions, over all and of one PC, in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kanmon.action.history import everywhere
from kanmon.action.history import of_pc as of_one
from kanmon.action.history.everywhere import RunTold
from kanmon.action.history.line import DECIDED, JUDGED, Line, Wanted
from kanmon.console import network_words, wording, words
from kanmon.console.language import language
from kanmon.console.shown.history import ActionShown, HistoryShown, PcHistory, RunShown
from kanmon.console.shown.pc import HistoryEntry
from kanmon.console.subject_words import subject
from kanmon.judgment.levels import Level
from kanmon.network.past import NetworkOrders

SOURCES = (NetworkOrders(),)
EVERYTHING = Wanted()
PAGE = 50


def over_all(wanted: Wanted, cursor: str, size: int = PAGE) -> HistoryShown:
    """A page of runs. Raises Refused KNM3293-E."""
    page = everywhere.page(wanted, cursor, size, language())
    is_short = bool(page.next) and len(page.runs) < size
    return HistoryShown([_run(one) for one in page.runs], page.next, page.looked_until if is_short else None)


def of_pc(number: int, wanted: Wanted = EVERYTHING, cursor: str = "", size: int = PAGE) -> PcHistory:
    """A page of one PC. Raises Refused KNM3293-E."""
    page = of_one.page(number, wanted, cursor, size, language(), SOURCES)
    return PcHistory([_entry(line) for line in page.lines], page.next)


def lines(wanted: Wanted, pc: int | None, most: int) -> Sequence[Line]:
    """The first ``most`` lines, for a file."""
    if pc is None:
        return everywhere.all_lines(wanted, "", most, language())[0][:most]
    return of_one.all_lines(pc, wanted, "", most, language(), SOURCES)[0]


def _run(told: RunTold) -> RunShown:
    first = told.lines[0] if told.lines and told.lines[0].kind in (JUDGED, DECIDED) else None
    actions = [_action(line) for line in told.lines if line is not first]
    cause = words.CAUSES.get(told.cause, told.cause)
    shape = _("By hand (%(cause)s)") if told.run is None else _("Run %(n)s (%(cause)s)")
    judged = told.run is not None and (first is None or first.kind == JUDGED)
    return RunShown(
        number=told.run, at=told.at, text=shape % {"cause": cause, "n": told.run}, who=told.actor,
        asked=subject(told.asked), judged=told.judged if judged else None, changed=told.changed if judged else None,
        result=first.result if first else "", sentence=first.sentence if first else "",
        operation=first.operation if first else None, actions=actions, more=told.more,
    )  # fmt: skip


def _action(line: Line) -> ActionShown:
    step = _("step %(n)s") % {"n": (line.step or 0) + 1} if line.step else ""
    return ActionShown(
        icon=_icon(line), text=_what(line), level=line.level,
        place=wording.listed(part for part in (line.policy, step) if part),
        pcs=line.pcs, result=line.result, attempts=line.attempts, sentence=line.sentence, operation=line.operation,
        ended=line.ended,
    )  # fmt: skip


def _what(line: Line) -> str:
    """What was ordered, in words."""
    if line.kind == "network":
        if line.run is None:
            return _by_hand(line)
        permits = line.subject == "permit"
        return _("Let back into the network") if permits else _("Cut off the network") if line.subject else _word(line)
    if not line.subject:
        return _word(line)
    if line.kind == "mail":
        return _('Mail "%(subject)s"') % {"subject": line.subject}
    if line.kind == "webhook":
        return _("Webhook to %(target)s") % {"target": line.subject}
    if line.kind == "command":
        return _("Command %(program)s") % {"program": line.subject}
    return f"{_word(line)}: {line.subject}"


def _word(line: Line) -> str:
    return str(words.KINDS.get(line.kind, line.kind))


def _by_hand(line: Line) -> str:
    wanted, _colon, reason = line.subject.partition(": ")
    verb = str(network_words.ORDERED.get(wanted, wanted))
    who = line.actor or _("a person")
    text = _("%(what)s by %(who)s") % {"what": verb, "who": who}
    return _("%(what)s: %(why)s") % {"what": text, "why": network_words.reason(reason)} if reason else text


def _icon(line: Line) -> str:
    if line.kind == "network":
        wanted = line.subject.partition(": ")[0]
        return network_words.ORDER_ICONS.get(wanted, "network")
    return {"judge": "judge", "webhook": "network"}.get(line.kind, line.kind)


def _entry(line: Line) -> HistoryEntry:
    if line.kind == JUDGED and line.level is not None:
        before, after = line.level_before, line.level
        note = _("other findings, same level") if before == after else ""
        shown = before if before not in (after, Level.NOT_JUDGED) else None
        return HistoryEntry(line.at, "judge", wording.after(line.cause), shown, after, note)
    return HistoryEntry(line.at, _icon(line), _what(line), note=_note(line), operation=line.operation)


def _note(line: Line) -> str:
    """Result, attempts and sentence of an action about one PC."""
    result = str(words.HISTORY_RESULTS.get(line.result, line.result))
    if line.attempts > 1:
        tries = ngettext("%(n)s attempt", "%(n)s attempts", line.attempts) % {"n": wording.number(line.attempts)}
        result = wording.listed((result, tries))
    return _("%(what)s: %(why)s") % {"what": result, "why": line.sentence} if line.sentence else result
