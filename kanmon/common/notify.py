"""What systemd is told: ready, stopping, still alive. A datagram to the socket that it names; nothing without one.

The protocol is that of sd_notify(3). The sign of life comes from the event loop that also answers requests, so that
it ends when that hangs; systemd ends the process then.
"""

import asyncio
import os
import socket


def say(*lines: str) -> bool:
    """Tell systemd, for example ``say("READY=1", "STATUS=Serves.")``; whether somebody was there to be told."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
        told.settimeout(1)
        try:
            told.sendto("\n".join(lines).encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
        except OSError:  # systemd does not listen any more: nothing of Kanmon depends on it
            return False
    return True


def interval_seconds() -> float:
    """How often a sign of life is due: a third of what the unit's WatchdogSec allows. 0: none is wanted."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    try:
        return int(os.environ.get("WATCHDOG_USEC", "0")) / 3_000_000
    except ValueError:
        return 0.0


async def keep_alive() -> None:
    """Give signs of life from this event loop; returns at once when none is wanted. To be cancelled at stop."""
    seconds = interval_seconds()
    while seconds > 0:
        say("WATCHDOG=1")
        await asyncio.sleep(seconds)
