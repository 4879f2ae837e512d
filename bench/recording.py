"""How many acknowledged reports a second become PCs, facts and changes; and how fast the index follows."""

from bench.homes import own_home
from bench.report import Report, scaled, timed


def main() -> None:
    """Run and report."""
    report = Report("recording")
    with own_home():
        from bench.fleet_rows import arrivals, queue, record_all
        from kanmon.judgment.engine import Engine

        engine = Engine()
        count = scaled(4000, 200)
        warm = arrivals(count // 4)
        queue(warm)
        record_all()
        engine.catch_up()
        for phase, round_ in (("new PCs", 0), ("all changed", 1)):
            queue(arrivals(count, round_, first=count // 4 + 1))
            seconds, recorded = timed(record_all)
            report.add(f"recording, {phase}", recorded / seconds, "reports/s", goal=1500)
            seconds, _ = timed(engine.catch_up)
            report.add(f"the index follows, {phase}", recorded / seconds, "PCs/s")
    report.end()


if __name__ == "__main__":
    main()
