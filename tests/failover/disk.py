"""A small disk that can be filled and freed: a tmpfs."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

BLOCK = 65536


class SmallDisk:
    """Mounted at ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"

    def fill(self) -> None:
        """Not a byte is left."""
        with contextlib.suppress(OSError), open(self.filler, "ab", buffering=0) as file:
            for size in (BLOCK, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size):
                        pass

    def free(self) -> None:
        """As it was."""
        self.filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk of that size at ``folder``, for as long as this lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "kanmon", str(folder)], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
