"""What-if by the API: reading, although it is a POST, because a document does not fit into an address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kanmon.api.callers import need
from kanmon.api.given import Body
from kanmon.common.errors import Refused
from kanmon.judgment.levels import Level, parse
from kanmon.whatif.asking import what_if as ask
from kanmon.whatif.effect import Effect
from kanmon.whatif.sheet import as_csv
from kanmon.whatif.target import Target
from kanmon.whatif.told import as_json, entered_pcs

router = Router()
MOST = 10_000
CSV_MOST = 1_000_000


class WhatIf(Body):
    """A judgment policy as YAML or JSON, and where it would hold (see ``whatif.Target``); "": by its name."""

    text: str
    policy: str = ""
    group: str = ""
    system: bool = False
    language: str = "en"


class WhatIfPcs(WhatIf):
    """``level``: of the PCs that would come to it, those after PC number ``after``."""

    level: str
    after: int = 0
    limit: int = 1000


def _effect(asked: WhatIf) -> Effect:
    return ask(asked.text, Target(asked.policy, asked.group, asked.system))


def _language(asked: WhatIf) -> str:
    return "ja" if asked.language == "ja" else "en"


def _level(word: str) -> Level:
    try:
        return parse(word)
    except ValueError as problem:
        raise Refused("KNM6013-E", problem=str(problem)) from None


@router.post("/what-if")
def what_if(request: HttpRequest, asked: WhatIf) -> dict[str, Any]:
    """What would change if this document held. Nothing is written."""
    need(request, "edit_policy")
    return as_json(_effect(asked), _language(asked))


@router.post("/what-if/pcs")
def what_if_pcs(request: HttpRequest, asked: WhatIfPcs) -> list[dict[str, Any]]:
    """The PCs that would come to a level, in order of number; ``limit`` at most 10,000."""
    need(request, "edit_policy")
    level, limit = _level(asked.level), max(1, min(asked.limit, MOST))
    return entered_pcs(_effect(asked), level, max(0, asked.after), limit, _language(asked))


@router.post("/what-if/pcs.csv")
def what_if_csv(request: HttpRequest, asked: WhatIfPcs) -> HttpResponse:
    """The same as CSV, all of them."""
    need(request, "edit_policy")
    rows = entered_pcs(_effect(asked), _level(asked.level), 0, CSV_MOST, _language(asked))
    return HttpResponse("\ufeff" + as_csv(rows), content_type="text/csv; charset=utf-8")
