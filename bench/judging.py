"""Judging a fleet: in memory, as a whole operation with its rows, with one rule edited; and beside the plain judge.

The policy is Default. The fleet is simulated (``fleet_rows``): sizes are 10,000 and 100,000 PCs.
"""

import importlib.resources
from typing import Any

from bench.homes import own_home
from bench.report import Report, scaled, timed

SAMPLE = 200


def main() -> None:
    """Run and report, each size in a home of its own."""
    import subprocess
    import sys

    if len(sys.argv) > 1:
        _size(int(sys.argv[1]))
        return
    for count in (10_000, 100_000):
        subprocess.run([sys.executable, "-m", "bench.judging", str(scaled(count, 500))], check=True)


def _size(count: int) -> None:
    report = Report(f"judging_{count}")
    with own_home() as home:
        from bench import fleet_rows
        from kanmon.journal import term
        from kanmon.judgment.engine import ENGINE

        fleet_rows.make(count)
        seconds, _ = timed(ENGINE.catch_up)
        report.add(f"load the index, {count:,} PCs", seconds, "s")
        _in_memory(report, ENGINE, count)
        _reference(report, ENGINE, count)
        leadership = term.take(home)
        for what in ("first time, all rows new", "again, nothing changed"):
            seconds, outcome = timed(lambda: _operation(leadership.term))
            changed = outcome["changed"]
            report.add(f"judge all as an operation, {what}", seconds, "s", f"{changed:,} verdicts changed")
            report.add("  the same", count / seconds, "PCs/s", goal=20_000)
        term.release(leadership)
    report.end()


def _in_memory(report: Report, engine: Any, count: int) -> None:
    with engine.lock:
        first, _ = timed(lambda: engine.judge(engine.managed))
        report.add("judge all in memory, first time", first, "s", "conditions compiled, each record asked")
        seconds = min(timed(lambda: engine.judge(engine.managed))[0] for _ in range(3))
        report.add("judge all in memory, with findings", seconds, "s", f"{count / seconds:,.0f} PCs/s")
        version, pcs = next(iter(engine.parts(engine.managed).items()))
        from kanmon.common import clock

        conditions = engine.conditions(version, clock.today())
        seconds = min(timed(lambda: engine.index.judge(conditions, pcs, findings=False))[0] for _ in range(3))
        report.add("judge all in memory, levels only", seconds, "s", f"{len(conditions)} conditions")
        before = engine.index.judge(conditions, pcs, findings=False)
        edited = _edited(clock.today())
        seconds, after = timed(lambda: engine.index.judge(edited, pcs, findings=False))
        differ = int((before.levels != after.levels).sum())
        report.add("one rule edited, levels of all again", seconds, "s", f"{differ:,} PCs would differ")


def _edited(today: Any) -> Any:
    """Default with one rule made stricter."""
    from msgspec import structs

    from kanmon.judgment.judge import compile
    from kanmon.policy.rules_items import ProhibitedSoftware

    rules = _default()
    programs = (*rules.prohibited_software.programs, ProhibitedSoftware(name="Wireshark*", level="danger"))
    return compile(
        structs.replace(rules, prohibited_software=structs.replace(rules.prohibited_software, programs=programs)), today
    )


def _default() -> Any:
    from kanmon.policy.rules import load

    return load((importlib.resources.files("kanmon.policy") / "builtin" / "default.yaml").read_text("utf-8"))


def _reference(report: Report, engine: Any, count: int) -> None:
    """The same rules by the plain judge, on a sample; both must say the same."""
    from kanmon.common import clock
    from kanmon.inventory.models import PcFacts
    from kanmon.judgment.reference import judge_one

    rules, today = _default(), clock.today()
    sample = list(engine.managed)[:: max(1, count // SAMPLE)][:SAMPLE]
    packed = dict(PcFacts.objects.filter(pc__in=sample).values_list("pc", "packed"))
    facts = [_facts(packed[pc]) for pc in sample]
    plain, verdicts = timed(lambda: [judge_one(rules, one, {}, today) for one in facts])
    seconds, results = timed(lambda: engine.judge(engine.managed))
    _, judgement = results[0]
    levels = dict(zip(judgement.pcs.tolist(), judgement.levels.tolist(), strict=True))
    if [levels[pc] for pc in sample] != [int(one.level) for one in verdicts]:
        raise RuntimeError("the two judges do not say the same")
    one, other = plain / len(sample) * 1e6, seconds / count * 1e6
    report.add("one PC by the plain judge", one, "us")
    report.add("one PC by the index, with findings", other, "us")
    report.add("plain judge : index", one / other, "times", f"the same levels on {len(sample)} PCs")


def _facts(packed: bytes) -> list[Any]:
    from kanmon.inventory.dictionary import facts_of
    from kanmon.inventory.packing import unpack

    return list(facts_of(unpack(bytes(packed))).values())


def _operation(term: int) -> dict[str, Any]:
    """Begin "judge" for all PCs and run it as the worker does; its outcome."""
    from kanmon.flow import KINDS, begin_judgment
    from kanmon.journal.models import Operation
    from kanmon.journal.worker import Worker
    from kanmon.journal.writing import transaction

    with transaction():
        operation = begin_judgment(None, "judge_command", "bench")
    Worker("rows", KINDS, term, lambda: None).run_one(operation.id)
    done: dict[str, Any] = Operation.objects.get(id=operation.id).outcome or {}
    return done


if __name__ == "__main__":
    main()
