"""Sets of PCs into one: AND over conditions, OR over the values of each. Pure."""

from collections.abc import Callable, Mapping, Sequence

from pyroaring import BitMap


def any_of(sets: Sequence[BitMap]) -> BitMap:
    """The PCs in any of ``sets``, as a set of its own."""
    return BitMap.union(BitMap(), *sets)


def all_of(everybody: BitMap, sets: Sequence[BitMap]) -> BitMap:
    """The PCs of ``everybody`` in all of ``sets``, as a set of its own: the smallest first, so that little is left soon."""
    found = everybody.copy()
    for one in sorted(sets, key=len):
        found &= one
    return found


def narrowest(everybody: Callable[[str], BitMap], parts: Mapping[str, BitMap]) -> tuple[str, int]:
    """The condition that keeps out most PCs, and how many there would be without it; ("", 0) when none alone does.

    ``everybody``: the PCs from which one chooses without the condition of this name.
    """
    best, most = "", 0
    for name in parts:
        others = [pcs for other, pcs in parts.items() if other != name]
        count = len(all_of(everybody(name), others))
        if count > most:
            best, most = name, count
    return best, most
