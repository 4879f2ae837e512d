"""How long it takes to decide on actions for a fleet: who is due, what is ordered, all of it written.

The fleet stands at its levels by rows of the database that the bench fills itself, without inventories: a decision reads
none. Measured is the operation "act" as the worker runs it, from what is in the database to what is committed. Beside it
stands the same pure decision made for one PC after the other.
"""

import os
import time
from collections.abc import Callable

from bench.homes import own_home
from bench.report import Report, scaled

POLICY = """
kind: action
name: Default
new_pc_grace_days: 1
danger: {after: {judgments: 1}, repeat: {every_days: 7, most: 3}, webhook: {to: siem}, network: deny,
  then: [{after: {days: 3}, command: {program: tell}}]}
warning: {after: {days: 7}, webhook: {to: siem}}
safe: {network: permit}
"""
LEVELS = (400, 300, 200, 100)
SAMPLE = 2000


def main() -> None:
    """Run and report."""
    count = scaled(1_000_000, 2000)
    os.environ |= {"KANMON_ACTION_COLLECT_SECONDS": "0"}
    report = Report("deciding")
    with own_home():
        _fill(count)
        act = _acting(count)
        report.add(f"{count:,} PCs at their levels and no book of what was done", act(True), "s")
        fresh = max(1, count // 100)
        _turn(fresh)
        whole = act(True)
        report.add(f"{count:,} PCs judged, {fresh:,} of them newly at Danger", whole, "s", "three orders written", 2)
        report.add(f"{count:,} PCs judged, nothing new", act(True), "s", "", 2)
        report.add(f"{count:,} PCs, a new day", act(False), "s", "", 2)
        each = _one_by_one(min(count, SAMPLE)) * count
        report.add(f"the pure decision PC by PC for {count:,}", each, "s", f"from {SAMPLE:,}; {each / whole:.0f} times")
    report.end()


def _fill(count: int) -> None:
    """PCs with a level each, one in a hundred at Danger, as if decided on before there was a book."""
    from datetime import timedelta

    from django.db import connection

    from kanmon.common import clock
    from kanmon.inventory.models import Group
    from kanmon.journal.writing import sql_time, transaction
    from kanmon.policy import rules, versions

    group, _ = Group.objects.get_or_create(path="/", defaults={"name": "/"})
    then = sql_time(clock.now() - timedelta(days=10))
    pc = (
        'INSERT INTO pc (id, asset_number, host, "user", group_id, source, serial, uuid, managed, first_seen_at,'
        " last_seen_at, reported_at, format) VALUES (%s, %s, %s, '', %s, 1, '', '', TRUE, %s, %s, %s, '')"
    )
    state = (
        "INSERT INTO pc_state (pc, level, security_updates, antivirus, prohibited_software, mandatory_software,"
        " pc_settings, user_definition, since_at, judged_at, judged_run, same_level_runs)"
        " VALUES (%s, %s, 0, 0, 0, 0, 0, 0, %s, %s, 0, 1)"
    )
    with transaction(), connection.cursor() as cursor:
        cursor.executemany(
            pc, ((n, f"PC{n}", f"pc-{n}", group.id, then, then, then) for n in range(1, count + 1))
        )  # fmt: skip
        cursor.executemany(state, ((n, LEVELS[min(3, n % 100)], then, then) for n in range(1, count + 1)))
        versions.add(rules.load(POLICY), "bench")


def _acting(count: int) -> Callable[[bool], float]:
    """A function that decides about all, as judged or not, and gives the seconds that it took."""
    from pyroaring import BitMap

    from kanmon.action.acting import Ask
    from kanmon.common import config
    from kanmon.flow import KINDS, begin_acting
    from kanmon.journal import term
    from kanmon.journal.models import Operation
    from kanmon.journal.worker import Worker, probing
    from kanmon.journal.writing import transaction
    from kanmon.judgment.engine import ENGINE

    lead = term.take(config.home(), probing=probing(KINDS))
    lane = Worker("rows", KINDS, lead.term, lambda: None)
    ENGINE.catch_up()
    everybody = BitMap(range(1, count + 1))

    def act(judged: bool) -> float:
        with transaction():
            begun = begin_acting(Ask(whole=True, already="act"), "bench", "bench", judged=everybody if judged else None)
        began = time.perf_counter()
        while Operation.objects.get(id=begun.id).state != "finished":
            lane._step()
        return time.perf_counter() - began

    return act


def _turn(fresh: int) -> None:
    """PCs that were at Safe come to Danger, by a judgment that nobody has decided on."""
    from django.db import connection

    from kanmon.common import clock
    from kanmon.journal import runs
    from kanmon.journal.writing import sql_time, transaction
    from kanmon.judgment.models import PcState

    now = sql_time(clock.now())
    with transaction(), connection.cursor() as cursor:
        pcs = list(PcState.objects.filter(level=100).order_by("pc").values_list("pc", flat=True)[:fresh])
        run = runs.open_run("bench")
        runs.close(run.id)
        cursor.executemany(
            "INSERT INTO verdict (pc, level, items, finding_set, policy_version, level_before, run, cause, from_at)"
            " VALUES (%s, 400, '[400,0,0,0,0,0]', 0, 1, 100, %s, 'bench', %s)",
            [(pc, run.id, now) for pc in pcs],
        )
        cursor.executemany("UPDATE pc_state SET level = 400, since_at = %s WHERE pc = %s", [(now, pc) for pc in pcs])


def _one_by_one(count: int) -> float:
    """Seconds a PC, when the pure decision is made about each alone."""
    from pyroaring import BitMap

    from kanmon.action.deciding import Limits, People, decide
    from kanmon.policy import rules

    policy = rules.load(POLICY)
    began = time.perf_counter()
    for pc in range(1, count + 1):
        here = BitMap([pc])
        for level in (policy.danger, policy.warning, policy.safe):
            for step in level.steps:
                for _ in step.wanted:
                    decide(step, False, People(here, here, BitMap(), here, here), [], 739_000, Limits())
    return (time.perf_counter() - began) / count


if __name__ == "__main__":
    main()
