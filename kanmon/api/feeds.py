"""Endpoints of feeds: what is known from outside, and how old it is."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import begun, key_of
from kanmon.common.errors import Refused
from kanmon.feeds import importing, patches_store, vulnerabilities_import, vulnerabilities_store
from kanmon.feeds.patches_formats import MOST_UPLOAD_BYTES
from kanmon.journal.writing import transaction

router = Router()
_PIECE = 1 << 20


@router.get("/feeds")
def feeds(request: HttpRequest) -> dict[str, Any]:
    """All feeds with their day and age: of patches, with the number of the knowledge that they make together, and of
    vulnerabilities, with the releases that each covers.
    """
    need(request, "view", "open")
    old = patches_store.too_old()
    return {
        "patch_knowledge": patches_store.newest_id(),
        "too_old": old is not None,
        "feeds": [
            {
                "name": one.name,
                "format": one.format,
                "dated": one.dated,
                "age_days": patches_store.age_days(one.dated),
                "imported_at": one.imported_at.isoformat(),
                "imported_by": one.imported_by,
                "rows": one.rows,
                "used": one.used,
                "updates": one.updates,
            }
            for one in patches_store.listed()
        ],
        "vulnerabilities_too_old": [name for name, _, _ in patches_store.vulnerabilities_too_old()],
        "vulnerabilities": [
            {
                "name": one.name,
                "format": one.format,
                "covers": one.covers,
                "dated": one.dated,
                "age_days": patches_store.age_days(one.dated),
                "imported_at": one.imported_at.isoformat(),
                "imported_by": one.imported_by,
                "records": one.records,
                "used": one.used,
                "holes": one.holes,
            }
            for one in vulnerabilities_store.listed()
        ],
    }


@router.post("/feeds/patches")
def import_patches(request: HttpRequest, name: str, update_policies: bool = False) -> dict[str, Any]:
    """Import a patch feed: its bytes are the body, ``name`` is its file name. Follow the operation by its id."""
    who = need(request, "edit_policy" if update_policies else "import")
    key = key_of(request, who)
    body = _body(request)
    with transaction():
        operation = importing.begin(name, body, who.username, update_policies=update_policies, key=key)
    return queries.operation(begun(operation, "feed").id)


@router.post("/feeds/vulnerabilities")
def import_vulnerabilities(request: HttpRequest, name: str, covers: list[str] = Query([])) -> dict[str, Any]:
    """Import a vulnerability feed (OSV): its bytes are the body, ``name`` is its file name; ``covers``, which may be
    repeated: the releases of which it tells all holes, instead of finding out. Follow the operation by its id.
    """
    who = need(request, "import")
    key = key_of(request, who)
    known = vulnerabilities_import.releases(covers)
    body = _body(request)
    with transaction():
        operation = importing.begin(name, body, who.username, covers=known, key=key)
    return queries.operation(begun(operation, "feed").id)


def _body(request: HttpRequest) -> bytes:
    """The body, which may be larger than forms are. Raises Refused KNM1202-E (413)."""
    pieces: list[bytes] = []
    size = 0
    while piece := request.read(_PIECE):
        size += len(piece)
        if size > MOST_UPLOAD_BYTES:
            raise Refused("KNM1202-E", status=413, most=f"{MOST_UPLOAD_BYTES // 2**20} MiB")
        pieces.append(piece)
    return b"".join(pieces)
