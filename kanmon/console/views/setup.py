"""The Setup window: settings, feeds, schedules."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts.permission import may
from kanmon.action.carry_out import try_out
from kanmon.common.errors import Refused
from kanmon.console import change_setup, words
from kanmon.console.change import Done
from kanmon.console.forms import answer, by_script, changes
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.console.read import setup as read
from kanmon.console.shown.setup import SettingShown, value_of
from kanmon.console.views.network import text_of

MOST_CHARACTERS = 10_000


@require_safe
@needs("manage_cluster")
def settings(request: HttpRequest, section: str) -> HttpResponse:
    """One section of the settings."""
    return _page(request, section, _rows(section))


def _rows(section: str) -> list[SettingShown]:
    if section not in read.SECTIONS:
        raise Http404
    return read.settings(section, language())


def _page(
    request: HttpRequest, section: str, rows: list[SettingShown], status: int = 200, problem: str = ""
) -> HttpResponse:
    shown = {
        "nav": "settings", "section": section, "settings": rows, "problem": problem,
        "sections": [(one, words.SECTIONS[one]) for one in read.SECTIONS],
        "receivers": [one for one in try_out.receivers() if one.startswith(f"{section}/")],
        "any": any(one.changeable for one in rows),
    }  # fmt: skip
    return render(request, "console/settings.html", shown, status=status)


@changes
@needs("manage_cluster")
def change(request: HttpRequest, key: str, section: str) -> HttpResponse:
    """Save what was changed of a section; a refusal shows the form again as it was typed."""
    rows = _rows(section)
    back = request.POST.get("default", "")
    wanted = {one.name: _typed(request, one) for one in rows if one.changeable}
    if back:
        new: dict[str, tuple[str, Any]] = {back: (wanted[back][0], None)} if back in wanted else {}
    else:
        new = {
            name: (was, value_of(text, one.control))
            for one in rows
            if (name := one.name) in wanted
            for was, text in [wanted[name]]
            if text != was
        }
    here = reverse("console:settings", args=[section])
    if not new:
        return answer(request, _nothing(request, key), _("Nothing was changed."), here)
    try:
        done = change_setup.settings(new, request.user.get_username(), key)
    except Refused as refused:
        if by_script(request):
            raise
        said = refused.sentence(language())
        typed = [
            replace(one, was=wanted[one.name][0], text=wanted[one.name][1]) if one.changeable else one for one in rows
        ]
        typed = [replace(one, problem=said) if refused.params.get("name") == one.name else one for one in typed]
        return _page(request, section, typed, refused.status, said)
    text = _("%(names)s: saved, and in force.") % {"names": ", ".join(sorted(new))}
    return answer(request, done, text, here)


def _nothing(request: HttpRequest, key: str) -> Done:
    return change_setup.tried("Settings: nothing was changed", list, request.user.get_username(), key)


def _typed(request: HttpRequest, one: SettingShown) -> tuple[str, str]:
    """What the page had shown of a setting, and what was typed; line ends as they are here."""
    was = request.POST.get(f"was_{one.field}", one.text)[:MOST_CHARACTERS].replace("\r\n", "\n")
    return was, request.POST.get(one.field, was)[: MOST_CHARACTERS + 1].replace("\r\n", "\n")


@changes
@needs("manage_cluster")
def try_mail(request: HttpRequest, key: str) -> HttpResponse:
    """Send a test mail by every server in turn."""
    address, who = text_of(request.POST, "address", 254), request.user.get_username()
    done = change_setup.tried(f"Test mail to {address}", lambda: try_out.mail(address, who, language()), who, key)
    return _tried(request, done, "mail")


@changes
@needs("manage_cluster")
def try_receiver(request: HttpRequest, key: str) -> HttpResponse:
    """Connect to a receiver."""
    place, who = text_of(request.POST, "receiver", 100), request.user.get_username()
    done = change_setup.tried(f"Test of {place}", lambda: [try_out.receiver(place, language())], who, key)
    return _tried(request, done, place.partition("/")[0])


def _tried(request: HttpRequest, done: Done, section: str) -> HttpResponse:
    here = reverse("console:settings", args=[section])
    found = (done.operation.outcome or {}).get("tried", [])
    bad = [one for one in found if not one["good"]]
    for one in bad:
        messages.error(request, f"{one['id']} {one['sentence']}")
    good = " ".join(one["sentence"] for one in found if one["good"])
    return answer(request, done, good or _("Tested."), here)


@require_safe
@needs("view", "open")
def feeds(request: HttpRequest) -> HttpResponse:
    """What is known from outside, and how old it is."""
    shown = {"nav": "feeds", "patches": read.patch_feeds(), "vulnerabilities": read.vulnerability_feeds()}
    return render(request, "console/feeds.html", shown)


@require_safe
@needs("view")
def schedules(request: HttpRequest) -> HttpResponse:
    """When is judged by the clock."""
    return _schedules(request)


def _schedules(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    shown = {"nav": "schedules", "schedules": read.schedules(), "allowed": may(request.user, "judge").allowed, **more}
    return render(request, "console/schedules.html", shown, status=status)


@changes
@needs("judge")
def add_schedule(request: HttpRequest, key: str) -> HttpResponse:
    """A new schedule; a refusal shows the form again as it was typed."""
    given = {name: request.POST.get(name, "")[:MOST_CHARACTERS].strip() for name in ("name", "cron", "zone", "groups")}
    groups = [line.strip() for line in given["groups"].splitlines() if line.strip()]
    try:
        done = change_setup.add_schedule(
            given["name"],
            given["cron"],
            given["zone"],
            groups,
            "skip" in request.POST,
            request.user.get_username(),
            key,
        )
    except Refused as refused:
        if by_script(request):
            raise
        given_so = {**given, "skip": "skip" in request.POST}
        return _schedules(request, refused.status, typed=given_so, problem=refused.sentence(language()))
    text = _("Schedule %(name)s is added.") % {"name": given["name"]}
    return answer(request, done, text, reverse("console:schedules"))


@changes
@needs("judge")
def remove_schedule(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a schedule."""
    name = text_of(request.POST, "name", 100)
    done = change_setup.remove_schedule(name, request.user.get_username(), key)
    return answer(request, done, _("Schedule %(name)s is removed.") % {"name": name}, reverse("console:schedules"))
