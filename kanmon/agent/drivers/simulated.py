"""A file instead of a device, for trials of the whole process. It cuts nobody off, and says so in its health.

The file holds what a device would: ``entries`` (state by MAC) and ``setup``. What it adds is for a person to edit:

``fails``     PCs that the device does not take: each change of them fails
``silent``    PCs that are switched off: they are not seen. All others of the list are seen wherever they belong
``strangers`` PCs that are seen though no list has them
"""

import contextlib
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from kanmon.agent.drivers import base
from kanmon.agent.drivers.base import Applied, Change, Drift, Entry
from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.wire import Health, Seen, Setup, State

NAME = "simulated"
FILE_BYTES = 256 * 2**20


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the table [drivers.simulated]. ``file`` "": simulated.json in the agent's home."""

    file: str = ""


class Device(msgspec.Struct):
    """What stands in the file."""

    entries: dict[str, State] = {}
    setup: Setup = Setup()
    fails: set[str] = set()
    silent: set[str] = set()
    strangers: set[str] = set()


class Simulated:
    """The driver. ``path`` is its device."""

    name = NAME

    def __init__(self, path: Path) -> None:
        self.path = path
        self._decoder = msgspec.json.Decoder(Device)

    def whole(self, entries: Collection[Entry], setup: Setup) -> None:
        """See ``base``."""
        base.bounded(NAME, entries)
        with contextlib.suppress(Refused):  # what is unreadable is written anew
            kept = self._read()
            self._write(msgspec.structs.replace(kept, entries={one.mac: one.state for one in entries}, setup=setup))
            return
        self._write(Device({one.mac: one.state for one in entries}, setup))

    def apply(self, changes: Sequence[Change]) -> list[Applied]:
        """See ``base``."""
        wanted = base.newest(changes)
        try:
            device = self._read()
            refused = Refused("KNM8305-E", path=str(self.path))
            for mac, change in wanted.items():
                if mac in device.fails:
                    continue
                if change.state is None:
                    device.entries.pop(mac, None)
                else:
                    device.entries[mac] = change.state
            self._write(device)
        except Refused as problem:
            return base.failed(wanted, problem)
        failed = base.failed({mac: one for mac, one in wanted.items() if mac in device.fails}, refused)
        return [Applied(mac, "done") for mac in wanted if mac not in device.fails] + failed

    def seen(self) -> list[Seen]:
        """Everybody who is not silent, now."""
        device, now = self._read(), clock.now()
        there = dict.fromkeys(device.strangers) | device.entries
        return [
            Seen(mac=mac, at=now, network=base.network(state, device.setup), how="counter", nas=NAME)
            for mac, state in sorted(there.items())
            if mac not in device.silent
        ]

    def drift(self, entries: Collection[Entry]) -> list[Drift]:
        """See ``base``."""
        return base.differences(entries, self._read().entries)

    def health(self) -> Health:
        """It is never quite well: nobody is cut off."""
        try:
            self._read()
        except Refused as refused:
            return base.unwell(NAME, refused)
        return base.unwell(NAME, Refused("KNM8304-W"))

    def remove(self) -> None:
        """Its file is all that it makes."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    def _read(self) -> Device:
        try:
            with open(self.path, "rb") as file:
                data = file.read(FILE_BYTES + 1)
            if len(data) > FILE_BYTES:
                raise Refused("KNM8303-E", path=str(self.path), problem=f"it has more than {FILE_BYTES} bytes")
            return self._decoder.decode(data)
        except OSError as problem:
            raise Refused("KNM8303-E", path=str(self.path), problem=problem.strerror) from None
        except msgspec.DecodeError as problem:
            raise Refused("KNM8303-E", path=str(self.path), problem=str(problem)) from None

    def _write(self, device: Device) -> None:
        beside = self.path.with_name(f".{self.path.name}.new")
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(device)))
                file.flush()
                os.fsync(file.fileno())
            fault.point("driver_changing")
            beside.replace(self.path)
        except OSError as problem:
            raise Refused("KNM8303-E", path=str(self.path), problem=problem.strerror) from None
        fault.point("driver_changed")


def make(settings: Mapping[str, Any], home: Path) -> Simulated:
    """The driver. Raises Refused KNM8301-E."""
    told = base.read_settings(NAME, settings, Settings)
    return Simulated(Path(told.file) if told.file else home / "simulated.json")


def check(settings: Mapping[str, Any], home: Path) -> None:
    """Raises Refused KNM8301-E."""
    base.read_settings(NAME, settings, Settings)
