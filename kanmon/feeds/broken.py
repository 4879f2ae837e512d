"""What the readers of archives, CSV, XML and JSON raise when a file is broken, as one sentence.

It is put around reading alone. What becomes of the rows or records that were read is outside: an error there is one of
Kanmon, and nothing is said of the file.
"""

import csv
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

import msgspec

from kanmon.common.errors import Refused

_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, csv.Error, ParseError, msgspec.DecodeError,
    RuntimeError,  # a member of a zip is encrypted, or packed in an unknown way
    ValueError,  # a directory of a zip that points outside of it; an encoding
)  # fmt: skip


@contextmanager
def refused(name: str) -> Iterator[None]:
    """Raises Refused KNM1201-E of the file ``name`` when what is read inside is broken."""
    try:
        yield
    except _BROKEN as problem:
        raise Refused("KNM1201-E", name=name, problem=str(problem)[:200] or type(problem).__name__) from None
