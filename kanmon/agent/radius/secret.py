"""Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key in a file of the agent's home.

Sealed: version (1 byte), nonce (12), ciphertext with tag. The name of the secret is authenticated with it, so that a
value can't be moved to another name by who can write the database.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kanmon.common.errors import Refused

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


def key(path: Path) -> bytes:
    """The key in ``path`` (32 bytes in hexadecimal), made there, 0600, when there is none. Raises Refused KNM8202-E."""
    try:
        if not path.exists():
            make(path, secrets.token_hex(_KEY_BYTES))
        told = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as problem:
        raise Refused("KNM8202-E", path=str(path), problem=str(problem)) from None
    if len(told) != _KEY_BYTES:
        raise Refused("KNM8202-E", path=str(path), problem=f"it holds {len(told)} bytes, not {_KEY_BYTES}")
    return told


def make(path: Path, text: str) -> None:
    """A file with a secret, 0600, whole or not at all; one that is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first
    finally:
        draft.unlink()


def password(path: Path) -> str:
    """The password in ``path`` with which FreeRADIUS calls, made there when there is none."""
    if not path.exists():
        make(path, secrets.token_hex(_KEY_BYTES))
    return path.read_text("ascii").strip()


def seal(sealing_key: bytes, what: str, text: str) -> bytes:
    """``text`` sealed for the name ``what``."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(sealing_key).encrypt(nonce, text.encode(), what.encode())


def unseal(sealing_key: bytes, what: str, sealed: bytes) -> str:
    """The text again. Raises Refused KNM8203-E."""
    if sealed[:1] == _VERSION:
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return AESGCM(sealing_key).decrypt(nonce, rest, what.encode()).decode()
        except (InvalidTag, ValueError):
            pass
    raise Refused("KNM8203-E", what=what)
