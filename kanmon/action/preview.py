"""A mail as it would be, on the PCs that are there: nothing is written, nothing is sent."""

from typing import Any

from pyroaring import BitMap

from kanmon.action import mail_groups, mail_text, mail_users
from kanmon.common import messages
from kanmon.common.errors import Refused
from kanmon.inventory.models import Pc
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy.rules_action import ActionPolicy

MOST = 100_000  # PCs


def preview(
    policy: ActionPolicy, level: Level, step: int, language: str, pcs: BitMap | None, *, to_user: bool = False
) -> dict[str, Any]:
    """What the mail of this step says. ``pcs`` None: all managed PCs that are at ``level`` now; of a mail to a user the
    first one. ``step``: from 1. Raises Refused KNM3052-E when the policy orders no such mail.
    """
    what = "user_mail" if to_user else "mail"
    steps = getattr(policy, level.word).steps if hasattr(policy, level.word) else ()
    template = getattr(steps[step - 1], what) if 1 <= step <= len(steps) else None
    if template is None:
        raise Refused("KNM3052-E", status=404, name=policy.name, level=level.word, step=step, what=what)
    about = pcs if pcs is not None else _at(level)
    if to_user:
        about = about[:1]
    told = mail_text.About(level, about, policy.name, language, step, judged=len(about), changed=len(about))
    said = mail_text.letter(template, told) if to_user else mail_text.mail(template, told)
    to, notes = _user(about, language) if to_user else mail_groups.receivers(template, language)
    return {
        "policy": policy.name, "level": level.word, "step": step, "language": language, "pcs": len(about), "to": to,
        "notes": notes, "subject": said.subject, "text": said.body, "html": said.html, "csv_pcs": said.listed,
        "csv_bytes": len(said.csv),
    }  # fmt: skip


def _at(level: Level) -> BitMap:
    rows = PcState.objects.filter(level=int(level)).order_by("pc").values_list("pc", flat=True)[:MOST]
    return BitMap(rows) & BitMap(Pc.objects.filter(managed=True).values_list("id", flat=True).iterator())


def _user(pcs: BitMap, language: str) -> tuple[list[str], list[str]]:
    row = Pc.objects.filter(id__in=list(pcs)).first()
    if row is None:
        return [], []
    address = mail_users.address_of(row.user, mail_users.look_up([row.user]))
    params = {"count": 1, "pcs": row.asset_number}
    return ([address], []) if address else ([], [messages.text("KNM3046-W", params, language)])
