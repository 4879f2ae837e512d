"""Commands: programs that must not be run twice, and can't be asked whether they ran.

Three steps: the intent is committed with node, boot and folder; a supervisor is started and goes on by itself; its
result is committed. Whoever finds the operation interrupted first asks what became of it (``_what_became``):

    a result is there             it is taken; nothing is done again
    it still runs here            it is followed
    it was never started here     its folder is sealed, so that it never will be, and it is begun anew
    nobody can tell               by its policy: ask (in doubt), rerun (flagged), never (failed)

Nobody can tell when another node had begun it, when the machine went down, when its files are gone or its supervisor was
killed. The same holds for a command that a planned stop has cut short.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from kanmon.action.carry_out.attempt import order_of
from kanmon.action.command import allowed, begun, files, places, start, told
from kanmon.action.command.begun import Begun, Known
from kanmon.action.models import Order
from kanmon.common import clock, config, fault, messages, zone
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry
from kanmon.journal.worker import InDoubt, Passing, Permanent, Stopped, Work
from kanmon.supervise import place as supervised
from kanmon.supervise.place import Ended, Result

LOOK_SECONDS = 0.1
ENDING_SECONDS = 2.0  # beyond the grace, until the end of a command is committed
OUTPUT_CHARACTERS = 1000  # of the output's end, in sentences; the rest is in the folder


@dataclass
class Case:
    """An order in the hands of this attempt."""

    work: Work
    order: Order
    told: told.Told
    begun: Begun | None
    starts: int  # there may have been
    supervisor: start.Supervisor | None = None  # whose parent this process is

    def sentence(self, id: str, **params: object) -> str:
        """A sentence about the command in the language of the server."""
        here = {"program": self.told.command.program, "operation": self.work.operation.id, "node": HERE.node}
        if self.begun is not None:
            here |= {"host": self.begun.node, "folder": self.begun.folder}
        return messages.text(id, here | params, str(config.get("server.language")))

    def note(self, event: str, id: str) -> None:
        """Write into the story, and into the Manager log, what this attempt has found."""
        assert self.begun is not None
        detail = {"operation": self.work.operation.id, "program": self.told.command.program}
        with self.work.transaction():
            record.note(
                self.work.operation, event,
                {"id": id, "folder": self.begun.folder, "mark": self.begun.mark, **detail},
            )  # fmt: skip


def run_command(work: Work) -> None:
    """The operation "command": carry one order out."""
    chain = record.redone(work.operation)
    order = order_of(chain)
    told_ = Entry.objects.filter(operation__in=chain, event__in=begun.TOLD).order_by("seq")
    case = Case(
        work,
        order,
        told.read(order),
        *begun.of(told_.values_list("operation", "attempt", "event", "detail"), work.operation.id),
    )
    if case.begun is None or not _what_became(case):
        if not str(config.get("command.folder")):
            with work.transaction():
                work.finish("not_executed", sentence=case.sentence("KNM3133-W"))
            return
        _begin(case)
    known, result = _follow(case)
    if case.supervisor is not None:
        case.supervisor.reap()
    _take(case, known, result)


def _what_became(case: Case) -> bool:
    """Ask what became of the attempt before; whether it is to be followed. Else it is to be begun anew."""
    assert case.begun is not None
    known, result = begun.probe(case.begun, HERE.node, supervised.boot_id())
    fault.point("probed")
    if known is Known.NOT_BEGUN and supervised.seal(case.begun.place):
        case.note("not_begun", "KNM3152-I")
        case.starts -= 1
        return False
    if known in (Known.NOT_BEGUN, Known.RUNNING):
        case.note("followed", "KNM3151-I")
    elif result is not None and result.ended != Ended.STOP:
        case.note("already_done", "KNM3150-I")
    else:
        _by_policy(case, _doubt(case, known, result))
        return False
    return True


def _doubt(case: Case, known: Known, result: Result | None) -> str:
    if result is not None:
        return case.sentence("KNM3157-W", seconds=result.seconds)
    return case.sentence(begun.DOUBTS[known])


def _by_policy(case: Case, why: str) -> None:
    """What the policy says of an interrupted command. Returns when it is to be run again, as a repeat that says so."""
    interrupted = case.told.command.interrupted
    if interrupted == "ask":
        raise InDoubt(why)
    if interrupted == "never":
        raise Permanent(case.sentence("KNM3158-E", why=why))
    if case.work.stopping.is_set():
        raise Stopped
    with case.work.transaction():
        record.note(
            case.work.operation, "may_be_repeat",
            {"id": "KNM4003-W", "operation": case.work.operation.id, "what": "command",
             "mark": f"KANMON_ORDER={case.order.operation}", "sentence": why},
        )  # fmt: skip


def _begin(case: Case) -> None:
    """Prepare the folder, commit the intent, start the supervisor. Raises what says that nothing was begun."""
    operation, command = case.work.operation, case.told.command
    name = f"{operation.id}-{operation.attempt}-{case.told.mark}"
    try:
        program = allowed.program(command.program)
        who = allowed.run_as(command.user, command.program)
        place = places.make(name, who)
        _fill(case, place, name, program, who)
    except Refused as refused:
        raise Permanent(refused.sentence(str(config.get("server.language")))) from None
    except OSError as problem:
        raise Passing(case.sentence("KNM3148-W", folder=problem.filename or "-", problem=problem.strerror)) from None
    case.begun = Begun(operation.id, HERE.node, supervised.boot_id(), str(place), name)
    fault.point("command_prepared")
    case.work.intent(
        node=case.begun.node, boot=case.begun.boot, folder=case.begun.folder, mark=name, program=command.program
    )
    _start(case)


def _fill(case: Case, place: Path, mark: str, program: Path, who: allowed.RunAs) -> None:
    """The files about the PCs, and the order for the supervisor."""
    command, folder = case.told.command, place / supervised.FILES
    then = files.AsOf(case.told.verdict, zone.day_of(case.order.created_at))
    language = str(config.get("server.language"))
    detailed = command.results == "detailed"
    pcs = BitMap.deserialize(bytes(case.order.pcs))
    files.write(folder, pcs, then, detailed, language, who.gid, between=lambda: _unless_stopping(case.work))
    values = told.keywords(case.order, case.told, case.work.operation.id, case.starts + 1, str(folder))
    environment = {
        "PATH": start.PATH, "LANG": "C.UTF-8", "HOME": who.home, "USER": who.name, "LOGNAME": who.name,
        **{f"KANMON_{word.upper()}": value for word, value in values.items()},
    }  # fmt: skip
    supervised.write_order(
        place,
        supervised.Order(
            mark, str(program), tuple(told.fill(one, values) for one in command.arguments), environment, who.uid,
            who.gid, who.groups, command.time_limit_seconds, float(config.get("command.grace_seconds")),
            int(config.get("command.output_bytes")),
        ),
    )  # fmt: skip


def _unless_stopping(work: Work) -> None:
    if work.stopping.is_set():
        raise Stopped


def _start(case: Case) -> None:
    """Start the supervisor in the place of ``case``. Returns when it has begun, or somebody else had."""
    assert case.begun is not None
    supervisor = start.Supervisor(case.begun.place, f"kanmon-command-{case.begun.mark}")
    try:
        with case.work.effect(supervisor.cancel):
            supervisor.wake()
            with case.work.unfenced():
                word = supervisor.go(clock.monotonic() + case.work.window.remaining())
    except start.NotStarted as problem:
        raise Passing(case.sentence("KNM3149-W", problem=problem)) from None
    finally:
        supervisor.end()
    case.supervisor = supervisor
    if not word and supervised.look(case.begun.place, case.begun.mark)[0] is supervised.Fate.NEVER_STARTED:
        raise Passing(case.sentence("KNM3149-W", problem="it was killed"))


def _follow(case: Case) -> tuple[Known, Result | None]:
    """Wait until the command has ended: its result, or what can be told instead.

    Told to stop, it waits for ``command.drain_seconds``, then has the command ended. Deposed, it leaves it alone: the
    new active node has said already that it is in doubt. Raises Stopped.
    """
    assert case.begun is not None
    work, place = case.work, case.begun.place
    end_at: float | None = None
    while True:
        known, result = begun.probe(case.begun, HERE.node, supervised.boot_id())
        if known is not Known.RUNNING:
            return known, result
        if work.stopping.is_set():
            if work.window.remaining() <= 0:
                raise Stopped
            now = clock.monotonic()
            end_at = end_at or now + _drain_seconds()
            if now >= end_at:
                supervised.ask_to_stop(place)
            if now >= end_at + 2 * float(config.get("command.grace_seconds")):
                raise Stopped  # whoever starts next finds the result
        time.sleep(LOOK_SECONDS)


def _drain_seconds() -> float:
    """How long a planned stop waits before it ends the command, so that the end can still be written down."""
    ending = float(config.get("command.grace_seconds")) + ENDING_SECONDS
    return max(
        0.0, min(float(config.get("command.drain_seconds")), float(config.get("cluster.drain_seconds")) - ending)
    )


def _take(case: Case, known: Known, result: Result | None) -> None:
    """Commit the result: the third step."""
    assert case.begun is not None
    fault.point("before_result")
    if result is None or result.ended == Ended.STOP:
        why = _doubt(case, known, result)
        if case.told.command.interrupted == "rerun" and not case.work.stopping.is_set():
            raise Passing(why, unknown=True)  # the next attempt says that it is a repeat
        _by_policy(case, why)
        raise Stopped
    ok, sentence = _said(case, result)
    outcome: dict[str, Any] = {
        "exit_status": result.exit_status, "signal": result.signal, "seconds": result.seconds,
        "output": result.output_tail[-OUTPUT_CHARACTERS:], "output_bytes": result.output_bytes,
        "node": case.begun.node, "folder": case.begun.folder,
    }  # fmt: skip
    with case.work.transaction():
        if ok:
            case.work.finish("success", sentence=sentence, **outcome)
        else:
            case.work.fail(sentence, **outcome)


def _said(case: Case, result: Result) -> tuple[bool, str]:
    """Whether it did what it should, and the sentence on how it ended."""
    ok = False
    output = " ".join(result.output_tail[-OUTPUT_CHARACTERS:].split()) or "-"
    if result.ended == Ended.NOT_STARTED:
        sentence = case.sentence("KNM3138-E", problem=result.problem)
    elif result.ended == Ended.TIME_LIMIT:
        sentence = case.sentence("KNM3137-E", limit=case.told.command.time_limit_seconds, output=output)
    elif result.exit_status == 0:
        ok, sentence = True, case.sentence("KNM3134-I", seconds=result.seconds)
    elif result.exit_status is not None:
        sentence = case.sentence("KNM3135-E", status=result.exit_status, seconds=result.seconds, output=output)
    else:
        sentence = case.sentence("KNM3136-E", signal=result.signal or "-", seconds=result.seconds, output=output)
    return ok, sentence + (" " + case.sentence("KNM3159-W", left=result.left) if result.left else "")
