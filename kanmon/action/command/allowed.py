"""Which program may be run, and as whom. Every refusal is a sentence.

A policy names a program by its bare name. It must be in the one folder of the settings, really there and not by a link
that leads out of it, and nobody but root and the Manager's user may be able to change it, its folder or any
folder above. Else whoever edits a policy, or has an account on the host, could run what they like.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.common.trusted import only_ours


@dataclass(frozen=True, slots=True)
class RunAs:
    """Who runs a program. ``uid``, ``gid`` None: the Manager's own user, nothing is changed."""

    name: str
    home: str
    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] = ()


def program(name: str) -> Path:
    """The program ``name`` of the folder. Raises Refused KNM3133-W, KNM3139-E to KNM3142-E, KNM3146-E."""
    folder = _folder()
    path = folder / name
    if os.sep in name or not os.path.lexists(path):
        raise Refused("KNM3139-E", program=name, folder=str(folder))
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(folder):
        raise Refused("KNM3140-E", program=name, folder=str(folder), target=str(real))
    if not real.exists():
        raise Refused("KNM3139-E", program=name, folder=str(folder))
    for one in (real, *real.parents):
        if not only_ours(one, above=folder.is_relative_to(one) and one != folder):
            raise Refused("KNM3141-E", path=str(one))
    found = real.stat()
    if not stat.S_ISREG(found.st_mode) or not found.st_mode & 0o111:
        raise Refused("KNM3142-E", program=name)
    return real


def _folder() -> Path:
    wanted = str(config.get("command.folder"))
    if not wanted:
        raise Refused("KNM3133-W")
    folder = Path(wanted)
    problem = ""
    if not folder.is_absolute():
        problem = "is no absolute path"
    elif not folder.is_dir():
        problem = "is no folder that can be read"
    elif os.path.realpath(folder) != str(folder):
        problem = f"is a symbolic link or reached through one; its own path is {os.path.realpath(folder)}"
    if problem:
        raise Refused("KNM3146-E", folder=wanted, problem=problem)
    return folder


def run_as(wanted: str, program: str) -> RunAs:
    """As whom a command of a policy that names ``wanted`` ("": nobody) is run. Raises Refused KNM3143-E to KNM3145-E."""
    own = _own()
    usual = str(config.get("command.user")) or own.name
    name = wanted or usual
    if name not in {own.name, usual, *config.get("command.users")}:
        raise Refused("KNM3143-E", program=program, user=name)
    if name == own.name:
        return own
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise Refused("KNM3144-E", program=program, user=name) from None
    if os.geteuid() != 0:
        raise Refused("KNM3145-E", program=program, user=name, own=own.name)
    groups = tuple(os.getgrouplist(name, found.pw_gid))
    return RunAs(name, found.pw_dir, found.pw_uid, found.pw_gid, groups)


def _own() -> RunAs:
    try:
        found = pwd.getpwuid(os.geteuid())
    except KeyError:  # a container may run under a number that has no name
        return RunAs(str(os.geteuid()), "/")
    return RunAs(found.pw_name, found.pw_dir)
