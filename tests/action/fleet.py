"""PCs with verdicts, written straight into the tables."""

import msgspec

from kanmon.common import clock
from kanmon.common.facts import CODE_OF, Os
from kanmon.inventory.models import FactRow, Group, Pc, PcColumns, PcFacts
from kanmon.inventory.packing import pack_columns
from kanmon.judgment.models import Verdict

OS_FACT = 900_001


def judged(count: int, host: str = "pc-{:04d}", level: int = 400, before: int = 100, **columns: str) -> None:
    """PCs 1 to ``count`` with a verdict each. ``columns``: the same for all."""
    group, _ = Group.objects.get_or_create(path="/Sales|EU", defaults={"name": "Sales|EU"})
    now = clock.now()
    FactRow.objects.get_or_create(
        id=OS_FACT, defaults={
            "cls": CODE_OF[Os], "digest": b"os", "body": msgspec.msgpack.encode(Os("windows", "Windows 11", "24H2", "26100.1")),
        },
    )  # fmt: skip
    numbers = range(1, count + 1)
    Pc.objects.bulk_create(
        Pc(
            id=one, asset_number=f"A-{one:05d}", host=host.format(one), user="hanako", group=group, source=1,
            first_seen_at=now, last_seen_at=now, reported_at=now,
        )
        for one in numbers
    )  # fmt: skip
    known = {"ip": "192.0.2.7 2001:db8::7", "mac": "00:1b:21:00:00:07", "domain": "EXAMPLE"} | columns
    PcColumns.objects.bulk_create(PcColumns(pc=one, packed=pack_columns(known)) for one in numbers)
    PcFacts.objects.bulk_create(
        PcFacts(pc=one, packed=OS_FACT.to_bytes(4, "little"), content_digest=b"") for one in numbers
    )
    Verdict.objects.bulk_create(
        Verdict(
            pc=one, level=level, items=[100, level, 0, 100, 100, 100], finding_set=0, policy_version=1,
            level_before=before, run=7, cause="inventory", from_at=now,
        )
        for one in numbers
    )  # fmt: skip
