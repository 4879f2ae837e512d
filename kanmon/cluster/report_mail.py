"""The report of a failover as a mail to the administrators: one, however often nodes are lost while it is made.

It is ordered like any other mail: an operation under a key of its take-over, with its order written down in full. It
is ordered some seconds after the node was ready, because a report that is made at once says of everything that it waits.
A node that is lost before that orders none; the next one's report tells of what the first had left open.
"""

from datetime import timedelta

from kanmon.action import texts
from kanmon.action.models import Order
from kanmon.cluster import as_json, words
from kanmon.cluster.report import FailoverReport, failover_report
from kanmon.common import clock, config
from kanmon.journal import record
from kanmon.journal.models import Operation, Takeover
from kanmon.journal.takeover import Cause
from kanmon.journal.writing import transaction

ROWS = 50
_ORDERLY = [str(cause) for cause in Cause if not cause.is_failover]


def duty(term: int) -> None:
    """Order the mail about how ``term`` began, once it is time. Called every few seconds under the lease."""
    seconds = float(config.get("mail.failover_report_seconds"))
    if not seconds or not config.get("mail.server") or not config.get("mail.administrators"):
        return
    takeover = Takeover.objects.filter(term=term).exclude(cause__in=_ORDERLY).first()
    if takeover is None or Operation.objects.filter(key=_key(term)).exists():
        return
    now = clock.now()
    if now < (takeover.ready_at or takeover.at) + timedelta(seconds=seconds):
        return
    lately = Operation.objects.filter(kind="mail", begun_at__gt=now - timedelta(hours=1)).count()
    if lately < int(config.get("mail.per_hour")):  # else later: a node that is lost again and again floods nobody
        order_mail(term)


def order_mail(term: int) -> Operation | None:
    """Order the mail about how ``term`` began, or return the operation that was begun for it.

    None when it began in order: a first start, a clean one, a hand-over. Raises TermLost when ``term`` has ended.
    """
    told = failover_report(term, ROWS)
    if not told.failover.failed_over:
        return None
    language = str(config.get("server.language"))
    text = "\n".join(words.lines(as_json.report(told), language, ROWS))
    link = f"{texts.base_url()}/failovers/{term}"
    with transaction(term):
        operation = record.begin(
            "mail", requester="failover", repeat="keyed", subject=_subject(told, language), key=_key(term),
            max_attempts=int(config.get("action.max_attempts")),
        )  # fmt: skip
        domain = str(config.get("mail.sender")).rpartition("@")[2] or "localhost"
        Order.objects.get_or_create(
            operation=operation.id,
            defaults={
                "kind": "mail", "run": 0, "policy_version": 0, "level": 0,
                "recipients": config.get("mail.administrators"),
                "message_id": f"<kanmon.{texts.installation()}.{operation.id}@{domain}>",
                "subject": _subject(told, language), "text": f"{text}\n\n{link}\n", "created_at": clock.now(),
            },
        )  # fmt: skip
    return operation


def _key(term: int) -> str:
    return f"failover:{term}"


def _subject(told: FailoverReport, language: str) -> str:
    source, target = told.failover.source, told.failover.target.node
    before = source.node if source else "-"
    if language == "ja":
        head = f"フェイルオーバー: {target}" if before == target else f"フェイルオーバー: {before} → {target}"
        return head + (f"、要対応 {told.needs_person} 件" if told.needs_person else "、対応不要")
    head = f"Failover: {target} started again" if before == target else f"Failover from {before} to {target}"
    return head + (f", {told.needs_person} need a person" if told.needs_person else ", nothing is to be done")
