"""Drafts: what a person edits of a policy between pages. Nobody else sees it, and nothing is judged by it.

Bounded: so many of a person, so many characters each, so many days since the last change. A draft is no operation:
what becomes of it is told when it is saved as a version.
"""

import json
from datetime import timedelta
from typing import Any

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction
from kanmon.policy.document import MAX_CHARACTERS
from kanmon.policy.models import PolicyDraft, PolicyVersion

MOST_OF_A_PERSON = 20
KEPT_DAYS = 30


def find(owner: str, policy: int) -> PolicyDraft | None:
    """The draft of a person; None when there is none, or it is too old."""
    rows = PolicyDraft.objects.select_related("base").filter(owner=owner, policy_id=policy)
    found: PolicyDraft | None = rows.filter(changed_at__gt=clock.now() - timedelta(days=KEPT_DAYS)).first()
    return found


def keep(owner: str, base: PolicyVersion, kept: dict[str, Any], shape: int) -> None:
    """Keep a draft in the place of the one that is there; old ones, and the oldest beyond the bound, are forgotten.

    Raises Refused KNM5008-E for one that is too large.
    """
    body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    if len(body) > MAX_CHARACTERS:
        raise Refused("KNM5008-E", problem=f"{len(body):,} characters")
    now = clock.now()
    with transaction():
        PolicyDraft.objects.filter(changed_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
        PolicyDraft.objects.update_or_create(
            owner=owner,
            policy_id=base.policy_id,
            defaults={"base": base, "body": body, "shape": shape, "changed_at": now},
        )
        mine = PolicyDraft.objects.filter(owner=owner).order_by("-changed_at", "-id").values_list("id", flat=True)
        PolicyDraft.objects.filter(id__in=list(mine[MOST_OF_A_PERSON:])).delete()


def drop(owner: str, policy: int) -> None:
    """Forget a draft."""
    with transaction():
        PolicyDraft.objects.filter(owner=owner, policy_id=policy).delete()


def forget(policy: int) -> None:
    """Forget everybody's drafts of a policy that is deleted. Inside a transaction."""
    PolicyDraft.objects.filter(policy_id=policy).delete()


def document(draft: PolicyDraft) -> dict[str, Any]:
    """What the draft says."""
    found: dict[str, Any] = json.loads(draft.body)
    return found
