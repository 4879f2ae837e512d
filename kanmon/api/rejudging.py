"""Changes that can give PCs another level: one operation, and a judgment of the PCs concerned in its transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from kanmon.action.acting import Ask
from kanmon.api.callers import Caller
from kanmon.api.changes import change
from kanmon.flow import Within, begin_acting, begin_judgment
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction

CAUSE = "policy"
KEPT = ("result", "sentence")  # of every outcome: not for the answer
Work = Callable[[], tuple[Mapping[str, Any], Within]]


def rejudging(request: HttpRequest, who: Caller, subject: str, work: Work) -> dict[str, Any]:
    """Do ``work`` once; it returns what is told of it, and whom to judge anew. Its answer with ``operation``,
    ``judgment``, the operation that judges, and ``acting``, that decides actions; None when nobody is concerned.
    """
    within = Within()

    def inner() -> Mapping[str, Any]:
        nonlocal within
        told, within = work()
        return told

    with transaction():
        operation, now = change(request, who, subject, inner)
        if now and (within.places or within.policies):
            begin_judgment(None, CAUSE, who.username, parent=operation.id, within=within)
        if now and within.already:
            begin_acting(Ask(whole=True, already=within.already), CAUSE, who.username, key=f"act-policy:{operation.id}")
    judged = Operation.objects.filter(parent=operation.id, kind="judge").values_list("id", flat=True).first()
    acting = Operation.objects.filter(key=f"act-policy:{operation.id}").values_list("id", flat=True).first()
    told = {name: value for name, value in (operation.outcome or {}).items() if name not in KEPT}
    return {**told, "operation": operation.id, "judgment": judged, "acting": acting}
