"""What group commit saves: the same reports committed together, and one by one as most servers do."""

from bench.homes import own_home
from bench.report import Report, scaled, timed


def main() -> None:
    """Run and report."""
    report = Report("group_commit")
    with own_home():
        from bench.fleet_rows import arrivals
        from kanmon.intake.commit import write_group

        count = scaled(500, 50)
        rates: dict[int, float] = {}
        for place, size in enumerate((1, 10, 100)):
            items = arrivals((place + 1) * count, first=place * count + 1)
            groups = [list(items[start : start + size]) for start in range(0, count, size)]
            seconds, _ = timed(lambda groups=groups: [write_group(group) for group in groups])  # type: ignore[misc, func-returns-value]
            rates[size] = count / seconds
            report.add(f"reports committed in groups of {size}", rates[size], "reports/s")
        report.add("groups of 100 : one by one", rates[100] / rates[1], "times")
    report.end()


if __name__ == "__main__":
    main()
