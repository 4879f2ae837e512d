"""Where people are signed in: what a page shows of it, and how it ends.

The session itself is Django's, in the database. Beside each stands a row of table ``session_use``, written when it is
used, at most once a minute; the row goes with the session. The session's key lets in, so nothing here gives it away.
"""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone  # the clock by which Django ends sessions

from kanmon.accounts.models import SessionUse, User
from kanmon.common.errors import Refused

Told = dict[str, Any]
MOST = 100  # sessions of one person; the one that was not used for longest ends
SWEPT_ROWS = 100


def of(person: User) -> list[SessionUse]:
    """Where ``person`` is signed in, the last used first. Inside a transaction or outside.

    What would let nobody in any more is left out: the password is another one since, or the account is disabled.
    """
    if not person.is_active:
        return []
    found = SessionUse.objects.filter(person=person, session__expire_date__gt=timezone.now())
    good = person.get_session_auth_hash()
    rows = found.select_related("session").order_by("-used_at", "-id")[:MOST]
    return [one for one in rows if one.session.get_decoded().get(HASH_SESSION_KEY) == good]


def end(person: User, number: int, here: str) -> Told:
    """End one session of ``person``, inside a transaction; ``here``: the key of the session of who asks.

    Raises Refused KNM7230-E, KNM7231-E.
    """
    found = SessionUse.objects.filter(id=number, person=person).first()
    if found is None:
        raise Refused("KNM7230-E", status=404, name=person.get_username())
    if found.session_id == here:
        raise Refused("KNM7231-E", status=409)
    Session.objects.filter(pk=found.session_id).delete()
    what = {"browser": found.browser or "?", "system": found.system or "?", "from_address": found.address or "?"}
    return {"event": "session_ended", "name": person.get_username(), **what}


def end_all(person: User, here: str = "") -> Told:
    """End all sessions of ``person`` but ``here``, inside a transaction."""
    keys = [one.session_id for one in SessionUse.objects.filter(person=person).exclude(session_id=here)]
    Session.objects.filter(pk__in=keys).delete()
    return {"event": "sessions_ended", "name": person.get_username(), "count": len(keys)}


def made(person: User) -> None:
    """After a session of ``person`` was made: so many are kept, and some of those that are over go. In a transaction."""
    over = Session.objects.filter(expire_date__lte=timezone.now()).values_list("pk", flat=True)
    Session.objects.filter(pk__in=list(over[:SWEPT_ROWS])).delete()
    mine = SessionUse.objects.filter(person=person).order_by("-used_at", "-id").values_list("session_id", flat=True)
    beyond = list(mine[MOST : MOST + SWEPT_ROWS])
    if beyond:
        Session.objects.filter(pk__in=beyond).delete()
