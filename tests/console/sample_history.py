"""The invented company's history: a few runs with what was ordered, with every result, and what was held back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pyroaring import BitMap

from kanmon.action.deciding import Slot
from kanmon.action.history import touched
from kanmon.action.models import Order, Touched, Withheld
from kanmon.action.withheld import write as withhold
from kanmon.common import clock
from kanmon.journal.models import Operation, Run
from kanmon.journal.writing import transaction
from kanmon.policy.models import PolicyVersion

ORDERS: Sequence[tuple[str, str, int, int, str, dict[str, Any]]] = (
    ("mail", "Danger: 3 PCs", 400, 0, "finished", {"result": "success", "sentence": "Sent to 2 addresses."}),
    ("network", "deny", 400, 0, "finished",
     {"result": "partial_success", "sentence": "Ordered: 2 PCs. Without a network card of their own: 1 PC."}),
    ("webhook", "siem", 400, 0, "failed", {"sentence": "siem answered 410 Gone."}),
    ("command", "isolate-vlan", 400, 1, "in_doubt", {"result": "unknown", "sentence": "Nobody can tell whether it ran."}),
    ("mail", "Warning: 3 PCs", 300, 0, "finished",
     {"result": "not_executed", "sentence": "No mail is sent: mail.administrators names nobody."}),
    ("webhook", "siem", 300, 0, "waiting", {}),
)  # fmt: skip


def fill() -> None:
    """Three runs about PCs 1 to 3, the newest just now. Rows of other days are not touched."""
    now = clock.now()
    version = PolicyVersion.objects.filter(policy__kind="action").order_by("-id").first()
    assert version is not None
    about = BitMap([1, 2, 3])
    for hours, cause, actor in (
        (26, "schedule", "schedule Nights"),
        (3, "inventory", ""),
        (0.2, "judge_command", "tanabe"),
    ):
        at = now - timedelta(hours=hours)
        run = Run.objects.create(
            cause=cause, actor=actor, begun_at=at, closes_at=at, ended_at=at + timedelta(seconds=61),
            counts={"judged": 120, "changed": 6},
        )  # fmt: skip
        common: dict[str, Any] = {"requester": cause, "actor": actor, "run": run.id, "due_at": at, "begun_at": at}
        ended = at + timedelta(seconds=62)
        Operation.objects.create(
            kind="act", state="finished", repeat="idempotent", attempt=1, ended_at=ended, subject=f"run {run.id}",
            outcome={"sentence": "Ordered a mail about 3 PCs at danger."}, **common,
        )  # fmt: skip
        for kind, subject, level, step, state, outcome in ORDERS:
            one = Operation.objects.create(
                kind=kind, state=state, repeat="keyed", attempt=3 if state == "failed" else int(state != "waiting"),
                ended_at=ended if state in ("finished", "failed") else None, subject="danger, 3 PCs",
                outcome=outcome or None, **common,
            )  # fmt: skip
            order = Order.objects.create(
                operation=one.id, kind=kind, run=run.id, policy_version=version.id, level=level, step=step,
                subject=subject, pcs=about.serialize(), pc_count=len(about), created_at=ended,
            )  # fmt: skip
            touched.note(about, ended, order=order.id)
        with transaction():
            for why in ("cap", "already", "dry_run"):
                withhold(one.id, run.id, version.id, Slot(version.policy_id, 200, 0, "mail"), why, BitMap([1, 9]))
        made = Withheld.objects.filter(run=run.id)
        Touched.objects.filter(withheld__in=made.values("id")).update(at=ended)
        made.update(at=ended)
