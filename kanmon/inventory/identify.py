"""Which PC does a report speak of? Pure: marks in, a decision out.

A PC is known by its source and agent identifier, by serial and UUID of the machine, and by MAC addresses.
Two PCs are never silently mixed: where the marks contradict each other the report is *suspected*, changes
no verdict, and waits for a person. A PC belongs to the source that made it.

==========================================  =====================================================
agent identifier known, marks agree          that PC
agent identifier known, no mark agrees       suspected: a cloned image (KNM1115)
same serial or UUID, other MACs              suspected: cloned, or network cards replaced (KNM1112)
identifier new, one PC of this source agrees that PC: the agent was installed again
identifier new, the PC is another source's   suspected (KNM1111), unless one of the two is trusted
only the MAC agrees, serial or UUID differ   suspected: a moved adapter (KNM1113)
more than one PC agrees                      suspected (KNM1114)
nothing agrees                               a new PC
==========================================  =====================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Marks:
    """What a machine is known by: ``serial``, ``uuid`` ("" when not given) and MAC addresses."""

    serial: str = ""
    uuid: str = ""
    macs: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.serial or self.uuid or self.macs)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A PC that may be meant."""

    pc: int
    source: int
    marks: Marks


@dataclass(frozen=True, slots=True)
class Decision:
    """``pc``: the PC meant, None for a new one. With ``reasons`` it is suspected, and ``pc`` the likeliest."""

    pc: int | None
    reasons: tuple[tuple[str, dict[str, object]], ...] = field(default=())


def _machine_differs(a: Marks, b: Marks) -> bool:
    """Serial or UUID are given on both sides and differ, and none is equal."""
    same = (a.serial and a.serial == b.serial) or (a.uuid and a.uuid == b.uuid)
    differs = (a.serial and b.serial and a.serial != b.serial) or (a.uuid and b.uuid and a.uuid != b.uuid)
    return bool(differs and not same)


def _machine_same(a: Marks, b: Marks) -> bool:
    return bool((a.serial and a.serial == b.serial) or (a.uuid and a.uuid == b.uuid))


def _macs_differ(a: Marks, b: Marks) -> bool:
    return bool(a.macs and b.macs and not a.macs & b.macs)


def _doubt(report: Marks, one: Candidate) -> tuple[str, dict[str, object]] | None:
    """Why ``report`` may not be PC ``one`` although something of it agrees."""
    if _machine_same(report, one.marks) and _macs_differ(report, one.marks):
        return ("KNM1112-W", {"pc": one.pc})
    if _machine_differs(report, one.marks):
        return ("KNM1113-W", {"pc": one.pc}) if report.macs & one.marks.macs else ("KNM1115-W", {"pc": one.pc})
    if not _machine_same(report, one.marks) and _macs_differ(report, one.marks):
        return ("KNM1115-W", {"pc": one.pc})
    return None


def identify(
    source: int,
    report: Marks,
    bound: Candidate | None,
    alike: Mapping[int, Candidate],
    trusted: frozenset[int] = frozenset(),
) -> Decision:
    """Decide. ``bound``: the PC of this source and agent identifier; ``alike``: PCs that share a mark.

    ``trusted``: sources that only the Manager's own user can be (this machine's own inventory).
    """
    if bound is not None:
        doubt = _doubt(report, bound)
        return Decision(bound.pc, (doubt,) if doubt else ())
    if not alike:
        return Decision(None)
    if len(alike) > 1:
        mine = [one for one in alike.values() if one.source == source and _machine_same(report, one.marks)]
        likeliest = mine[0] if mine else next(iter(alike.values()))
        return Decision(likeliest.pc, (("KNM1114-W", {"pcs": ", ".join(map(str, sorted(alike)))}),))
    one = next(iter(alike.values()))
    reasons: list[tuple[str, dict[str, object]]] = []
    if one.source != source and not trusted & {source, one.source}:
        reasons.append(("KNM1111-W", {"pc": one.pc, "source": source, "other": one.source}))
    doubt = _doubt(report, one)
    if doubt:
        reasons.append(doubt)
    return Decision(one.pc, tuple(reasons))
