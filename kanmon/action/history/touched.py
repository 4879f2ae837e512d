"""The index of orders by PC.

An order has its PCs as one bitmap: a million of them are one row, and to ask all orders about one PC would be to read
all bitmaps. So beside it stands a row for each 1,024 numbers of PCs of which one or more are in it, with a bit for each:
an order about 1 PC has 1 row, one about 1,000,000 has 977 of 128 octets. The history of a PC reads the rows of its 1,024
neighbours, newest first, and takes those that have its bit.
"""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from pyroaring import BitMap

from kanmon.action.models import Touched

CHUNK = 1024


def note(pcs: BitMap, at: datetime, *, order: int | None = None, withheld: int | None = None) -> None:
    """An order, or what was withheld, is about ``pcs``. Inside the transaction that writes it."""
    rows = (Touched(bucket=bucket, at=at, order=order, withheld=withheld, bits=bits) for bucket, bits in parts(pcs))
    Touched.objects.bulk_create(rows, batch_size=500)


def parts(pcs: BitMap) -> Iterator[tuple[int, bytes]]:
    """Bucket and bits of each bucket that has one of ``pcs``."""
    if not pcs:
        return
    numbers = np.fromiter(pcs, np.int64, len(pcs))
    buckets, starts = np.unique(numbers // CHUNK, return_index=True)
    for bucket, some in zip(buckets.tolist(), np.split(numbers % CHUNK, starts[1:]), strict=True):
        bits = np.zeros(CHUNK, np.uint8)
        bits[some] = 1
        yield bucket, np.packbits(bits, bitorder="little").tobytes()


def has(row: Touched, pc: int) -> bool:
    """Whether ``row``, of the bucket of ``pc``, is about ``pc``."""
    place = pc % CHUNK
    return bool(bytes(row.bits)[place // 8] >> place % 8 & 1)
