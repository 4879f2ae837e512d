"""The catalogue of messages: id, text, cause and remedy, in English and Japanese.

Ids are ``KNMnnnn-E`` (error), ``-W`` (warning) or ``-I`` (information); they are never used again for
something else. Numbers by subject: 0 service, 1 intake and inventory, 2 judgment, 3 action, 4 journal
and failover, 5 policy, 6 settings and commands, 7 people and tokens, 8 network control. Each file of
``catalogue/`` holds one subject. ``docs/reference/messages.md`` is made from here, and a test keeps them equal.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from string import Formatter
from typing import Any, NamedTuple

SUBJECTS = (
    "service",
    "intake",
    "intake_text",
    "feeds",
    "inventory",
    "judgment",
    "antivirus",
    "action",
    "action_command",
    "events",
    "action_mail",
    "history",
    "journal",
    "policy",
    "policy_life",
    "policy_editing",
    "settings",
    "accounts",
    "people",
    "cluster",
    "place",
    "audit",
    "backup",
    "failover",
    "health",
    "whatif",
    "past",
    "api",
    "schedule",
    "statistics",
    "agent",
    "agent_link",
    "network_drivers",
    "radius",
    "radius_causes",
    "network",
    "portal",
    "message",
    "search",
)


class Message(NamedTuple):
    """One entry. ``text`` and ``text_ja`` are ``str.format`` templates with the same names in braces.

    Cause and remedy are for the reference; those of health warnings stand on pages, too, and are in both languages.
    """

    id: str
    text: str
    text_ja: str
    cause: str = ""
    remedy: str = ""
    cause_ja: str = ""
    remedy_ja: str = ""


@cache
def catalogue() -> Mapping[str, Message]:
    """All messages by id, in order."""
    entries: dict[str, Message] = {}
    for subject in SUBJECTS:
        for message in import_module(f"kanmon.common.catalogue.{subject}").MESSAGES:
            if message.id in entries:
                raise ValueError(f"{message.id} stands twice in the catalogue")
            entries[message.id] = message
    return dict(sorted(entries.items()))


def counted(number: int, language: str = "en") -> str:
    """A number of PCs in words: "1 PC", "1,024 PCs", "1,024 台"."""
    return f"{number:,} 台" if language == "ja" else f"{number:,} PC" + ("" if number == 1 else "s")


class Spoken:
    """A value of ``params`` that is a sentence itself: it is said in the language of the sentence around it."""

    def text(self, language: str = "en") -> str:
        """In ``language`` ("en" or "ja")."""
        raise NotImplementedError


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "-"


def text(message_id: str, params: Mapping[str, Any], language: str = "en") -> str:
    """The sentence of ``message_id`` filled with ``params`` ("-" where one is missing).

    Raises KeyError for an id that is not in the catalogue: a wrong id is a defect, not bad input.
    """
    message = catalogue()[message_id]
    template = message.text_ja if language == "ja" else message.text
    filled = {name: one.text(language) if isinstance(one, Spoken) else one for name, one in params.items()}
    return template.format_map(_Blank(filled))


def names(message_id: str) -> set[str]:
    """What a message wants filled. Raises KeyError for an id that is not in the catalogue."""
    return {name for _, name, _, _ in Formatter().parse(catalogue()[message_id].text) if name}


def cause(message_id: str, language: str = "en") -> str:
    """Why it happens; in English where no other text is."""
    message = catalogue()[message_id]
    return (message.cause_ja if language == "ja" else "") or message.cause


def remedy(message_id: str, language: str = "en") -> str:
    """What to do; in English where no other text is."""
    message = catalogue()[message_id]
    return (message.remedy_ja if language == "ja" else "") or message.remedy
