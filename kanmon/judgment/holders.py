"""Which PCs of a scope hold any of some facts: the question that every condition comes down to.

The way there depends on how many PCs are asked. A whole fleet is asked by one union of all bitmaps, which costs the
same whoever is asked; of some hundreds the bitmaps are cut first, which makes the union small; of a handful it is
quicker to look each one up.
"""

from collections.abc import Sequence

from pyroaring import BitMap

_FEW = 4  # PCs up to which each is looked for by itself
_SMALL = 1_000  # PCs up to which bitmaps are cut before they are joined
_NONE = BitMap()


def of_any(holders: Sequence[BitMap], scope: BitMap) -> BitMap:
    """The PCs of ``scope`` that are in any of ``holders``."""
    if len(scope) <= _FEW:
        return BitMap([pc for pc in scope if any(pc in pcs for pcs in holders)])
    if len(scope) <= _SMALL:
        return BitMap.union(_NONE, *(cut for pcs in holders if (cut := pcs & scope)))
    return BitMap.union(_NONE, *holders) & scope
