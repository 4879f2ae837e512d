"""What was decided about a command: kept with its order, so that it is the same however late it is carried out."""

import secrets
from typing import Any

import msgspec

from kanmon.action.models import Order
from kanmon.judgment.levels import Level
from kanmon.judgment.models import Verdict
from kanmon.policy.rules_action import COMMAND_KEYWORDS, Command


class Told(msgspec.Struct, frozen=True):
    """``mark``: a random text by which files of this order are known, also in a database that was restored and gives
    the same numbers again. ``verdict``: the newest verdict of the fleet when it was decided; results are as of then.
    """

    mark: str
    policy: str
    count: int
    verdict: int
    command: Command


def decided(command: Command, policy: str, count: int) -> dict[str, Any]:
    """The input of a new order. Inside the transaction that decides."""
    told: dict[str, Any] = msgspec.to_builtins(Told(secrets.token_hex(8), policy, count, newest_verdict(), command))
    return told


def newest_verdict() -> int:
    """The newest verdict of the fleet: results of the PCs as of then can be told later."""
    return Verdict.objects.order_by("-id").values_list("id", flat=True).first() or 0


def read(order: Order) -> Told:
    """What was decided about the command of ``order``."""
    return msgspec.convert(order.input, Told)


def keywords(order: Order, told: Told, operation: int, attempt: int, folder: str) -> dict[str, str]:
    """The values of the keywords of arguments."""
    values = {
        "policy": told.policy,
        "level": Level(order.level).word,
        "run": str(order.run),
        "order": str(order.operation),
        "operation": str(operation),
        "attempt": str(attempt),
        "count": str(told.count),
        "folder": folder,
        "step": str(order.step),
    }
    return {word: values[word] for word in COMMAND_KEYWORDS}


def fill(argument: str, values: dict[str, str]) -> str:
    """An argument with its keywords filled in, once: what a value holds is not looked at again."""
    parts = argument.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        word, end, rest = part.partition("}")
        filled.append(values[word] + rest if end and word in values else "{" + part)
    return "".join(filled)
