"""The number of a term: era * 2**20 + counter.

The counter grows with each take-over. The era grows when the counter may have been set back: after a restore, and
when the database is another one, or the same on another timeline, so that the newest terms may be missing in it.
An era is at least the UTC seconds of its beginning, so that no earlier one can have been higher, whatever was lost.
"""

COUNTER_BITS = 20


def following(term: int) -> int:
    """The next term of the same era; of the next era when its counter is used up."""
    return term + 1


def new_era(term: int, utc_seconds: float) -> int:
    """The first term of a new era, above every term that ``term``'s database can have given."""
    return max((term >> COUNTER_BITS) + 1, int(utc_seconds)) << COUNTER_BITS | 1


def parts(term: int) -> tuple[int, int]:
    """Era and counter."""
    return term >> COUNTER_BITS, term & ((1 << COUNTER_BITS) - 1)


def said(term: int) -> str:
    """As people read it: "42", or "1763840000-3" in a later era."""
    era, counter = parts(term)
    return f"{era}-{counter}" if era else str(counter)


def read(said: str) -> int:
    """The term that is ``said`` so. Raises ValueError for anything else."""
    era, dash, counter = said.rpartition("-")
    if not counter.isdecimal() or (dash and not era.isdecimal()):
        raise ValueError(said)
    if int(era or 0) >= 1 << (63 - COUNTER_BITS) or int(counter) >= 1 << COUNTER_BITS:
        raise ValueError(said)
    return int(era or 0) << COUNTER_BITS | int(counter)
