"""What commands print: tables for people, ``--json`` for programs; and how refusals become exit codes."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeVar

from kanmon.cli.client import ServerSaid
from kanmon.common import messages
from kanmon.common.errors import Refused

# Exit codes, also in docs/reference/commands.md
OK, REFUSED, USAGE, NOT_FOUND, NO_MANAGER, NOT_ALLOWED, FAILED, PARTLY, NOT_HERE = 0, 1, 2, 3, 4, 5, 6, 7, 8
_CODE = {
    "KNM6010-E": NOT_FOUND,
    "KNM5050-E": NOT_FOUND,
    "KNM5054-E": NOT_FOUND,
    "KNM5059-E": NOT_FOUND,
    "KNM8053-E": NOT_FOUND,
    "KNM6007-E": NO_MANAGER,
    "KNM6004-E": NO_MANAGER,
    "KNM8006-E": NO_MANAGER,
    "KNM8023-E": NO_MANAGER,
    "KNM8025-E": NOT_ALLOWED,
    "KNM8002-E": NOT_HERE,
    "KNM7001-E": NOT_ALLOWED,
    "KNM7002-E": NOT_ALLOWED,
    "KNM4006-E": NOT_HERE,
    "KNM4180-E": NOT_HERE,
    "KNM4182-E": NOT_HERE,
    "KNM4183-E": NOT_HERE,
    "KNM4188-E": NOT_HERE,
    "KNM4196-E": FAILED,
    "KNM4197-E": FAILED,
    "KNM4198-E": FAILED,
}

F = TypeVar("F", bound=Callable[..., Any])


def sentences(command: F) -> F:
    """A command that says refusals in one line on stderr, with the exit code of their kind."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refused as problem:
            _say(problem.message_id, str(problem))
        except ServerSaid as problem:
            _say(problem.message_id, str(problem))

    return wrapped  # type: ignore[return-value]


def _say(message_id: str, sentence: str) -> None:
    print(f"{message_id} {sentence}", file=sys.stderr)
    raise SystemExit(_CODE.get(message_id, REFUSED))


def said(message_id: str, **params: Any) -> None:
    """A sentence of the catalogue on stdout."""
    print(message_id, messages.text(message_id, params))


def as_json(value: Any) -> None:
    """``value`` as JSON on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people; without colour and frames when stdout is no terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    shown = Table(*head, box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    for row in rows:
        shown.add_row(*(Text("" if cell is None else str(cell), style=_STYLE.get(str(cell), "")) for cell in row))
    console.print(shown)


_STYLE = {"danger": "bold white on red", "warning": "yellow", "caution": "bright_yellow", "safe": "green"}
