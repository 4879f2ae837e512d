"""Versions of a policy: what differs between two, back to one, a copy, the text as a file, and the end of a policy."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.console import change_policies, editing, read
from kanmon.console.forms import answer, by_script, changes
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.policy import diff, versions


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@require_safe
@needs("view", "open")
def compare(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """What differs between two versions, in words. ``new`` left out: the newest; ``old`` left out: the one before it."""
    if kind not in versions.KINDS:
        raise Http404
    new = versions.version(kind, name, _number(request.GET.get("new", "")))
    old = versions.version(kind, name, _number(request.GET.get("old", "")) or max(1, new.number - 1))
    said = diff.differences(versions.rules(old.id), versions.rules(new.id), language())
    shown = read.policy(kind, name)
    page = {"nav": "policies", "policy": shown, "old": old.number, "new": new.number, "differences": said}
    return render(request, "console/policy_compare.html", page)


@require_safe
@needs("view", "open")
def as_file(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The text of a version, as it is imported."""
    if kind not in versions.KINDS:
        raise Http404
    row = versions.version(kind, name, _number(request.GET.get("version", "")))
    headers = {"Content-Disposition": f'attachment; filename="{kind}-policy-{row.policy_id}-version-{row.number}.yaml"'}
    return HttpResponse(row.text, content_type="application/yaml; charset=utf-8", headers=headers)


@changes
@needs("edit_policy")
def change(request: HttpRequest, key: str, kind: str, verb: str, name: str) -> HttpResponse:
    """Copy or delete the policy, or take one of its versions into a draft. ``verb`` is copy, delete or back."""
    if kind not in versions.KINDS:
        raise Http404
    actor, number = request.user.get_username(), _number(request.POST.get("version", ""))
    if verb == "back":
        found = editing.from_version(actor, kind, name, number)
        said = _("The draft has the content of version %(n)s. Look at what would change, and save it.")
        messages.success(request, said % {"n": number})
        item = editing.items(kind)[0]
        location = reverse("console:policy_editor", args=[kind, item, found.policy.name]) + "?ask=1"
        return JsonResponse({"location": location}) if by_script(request) else HttpResponseRedirect(location)
    if verb == "copy":
        new = request.POST.get("new", "").strip()
        done = change_policies.copy(kind, name, new, number, actor, key)
        said, location = (
            _("%(name)s was copied to %(new)s.") % {"name": name, "new": new},
            ["console:policy", kind, new],
        )
        return answer(request, done, said, reverse(location[0], args=location[1:]))
    if verb != "delete":
        raise BadRequest
    done = change_policies.delete(kind, name, actor, key)
    return answer(request, done, _("%(name)s was deleted.") % {"name": name}, reverse("console:policies"))
