"""What a person at the agent does by command. A running agent takes it over: it follows the database."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from kanmon.agent import enrol, files
from kanmon.agent.files import Row, mac_of
from kanmon.agent.store import Store
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.ordering import FixedDevices as _Fixed
from kanmon.ordering import holds, set_here
from kanmon.wire import MOST_FIXED, Entry, Fixed, Setup


def take(store: Store, rows: Collection[Row]) -> int:
    """Set what the rows say, in one transaction; how many PCs have changed by it.

    From then on this agent has a list: it need not wait for the Manager's before it changes the network.
    """
    now, changed = clock.now(), []
    setup = store.setup()
    nothing_fixed = _Fixed(Setup())
    with store.writing():
        for row in rows:
            before = store.entry(row.mac) or Entry(mac=row.mac)
            same = holds(before, setup, nothing_fixed).state == row.state
            if same and row.ip in ("", before.ip) and row.host in ("", before.host):
                continue
            after = replace(before, ip=row.ip or before.ip, host=row.host or before.host)
            changed.append(after if same else set_here(after, row.state, now, row.reason))
        store.put(changed)
        store.set_word("listed", "by hand")
    return len(changed)


def remove(store: Store, macs: Collection[str]) -> int:
    """Nothing holds any more for these. Raises Refused KNM8053-E for one that is not in the list; then none is removed."""
    now, changed = clock.now(), []
    with store.writing():
        for mac in dict.fromkeys(macs):
            before = store.entry(mac)
            if before is None or before.empty:
                raise Refused("KNM8053-E", mac=mac)
            changed.append(set_here(before, None, now, ""))
        store.put(changed)
    return len(changed)


def set_networks(store: Store, changes: Mapping[str, str]) -> None:
    """Change which network is for whom. Raises Refused KNM8054-E for one that there is not."""
    before = msgspec.to_builtins(store.setup())
    try:
        store.set_up(msgspec.convert(before | dict(changes), Setup))
    except msgspec.ValidationError as problem:
        raise Refused("KNM8054-E", problem=str(problem)) from None


def set_fixed(store: Store, add: Collection[str], gone: Collection[str], file: Path | None, note: str) -> None:
    """Change the fixed devices. Raises Refused KNM8050-E to KNM8054-E; then none is changed."""
    setup = store.setup()
    devices = {one.mac: one for one in setup.fixed}
    for text in gone:
        mac = mac_of(text, prefix=True)
        if devices.pop(mac, None) is None:
            raise Refused("KNM8053-E", mac=mac)
    wanted = [(text, note) for text in add] + (_of_file(file, note) if file else [])
    for text, words in wanted:
        mac = mac_of(text, prefix=True)
        devices[mac] = Fixed(mac=mac, note=words.strip()[:100])
    if len(devices) > MOST_FIXED:
        raise Refused("KNM8054-E", problem=f"more than {MOST_FIXED} fixed devices")
    store.set_up(replace(setup, fixed=tuple(devices[mac] for mac in sorted(devices))))


def _of_file(path: Path, note: str) -> list[tuple[str, str]]:
    found = []
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = file.read(files.FILE_BYTES).splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM8051-E", path=str(path), problem=str(problem)) from None
    for number, line in enumerate(lines, 1):
        text, _, words = line.partition("#")[0].replace('"', "").partition(",")
        if not text.strip():
            continue
        try:
            mac_of(text, prefix=True)
        except Refused as problem:
            raise Refused("KNM8050-E", path=str(path), line=number, problem=str(problem).rstrip(".")) from None
        found.append((text, words or note))
    return found


def status(home: Path, store: Store) -> dict[str, Any]:
    """Who this agent is, and how far it is."""
    told: dict[str, Any] = {"home": str(home)}
    try:
        who = enrol.identity(home)
        told |= {"name": who.name, "serial": who.serial, "valid_until": who.valid_until.isoformat()}
    except Refused as problem:
        told |= {"name": "", "serial": "", "valid_until": "", "why": str(problem)}
    digest, entries = store.digest()
    return told | {
        "managers": store.word("managers"), "highest_term": store.highest_term, "entries": entries, "digest": digest,
        "open": len(store.open_orders()), "failed": len(store.open_orders(failed=True)), "to_tell": len(store.to_tell()),
    }  # fmt: skip
