"""*Check again now*: the PC is judged at once, and its inventory program is asked for a new inventory.

What is there already is judged first; that lets a PC back in at once whose new inventory came before the button was pressed,
and waits in a collecting window. If the program listens on the PC (FusionInventory and GLPI agents do), it is asked to run
now: one short request to the address from which the PC has come. Kanmon's own client is told in its long poll instead. What comes is judged at once, too (``flow.after_record``).
"""

import asyncio
import contextlib

from django.core import signing
from pyroaring import BitMap

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.flow import begin_judgment
from kanmon.inventory.models import Pc
from kanmon.journal import runs
from kanmon.journal.here import REQUEST_ADDRESS
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.message import desk, exchange
from kanmon.network import recheck
from kanmon.network.models import Recheck

SALT = "kanmon.portal.form"
FORM_SECONDS = 3600
WAKE_SECONDS = 2.0
LONGEST = 200


def form(pc: int, nonce: str) -> str:
    """The token of a form: for this PC, once, for an hour. No other PC and no other page can make one."""
    return signing.dumps([pc, nonce, int(clock.now().timestamp())], salt=SALT)


def checked(token: str, pc: int) -> str:
    """The nonce of a form of PC ``pc``. Raises Refused KNM8507-E."""
    try:
        whose, nonce, made = signing.loads(token[:LONGEST], salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("KNM8507-E", status=403) from None
    if whose != pc or not 0 <= clock.now().timestamp() - made <= FORM_SECONDS:
        raise Refused("KNM8507-E", status=403)
    return str(nonce)


def ask(pc: int, token: str, address: str) -> int | None:
    """Begin the check that a form asks for. The number of its row; None when the same form has been sent before.

    Raises Refused KNM8507-E (403) and those of ``recheck.ask`` (429).
    """
    key = f"again:{pc}:{checked(token, pc)}"
    host = Pc.objects.filter(id=pc).values_list("host", flat=True).first() or ""
    where = REQUEST_ADDRESS.set(address)
    try:
        with transaction():
            if Operation.objects.filter(key=key).exists():
                return None
            scope = BitMap([pc])
            row = recheck.ask(pc, lambda: begin_judgment(scope, runs.AGAIN, host[:150], key=key).id)
            return int(row.id)
    finally:
        REQUEST_ADDRESS.reset(where)


def woken(row: int) -> None:
    """The PC's inventory program has said that it will send a new inventory."""
    with transaction():
        Recheck.objects.filter(id=row).update(woken=True)


def wish(row: int) -> None:
    """The client of the PC, where there is one, is told in its long poll to send an inventory now."""
    with transaction():
        pc = Recheck.objects.values_list("pc", flat=True).get(id=row)
        known = exchange.wish(pc, row)
    if known:
        desk.tell([pc])


async def wake(address: str, port: int) -> bool:
    """Ask the inventory program at ``address`` for a new inventory now. False when nobody there does that."""
    writer = None
    try:
        async with asyncio.timeout(WAKE_SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            host = f"[{address}]" if ":" in address else address
            writer.write(f"GET /now HTTP/1.0\r\nHost: {host}\r\nUser-Agent: kanmon\r\n\r\n".encode())
            await writer.drain()
            said = (await reader.read(64)).split(b" ")
            return said[0].startswith(b"HTTP/1.") and said[1:2] == [b"200"]
    except (OSError, TimeoutError):
        return False
    finally:
        if writer is not None:
            with contextlib.suppress(Exception):
                writer.close()
