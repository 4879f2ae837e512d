"""simulate."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, ServerSaid, manager
from kanmon.cli.tokens import JsonOption, ServerOption
from kanmon.common import messages
from kanmon.common.errors import Refused

MOST_PCS = 10_000_000
SOURCE = "simulation"


def add(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: kanmon simulate 1000, then kanmon simulate 1000 --round 1 --changed 5")(simulate)


@show.sentences
def simulate(
    count: Annotated[int, typer.Argument(metavar="N", min=1, max=MOST_PCS, help="How many PCs.")],
    seed: Annotated[int, typer.Option(min=0, max=10**9, help="Another seed is another fleet.")] = 1,
    round: Annotated[int, typer.Option(min=0, max=10_000, help="The same PCs later, from 0.")] = 0,
    changed: Annotated[float, typer.Option(min=0, max=100, help="Percent of PCs changed since the round before.")] = 5,
    day: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Newest day of definitions; else today.")] = "",
    out: Annotated[str, typer.Option("--out", help="Write JSON lines into this file (-: stdout), send nothing.")] = "",
    wait: Annotated[bool, typer.Option(help="Wait until all are recorded and judged.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Also into a home that has other PCs.")] = False,
    server: ServerOption = "",
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File with the intake token; else KANMON_TOKEN.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Send the inventories of made-up PCs, to try Kanmon out and to measure it. Exit 7 when some were refused."""
    from kanmon.simulate.fleet import pcs

    now = datetime.now(UTC)
    bodies = pcs(count, seed, round=round, changed=changed, at=now, day=_day(day))
    if out:
        _write(bodies, out, count)
        return
    if server and not force:
        raise Refused("KNM6021-E", server=server)
    with manager(server, token_file) as api:
        if not server and not force:
            _refuse_among_others()
        print(messages.text("KNM6022-I", {"count": f"{count:,}"}), file=sys.stderr)
        began = monotonic()
        counts, refused = _send(api, bodies, count, quiet=json)
        sent = monotonic() - began
        if wait and counts.total() > counts["refused"]:
            _wait(api, quiet=json)
        total = monotonic() - began
    _report(count, counts, refused, sent, total if wait else None, json)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("KNM6013-E", problem=f"{text!r} is no day such as 2025-12-01") from None


def _write(bodies: Iterator[bytes], out: str, count: int) -> None:
    """JSON lines. What the lines are is said on stderr, so that stdout can be piped."""
    try:
        with sys.stdout.buffer if out == "-" else open(out, "wb") as file:
            for body in bodies:
                file.write(body + b"\n")
    except OSError as problem:
        raise Refused("KNM6023-E", path=out, problem=problem.strerror or str(problem)) from None
    print(messages.text("KNM6022-I", {"count": f"{count:,}"}), file=sys.stderr)


def _refuse_among_others() -> None:
    """Raises Refused KNM6020-E when this home has PCs that were not simulated."""
    from kanmon import home

    home.start_django()
    from django.db import connection

    from kanmon.intake.models import Source
    from kanmon.inventory.models import Pc

    others = Pc.objects.exclude(source__in=Source.objects.filter(name=SOURCE).values("id")).count()
    connection.close()
    if others:
        raise Refused("KNM6020-E", counted=messages.counted(others))


def _send(api: Client, bodies: Iterator[bytes], count: int, quiet: bool) -> tuple[Counter[str], list[str]]:
    """Send all; returns how often intake said what, and the first sentences of refusals."""
    from kanmon.cli.stream import Stream, Told

    counts: Counter[str] = Counter()
    refused: list[str] = []
    with _Bar("Sending", count, quiet) as advance:

        def seen(told: Told) -> None:
            counts[told.result] += 1
            if told.sentence and len(refused) < 5:
                refused.append(told.sentence)
            advance(counts.total())

        Stream(api, "" if api.server else SOURCE).send(bodies, seen)
    return counts, refused


def _wait(api: Client, quiet: bool) -> None:
    """Until nothing is queued and what followed has been judged."""
    from kanmon.cli.inventory import wait_until_judged

    try:
        queued = first = int(api.call("GET", "/status")["reports_queued"])
        with _Bar("Recording", first, quiet) as advance:
            while queued:
                sleep(0.5)
                queued = int(api.call("GET", "/status")["reports_queued"])
                advance(first - queued)
    except ServerSaid:
        return  # a token of intake may send and nothing else
    wait_until_judged(api)


class _Bar:
    """A progress bar on stderr: only for people who look at a terminal."""

    def __init__(self, title: str, total: int, quiet: bool) -> None:
        self.title, self.total, self.shown = title, total, not quiet and sys.stderr.isatty()
        self.drawn_at = 0.0

    def __enter__(self) -> Any:
        if not self.shown:
            return lambda done: None
        from rich.console import Console
        from rich.progress import Progress

        self.progress = Progress(console=Console(stderr=True), transient=True)
        self.task = self.progress.add_task(self.title, total=self.total)
        self.progress.start()
        return self._advance

    def _advance(self, done: int) -> None:
        if monotonic() - self.drawn_at > 0.1:
            self.drawn_at = monotonic()
            self.progress.update(self.task, completed=done)

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.progress.stop()


def _report(count: int, counts: Counter[str], refused: list[str], sent: float, total: float | None, json: bool) -> None:
    if json:
        words = ("changed", "unchanged", "older", "refused")
        seconds = {"seconds_sending": round(sent, 2), "seconds_total": None if total is None else round(total, 2)}
        show.as_json({"simulated": True, "pcs": count, **{w: counts[w] for w in words}, **seconds, "refusals": refused})
    else:
        for sentence in refused:
            print(sentence, file=sys.stderr)
        told = ", ".join(f"{number:,} {word}" for word, number in sorted(counts.items()))
        judged = "" if total is None else f"; recorded and judged after {total:,.1f} s"
        print(f"{count:,} simulated PCs: {told} in {sent:,.1f} s{judged}")
    if counts["refused"]:
        raise SystemExit(show.FAILED if counts["refused"] == count else show.PARTLY)
