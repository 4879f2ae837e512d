"""A program of the user's own, for devices that no driver knows. ``docs/reference/agent-command.md`` is its contract.

The program is started once for each call, without a shell, with one JSON document on its input; it answers with one on
its output and ends with status 0. It is bounded in time and in what it may write, and its whole process group is
ended with it.
"""

import os
import stat
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from kanmon.agent.drivers import base, process
from kanmon.agent.drivers.base import Applied, Change, Drift, Entry
from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.common.trusted import only_ours
from kanmon.wire import Address, Health, Mac, Network, Seen, Sentence, Setup, Short, State

NAME = "command"
CONTRACT = 1
ANSWER_BYTES = 64 * 2**20
COMPLAINT_CHARACTERS = 300
Asked = Literal["whole", "apply", "seen", "list", "health", "remove"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the table [drivers.command]. ``program`` is an absolute path; ``whole_seconds`` is for the whole list."""

    program: str
    arguments: tuple[str, ...] = ()
    seconds: int = 30
    whole_seconds: int = 300


class Told(msgspec.Struct, frozen=True):
    """What became of one PC."""

    mac: str
    result: Literal["done", "failed"]
    sentence: Sentence = ""


class Sighting(msgspec.Struct, frozen=True):
    """A PC that the device sees; without a time: now."""

    mac: Mac
    network: Network | Literal["unknown"] = "unknown"
    at: datetime | None = None
    ip: Address = ""
    nas: Short = ""
    port: Short = ""


class Listed(msgspec.Struct, frozen=True):
    """A PC that the device has in a state."""

    mac: Mac
    state: State


class Answer(msgspec.Struct, frozen=True):
    """Any answer. ``able`` false: the device can't tell that (only for seen, list and health)."""

    able: bool = True
    applied: tuple[Told, ...] = ()
    seen: tuple[Sighting, ...] = ()
    entries: tuple[Listed, ...] = ()
    sentence: Sentence = ""


class Command:
    """The driver."""

    name = NAME

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._setup = Setup()
        self._decoder = msgspec.json.Decoder(Answer)

    def whole(self, entries: Collection[Entry], setup: Setup) -> None:
        """See ``base``."""
        base.bounded(NAME, entries)
        told = [_entry(one, setup) for one in entries]
        self._ask("whole", self.settings.whole_seconds, entries=told, setup=_setup(setup))
        self._setup = setup

    def apply(self, changes: Sequence[Change]) -> list[Applied]:
        """See ``base``. A PC that the answer does not name has failed."""
        wanted = base.newest(changes)
        if not wanted:
            return []
        told = [_entry(one, self._setup) for one in wanted.values()]
        try:
            answer = self._ask("apply", self.settings.seconds, entries=told, setup=_setup(self._setup))
        except Refused as refused:
            return base.failed(wanted, refused)
        became = {one.mac: one for one in answer.applied}
        silent = Refused("KNM8325-E", program=self.settings.program)
        return [
            Applied(mac, became[mac].result, became[mac].sentence)
            if mac in became
            else base.failed({mac: one}, silent)[0]
            for mac, one in wanted.items()
        ]

    def seen(self) -> list[Seen]:
        """See ``base``. What is told of the future is taken as of now."""
        asked_at = clock.now()
        answer = self._ask("seen", self.settings.seconds)
        return [
            Seen(mac=one.mac, at=_at(one.at, asked_at), network=one.network, how="counter", ip=one.ip,
                 nas=one.nas or NAME, port=one.port)
            for one in answer.seen
        ]  # fmt: skip

    def drift(self, entries: Collection[Entry]) -> list[Drift]:
        """See ``base``. Of a device that can't list what it has, nothing is known."""
        answer = self._ask("list", self.settings.whole_seconds)
        return base.differences(entries, {one.mac: one.state for one in answer.entries}) if answer.able else []

    def health(self) -> Health:
        """What the program says of its device."""
        try:
            answer = self._ask("health", self.settings.seconds)
        except Refused as refused:
            return base.unwell(NAME, refused)
        if answer.sentence:
            return base.unwell(NAME, Refused("KNM8326-W", program=self.settings.program, sentence=answer.sentence))
        return base.well(NAME)

    def remove(self) -> None:
        """See ``base``."""
        self._ask("remove", self.settings.whole_seconds)

    def _ask(self, what: Asked, seconds: int, **more: Any) -> Answer:
        words = (str(_program(self.settings.program)), *self.settings.arguments)
        question = msgspec.json.encode({"contract": CONTRACT, "do": what, **more})
        fault.point("driver_changing")
        done = process.call(words, question, seconds, ANSWER_BYTES, {"LANG": "C.UTF-8", "KANMON_DO": what})
        fault.point("driver_changed")
        return self._read(what, seconds, done)

    def _read(self, what: Asked, seconds: int, done: process.Done) -> Answer:
        here: dict[str, Any] = {"program": self.settings.program, "what": what}
        if done.ended == "time":
            raise Refused("KNM8321-E", seconds=seconds, **here)
        if done.ended == "size":
            raise Refused("KNM8322-E", most=ANSWER_BYTES, **here)
        complaint = done.complaint[:COMPLAINT_CHARACTERS] or "-"
        if done.ended == "not_started" or done.status:
            raise Refused("KNM8323-E", status=done.status, complaint=complaint, **here)
        try:
            answer = self._decoder.decode(done.output)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise Refused("KNM8324-E", problem=str(problem), **here) from None
        if not answer.able and what not in ("seen", "list", "health"):
            raise Refused("KNM8324-E", problem=f'it is not able to "{what}"', **here)
        return answer


def _program(name: str) -> Path:
    """The program, which nobody else may be able to change. Looked at each time. Raises Refused KNM8320-E."""
    path = Path(name)
    try:
        real = Path(os.path.realpath(path))
        found = real.stat()
        if not path.is_absolute() or not stat.S_ISREG(found.st_mode) or not found.st_mode & 0o111:
            raise Refused("KNM8320-E", program=name, problem="it is no absolute path of a file that can be executed")
        for one in (real, *real.parents):
            if not only_ours(one, above=one not in (real, real.parent)):
                raise Refused(
                    "KNM8320-E", program=name, problem=f"others than root and the agent's user can change {one}"
                )
    except OSError as problem:
        raise Refused("KNM8320-E", program=name, problem=problem.strerror) from None
    return real


def _entry(one: Entry | Change, setup: Setup) -> dict[str, str]:
    """As the contract tells a PC."""
    told = {"mac": one.mac, "state": one.state or "unregistered", "network": base.network(one.state, setup)}
    return told | {name: value for name, value in (("ip", one.ip), ("host", one.host)) if value}


def _setup(setup: Setup) -> dict[str, Any]:
    fixed = [one.mac for one in setup.fixed]
    own = setup.parts.get(NAME, {})
    return {"unregistered": setup.unregistered, "refused": setup.refused, "fixed": fixed, "own": own}


def _at(told: datetime | None, now: datetime) -> datetime:
    if told is None:
        return now
    return min(told if told.tzinfo else told.replace(tzinfo=now.tzinfo), now)


def make(settings: Mapping[str, Any], home: Path) -> Command:
    """The driver. Raises Refused KNM8301-E, KNM8320-E."""
    told = base.read_settings(NAME, settings, Settings)
    for name, seconds in (("seconds", told.seconds), ("whole_seconds", told.whole_seconds)):
        if not 1 <= seconds <= 3600:
            raise base.wrong(NAME, name, f"{seconds} is not between 1 and 3600")
    _program(told.program)
    return Command(told)


def check(settings: Mapping[str, Any], home: Path) -> None:
    """Raises Refused KNM8301-E, KNM8320-E. The program is looked at, and not started."""
    make(settings, home)
