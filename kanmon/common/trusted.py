"""Whether a file that is run or believed could have been changed by others."""

import os
import stat
from pathlib import Path


def only_ours(path: Path, above: bool = False) -> bool:
    """Whether only root and this process's user can change ``path``. ``above`` the folder that matters, one like /tmp
    will do: who may write there can't replace what others own. Raises OSError.
    """
    found = path.stat()
    if found.st_uid not in (0, os.geteuid()):
        return False
    return not found.st_mode & 0o022 or (above and bool(found.st_mode & stat.S_ISVTX))
