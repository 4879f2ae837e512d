"""The editor of a policy: a page an item, a draft that is kept, and beside it what the draft would change."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kanmon.common.errors import Refused
from kanmon.console import change, change_policies, editing, read
from kanmon.console.change import Done
from kanmon.console.editing import TEXT, Editing
from kanmon.console.forms import answer, by_script, key_of, underway
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.console.policy_form import rows
from kanmon.console.policy_form.kept import Given
from kanmon.console.policy_form.show import ROWS_SHOWN
from kanmon.console.policy_form.take import take
from kanmon.journal.once import was_done
from kanmon.policy import drafts

MOST_REASON = 500
MOST_PATH = 200


@require_http_methods(["GET", "HEAD", "POST"])
@needs("edit_policy")
def editor(request: HttpRequest, kind: str, item: str, name: str) -> HttpResponse:
    """A page of the editor. What is sent is kept as the draft; ``do`` says what else is wanted."""
    if kind not in ("judgment", "action") or item not in editing.items(kind):
        raise Http404
    if request.method == "POST":
        with underway(key_of(request)):
            return _sent(request, kind, item, name)
    found = editing.begin(request.user.get_username(), kind, name)
    shown = read.editor(found, item, request.GET.get("open", "")[:MOST_PATH], _first(request.GET), "ask" in request.GET)
    return render(
        request, "console/policy_editor.html", {"nav": "policies", "editor": shown, "most_reason": MOST_REASON}
    )


@require_POST
@needs("edit_policy")
def panel(request: HttpRequest, kind: str, item: str, name: str) -> HttpResponse:
    """Beside the form, while one types: the draft is kept, and what it would change is told."""
    if kind not in ("judgment", "action") or item not in editing.items(kind):
        raise Http404
    found = editing.begin(request.user.get_username(), kind, name)
    page: dict[str, Any] = {"live": True, "refused": None}
    try:
        if _same_rows(request, found):
            found = editing.keep(found, _taken(request, found, item))
    except Refused as refused:
        page["refused"] = refused
    shown = read.editor(found, item, request.POST.get("open", "")[:MOST_PATH], _first(request.POST), ask=True)
    return render(request, "console/policy_panel.html", {**page, "editor": shown})


def _first(given: Any) -> int:
    text = given.get("from", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _same_rows(request: HttpRequest, found: Editing) -> bool:
    return request.POST.get("shape", "") == str(found.shape) or not found.draft


def _taken(request: HttpRequest, found: Editing, item: str) -> Given:
    """The document with what was sent."""
    if item == TEXT:
        text = request.POST.get("text", "").replace("\r\n", "\n")
        return found.kept if text.strip() == found.text().strip() else editing.from_text(found, text)
    return take(found.kind, found.kept, request.POST.dict(), editing.names(found.kind, item))


def _sent(request: HttpRequest, kind: str, item: str, name: str) -> HttpResponse:
    key = key_of(request)
    do, _colon, path = request.POST.get("do", "").partition(":")
    if do == "save" and (earlier := was_done(change.key(key))) is not None:
        return _saved(request, Done(earlier, False), kind, name)
    found = editing.begin(request.user.get_username(), kind, name)
    if do not in ACTS or len(path) > MOST_PATH:
        raise BadRequest
    if do == "discard":
        drafts.drop(found.owner, found.policy.id)
        messages.success(request, _("The draft was discarded."))
        return _go(request, reverse("console:policy", args=[kind, name]))
    if not _same_rows(request, found):
        messages.warning(request, Refused("KNM5082-E").sentence(language()))
        return _page(request, found, item)
    try:
        found = editing.keep(found, _taken(request, found, item))
    except Refused as refused:
        if by_script(request):
            raise
        return _with_text(request, found, refused)
    return ACTS[do](request, found, item, path)


def _with_text(request: HttpRequest, found: Editing, refused: Refused) -> HttpResponse:
    """The page of the text again, with what was typed and what is wrong with it."""
    page = {"nav": "policies", "editor": read.editor(found, TEXT), "most_reason": MOST_REASON, "refused": refused}
    page["typed"] = request.POST.get("text", "")
    return render(request, "console/policy_editor.html", page, status=refused.status)


def _go(request: HttpRequest, location: str) -> HttpResponse:
    return JsonResponse({"location": location}) if by_script(request) else HttpResponseRedirect(location)


def _page(request: HttpRequest, found: Editing, item: str, **query: str) -> HttpResponse:
    first = request.POST.get("from", "")
    given = {name: value for name, value in ({"from": first} | query).items() if value and value != "0"}
    address = reverse("console:policy_editor", args=[found.kind, item, found.policy.name])
    return _go(request, f"{address}?{urlencode(given)}" if given else address)


def _keep(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    """Kept; ``path`` ask: with what it would change."""
    opened = request.POST.get("open", "")[:MOST_PATH]
    return _page(request, found, item, open=opened, ask="1" if path == "ask" else "")


def _close(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    return _page(request, found, item)


def _tab(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    if path not in editing.items(found.kind):
        raise BadRequest
    return _go(request, reverse("console:policy_editor", args=[found.kind, path, found.policy.name]))


def _open(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    return _page(request, found, item, open=path)


def _more(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    return _page(request, found, item, **{"from": path if path.isdecimal() else ""})


def _add(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    """One row more, which is open then."""
    _of_this_page(found, item, path)
    kept, row = _tried(lambda: rows.add(found.kind, found.kept, path))
    found = editing.keep(found, kept, rows_changed=True)
    if "[" in path:
        return _page(request, found, item, open=request.POST.get("open", "")[:MOST_PATH])
    place = int(row.rpartition("[")[2].rstrip("]"))
    return _page(request, found, item, open=row, **{"from": str(place // ROWS_SHOWN * ROWS_SHOWN)})


def _rows(alter: Callable[[str, Given, str], Given]) -> Callable[..., HttpResponse]:
    """A row is removed or moved by ``alter``; a row of a row is shown with it, and stays open."""

    def act(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
        _of_this_page(found, item, path)
        kept = _tried(lambda: alter(found.kind, found.kept, path))
        opened = request.POST.get("open", "")[:MOST_PATH] if path.count("[") > 1 else ""
        return _page(request, editing.keep(found, kept, rows_changed=True), item, open=opened)

    return act


def _of_this_page(found: Editing, item: str, path: str) -> None:
    if path.partition(".")[0] not in editing.names(found.kind, item):
        raise BadRequest


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except rows.NoRow:
        raise BadRequest from None


def _onto(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    found, both = editing.onto_newest(found)
    told = {"n": found.newest}
    messages.success(request, _("The draft now stands on version %(n)s.") % told)
    if both:
        parts = ", ".join(read.part_title(one) for one in both)
        messages.warning(
            request, _("Both have changed: %(parts)s. What you have typed stands there.") % {"parts": parts}
        )
    return _page(request, found, item)


def _save(request: HttpRequest, found: Editing, item: str, path: str) -> HttpResponse:
    policy, reason = found.checked().policy, request.POST.get("reason", "").strip()[:MOST_REASON]
    refused = None
    if policy is None:
        refused = Refused("KNM5083-E", status=422, name=found.policy.name)
    elif not reason:
        refused = Refused("KNM5081-E", status=422)
    if policy is None or refused is not None:
        return _not_saved(request, found, item, refused)
    try:
        done = change_policies.save(policy, found.base.number, reason, found.owner, key_of(request))
    except Refused as met:
        return _not_saved(request, found, item, met)
    return _saved(request, done, found.kind, found.policy.name)


def _not_saved(request: HttpRequest, found: Editing, item: str, refused: Refused | None) -> HttpResponse:
    assert refused is not None
    messages.error(request, refused.text(language()))
    return _page(request, found, item)


def _saved(request: HttpRequest, done: Done, kind: str, name: str) -> HttpResponse:
    read.forget()
    version = (done.operation.outcome or {}).get("version", "")
    said = _("%(name)s was saved as version %(n)s.") % {"name": name, "n": version}
    return answer(request, done, said, reverse("console:policy", args=[kind, name]))


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "keep": _keep, "go": _tab, "edit": _open, "close": _close, "from": _more, "add": _add, "remove": _rows(rows.remove),
    "up": _rows(partial(rows.move, by=-1)), "down": _rows(partial(rows.move, by=1)), "onto": _onto, "save": _save,
    "discard": _keep,
}  # fmt: skip
"""What a button of the editor wants -> what is done, once what was sent is kept."""
