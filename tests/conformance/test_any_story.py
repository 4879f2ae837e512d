"""Whatever happens to operations in whatever order: the journal stays true to its rules, on both databases.

hypothesis makes up stories of beginnings, claims, chunks, ends, crashes, leases that expire, interrupted take-overs,
workers whose functions fail in every way, deposed ones that go on, and people. The model beside it (journal_model.py)
knows only the table of legal steps. After each step rows and entries must agree with it.
"""

import contextlib
import os
from typing import Any
from unittest import mock

import hypothesis.strategies as st
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kanmon.common import config
from kanmon.journal import record, rescue, takeover, term
from kanmon.journal.models import Entry, Lease, Operation, Takeover, Term
from kanmon.journal.once import once
from kanmon.journal.states import IllegalStep
from kanmon.journal.takeover import Cause
from kanmon.journal.window import Suspended
from kanmon.journal.worker import InDoubt, Kind, Passing, Permanent, Stopped, Work, Worker
from kanmon.journal.writing import TermLost, transaction
from tests.conformance.journal_model import EVENTS, KINDS, PROBING, Modelled, entries_agree, rows_agree
from tests.conftest import CAMPAIGN

EXAMPLES = {"sqlite": 30, "postgresql": 12}
RAISED = {
    "passing": Passing("busy"), "lost answer": Passing("no answer", unknown=True), "permanent": Permanent("never"),
    "in doubt": InDoubt("who knows"), "suspended": Suspended(), "stopped": Stopped(), "a defect": ZeroDivisionError(),
}  # fmt: skip


class Journal(RuleBasedStateMachine):
    """One leader at a time; ``old`` are rows as somebody read them some time ago."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Operation, Entry, Takeover, Term, Lease):
            model.objects.all().delete()
        self.known: dict[int, Modelled] = {}
        self.keys: dict[str, int] = {}
        self.old: dict[int, Operation] = {}
        self.deposed: list[int] = []
        self.lead = term.take(config.home(), probing={PROBING})

    def teardown(self) -> None:
        if self.lead.lock is not None:
            os.close(self.lead.lock)

    def add(self, operation: Operation, model: Modelled) -> None:
        assert operation.id not in self.known
        self.known[operation.id], self.old[operation.id] = model, operation
        if model.key is not None:
            self.keys[model.key] = operation.id

    def pick(self, data: st.DataObject, *states: str) -> tuple[int, Modelled]:
        ids = [id for id, model in self.known.items() if not states or model.state in states]
        id = data.draw(st.sampled_from(sorted(ids)))
        return id, self.known[id]

    @rule(
        kind=st.sampled_from(KINDS),
        key=st.none() | st.sampled_from("abc"),
        repeat=st.sampled_from(["idempotent", "keyed", "ask"]),
        held=st.booleans(),
    )
    def begin(self, kind: str, key: str | None, repeat: str, held: bool) -> None:
        with transaction():
            operation = record.begin(kind, requester="tests", repeat=repeat, key=key, held=held)
        if key is not None and key in self.keys:
            assert operation.id == self.keys[key]
        else:
            self.add(operation, Modelled(kind, repeat, "held" if held else "waiting", key))

    @rule(key=st.sampled_from("xy"))
    def change(self, key: str) -> None:
        """Something a person does, perhaps sent again."""
        operation, now = once("a change", dict, actor="hanako", requester="tests", key=key)
        assert now == (key not in self.keys)
        if now:
            self.add(operation, Modelled("change", "idempotent", "finished", key, attempts=1))
        else:
            assert operation.id == self.keys[key]

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        id, model = self.pick(data)
        with transaction(self.lead.term):
            claimed = record.claim(id, self.lead.term, {"id": "KNM2003-I"})
        assert (claimed is not None) == (model.state == "waiting")
        if claimed is not None:
            model.state, model.term, model.attempts = "running", self.lead.term, model.attempts + 1
            assert claimed.attempt == model.attempts
            self.old[id] = claimed

    @precondition(lambda self: self.known)
    @rule(data=st.data(), done=st.integers(1, 9))
    def commit_chunk(self, data: st.DataObject, done: int) -> None:
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

    @precondition(lambda self: self.known)
    @rule(data=st.data(), event=st.sampled_from(EVENTS), stale=st.booleans())
    def step(self, data: st.DataObject, event: str, stale: bool) -> None:
        """Anything, in any state, by somebody who read the row just now or some time ago."""
        id, model = self.pick(data)
        operation = self.old[id] if stale else Operation.objects.get(id=id)
        entries = Entry.objects.count()
        try:
            with transaction(self.lead.term):
                again = self.act(operation, event)
        except IllegalStep:
            assert stale or not model.may(event), (model.state, event)
            assert Entry.objects.count() == entries, "a refused step leaves no trace"
            self.old[id] = Operation.objects.get(id=id)
            return
        assert model.may(event), (model.state, event)
        if again is not None:
            self.redone(id, model, again)
        else:
            model.step(event)

    def redone(self, id: int, model: Modelled, again: Operation) -> None:
        if model.redone:
            assert self.keys[f"redo:{id}"] == again.id
            return
        assert again.redo_of == id
        model.redone = True
        model.state = "failed" if model.state == "failed" else "cancelled"
        self.add(again, Modelled(model.kind, model.repeat, "waiting", f"redo:{id}"))

    @precondition(lambda self: any(model.state == "waiting" for model in self.known.values()))
    @rule(data=st.data(), how=st.sampled_from(["finish", *RAISED]), chunk=st.booleans())
    def work(self, data: st.DataObject, how: str, chunk: bool) -> None:
        """The product's own worker, with a function that ends in one of all possible ways."""
        id, model = self.pick(data, "waiting")

        def function(work: Work) -> None:
            work.intent()
            if chunk:
                with work.transaction():
                    work.save_progress(done=1, of=2)
            if how != "finish":
                raise RAISED[how]
            with work.transaction():
                work.finish()

        kind = Kind(function, "rows", "KNM2003-I", "KNM2004-I", probes=model.kind == PROBING)
        worker = Worker("rows", {model.kind: kind}, self.lead.term, lambda: None)
        with mock.patch("kanmon.journal.worker.log"):  # defects are said loudly
            worker.run_one(id)
        model.attempts += 1
        model.progress = {"done": 1, "of": 2} if chunk else model.progress
        self.ended(model, how)

    def ended(self, model: Modelled, how: str) -> None:
        if how in ("finish", "permanent", "in doubt"):
            model.state = {"finish": "finished", "permanent": "failed", "in doubt": "in_doubt"}[how]
        elif how in ("suspended", "stopped"):
            model.state = "waiting"
        elif how != "passing" and model.repeat == "ask" and model.kind != PROBING:
            model.state = "in_doubt"  # it may have happened, and must not happen twice
        elif model.retries + 1 >= 5:
            model.state = "failed"
        else:
            model.state, model.retries = "waiting", model.retries + 1

    @rule(clean=st.booleans())
    def restart(self, clean: bool) -> None:
        """A stop in order or a crash, and the next start of this node."""
        before = self.lead
        if clean:
            term.release(before)
        elif before.lock is not None:
            os.close(before.lock)
        self.lead = term.take(config.home(), probing={PROBING})
        self.taken_over(before.term, "clean" if clean else "crash")

    @precondition(lambda self: connection.vendor == "postgresql")
    @rule()
    def expire(self) -> None:
        """The lease expires, and another node takes over while this one still lives."""
        before = self.lead
        self.lead = takeover.take_over(probing={PROBING}, cause=Cause.NOT_RENEWED)
        self.lead.lock = before.lock
        self.taken_over(before.term, "not_renewed")

    def taken_over(self, before: int, cause: str) -> None:
        assert self.lead.term == before + 1
        assert Takeover.objects.get(term=self.lead.term).cause == cause
        self.deposed.append(before)
        for model in self.known.values():
            model.interrupted()

    @rule()
    def crash_in_takeover(self) -> None:
        """It leaves nothing, and the next one does it all."""
        entries = Entry.objects.count()
        with (
            mock.patch.object(rescue, "put_back", side_effect=ZeroDivisionError),
            contextlib.suppress(ZeroDivisionError),
        ):
            takeover.take_over(probing={PROBING}, cause=Cause.CRASH)
        assert Entry.objects.count() == entries
        assert Term.objects.get().term == self.lead.term

    @precondition(lambda self: self.deposed and self.known)
    @rule(data=st.data(), event=st.sampled_from(["begin", "claim", *EVENTS]))
    def deposed_goes_on(self, data: st.DataObject, event: str) -> None:
        """Whatever a deposed node tries, it writes nothing."""
        id, _ = self.pick(data)
        old, entries = data.draw(st.sampled_from(self.deposed)), Entry.objects.count()
        acts = {
            "begin": lambda: record.begin("one", requester="tests"),
            "claim": lambda: record.claim(id, old, {}),
        }
        with pytest.raises(TermLost), transaction(old):
            acts.get(event, lambda: self.act(self.old[id], event))()
        assert Entry.objects.count() == entries

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
    def the_journal_agrees_with_the_model(self) -> None:
        rows_agree(self.known)
        entries_agree(self.known)


def test_any_story(database: str) -> None:
    examples = EXAMPLES[database] * (5 if CAMPAIGN else 1)
    limits = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Journal, settings=limits)
