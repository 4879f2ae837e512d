"""Bodies as sent -> plain bytes, without ever holding more than the bounds allow.

Agents send zlib streams (RFC 1950), some send gzip (RFC 1952), curl sends plain text. Headers lie, so the
kind is told by content. Decompression is asked for one byte more than allowed and no further, so that a
small body that would unpack to gigabytes costs a millisecond.
"""

from isal import isal_zlib
from isal.igzip_lib import IsalError

from kanmon.common.errors import Refused

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_INFLATED_BYTES = 64 * 1024 * 1024
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 1024 * 1024  # below this size the ratio says nothing: small texts repeat themselves
KEPT_PLAIN_BYTES = 4096

_ZLIB_BITS = 15
_GZIP_BITS = 31


def inflate(body: bytes) -> bytes:
    """The plain bytes of ``body``, which is plain itself or one zlib or gzip stream.

    Raises Refused: 413 for too many bytes before or after, 400 for an empty, damaged, cut or joined body and
    for one that unpacks to more than ``MAX_RATIO`` times its size.
    """
    if len(body) > MAX_BODY_BYTES:
        raise Refused("KNM1001-E", status=413, size=len(body), limit=MAX_BODY_BYTES)
    if not body:
        raise Refused("KNM1007-E")
    if body[:2] == b"\x1f\x8b":
        return _unpack(body, _GZIP_BITS)
    if body[0] == 0x78 and len(body) > 1 and (body[0] << 8 | body[1]) % 31 == 0:  # check bits of RFC 1950
        return _unpack(body, _ZLIB_BITS)
    return body


def kept(body: bytes) -> bytes:
    """The body as it is stored: as it came, or, when it came plain, as a zlib stream, which ``inflate`` reads."""
    if len(body) < KEPT_PLAIN_BYTES or body[:2] == b"\x1f\x8b" or body[0] == 0x78:
        return body
    return bytes(isal_zlib.compress(body, 1, _ZLIB_BITS))


def _unpack(body: bytes, bits: int) -> bytes:
    by_ratio = max(RATIO_FLOOR_BYTES, MAX_RATIO * len(body))
    limit = min(MAX_INFLATED_BYTES, by_ratio)
    stream = isal_zlib.decompressobj(bits)
    try:
        plain: bytes = stream.decompress(body, limit + 1)
    except (IsalError, EOFError, ValueError) as error:  # type: ignore[misc]  # the stub declares no class
        raise Refused("KNM1004-E", detail=str(error)) from error
    if len(plain) > limit:
        if limit == by_ratio:
            raise Refused("KNM1003-E", size=len(body), ratio=MAX_RATIO)
        raise Refused("KNM1002-E", status=413, limit=MAX_INFLATED_BYTES)
    if not stream.eof:
        raise Refused("KNM1005-E", size=len(body))
    if stream.unused_data:
        raise Refused("KNM1006-E", size=len(stream.unused_data))
    return plain
