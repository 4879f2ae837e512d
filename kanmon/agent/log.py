"""The agent log (``log/agent.log``), one line a message of the catalogue, and the service log for everything else.

A line is ``2026-11-22 20:15:03.120Z KNM8001-I agent-a Agent started.``; secrets that can be told by their shape are
taken out of both.
"""

import logging
import logging.handlers
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kanmon.agent.config import Settings
from kanmon.common import messages
from kanmon.common.redact import redact

_log = logging.getLogger("kanmon.agent.log")
_LEVEL = {"E": logging.ERROR, "W": logging.WARNING, "I": logging.INFO}
_said: dict[str, str] = {}
_place = {"name": "agent", "language": "en"}


class _Plain(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}Z"

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def configure(home: Path, settings: Settings, name: str, *, to_stderr: bool = False) -> None:
    """Send the agent's messages to agent.log, what libraries log to service.log, and with ``to_stderr`` both there."""
    speak(name, str(settings["agent.language"]))
    folder = home / "log"
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    _log.propagate = False
    for logger, file, form in (
        (_log, "agent.log", "%(asctime)s %(message)s"),
        (logging.getLogger(), "service.log", "%(asctime)s %(levelname)s %(name)s %(message)s"),
    ):
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            folder / file,
            maxBytes=int(settings["agent.log_file_bytes"]),
            backupCount=int(settings["agent.log_keep_files"]),
            encoding="utf-8",
        )
        handlers = [handler, logging.StreamHandler(sys.stderr)] if to_stderr else [handler]
        for one in handlers:
            one.setFormatter(_Plain(form))
        logger.handlers[:] = handlers
        logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


def speak(name: str, language: str) -> None:
    """Under which name and in which language this process speaks."""
    _place.update(name=name, language=language)


def say(message_id: str, **params: Any) -> str:
    """Write the sentence of a message, and return it."""
    text = messages.text(message_id, params, _place["language"])
    text = "".join(c if c.isprintable() else " " for c in text)
    _log.log(_LEVEL[message_id[-1]], "%s %s %s", message_id, _place["name"], text)
    return text


def say_once(subject: str, message_id: str, **params: Any) -> str:
    """As ``say``, but only when it is another sentence than the last one about ``subject``."""
    text = messages.text(message_id, params, _place["language"])
    if _said.get(subject) != text:
        _said[subject] = text
        say(message_id, **params)
    return text


def silence(subject: str) -> bool:
    """There is nothing to say about ``subject`` any more; whether there was."""
    return _said.pop(subject, None) is not None


def language() -> str:
    """In which language sentences are given."""
    return _place["language"]
