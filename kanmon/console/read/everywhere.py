"""One search over PCs, policies, groups, saved searches, settings and pages: the few best of each.

PCs come from the arrays of ``kanmon.search``, so a fleet of any size answers as fast as its list does. Of the rest there
are at most some thousand short names, which are looked through. What a person may not see is not looked at.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kanmon.accounts import scope
from kanmon.accounts.permission import may
from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.console import setting_words, words
from kanmon.console.language import language
from kanmon.console.places import PLACES, Place
from kanmon.console.read.pcs import pcs
from kanmon.console.shown.everywhere import Hit, Section, best, plain
from kanmon.console.shown.pcs import PcQuery
from kanmon.inventory.models import Group
from kanmon.policy.models import Policy
from kanmon.search import saved
from kanmon.search.asked import read
from kanmon.search.find import find
from kanmon.search.table import READ

MOST_CHARS = 100
MOST_PCS = 8
MOST_OTHERS = 5
MOST_LOOKED_AT = 5_000  # groups; those by path that come after are found on the page of groups
Things = Iterable[tuple[Hit, Iterable[str]]]


def everywhere(text: str, user: Any) -> list[Section]:
    """What ``text`` (at most ``MOST_CHARS``) finds, for ``user``; sections without a hit are left out."""
    wanted = plain(text)
    if not wanted:
        return []
    only = scope.groups(user)
    sections = [_pages(wanted, user, only is not None), _pcs(text, only)]
    others: tuple[tuple[str, Things], ...] = (
        (_("Policies"), _policies()),
        (_("Groups"), _groups(only)),
        (_("Saved searches"), _searches(user) if only is None else ()),
        (_("Settings"), _settings() if only is None and may(user, "manage_cluster").allowed else ()),
    )
    sections += [Section(name, best(wanted, things, MOST_OTHERS)) for name, things in others]
    return [one for one in sections if one.hits]


def _pages(wanted: str, user: Any, limited: bool) -> Section:
    seen = (one for one in PLACES if (one.limited or not limited) and may(user, one.verb).allowed)
    things = [(Hit(str(one.words), _address(one), drawing=one.drawing), _names(one)) for one in seen]
    return Section(_("Pages"), best(wanted, things, MOST_OTHERS))


def _address(one: Place) -> str:
    return reverse(one.name if one.name == "mfa_index" else f"console:{one.name}")


def _names(one: Place) -> list[str]:
    """Its words in both languages, whichever is shown."""
    names = list(one.also)
    for code in ("en", "ja"):
        with translation.override(code):
            names.append(str(one.words))
    return names


def _pcs(text: str, only: frozenset[int] | None) -> Section:
    asked = read({"q": [text]}, READ)
    if not asked:
        return Section(_("PCs"), [])
    try:
        found = find(asked, only)
        page = pcs(PcQuery(asked, "host", False, size=MOST_PCS, only=only), found)
    except Refused as problem:  # the list is being loaded: the rest of the search is there
        return Section(_("PCs"), [Hit(problem.text(language()), reverse("console:pcs"), drawing="pc")])
    hits = [
        Hit(row.host, reverse("console:pc", args=[row.number]), " ".join(filter(None, (row.user, row.group))), "pc")
        for row in page.rows
    ]
    total = len(found.pcs)
    more = f"{reverse('console:pcs')}?{urlencode({'q': text})}" if total > len(hits) else ""
    return Section(_("PCs"), hits, more, total)


def _policies() -> Things:
    for kind, name in Policy.objects.filter(deleted_at=None).order_by("-kind", "name").values_list("kind", "name"):
        yield Hit(name, reverse("console:policy", args=[kind, name]), str(words.POLICY_KINDS[kind]), "policy"), [name]


def _groups(only: frozenset[int] | None) -> Things:
    rows = Group.objects.order_by("path").values_list("id", "path", "name")
    for number, path, name in (rows if only is None else rows.filter(id__in=only))[:MOST_LOOKED_AT]:
        yield Hit(path, reverse("console:group", args=[number]), drawing="tree"), [name, path]


def _searches(user: Any) -> Things:
    for row in saved.seen_by(int(user.pk or 0)):
        yield Hit(row.name, f"{reverse('console:pcs')}?{row.query}", drawing="search"), [row.name]


def _settings() -> Iterator[tuple[Hit, Iterable[str]]]:
    now = language()
    for one in config.SETTINGS:
        section = one.name.partition(".")[0]
        address = f"{reverse('console:settings', args=[section])}#f-{one.name.replace('.', '__')}"
        names = [one.name, *(setting_words.reason(one, code) for code in ("en", "ja"))]
        yield Hit(one.name, address, setting_words.reason(one, now), "setup"), names
