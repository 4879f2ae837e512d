"""What a changed judgment policy would do: a form, and beside it the effect. Sent and read only; nothing is changed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kanmon.common.errors import Refused
from kanmon.console import read
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.console.shown.whatif import WhatIfShown, shown
from kanmon.judgment.levels import Level
from kanmon.whatif.asking import what_if
from kanmon.whatif.effect import Effect
from kanmon.whatif.sheet import as_csv
from kanmon.whatif.target import Target
from kanmon.whatif.told import as_json, entered_pcs

MOST_BYTES = 8 * 2**20
PAGE = 50
CSV_MOST = 1_000_000
WORDS = {level.word: level for level in Level}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("edit_policy")
def whatif(request: HttpRequest, name: str) -> HttpResponse:
    """The page of judgment policy ``name``; a document that was sent is asked about, an uploaded file before a text.

    ``do``: what, csv-LEVEL, list-LEVEL or list-LEVEL-NUMBER: those after the PC of this number.
    """
    policy = read.policy("judgment", name)
    if policy is None:
        raise Http404
    text = _text(request) if request.method == "POST" else policy.text
    page: dict[str, Any] = {"nav": "policies", "policy": policy, "text": text, "group": request.POST.get("group", "")}
    if request.method == "POST":
        try:
            effect = what_if(text, _target(request, name))
        except Refused as refused:
            return render(request, "console/whatif.html", {**page, "refused": refused}, status=refused.status)
        said: list[str] = [*str(request.POST.get("do", "")).split("-"), "", ""]
        do, level, after = said[0], WORDS.get(said[1]), said[2]
        if do == "csv" and level is not None:
            return _csv(effect, level)
        page["what"] = _shown(effect, level, int(after) if after.isdecimal() and len(after) < 12 else 0)
    return render(request, "console/whatif.html", page)


def _text(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is not None:
        return bytes(file.read(MOST_BYTES)).decode("utf-8-sig", "replace")
    return request.POST.get("text", "").replace("\r\n", "\n")


def _target(request: HttpRequest, name: str) -> Target:
    group = request.POST.get("group", "").strip()
    return Target(group=group) if group else Target(policy=name)


def _shown(effect: Effect, level: Level | None, after: int) -> WhatIfShown:
    pcs = entered_pcs(effect, level, after, PAGE + 1, language()) if level is not None else []
    return shown(as_json(effect, language()), level, pcs[:PAGE], len(pcs) > PAGE)


def _csv(effect: Effect, level: Level) -> HttpResponse:
    content = "\ufeff" + as_csv(entered_pcs(effect, level, 0, CSV_MOST, language()))
    headers = {"Content-Disposition": f'attachment; filename="what-if-{level.word}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
