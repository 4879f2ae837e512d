"""What the fleet has, for who writes a user definition."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from kanmon.api.callers import need
from kanmon.api.given import Many, Text
from kanmon.judgment import properties as judged
from kanmon.judgment.properties import Property

router = Router()


@router.get("/properties")
def classes(request: HttpRequest) -> list[dict[str, Any]]:
    """The classes with their properties, how many distinct records there are, and how many PCs have one."""
    need(request, "view")
    return judged.overview()


@router.get("/properties/{cls}")
def of_class(request: HttpRequest, cls: str) -> list[dict[str, Any]]:
    """The properties of a class: type, number of values, PCs, and the three most frequent values."""
    need(request, "view")
    return [_told(one) for one in judged.of_class(cls)]


@router.get("/properties/{cls}/{name}")
def of_property(request: HttpRequest, cls: str, name: str, search: Text = "", limit: Many = 50) -> dict[str, Any]:
    """One property with its values, the most frequent first; ``limit`` at most 10,000."""
    need(request, "view")
    return _told(judged.of_property(cls, name, search, limit))


def _told(one: Property) -> dict[str, Any]:
    row = asdict(one)
    return {
        "class": row.pop("cls"), "property": row.pop("name"), **row,
        "values": [{"value": value, "pcs": pcs} for value, pcs in one.values],
    }  # fmt: skip
