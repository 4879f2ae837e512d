"""Arrays by PC number -> sets of PCs."""

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap


def bitmap(pcs: NDArray[Any]) -> BitMap:
    """The set of ascending numbers. pyroaring reads an ``array`` many times faster than an ndarray."""
    return BitMap(array("I", pcs.astype(np.uint32, copy=False).tobytes()))


def where(mask: NDArray[np.bool_]) -> BitMap:
    """The PCs (places in the array) for which ``mask`` is true."""
    return bitmap(np.flatnonzero(mask))
