"""Listen for messages to the user of this PC, show them once, and send an inventory when the Manager wants one.

One call after the other, no threads: while nothing is to be told the call waits at the Manager. What is received goes to the
disk (``inbox``), is shown by a process of its own (``shower``), and is confirmed with the next call; all of it may be killed
at any moment. When the Manager can't be reached it is tried again after a random time that grows.
"""

import fcntl
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kanmon.client.call import Answer, Caller
from kanmon.client.identity import device_id
from kanmon.client.inbox import Inbox
from kanmon.client.machine import Machine
from kanmon.client.shower import NOBODY
from kanmon.common import fault, messages
from kanmon.common.errors import Refused

REGISTER, POLL = "/client/v1/register", "/client/v1/poll"
WAIT_SECONDS = 50.0  # until the Manager has said how long a call may wait
NOBODY_SECONDS = 10.0  # how soon somebody who signs in is shown what waits
MOST_TOLD = 50
SHOW_SECONDS = 60.0
LONGEST_PAUSE = 300.0


class Listener:
    """One client. ``source_token``: for registering and sending inventories; ``send``: sends one, and says what became of it.

    ``where``: "auto", "mine" (this session only) or "log".
    """

    def __init__(
        self, server: str, source_token: str, inbox: Inbox, send: Callable[[], str], *, ca_file: str | None = None,
        where: str = "auto",
    ) -> None:  # fmt: skip
        self.server, self.source_token, self.inbox, self.send, self.where = server, source_token, inbox, send, where
        self.machine = Machine()
        self.caller = Caller(server, ca_file)
        self.failures, self.nobody, self.done = 0, False, 0
        self.delivered: set[str] = set()  # what was confirmed since we started: as delivered,
        self.shown: set[str] = set()  # and as shown
        self.sent_at: float | None = None
        self.wait_seconds = WAIT_SECONDS

    def run(self) -> None:
        """Listen until the process is ended."""
        self._say("KNM3220-I", server=self.server)
        while True:
            try:
                answer = self._poll()
            except Refused as problem:
                self._pause(Answer(0, {"title": problem.message_id, "detail": problem.sentence()}))
            except (OSError, ValueError) as problem:
                self._pause(Answer(0, {"detail": str(problem) or type(problem).__name__}))
            else:
                if answer.status == 200:
                    self.failures = 0
                else:
                    self._pause(answer)

    def _poll(self) -> Answer:
        """Show what waits, then one call. Its answer, when it has been dealt with."""
        self.inbox.tidy()
        self._show()
        shown = [one for one in self.inbox.was_shown() if one not in self.shown][:MOST_TOLD]
        waiting = self.inbox.waiting()
        new = [one for one in waiting if one not in self.delivered][:MOST_TOLD]
        wait = 0.0 if shown or new or self.done else NOBODY_SECONDS if waiting else self.wait_seconds
        body = {
            "delivered": new, "shown": shown, "have": waiting, "done": self.done,
            "wait_seconds": wait,
        }  # fmt: skip
        token = self.inbox.token(self.machine)
        answer = self.caller.post(POLL, token, body, wait)
        if answer.status == 401:
            return self._register(token)
        if answer.status == 200:
            fault.point("client_told")
            self.shown.update(shown)
            self.delivered.update(new)
            self.done = 0
            self.wait_seconds = min(max(5.0, float(answer.said.get("poll_seconds") or WAIT_SECONDS)), 600.0)
            for one in answer.said.get("messages", ()):
                self.inbox.accept(one)
                fault.point("client_accepted")
            if wish := int(answer.said.get("inventory", 0)):
                self._say("KNM3226-I", result=self.send())
                self.done = wish
            self._forget()
        return answer

    def _forget(self) -> None:
        """What is on the disk no more needs not be remembered."""
        self.shown &= set(self.inbox.was_shown())
        self.delivered &= set(self.inbox.waiting())

    def _register(self, token: str) -> Answer:
        """Become the client of this PC; where no inventory of it is known yet, send one first."""
        body = {"token": token, "device": device_id(self.machine)}
        answer = self.caller.post(REGISTER, self.source_token, body, 30.0)
        if answer.status == 200:
            self._say("KNM3227-I")
            self.shown.clear()
            self.delivered.clear()
        elif answer.said.get("title") == "KNM3210-E" and (
            self.sent_at is None or time.monotonic() - self.sent_at > LONGEST_PAUSE
        ):
            self.send()
            self.sent_at = time.monotonic()
        return answer

    def _show(self) -> None:
        """Show what waits, one after the other. A shower that outlived an earlier client is waited for."""
        lock = os.open(self.inbox.folder / "showing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for id in self.inbox.waiting():
                status = self._show_one(id, lock)
                if status == 0:
                    fault.point("client_shown")
                    self._say("KNM3221-I", message=id)
                elif status == NOBODY:
                    if not self.nobody:
                        self._say("KNM3225-I", message=id)
                    self.nobody = True
                    return
            self.nobody = False
        finally:
            os.close(lock)

    def _show_one(self, id: str, lock: int) -> int:
        """The shower inherits the lock: it is held as long as either of us lives."""
        command = [sys.executable, "-m", "kanmon.client.shower", str(self.inbox.folder), id, self.where]
        process = subprocess.Popen(command, pass_fds=(lock,), stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            return process.wait(SHOW_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _pause(self, answer: Answer) -> None:
        """Wait a random time, the longer the more often it has failed: thousands that lost the Manager don't come at once."""
        self.failures = min(self.failures + 1, 20)
        most = min(LONGEST_PAUSE, 2.0**self.failures)
        seconds = max(answer.after_seconds, random.uniform(0.2, most))  # noqa: S311
        why = answer.why if answer.status else f"{answer.said.get('title', '')} {answer.said['detail']}".strip()
        self._say("KNM3222-W", server=self.server, problem=why, seconds=round(seconds, 1))
        time.sleep(min(seconds, LONGEST_PAUSE))

    def _say(self, id: str, **params: object) -> None:
        print(id, messages.text(id, params), flush=True)


def listen(
    server: str, source_token: str, folder: Path, send: Callable[[], str], *, ca_file: str | None = None,
    where: str = "auto",
) -> None:  # fmt: skip
    """See ``Listener``. Raises Refused KNM3223-E, KNM3224-E, KNM1044-E."""
    Listener(server, source_token, Inbox(folder), send, ca_file=ca_file, where=where).run()
