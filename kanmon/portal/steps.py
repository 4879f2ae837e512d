"""How to mend, step by step, for the person at the PC: by kind of condition and operating system, in two languages.

The judgment's own sentence (``mend``) says what is to be done, with the names in question; the steps say where to click.
Where the table knows nothing, that sentence is the only step.
"""

from typing import NamedTuple

from kanmon.portal.steps_exposed import EXPOSED
from kanmon.portal.steps_settings import SETTINGS
from kanmon.portal.steps_software import NAMED, SOFTWARE
from kanmon.portal.steps_words import ANY, Steps

_TABLE: dict[str, Steps] = {**SOFTWARE, **SETTINGS, **EXPOSED}
_INVENTORY = "inventory"
_FOR_ADMINISTRATORS = (
    "pc_settings.accounts", "pc_settings.passwords.never_expires", "pc_settings.logon", "pc_settings.anonymous_connections",
    "pc_settings.drive_encryption", "pc_settings.firmware", "pc_settings.protocols", "pc_settings.usb_storage",
    "pc_settings.services", "pc_settings.shared_folders.administrative", "prohibited_software", "mandatory_software",
)  # fmt: skip


class How(NamedTuple):
    """``first``: a sentence that goes before the steps, or "". ``administrator``: usually takes the rights of one."""

    first: str
    steps: tuple[str, ...]
    administrator: bool


def how(condition: str, *, told: bool, mend: str, family: str, language: str) -> How:
    """How to mend ``condition`` ("pc_settings.firewall.off") on a PC of an OS ``family`` ("windows", "linux", "").

    ``told``: False when the inventory does not tell, so that a new inventory is what mends it.
    """
    kind = _kind(condition) if told else _INVENTORY
    of_kind = _TABLE.get(kind, {})
    found = of_kind.get(family) or of_kind.get(ANY)
    if found is None:
        return How("", (mend,) if mend else (), told and condition.startswith(_FOR_ADMINISTRATORS))
    english, japanese = found
    first = mend if kind in NAMED and told else ""
    return How(first, japanese if language == "ja" else english, told and condition.startswith(_FOR_ADMINISTRATORS))


def _kind(condition: str) -> str:
    """The longest beginning of the id that has steps, "" for none; of a list ("prohibited_software[Winny*]") the list."""
    name = condition.partition("[")[0]
    while name:
        if name in _TABLE:
            return name
        name = name.rpartition(".")[0]
    return ""
