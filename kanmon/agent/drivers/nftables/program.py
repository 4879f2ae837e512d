"""The program nft, told by text (``nft -f -``, one transaction) and asked by JSON (``nft -j``, libnftables-json(5))."""

import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from kanmon.agent.drivers import process
from kanmon.agent.drivers.nftables.settings import Settings
from kanmon.common.errors import Refused

MOST_BYTES = 256 * 2**20
_COMPLAINT = re.compile(r"Error: [^\n]*")


class Nft:
    """nft in the namespace of the settings. Every method raises Refused KNM8310-E when it can't be run."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.time_limit_seconds
        # not "ip netns exec", which mounts /sys anew and so works in no container without the right to mount
        inside = ("nsenter", f"--net=/run/netns/{settings.namespace}") if settings.namespace else ()
        self._nft = (*inside, "nft")
        self._ip = (*inside, "ip", "-j")

    def tell(self, text: str) -> str:
        """Carry out one transaction; "" or what nft complains about, and then nothing has changed."""
        done = self._call((*self._nft, "-f", "-"), text.encode())
        if done.status and not _COMPLAINT.search(done.complaint):  # not nft has said no, but whoever was to start it
            raise Refused("KNM8310-E", problem=_short(done.complaint))
        return "" if done.status == 0 else _short(done.complaint)

    def chains(self) -> dict[tuple[str, str], set[str]]:
        """Names of chains by (family, table)."""
        found: dict[tuple[str, str], set[str]] = {}
        for chain in self._ask("chain", "list", "chains"):
            found.setdefault((chain["family"], chain["table"]), set()).add(chain["name"])
        return found

    def tables(self) -> set[tuple[str, str]]:
        """(family, name) of every table. With long sets it takes a second: nft reads them for nothing."""
        return {(one["family"], one["name"]) for one in self._ask("table", "list", "tables")}

    def elements(self, family: str, table: str, name: str) -> list[Any]:
        """The elements of a set as nft writes them."""
        for found in self._ask("set", "list", "set", family, table, name):
            return list(found.get("elem", ()))
        return []

    def passing(self, family: str, table: str, name: str) -> Iterator[tuple[list[str], float]]:
        """Elements of a set with a time-out: their parts, and for how many seconds they stay at least."""
        for one in self.elements(family, table, name):
            told = one.get("elem", {}) if isinstance(one, dict) else {}
            parts = told.get("val", {}).get("concat") if isinstance(told.get("val"), dict) else None
            if parts:
                yield [str(part) for part in parts], float(told.get("expires", 0))

    def rules(self, family: str, table: str) -> list[Any]:
        """Everything of a table but elements, counters and numbers: equal as long as nobody has changed a rule."""
        words = ("-t", "list", "table", family, table)
        return [_bare(one) for one in self._asked(*words) if "metainfo" not in one]

    def hardware_address(self, interface: str) -> str:
        """The MAC address of an interface, "" when there is no such interface."""
        done = self._call((*self._ip, "link", "show", "dev", interface), b"")
        if done.status:
            return ""
        try:
            return str(msgspec.json.decode(done.output)[0]["address"])
        except (msgspec.DecodeError, LookupError, TypeError):
            return ""

    def _ask(self, kind: str, *words: str) -> list[dict[str, Any]]:
        return [one[kind] for one in self._asked(*words) if kind in one]

    def _asked(self, *words: str) -> list[dict[str, Any]]:
        done = self._call((*self._nft, "-j", *words), b"")
        if done.status:
            raise Refused("KNM8310-E", problem=_short(done.complaint))
        try:
            return list(msgspec.json.decode(done.output)["nftables"])
        except (msgspec.DecodeError, LookupError, TypeError) as problem:
            raise Refused("KNM8310-E", problem=f"its answer can't be read: {problem}") from None

    def _call(self, words: Sequence[str], given: bytes) -> process.Done:
        began = time.monotonic()
        done = process.call(words, given, self._seconds, MOST_BYTES, {"LC_ALL": "C"})
        if done.ended == "itself":
            return done
        problem = {
            "time": f"it has not ended within {time.monotonic() - began:.0f} s",
            "size": f"it writes more than {MOST_BYTES} bytes",
            "not_started": f"{words[0]} can't be started: {done.complaint}",
        }[done.ended]
        raise Refused("KNM8310-E", problem=problem)


def _short(complaint: str) -> str:
    """The first complaint of nft, without the lines of the text that it shows."""
    found = _COMPLAINT.search(complaint)
    return (found[0] if found else complaint.partition("\n")[0])[:300] or "it gives no reason"


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items() if key not in ("handle", "elem", "packets", "bytes")}
    return [_bare(one) for one in value] if isinstance(value, list) else value
