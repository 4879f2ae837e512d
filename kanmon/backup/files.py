"""The files of the home that go into a backup: settings without secrets, and secrets when they are asked for."""

import hashlib
import os
import re
import tomllib
from pathlib import Path

from kanmon.common import config
from kanmon.common.redact import redact

SETTINGS = "kanmon.toml"
MARKED = ("signing-key", "data-key")  # of so much entropy that a mark tells nothing of them
_SECTION = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")


def without_secrets(text: str) -> tuple[str, list[str]]:
    """kanmon.toml without the settings that are secrets, and the names of those that were taken out.

    A file that can't be taken apart so is left out as a whole, since nobody knows where its secrets stand.
    """
    secret = {setting.name for setting in config.SETTINGS if setting.secret}
    lines, out, section, taken = text.split("\n"), list[str](), "", list[str]()
    while lines:
        if found := _SECTION.match(lines[0]):
            section = found[1]
        key = _KEY.match(lines[0])
        name = f"{section}.{key[1]}" if key else ""
        if name not in secret:
            out.append(lines.pop(0))
            continue
        end = next((n for n in range(1, len(lines) + 1) if _reads("\n".join(out + lines[n:]))), None)
        if end is None:
            return "", [SETTINGS]
        out.append(f"# {name} is a secret and not in this backup.")
        lines, taken = lines[end:], [*taken, name]
    left = "\n".join(out)
    if not _reads(left) or secret & set(_names(left)):
        return "", [SETTINGS]
    return redact(left), taken


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _names(text: str) -> list[str]:
    return [
        f"{section}.{key}"
        for section, entries in tomllib.loads(text).items()
        if isinstance(entries, dict)
        for key in entries
    ]


def says_nothing(path: Path) -> bool:
    """Whether no setting is in force by the file: it is missing, or all of it is commented out."""
    return not path.exists() or not config.read_file(path)


def secrets(home: Path) -> list[tuple[str, Path]]:
    """What is under secrets/, by its name in the home."""
    folder = home / "secrets"
    paths = sorted(Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return [(str(path.relative_to(home)), path) for path in paths if not _passing(path.name)]


def _passing(name: str) -> bool:
    """Files that are not what they are called yet, or not any more."""
    return name.startswith(".") or ".before-restore-" in name or name.endswith(".restoring")


def keys(home: Path) -> dict[str, str]:
    """Marks of the home's keys, by which another home can tell whether it has the same."""
    paths = {name: home / "secrets" / name for name in MARKED}
    return {name: mark(path.read_bytes()) for name, path in paths.items() if path.exists()}


def mark(key: bytes) -> str:
    """The mark of a key."""
    return hashlib.sha256(b"kanmon backup " + key.strip()).hexdigest()[:16]
