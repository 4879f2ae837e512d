"""A mail to the administrators when somebody has to be asked: which actions wait, for how many PCs, and why.

One for each decision that asks something new; what waited before is not told again. It is ordered like any other mail, in
the transaction that decides, and only where mail is set up.
"""

from collections.abc import Sequence

from kanmon.action import texts
from kanmon.action.models import Order
from kanmon.common import clock, config, messages
from kanmon.common.messages import counted
from kanmon.journal import record
from kanmon.journal.worker import Work


def order(work: Work, run: int, sentences: Sequence[str], pcs: int) -> str | None:
    """Order the mail about new questions; returns the sentence about it, or None when nobody can be written to.

    ``pcs``: about how many there is a question. Inside the transaction that decides.
    """
    to = config.get("mail.administrators")
    if not to or not config.get("mail.server"):
        return None
    language = str(config.get("server.language"))
    about = counted(pcs, language)
    subject = messages.text("KNM3091-I", {"counted": about}, language)
    operation = record.begin(
        "mail", requester=work.operation.requester, actor=work.operation.actor, repeat="keyed", subject=subject[:200],
        key=f"question:{run}", run=run, parent=work.operation.id, max_attempts=int(config.get("action.max_attempts")),
    )  # fmt: skip
    text = "\n".join(sentences)
    Order.objects.get_or_create(
        operation=operation.id,
        defaults={
            "kind": "mail", "run": run, "policy_version": 0, "level": 0, "recipients": to,
            "message_id": texts.message_id(operation.id), "subject": subject,
            "text": f"{text}\n\n{texts.base_url()}/waiting\n", "created_at": clock.now(),
        },
    )  # fmt: skip
    return messages.text("KNM3092-I", {"operation": operation.id}, language)
