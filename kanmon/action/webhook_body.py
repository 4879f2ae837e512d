"""The body of a webhook: JSON of the form that docs/reference/webhook.md shows.

``type``, ``timestamp`` and ``data`` are those of Standard Webhooks. A body names at most 500 PCs and says how many it
leaves out: receivers commonly refuse bodies of a megabyte. Fields are only ever added; a change of meaning gets another
``type``.
"""

import msgspec
from msgspec import Struct
from pyroaring import BitMap

from kanmon.action import texts
from kanmon.common import clock, config
from kanmon.journal.models import Run
from kanmon.judgment.levels import Level
from kanmon.policy.models import PolicyVersion

PCS = 500
TYPE = "kanmon.level"


class RunPart(Struct, frozen=True, kw_only=True):
    """What was judged together, and why: ``cause`` is inventory, schedule, judge_command..."""

    id: int
    cause: str


class PolicyPart(Struct, frozen=True, kw_only=True):
    """The action policy that wanted the webhook."""

    name: str
    version: int


class Counts(Struct, frozen=True, kw_only=True):
    """``pcs`` are what the webhook is about, ``listed`` how many of them stand in it; the rest is the run's."""

    pcs: int
    listed: int
    judged: int
    changed: int


class PcPart(Struct, frozen=True, kw_only=True):
    """A PC. ``level`` and ``why`` are those at the time of the order; ``why`` is in the language of the server."""

    id: int
    asset_number: str
    host: str
    user: str
    level: str
    why: str
    link: str


class Data(Struct, frozen=True, kw_only=True):
    """``when``: level_changed or every_judgment, as the policy says. ``link``: the operation, in the console."""

    id: str
    run: RunPart
    policy: PolicyPart
    level: str
    when: str
    counts: Counts
    pcs: list[PcPart]
    link: str


class Body(Struct, frozen=True, kw_only=True):
    """``timestamp``: when the webhook was ordered, in UTC."""

    type: str
    timestamp: str
    data: Data


def build(id: str, operation: int, run: Run, version: int, level: Level, when: str, pcs: BitMap) -> str:
    """The body about ``pcs``, as text."""
    language = str(config.get("server.language"))
    policy = PolicyVersion.objects.select_related("policy").get(id=version)
    listed = [
        PcPart(
            id=row.pc, asset_number=row.asset_number, host=row.host, user=row.user, level=row.level, why=row.why,
            link=row.link,
        )
        for row in texts.rows_about(pcs, language, PCS)
    ]  # fmt: skip
    counts = Counts(
        pcs=len(pcs), listed=len(listed), judged=run.counts.get("judged", 0), changed=run.counts.get("changed", 0)
    )
    data = Data(
        id=id, run=RunPart(id=run.id, cause=run.cause),
        policy=PolicyPart(name=policy.policy.name, version=policy.number), level=level.word, when=when, counts=counts,
        pcs=listed, link=f"{texts.base_url()}/operations/{operation}",
    )  # fmt: skip
    timestamp = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    return msgspec.json.encode(Body(type=TYPE, timestamp=timestamp, data=data)).decode()
