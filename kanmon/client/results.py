"""Results of checks that other programs made on this machine: files that go with the inventory.

They are sent as they are, after the inventory and by the same source, so that the Manager knows the PC and takes them as
its own. They are read here first: a file that is something else, such as the inventory of another PC, is not sent.
"""

from pathlib import Path

from kanmon.common.errors import Refused
from kanmon.intake import formats
from kanmon.intake.inflate import MAX_INFLATED_BYTES, inflate, kept
from kanmon.intake.report import Report


def read_results(path: Path) -> bytes:
    """The results in a file, unpacked. Raises Refused when it can't be read, or holds no results of checks."""
    try:
        size = path.stat().st_size
        if size > MAX_INFLATED_BYTES:
            raise Refused("KNM1001-E", size=size, limit=MAX_INFLATED_BYTES)
        body = inflate(kept(path.read_bytes()))
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(path), problem=problem.strerror or str(problem)) from None
    message = formats.read(body)
    if not isinstance(message, Report) or not message.supplement:
        raise Refused("KNM1045-E", path=str(path), format=message.format)
    return body
