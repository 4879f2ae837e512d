"""What a program writes, bounded: the first half of the bound as it comes, the last half at the end.

A program may write a gigabyte; it must neither fill the disk nor wait for a reader. A disk that is full loses output,
never the result.
"""

import contextlib
from pathlib import Path

from kanmon.supervise.place import TAIL_CHARACTERS


class Output:
    """Takes bytes by ``add``; ``close`` writes what was kept of the end."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.total = 0
        self._half = max(most_bytes // 2, 1)
        self._head = 0
        self._tail = bytearray()
        self._recent = bytearray()
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 (as long as the program runs)

    def add(self, data: bytes) -> None:
        """More output."""
        self.total += len(data)
        self._keep(self._recent, data, TAIL_CHARACTERS * 4)
        head = data[: self._half - self._head]
        if head:
            self._head += len(head)
            self._write(head)
        self._keep(self._tail, data[len(head) :], self._half)

    @staticmethod
    def _keep(kept: bytearray, data: bytes, most: int) -> None:
        kept += data
        if len(kept) > 2 * most:
            del kept[:-most]

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._file.write(data)

    def close(self) -> str:
        """The last characters of the output, of which a person sees why it failed."""
        tail = bytes(self._tail[-self._half :])
        left_out = self.total - self._head - len(tail)
        if left_out:
            self._write(f"\n... {left_out} bytes left out ...\n".encode())
        self._write(tail)
        self._file.close()
        return bytes(self._recent).decode("utf-8", "replace").replace("\x00", "?")[-TAIL_CHARACTERS:]
