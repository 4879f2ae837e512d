"""The model PC of a policy: versions of antivirus products that it has had for some days become those that are wanted.

A duty looks at the model PCs. What is newer there than the policy wants begins an operation that is due when the grace
period ends; so the wait survives any crash, stands in the list of operations with its day, and is not begun twice.
The operation looks again. What the PC has lost since, because somebody took a harmful update back, is not taken over;
the rest becomes a new version of the policy in the transaction that ends the operation.

Definitions change every day: each version has its own operation and its own grace period, so the wanted ones follow
the model PC at a distance of ``grace_days``.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from kanmon.common import clock, config, messages
from kanmon.common.facts import CODE_OF, Antivirus
from kanmon.feeds import antivirus_policies
from kanmon.feeds.antivirus import FIELDS, Newer, raised
from kanmon.inventory import managing
from kanmon.inventory.dictionary import decode
from kanmon.inventory.models import FactRow, Pc, PcFacts
from kanmon.inventory.packing import unpack
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.states import State
from kanmon.journal.worker import Work
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.version_order import order

KIND = "antivirus_versions"
AUTHOR = "kanmon"
_OPEN = (State.WAITING, State.HELD, State.RUNNING)


def duty(term: int) -> None:
    """Begin an operation for each policy whose model PC has newer versions than the policy wants, once for each."""
    for policy in versions.live().filter(kind="judgment", read_only=False).order_by("id"):
        rules: JudgmentPolicy = versions.rules(versions.newest(policy.id))
        model = rules.antivirus.model
        pc = find(model.pc) if model and rules.antivirus.judge else None
        if model is None or pc is None:
            continue
        found = products_of(pc.id)
        raises = raised(rules.antivirus, found).raises
        if not raises:
            continue
        content = json.dumps([pc.id, *map(str, raises)]).encode()
        key = f"model_pc:{policy.id}:{hashlib.blake2b(content, digest_size=12).hexdigest()}"
        with transaction(term):
            states = list(Operation.objects.filter(key__startswith=f"{key}:").values_list("state", flat=True))
            if not any(state in _OPEN for state in states):
                _begin(f"{key}:{len(states)}", policy.id, f"{policy.name}: {pc.host}", pc.id, found, model.grace_days)


def _begin(key: str, policy: int, subject: str, pc: int, found: Sequence[Newer], days: int) -> None:
    told = json.dumps({"policy": policy, "pc": pc, "newer": msgspec.to_builtins(found)}).encode()
    due_at = clock.now() + timedelta(days=days)
    record.begin(KIND, requester="schedule", actor=AUTHOR, subject=subject[:200], key=key, input=told, due_at=due_at)


def find(name: str) -> Pc | None:
    """The PC of this asset number, else of this host name if only one has it."""
    found = Pc.objects.filter(asset_number=name).first()
    if found is None:
        rows = managing.called(name, 2)
        found = rows[0] if len(rows) == 1 else None
    return found


def products_of(pc: int) -> list[Newer]:
    """The antivirus products of a PC, with what is known of their versions."""
    packed = PcFacts.objects.filter(pc=pc).values_list("packed", flat=True).first()
    numbers = [int(number) for number in unpack(bytes(packed or b""))]
    code = CODE_OF[Antivirus]
    found: list[Antivirus] = []
    for start in range(0, len(numbers), 500):
        rows = FactRow.objects.filter(cls=code, id__in=numbers[start : start + 500]).values_list("body", flat=True)
        found += [fact for body in rows if isinstance(fact := decode(code, bytes(body)), Antivirus)]
    return [Newer(one.product, one.version, one.engine, one.definitions) for one in sorted(found, key=str)]


def take_over(work: Work) -> None:
    """The operation: what the model PC had when it was begun, and still has, becomes what the policy wants."""
    told: dict[str, Any] = json.loads(bytes(work.operation.input))
    language = str(config.get("server.language"))
    policy, pc = int(told["policy"]), int(told["pc"])
    with work.transaction():
        made = None
        if _follows(policy, pc):
            kept = still_there(msgspec.convert(told["newer"], list[Newer]), products_of(pc))
            made = antivirus_policies.follow(policy, kept, AUTHOR)
        if made is None:
            work.finish(sentence=messages.text("KNM2056-I", {}, language))
        else:
            said = {"name": made.name, "version": made.version, "raised": "; ".join(map(str, made.raises))}
            work.finish(handed=made.policy, sentence=messages.text("KNM2055-I", said, language), **made.told())


def _follows(policy: int, pc: int) -> bool:
    """Whether the policy still has this PC as its model."""
    if not versions.live().filter(id=policy).exists():
        return False
    rules: JudgmentPolicy = versions.rules(versions.newest(policy))
    model = rules.antivirus.model
    found = find(model.pc) if model and rules.antivirus.judge else None
    return found is not None and found.id == pc


def still_there(before: Sequence[Newer], now: Sequence[Newer]) -> list[Newer]:
    """``before`` without the versions that are older ``now``, or whose product is gone."""
    kept = []
    for one in before:
        here = [other for other in now if other.product == one.product]
        values = {
            field: getattr(one, field)
            for field in FIELDS
            if any(getattr(other, field) and order(getattr(other, field), getattr(one, field)) >= 0 for other in here)
        }
        if here:
            kept.append(Newer(one.product, **values))
    return kept
