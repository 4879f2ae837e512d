"""A signed link to the remediation page of one PC, for a mail or a chat: good for a time, and for that PC alone.

Whoever has the link sees what is wrong with the PC and may ask for a check; nothing else can be done with it.
"""

from datetime import timedelta

from django.core import signing

from kanmon.common import clock, config
from kanmon.common.errors import Refused

SALT = "kanmon.portal.link"
PATH = "/pc/"
DAYS = 7
MOST_DAYS = 90
LONGEST = 200  # characters of what is signed


def address() -> str:
    """Where PCs find the remediation page, without "/" at the end. Raises Refused KNM8504-E when there is none."""
    listen = str(config.get("portal.listen"))
    if not listen:
        raise Refused("KNM8504-E", status=409)
    scheme = "https" if config.get("portal.certificate") else "http"
    return (str(config.get("portal.url")) or f"{scheme}://{listen}").rstrip("/")


def to(pc: int, days: int = DAYS) -> str:
    """The link to the page of PC ``pc``, good for ``days`` (1 to 90). Raises Refused KNM8504-E, KNM8505-E."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused("KNM8505-E", status=422, days=days, most=MOST_DAYS)
    until = clock.now() + timedelta(days=days)
    return address() + PATH + signing.dumps([pc, int(until.timestamp())], salt=SALT)


def opened(signed: str) -> int | None:
    """The PC of a link; None when it is not ours, or its time is over."""
    if len(signed) > LONGEST:
        return None
    try:
        pc, until = signing.loads(signed, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(pc) if clock.now().timestamp() < until else None
