"""Mail to the users of PCs: one operation orders a mail for each PC, in chunks; each of these is sent like any mail.

At most ``mail.users_per_hour`` are due in any hour, so a wrong policy fills nobody's mailbox at once and each can still
be cancelled or held; whose turn would come later than a day gets none. Who is at another level when his turn comes
is not written to any more.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from pyroaring import BitMap

from kanmon.action import mail_text, mail_users, texts
from kanmon.action.carry_out import attempt as attempts
from kanmon.action.carry_out.mail import send
from kanmon.action.history import touched
from kanmon.action.models import Order
from kanmon.common import clock, config, fault, messages
from kanmon.inventory.models import Pc
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Stopped, Work
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy import versions
from kanmon.policy.rules_action import ActionPolicy

CHUNK = 50
NAMED = 10  # PCs that a sentence names
LATEST = timedelta(days=1)
HOUR = timedelta(hours=1)


def order_letters(work: Work) -> None:
    """The operation "user_mail": order a mail for each PC of its order that has a user with an address."""
    order = attempts.of(work).order
    pcs = BitMap.deserialize(bytes(order.pcs))
    told: dict[str, Any] = {"after": 0, "ordered": 0, "missing": 0, "late": 0, "missing_pcs": [], "late_pcs": []}
    told |= work.operation.progress or {}
    left = [pc for pc in pcs if pc > told["after"]]
    for start in range(0, len(left), CHUNK):
        if work.stopping.is_set():
            raise Stopped
        with work.transaction():
            _order(work, order, left[start : start + CHUNK], told)
            work.save_progress(**told)
        fault.point("letters_chunk")
    language = str(config.get("server.language"))
    said = [messages.text("KNM3045-I", {"count": told["ordered"]}, language)]
    for what, id in (("missing", "KNM3046-W"), ("late", "KNM3047-W")):
        if told[what]:
            names = ", ".join(told[f"{what}_pcs"]) + (", ..." if told[what] > NAMED else "")
            said.append(messages.text(id, {"count": told[what], "pcs": names}, language))
    left_out = told["missing"] + told["late"]
    result = "success" if not left_out else "partial_success" if told["ordered"] else "not_executed"
    with work.transaction():
        work.finish(result, sentence=" ".join(said), ordered=told["ordered"], left_out=left_out)


def _order(work: Work, order: Order, pcs: list[int], told: dict[str, Any]) -> None:
    """The mails about some PCs, and what is told of those that get none."""
    rows = list(Pc.objects.filter(id__in=pcs).order_by("id"))
    on_the_list = mail_users.look_up([row.user for row in rows])
    turns = _Turns()
    for row in rows:
        address = mail_users.address_of(row.user, on_the_list)
        due = turns.next() if address else None
        what = "ordered" if due else "late" if address else "missing"
        told[what] += 1
        if due:
            _letter(work, order, row, address, due)
        elif told[what] <= NAMED:
            told[f"{what}_pcs"] = [*told[f"{what}_pcs"], row.asset_number]
    told["after"] = pcs[-1]


class _Turns:
    """When the next mails to users are due: ``mail.users_per_hour`` in any hour."""

    def __init__(self) -> None:
        most = int(config.get("mail.users_per_hour"))
        self.now = clock.now()
        since = Operation.objects.filter(kind="letter", due_at__gt=self.now - HOUR).order_by("-due_at")
        self._last: deque[datetime] = deque(reversed(since.values_list("due_at", flat=True)[:most]), maxlen=most)

    def next(self) -> datetime | None:
        """The next turn; None when it would come too late."""
        full = len(self._last) == self._last.maxlen
        due = max(self.now, self._last[0] + HOUR) if full else self.now
        if due > self.now + LATEST:
            return None
        self._last.append(due)
        return due


def _letter(work: Work, order: Order, pc: Pc, address: str, due: datetime) -> None:
    decides = work.operation
    operation = record.begin(
        "letter", requester=decides.requester, actor=decides.actor, repeat="keyed", subject=pc.asset_number,
        run=order.run or None, parent=decides.id, key=f"letter:{order.operation}:{pc.id}", due_at=due,
        max_attempts=int(config.get("action.max_attempts")),
    )  # fmt: skip
    policy: ActionPolicy = versions.rules(order.policy_version)
    level = Level(order.level)
    template = getattr(policy, level.word).steps[order.step].user_mail
    language = str(config.get("server.language"))
    said = mail_text.letter(
        template,
        mail_text.About(
            level, BitMap([pc.id]), policy.name, language, order.step + 1, order.run, 1, 1, operation.id
        ),
    )  # fmt: skip
    written, is_new = Order.objects.get_or_create(
        operation=operation.id,
        defaults={
            "kind": "letter", "run": order.run, "policy_version": order.policy_version, "level": order.level,
            "step": order.step, "recipients": [address], "message_id": texts.message_id(operation.id),
            "subject": said.subject, "text": said.body, "html": said.html, "pcs": BitMap([pc.id]).serialize(),
            "pc_count": 1, "created_at": clock.now(),
        },
    )  # fmt: skip
    if is_new:
        touched.note(BitMap([pc.id]), written.created_at, order=written.id)


def send_letter(work: Work) -> None:
    """The operation "letter": send the mail to one user."""
    send(work, attempts.of(work), nobody="KNM3049-W", stale=_another_level)


def _another_level(order: Order) -> str | None:
    (pc,) = BitMap.deserialize(bytes(order.pcs))
    level = PcState.objects.filter(pc=pc).values_list("level", flat=True).first()
    if level is None or level == order.level:
        return None
    language = str(config.get("server.language"))
    return messages.text("KNM3048-I", {"level": texts.WORDS[language][Level(level)]}, language)
