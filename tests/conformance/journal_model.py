"""What a reader of the design expects of the journal, without its code: the model that a story is compared with."""

import re
from dataclasses import dataclass, field

from kanmon.journal.models import Entry, Operation
from tests.journal.test_states import LEGAL

LETTER = {
    "begun": "b", "started": "S", "resumed": "u", "progress": "", "finished": "F", "failed": "X", "retry": "r",
    "interrupted": "i", "suspended": "s", "in_doubt": "d", "held": "h", "released": "l", "cancelled": "C",
    "it_ran": "R", "closed": "L", "redone": "A", "intent": "n",
}  # fmt: skip
WAITS = "(hl)*"
RUNS = "Su?n*"
STORY = re.compile(f"b(?:{WAITS}{RUNS}[ris])*(?:{WAITS}(?:{RUNS}(?:F|XA?|d[RLA]?)?|h?C|h?))")
ENDS = {"finished", "failed", "cancelled", "it_ran", "closed"}
PROBING = "asked"  # the kind whose function asks what became of an interrupted attempt
KINDS = ("one", PROBING)
EVENTS = sorted({event for events in LEGAL.values() for event in events} - {"claim", "set_aside"})
TERMINAL = ("finished", "failed", "cancelled")


@dataclass
class Modelled:
    """An operation."""

    kind: str
    repeat: str
    state: str
    key: str | None = None
    attempts: int = 0
    retries: int = 0
    term: int = 0
    progress: dict[str, int] = field(default_factory=dict)
    redone: bool = False

    def may(self, event: str) -> bool:
        """Whether this step is legal now."""
        return event in LEGAL[self.state] or (event == "redo" and (self.state == "failed" or self.redone))

    def step(self, event: str) -> None:
        """Make it."""
        self.retries += event == "retry"
        self.state = LEGAL[self.state][event]

    def interrupted(self) -> None:
        """Its attempt was lost: by a crash, a freeze, or an answer that was never written."""
        if self.state == "running":
            self.state = "in_doubt" if self.repeat == "ask" and self.kind != PROBING else "waiting"


def rows_agree(known: dict[int, Modelled]) -> None:
    """Nothing is lost, nothing is made up, and each row says what the model says."""
    rows = {row.id: row for row in Operation.objects.all()}
    assert rows.keys() == known.keys()
    for id, model in known.items():
        row = rows[id]
        assert (row.state, row.attempt, row.key) == (model.state, model.attempts, model.key)
        assert row.progress == model.progress
        assert row.term == (model.term if model.state == "running" else None)


def entries_agree(known: dict[int, Modelled]) -> None:
    """Starts = attempts; one end of what is closed; no service start between its last start and its end."""
    services = list(Entry.objects.filter(event="service_started").values_list("seq", flat=True))
    stories: dict[int, list[tuple[int, str, int]]] = {id: [] for id in known}
    for entry in Entry.objects.exclude(operation=None).order_by("seq"):
        stories[entry.operation].append((entry.seq, entry.event, entry.attempt))
        if entry.detail.get("held"):  # begun so
            stories[entry.operation].append((entry.seq, "held", 0))
    for id, story in stories.items():
        model = known[id]
        text = "".join(LETTER[event] for _, event, _ in story)
        assert STORY.fullmatch(text), text
        started = [(seq, attempt) for seq, event, attempt in story if event == "started"]
        assert [attempt for _, attempt in started] == list(range(1, model.attempts + 1)), text
        ends = [(seq, event) for seq, event, _ in story if event in ENDS]
        if model.state == "cancelled" and model.redone:
            ends += [(seq, event) for seq, event, _ in story if event == "redone"]
        assert len(ends) == (model.state in TERMINAL), text
        if ends and ends[0][1] in ("finished", "failed"):
            assert not [seq for seq in services if started[-1][0] < seq < ends[0][0]], text
