"""What differs from PC to PC, by PC number: numbers as arrays, texts as codes into a list of distinct texts."""

from array import array
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kanmon.common.facts import COLUMNS
from kanmon.judgment.condition import Outcome, Part
from kanmon.judgment.places import numbers

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
_OUTCOMES = (Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.UNKNOWN, Outcome.FAIL)
_MAX_PARTS = 1_000  # parts whose results by text are kept
_CODE = {outcome: code for code, outcome in enumerate(_OUTCOMES)}


class Column:
    """One column. Missing: NaN for a number, code 0 for a text."""

    def __init__(self, name: str) -> None:
        self.text = COLUMNS[name] is str
        self._array: NDArray[Any] = np.zeros(0, np.int32) if self.text else np.zeros(0, np.float64)
        self._texts: list[str] = [""]
        self._code_of: dict[str, int] = {"": 0}
        self._tested: dict[Hashable, list[int]] = {}

    @classmethod
    def loaded(cls, name: str, texts: list[str], values: bytes) -> "Column":
        """The column that ``dump`` gave."""
        column = cls(name)
        column._array = np.frombuffer(values, dtype=column._array.dtype).copy()
        column._texts, column._code_of = texts, {text: code for code, text in enumerate(texts)}
        return column

    def dump(self) -> tuple[list[str], bytes]:
        """Its distinct texts (of numbers: one, empty) and its array."""
        return list(self._texts), self._array.tobytes()

    def set(self, pc: int, value: object) -> None:
        """Sets the value of one PC; None or "" takes it away."""
        if pc >= len(self._array):
            if value is None:
                return
            grown = np.full(max(pc + 1, 2 * len(self._array)), 0 if self.text else np.nan, dtype=self._array.dtype)
            grown[: len(self._array)] = self._array
            self._array = grown
        if self.text:
            text = "" if value is None else str(value)
            if (code := self._code_of.setdefault(text, len(self._texts))) == len(self._texts):
                self._texts.append(text)
            self._array[pc] = code
        else:
            self._array[pc] = np.nan if value is None else value

    def test(self, part: Part, scope: BitMap) -> dict[Outcome, BitMap]:
        """The PCs of ``scope`` by what came out for them."""
        pcs = numbers(scope)
        inside = pcs[: np.searchsorted(pcs, len(self._array))]
        values = self._array[inside]
        outcomes = self._text_outcomes(part, values) if self.text else _number_outcomes(part, values)
        result = {outcome: _bitmap(inside[outcomes == code]) for code, outcome in enumerate(_OUTCOMES)}
        result[part.untold] |= _bitmap(pcs[len(inside) :])
        return result

    def _text_outcomes(self, part: Part, codes: NDArray[Any]) -> NDArray[Any]:
        if len(self._tested) > _MAX_PARTS:
            self._tested.clear()
        tested = self._tested.setdefault(part.key, [_CODE[part.untold]])
        tested += [_CODE[part.test(text)] for text in self._texts[len(tested) :]]
        outcomes: NDArray[Any] = np.array(tested, dtype=np.int8)[codes]
        return outcomes


def _number_outcomes(part: Part, values: NDArray[Any]) -> NDArray[Any]:
    missing = np.isnan(values)
    if part.number is not None:
        comparison, wanted, met, other = part.number
        outcomes = np.where(_COMPARE[comparison](values, wanted), _CODE[met], _CODE[other])
    else:
        distinct, place = np.unique(values, return_inverse=True)
        outcomes = np.array([_CODE[part.test(value)] for value in distinct.tolist()], dtype=np.int8)[place]
    return np.where(missing, _CODE[part.untold], outcomes)


def untold(part: Part, scope: BitMap) -> dict[Outcome, BitMap]:
    """The same for a column of which no PC has a value."""
    result = {outcome: BitMap() for outcome in _OUTCOMES}
    result[part.untold] = scope.copy()
    return result


def _bitmap(pcs: NDArray[np.uint32]) -> BitMap:
    """The bitmap of ascending numbers. pyroaring reads an ``array`` many times faster than an ndarray."""
    return BitMap(array("I", pcs.astype(np.uint32, copy=False).tobytes()))
