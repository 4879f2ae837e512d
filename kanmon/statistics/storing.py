"""The operation "store_statistics": the numbers of one day, written in one transaction, in place of those that were there.

The day of today is as of the moment of counting. A day that is past is counted from history: as of the moment for which
it is stored already, or of its end. The lane of rows does one thing at a time, so no verdict comes between reading and
the moment. An interrupted one has written nothing and counts again.
"""

from datetime import date, datetime, timedelta

import msgspec

from kanmon.common import clock, config, fault, zone
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Work
from kanmon.judgment import as_of
from kanmon.statistics import fleet, own, patched
from kanmon.statistics.counting import WHOLE, Sets, count
from kanmon.statistics.models import GroupNumbers, StatisticsDay
from kanmon.statistics.numbers import Numbers, encode

KIND = "store_statistics"
_ROOT = "/"


class Asked(msgspec.Struct, frozen=True):
    """Input of an operation."""

    day: date


def begin(day: date, requester: str, actor: str, key: str | None) -> Operation:
    """Begin to store ``day``. Inside a transaction. Raises Refused KNM9003-E (in the future), KNM9004-E (not kept)."""
    check(day)
    return record.begin(
        KIND, requester=requester, actor=actor, subject=f"statistics of {day.isoformat()}", key=key,
        input=msgspec.json.encode(Asked(day)),
    )  # fmt: skip


def check(day: date) -> None:
    """Whether a day can be counted. Raises Refused KNM9003-E (in the future), KNM9004-E (before the kept history)."""
    if day > zone.today():
        raise Refused("KNM9003-E", status=422, day=day.isoformat())
    kept = as_of.kept_since()
    if day < zone.today() and kept is not None and zone.ends(day) < kept:
        raise Refused("KNM9004-E", status=422, day=day.isoformat(), days=int(config.get("judgment.keep_history_days")))


def store(work: Work) -> None:
    """The function of the kind."""
    day = msgspec.json.decode(bytes(work.operation.input), type=Asked).day
    moment = then(day)
    since = since_of(day)
    numbers, moment = counted(day, since, moment)
    paths = fleet.paths()
    rows = [
        GroupNumbers(day=day, group=group, path=_ROOT if group == WHOLE else paths[group], body=encode(one))
        for group, one in numbers.items()
        if group == WHOLE or paths.get(group, _ROOT) != _ROOT
    ]
    with work.transaction():
        again = bool(StatisticsDay.objects.filter(day=day).delete()[0])
        GroupNumbers.objects.filter(day=day).delete()
        GroupNumbers.objects.bulk_create(rows, batch_size=500)
        StatisticsDay.objects.create(
            day=day, moment=moment, since=since, stored_at=clock.now(), operation=work.operation.id
        )
        _drop_old()
        fault.point("statistics_written")
        work.finish(day=day.isoformat(), groups=len(rows), pcs=numbers[WHOLE].pcs, replaced=again)
    fault.point("statistics_stored")


def then(day: date) -> datetime | None:
    """The moment of the past as of which ``day`` is counted; None: now."""
    if day == zone.today():
        return None
    stored = StatisticsDay.objects.filter(day=day).values_list("moment", flat=True).first()
    return stored or zone.ends(day)


def since_of(day: date) -> datetime:
    """From when on PCs that were mended count for ``day``: from the moment of the day before, or its midnight."""
    before = StatisticsDay.objects.filter(day=day - timedelta(days=1)).values_list("moment", flat=True).first()
    return before or zone.begins(day)


def counted(day: date, since: datetime, moment: datetime | None) -> tuple[dict[int, Numbers], datetime]:
    """The numbers of every group, and as of when; ``moment`` None: now, with what only the index of now can tell."""
    tree = fleet.tree()
    found = fleet.Fleet(moment)
    at = moment or clock.now()
    sets = Sets(
        own=found.own(own.read(config.get("statistics.items"))),
        patched=patched.in_time(int(config.get("statistics.patched_days")), day) if moment is None else None,
        mended=fleet.mended(found, since, at, past=moment is not None),
    )
    return count(found.standing, sets, tree), at


def _drop_old() -> None:
    kept = int(config.get("statistics.keep_days"))
    if kept:
        first = zone.today() - timedelta(days=kept)
        StatisticsDay.objects.filter(day__lt=first).delete()
        GroupNumbers.objects.filter(day__lt=first).delete()
