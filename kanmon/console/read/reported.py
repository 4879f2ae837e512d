"""The marks of a report that waits for a decision."""

from kanmon.common.errors import Refused
from kanmon.intake import report

NAMES = ("host", "user", "serial", "uuid", "mac", "ip")


def marks(stored: bytes) -> dict[str, str]:
    """Host, user, serial, UUID and addresses of a stored report; empty when it can't be read any more."""
    try:
        columns = report.decode(stored).columns
    except Refused:
        return {}
    return {name: str(columns.get(name, "")) for name in NAMES}
