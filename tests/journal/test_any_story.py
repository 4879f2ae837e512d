"""Whatever happens to operations in whatever order: the journal stays true to its rules.

hypothesis makes up stories of beginnings, claims, ends, crashes and people; the model beside it knows only the
table of legal steps. After each step the rows must agree with the model, and the entries must read as a story.
"""

import os
import re
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kanmon.common import config
from kanmon.journal import record, term
from kanmon.journal.models import Entry, Lease, Operation, Takeover, Term
from kanmon.journal.states import IllegalStep
from kanmon.journal.writing import TermLost, transaction
from tests.journal.test_states import LEGAL

LETTER = {
    "begun": "b", "started": "S", "resumed": "u", "progress": "", "finished": "F", "failed": "X", "retry": "r",
    "interrupted": "i", "in_doubt": "d", "held": "h", "released": "l", "cancelled": "C", "it_ran": "R", "closed": "L",
    "redone": "A",
}  # fmt: skip
WAITS = "(hl)*"
STORY = re.compile(f"b(?:{WAITS}Su?[ri])*(?:{WAITS}(?:Su?(?:F|XA?|d[RLA]?)?|h?C|h?))")
ENDS = {"finished", "failed", "cancelled", "it_ran", "closed"}


class Modelled:
    """What the model knows of an operation."""

    def __init__(self, repeat: str, state: str, key: str | None) -> None:
        self.repeat, self.state, self.key = repeat, state, key
        self.attempts, self.term, self.progress, self.redone = 0, 0, {}, False  # type: int, int, dict[str, int], bool


class Journal(RuleBasedStateMachine):
    """One leader at a time; ``deposed`` are terms that were."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Operation, Entry, Takeover, Term, Lease):
            model.objects.all().delete()
        self.known: dict[int, Modelled] = {}
        self.keys: dict[str, int] = {}
        self.old: dict[int, Operation] = {}
        self.lead = term.take(config.home())

    def teardown(self) -> None:
        os.close(self.lead.lock)

    @rule(
        key=st.none() | st.sampled_from("abc"),
        repeat=st.sampled_from(["idempotent", "keyed", "ask"]),
        held=st.booleans(),
    )
    def begin(self, key: str | None, repeat: str, held: bool) -> None:
        with transaction():
            operation = record.begin("one", requester="tests", repeat=repeat, key=key, held=held)
        if key is not None and key in self.keys:
            assert operation.id == self.keys[key]
            return
        assert operation.id not in self.known
        self.known[operation.id] = Modelled(repeat, "held" if held else "waiting", key)
        self.old[operation.id] = operation
        if key is not None:
            self.keys[key] = operation.id

    def pick(self, data: st.DataObject) -> tuple[int, Modelled]:
        id = data.draw(st.sampled_from(sorted(self.known)))
        return id, self.known[id]

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        id, model = self.pick(data)
        with transaction(self.lead.term):
            claimed = record.claim(id, self.lead.term, {"id": "KNM2003-I"})
        assert (claimed is not None) == (model.state == "waiting")
        if claimed is not None:
            model.state, model.term = "running", self.lead.term
            model.attempts += 1
            assert claimed.attempt == model.attempts
            self.old[id] = claimed

    @precondition(lambda self: self.known)
    @rule(data=st.data(), done=st.integers(1, 9))
    def progress(self, data: st.DataObject, done: int) -> None:
        id, model = self.pick(data)
        operation = Operation.objects.get(id=id)
        try:
            with transaction(self.lead.term):
                record.save_progress(operation, {"done": done, "of": 9})
        except RuntimeError:
            assert model.state != "running"
        else:
            assert model.state == "running"
            model.progress = {"done": done, "of": 9}

    def act(self, operation: Operation, event: str) -> Operation | None:
        acts: dict[str, Any] = {
            "finish": lambda: record.finish(operation, {"result": "success"}, {"id": "KNM2004-I"}),
            "fail": lambda: record.fail(operation, {"result": "failure"}, {"id": "KNM2004-I"}),
            "retry": lambda: record.retry(operation, 0, "later"),
            "put_back": lambda: record.put_back(operation),
            "doubt": lambda: record.doubt(operation),
            "hold": lambda: record.hold(operation, "hanako"),
            "release": lambda: record.release(operation, "hanako"),
            "cancel": lambda: record.cancel(operation, "hanako", "no"),
            "it_ran": lambda: record.it_ran(operation, "hanako"),
            "close": lambda: record.close(operation, "hanako"),
            "redo": lambda: record.redo(operation, "hanako"),
        }
        found = acts[event]()
        return found if isinstance(found, Operation) else None

    EVENTS = sorted({event for events in LEGAL.values() for event in events} - {"claim", "set_aside"})

    @precondition(lambda self: self.known)
    @rule(data=st.data(), event=st.sampled_from(EVENTS), stale=st.booleans())
    def step(self, data: st.DataObject, event: str, stale: bool) -> None:
        id, model = self.pick(data)
        operation = self.old[id] if stale else Operation.objects.get(id=id)
        entries = Entry.objects.count()
        legal = event in LEGAL[model.state] or (event == "redo" and (model.state == "failed" or model.redone))
        again = None
        try:
            with transaction(self.lead.term):
                again = self.act(operation, event)
        except IllegalStep:
            assert stale or not legal, (model.state, event)
            assert Entry.objects.count() == entries, "a refused step leaves no trace"
            self.old[id] = Operation.objects.get(id=id)
            return
        assert legal, (model.state, event)
        if again is not None:
            self.redone(id, model, again)
        else:
            model.state = LEGAL[model.state][event]

    def redone(self, id: int, model: Modelled, again: Operation) -> None:
        if model.redone:
            assert self.keys[f"redo:{id}"] == again.id
            return
        assert again.id not in self.known
        assert again.redo_of == id
        model.redone = True
        model.state = "failed" if model.state == "failed" else "cancelled"
        self.known[again.id] = Modelled(model.repeat, "waiting", f"redo:{id}")
        self.old[again.id] = again
        self.keys[f"redo:{id}"] = again.id

    @rule(clean=st.booleans())
    def takeover(self, clean: bool) -> None:
        before = self.lead
        if clean:
            term.release(before)
        else:
            os.close(before.lock)
        self.lead = term.take(config.home())
        assert self.lead.term == before.term + 1
        assert Takeover.objects.get(term=self.lead.term).cause == ("clean" if clean else "crash")
        for model in self.known.values():
            if model.state == "running":
                model.state = "in_doubt" if model.repeat == "ask" else "waiting"
        with pytest.raises(TermLost), transaction(before.term):
            record.begin("one", requester="tests")

    @rule()
    def rolled_back(self) -> None:
        """An exception at the end of a transaction leaves nothing of it."""

        def fail() -> None:
            operation = record.begin("one", requester="tests", key="never")
            record.claim(operation.id, self.lead.term, {})
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), transaction(self.lead.term):
            fail()

    @invariant()
    def rows_agree_with_the_model(self) -> None:
        rows = {row.id: row for row in Operation.objects.all()}
        assert rows.keys() == self.known.keys(), "nothing is lost, nothing is made up"
        for id, model in self.known.items():
            row = rows[id]
            assert (row.state, row.attempt, row.key) == (model.state, model.attempts, model.key)
            assert row.progress == model.progress
            assert row.term == (model.term if model.state == "running" else None)

    @invariant()
    def entries_read_as_stories(self) -> None:
        starts_of_service = list(Entry.objects.filter(event="service_started").values_list("seq", flat=True))
        stories: dict[int, list[tuple[int, str, int]]] = {id: [] for id in self.known}
        for entry in Entry.objects.exclude(operation=None).order_by("seq"):
            stories[entry.operation].append((entry.seq, entry.event, entry.attempt))
            if entry.detail.get("held"):  # begun so
                stories[entry.operation].append((entry.seq, "held", 0))
        for id, story in stories.items():
            model, events = self.known[id], [event for _, event, _ in story]
            text = "".join(LETTER[event] for event in events)
            assert STORY.fullmatch(text), text
            started = [(seq, attempt) for seq, event, attempt in story if event == "started"]
            assert [attempt for _, attempt in started] == list(range(1, model.attempts + 1)), "starts = attempts"
            ends = [(seq, event) for seq, event, _ in story if event in ENDS]
            if model.state == "cancelled" and model.redone:
                ends += [(seq, event) for seq, event, _ in story if event == "redone"]
            assert len(ends) == (model.state in ("finished", "failed", "cancelled")), text
            if ends and ends[0][1] in ("finished", "failed"):
                last = started[-1][0]
                assert not [seq for seq in starts_of_service if last < seq < ends[0][0]], text


def test_any_story(database: Path) -> None:
    run_state_machine_as_test(
        Journal,
        settings=settings(
            max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
