"""Something has happened that agents, who wait for it in a call, should hear now. In this process only.

Whoever waits on another node, or missed it, asks again after a second: nothing depends on being told.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()


def tell() -> None:
    """There is something new. From any thread."""
    with _lock:
        waiting = list(_waiting)
    for loop, event in waiting:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(event.set)


@contextlib.contextmanager
def listening() -> Iterator[asyncio.Event]:
    """An event of this loop that is set whenever there is something new."""
    event = asyncio.Event()
    one = asyncio.get_running_loop(), event
    with _lock:
        _waiting.add(one)
    try:
        yield event
    finally:
        with _lock:
            _waiting.discard(one)
