"""Seal and unseal bytes under a key: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.

A sealed value is version (1 byte), nonce (12), ciphertext with tag. ``what`` (the secret's name) is authenticated
with it, so that a value can't be moved to another name by who can write the database.
"""

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class WrongKey(Exception):
    """The value was not sealed under this key and name, or it was changed."""


def new_key() -> str:
    """A random data key as it stands in its file (base64)."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def read_key(path: Path) -> bytes:
    """The key in ``path``. Raises ValueError when the file holds none."""
    key = base64.b64decode(path.read_text("ascii").strip(), validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} does not hold a key of {KEY_BYTES} bytes")
    return key


def derive(secret: bytes, purpose: str) -> bytes:
    """A key for ``purpose`` from a secret of high entropy (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, None, purpose.encode()).derive(secret)


def seal(key: bytes, what: str, value: bytes) -> bytes:
    """``value`` sealed under ``key`` for the name ``what``."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value, what.encode())


def unseal(key: bytes, what: str, sealed: bytes) -> bytes:
    """The value again. Raises WrongKey."""
    if sealed[:1] != VERSION:
        raise WrongKey
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], what.encode())
    except InvalidTag:
        raise WrongKey from None
