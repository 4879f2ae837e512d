"""The page as HTML. No script, no cookie, nothing from elsewhere; the language is in the address."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from kanmon.common import clock, config, zone
from kanmon.message.shown import PageMessage
from kanmon.message.words import harmless
from kanmon.portal import again
from kanmon.portal.state import Problem, State
from kanmon.portal.steps import how
from kanmon.portal.words import TEXTS, say

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = (("en", "English"), ("ja", "日本語"))
TONES = {
    "refused": "danger", "person": "danger", "cut": "danger", "todo": "warning", "returning": "safe", "fine": "safe",
    "not_judged": "plain", "unknown": "plain",
}  # fmt: skip
_ENGINE = Engine(dirs=[str(FOLDER)], autoescape=True)


@cache
def style() -> tuple[bytes, str]:
    """The style sheet, and a word that changes with it."""
    text = (FOLDER / "portal.css").read_bytes()
    return text, hashlib.sha256(text).hexdigest()[:12]


@cache
def _template() -> Any:
    return _ENGINE.get_template("portal.html")


def choose_language(asked: str, accepted: str) -> str:
    """The language of the address, else the first of Accept-Language that we have, else that of the settings."""
    if asked in ("en", "ja"):
        return asked
    best, found = 0.0, ""
    for part in accepted[:1000].split(","):
        name, _, quality = part.strip().partition(";")
        code = name.strip().lower().split("-")[0]
        try:
            weight = float(quality.strip().removeprefix("q=") or 1) if quality else 1.0
        except ValueError:
            continue
        if code in ("en", "ja") and weight > best:
            best, found = weight, code
    return found or str(config.get("server.language"))


def moment(at: datetime | None, language: str) -> str:
    """A moment in the zone of the settings: "23 Nov 2026, 10:20 JST"."""
    if at is None:
        return ""
    local = at.astimezone(zone.zone())
    return f"{day(local.date(), language)}{' ' if language == 'ja' else ', '}{local:%H:%M} {local.tzname()}"


def day(at: date, language: str) -> str:
    """A day as people of the language write it."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    if language == "ja":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {months[at.month - 1]} {at.year}"


def help_text(language: str) -> str:
    """Whom to call, by the settings: in this language, else in any."""
    told = dict(reversed([str(one).split("=", 1) for one in config.get("portal.help")]))
    return told.get(language) or next(iter(told.values()), "") or say("no_help", language)


def render(
    state: State, language: str, address: str, path: str, *, trouble: str = "", held: bool = False, browser: str = ""
) -> bytes:  # fmt: skip
    """The page of ``state``. ``path``: its own address without query; ``trouble``: a sentence why something was not done;
    ``held``: it does not renew itself; ``browser``: what it says of itself, for steps when the system is not known.
    """
    now = moment(clock.now(), language)
    word = "fine_order" if state.kind == "fine" and state.under_way else f"{state.kind}_lead"
    lead = say(word, language, address=address or "-")
    words = {name: text[language == "ja"] for name, text in TEXTS.items()}
    count = len(state.problems) + state.more
    values: dict[str, Any] = {
        "w": words, "s": state, "lang": language, "path": path, "tone": TONES[state.kind], "style": style()[1],
        "heading": words[state.kind], "lead": lead, "trouble": trouble, "held": held, "refresh": state.refresh_seconds and not held,
        "help": help_text(language),
        "languages": [(code, name, code == language) for code, name in LANGUAGES],
        "about": say("about", language, host=state.host) if state.host else "",
        "device": say("unknown_device", language, mac=state.who.mac) if state.who.mac else "",
        "times": _times(state, language),
        "count": say("wrong_one", language) if count == 1 else say("wrong", language, count=count),
        "more": say("more", language, count=state.more) if state.more else "",
        "problems": [_shown(one, language) for one in state.problems],
        "later": [_shown(one, language) for one in state.later],
        "messages": [_message(one, language) for one in state.messages],
        "progress": _progress(state, language),
        "send": _inventory(state.family or _guessed(browser), language),
        "tell": say("tell_them", language, host=state.host or words["this_pc"], address=address or "-", time=now),
        "form": again.form(state.who.pc, secrets.token_urlsafe(9)) if state.may_ask and state.who.pc else "",
    }  # fmt: skip
    return str(_template().render(Context(values))).encode()


def _shown(one: Problem, language: str) -> Mapping[str, Any]:
    until = say("until", language, day=day(one.until, language)) if one.until else ""
    return {"is": one, "first": one.how.first, "steps": [typed(step) for step in one.how.steps], "until": until}


def _message(one: PageMessage, language: str) -> Mapping[str, Any]:
    """A message; its HTML was sanitised when it was written, and is once more, whatever stands in the database."""
    html = mark_safe(harmless(one.html)) if one.html else ""  # noqa: S308  # nothing is left that a page must fear
    return {"is": one, "html": html, "at": moment(one.made_at, language)}


def _inventory(family: str, language: str) -> list[SafeString]:
    """How to send an inventory."""
    return [typed(one) for one in how("inventory", told=False, mend="", family=family, language=language).steps]


def typed(step: str) -> SafeString:
    """A step as HTML: what stands between backquotes is to be typed."""
    parts = [str(conditional_escape(part)) for part in step.split("`")]
    marked = [f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts)]
    return mark_safe("".join(marked))  # noqa: S308  # every part is escaped


def _guessed(browser: str) -> str:
    """The family of operating systems by User-Agent: only for words, so it may be wrong."""
    if "Windows" in browser:
        return "windows"
    return "linux" if "Linux" in browser and "Android" not in browser else ""


def _times(state: State, language: str) -> Mapping[str, str]:
    if state.kind in ("unknown", "refused"):
        return {}
    told = {"since": state.since if state.kind in ("cut", "person") else None, "judged_at": state.judged_at,
            "reported_at": state.reported_at}  # fmt: skip
    if state.kind == "person":
        told = {"since": state.since}
    return {say(name, language): moment(at, language) for name, at in told.items() if at is not None}


def _progress(state: State, language: str) -> str:
    if state.check == "judging":
        return say("judging", language)
    if state.check == "waiting":
        return say("waiting", language, time=moment(state.asked_at, language))
    if state.check == "done" and state.problems and state.kind in ("cut", "todo"):
        return say("done_todo", language, time=moment(state.reported_at, language))
    return ""
