"""Libraries of C that are put between a process and its disk; built by the compiler of the system."""

import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
NEEDED = "A C compiler is needed for the faults of disks: install gcc and libc6-dev (Debian), gcc (RHEL)."


@cache
def library(name: str, folder: Path) -> Path:
    """``name``.c of this folder as a shared library in ``folder``."""
    made = folder / f"{name}.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(made), str(HERE / f"{name}.c"), "-ldl"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise AssertionError(NEEDED) from None
    assert done.returncode == 0, f"{done.stderr}\n{NEEDED}"
    return made
