"""Saved searches, and the PCs of a search as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.accounts.permission import may
from kanmon.console import change_search, read
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.views.choices import back
from kanmon.console.views.network import text_of
from kanmon.search.asked import MOST_QUERY_CHARS, of_query
from kanmon.search.asked import read as read_search
from kanmon.search.table import READ

MOST_NAME = 200
VERBS = ("rename", "remove")


@changes
@needs("view", "open")
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a search under a name; ``shared=yes``: for everybody, by those who may edit policies."""
    search = of_query(text_of(request.POST, "search", MOST_QUERY_CHARS), READ)
    shared = request.POST.get("shared") == "yes" and may(request.user, "edit_policy").allowed
    name = text_of(request.POST, "name", MOST_NAME)
    done = change_search.save(search, name, shared, int(request.user.pk or 0), request.user.get_username(), key)
    read.forget()
    return answer(request, done, _("The search is kept as “%(name)s”.") % {"name": name}, back(request))


@changes
@needs("view", "open")
def change(request: HttpRequest, key: str, number: int, verb: str) -> HttpResponse:
    """Rename or remove a search."""
    if verb not in VERBS:
        raise Http404
    user = request.user
    name, all_shared = text_of(request.POST, "name", MOST_NAME), may(user, "edit_policy").allowed
    done = change_search.change(number, verb, name, int(user.pk or 0), all_shared, user.get_username(), key)
    read.forget()
    text = (
        _("The search is called “%(name)s” now.") % {"name": name} if verb == "rename" else _("The search is removed.")
    )
    return answer(request, done, text, back(request) if verb == "rename" else reverse("console:pcs"))


@require_safe
@needs("view", "narrowed")
def as_file(request: HttpRequest) -> HttpResponse:
    """The PCs of the search as CSV, the worst first, ``read.sheet.MOST_CSV`` at most."""
    search = read_search(dict(request.GET.lists()), READ)
    text = read.sheet.as_csv(search, scope.groups(request.user))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="pcs.csv"'
    return response
