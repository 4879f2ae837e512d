"""The waivers that count for a PC."""

from datetime import date
from typing import NamedTuple

from kanmon.common import clock, zone
from kanmon.console.language import language
from kanmon.judgment import waived
from kanmon.judgment.wording_failing import failing


class WaiverShown(NamedTuple):
    """A waiver. ``of_group``: it is given to a group of the PC, not to the PC itself."""

    condition: str
    reason: str
    approver: str
    expires: date
    days_left: int
    of_group: bool


def of_pc(pc: int) -> list[WaiverShown]:
    """Those that count now, the first to end first; of several of one condition the nearest."""
    today, found = zone.today(), waived.of_pc(pc, clock.now())
    shown = [
        WaiverShown(
            failing(condition, language()), one.reason, one.approver, one.expires_on, (one.expires_on - today).days,
            one.target == "group",
        )
        for condition, one in found.items()
    ]  # fmt: skip
    return sorted(shown, key=lambda one: (one.expires, one.condition))
