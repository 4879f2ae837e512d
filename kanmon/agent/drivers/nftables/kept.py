"""The rules in files, so that the service nftables loads them at boot, and again when somebody restarts it.

A folder with files ``GENERATION-NUMBER.nft`` that nft includes in the order of their names: number 0 is the whole,
which removes what was before; each other one is a change. A file has its name only when it is whole on the disk, since
nft loads nothing at all when one of them is broken. Old generations go when the new one is there.
"""

import os
import re
from pathlib import Path

from kanmon.common.errors import Refused

CHANGES_MOST = 200  # of a generation, then the whole is written anew
_FILE = re.compile(r"(\d{10})-(\d{4})\.nft")
NOTE = "# Written by the driver nftables of kanmon agent. Do not edit: it is written anew.\n"


class Kept:
    """The folder. Methods raise Refused KNM8315-E when it can't be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def whole(self, text: str) -> None:
        """Begin a generation."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            generation, _ = self._newest()
            self._write(generation + 1, 0, text)
            for name in self._names():
                if int(name[:10]) <= generation:
                    (self.folder / name).unlink()
        except OSError as problem:
            raise self._refused(problem) from None

    def change(self, text: str) -> bool:
        """Add a change. False when there are many, or there is no generation: then the whole is wanted."""
        try:
            generation, number = self._newest()
            if number < 0 or number >= CHANGES_MOST:
                return False
            self._write(generation, number + 1, text)
        except OSError as problem:
            raise self._refused(problem) from None
        return True

    def remove(self) -> None:
        """Its files go; the folder stays, an include of it is no error."""
        try:
            for name in self._names():
                (self.folder / name).unlink()
        except OSError as problem:
            raise self._refused(problem) from None

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(name for name in os.listdir(self.folder) if _FILE.fullmatch(name))

    def _newest(self) -> tuple[int, int]:
        names = self._names()
        return (int(names[-1][:10]), int(names[-1][11:15])) if names else (0, -1)

    def _write(self, generation: int, number: int, text: str) -> None:
        beside = self.folder / ".new"
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
            file.write(NOTE + text)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self.folder / f"{generation:010d}-{number:04d}.nft")
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _refused(self, problem: OSError) -> Refused:
        return Refused("KNM8315-E", folder=str(self.folder), problem=problem.strerror)
