"""Native JSON of GLPI agents -> Report or Contact.

``{"action": "inventory", "deviceid": .., "content": {sections}}``, format at
https://github.com/glpi-project/inventory_format. The sections are those of the XML with lower-case names. An
agent sends whole inventories from time to time, and between them only the sections that changed, with
``"partial": true``: see ``report.merged``.
"""

from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.intake.formats.message import Contact
from kanmon.intake.formats.sections import to_report
from kanmon.intake.formats.sections.entry import RENAMED, WANTED, Entry, Sections
from kanmon.intake.report import Report
from kanmon.intake.text import clean

MAX_KEY_CHARS = 255
_NOT_PCS = frozenset({"Unmanaged", "NetworkEquipment", "Printer"})


class _Message(msgspec.Struct):
    deviceid: str = ""
    action: str = "inventory"
    itemtype: str = "Computer"
    partial: bool = False
    tag: str = ""
    content: dict[str, Any] = {}
    enabled_tasks: list[str] = msgspec.field(default_factory=list, name="enabled-tasks")


_decoder = msgspec.json.Decoder(_Message)


def read(body: bytes) -> Report | Contact:
    """The message in ``body``. Raises Refused for JSON that is broken, of another action or not about a PC."""
    try:
        message = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refused("KNM1021-E", detail=clean(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("KNM1020-E", detail=clean(error)) from error
    device_key = clean(message.deviceid)[:MAX_KEY_CHARS]
    if not device_key:
        raise Refused("KNM1017-E", field="deviceid")
    if message.action == "contact":
        return Contact("glpi", device_key, tuple(clean(task)[:60] for task in message.enabled_tasks[:50]))
    if message.action != "inventory":
        raise Refused("KNM1023-E", action=clean(message.action)[:60] or "-")
    if message.itemtype in _NOT_PCS:
        raise Refused("KNM1024-E", itemtype=message.itemtype)
    sections = _sections(message.content)
    if not sections:
        raise Refused("KNM1018-E", device=device_key)
    tag = clean(message.tag)
    return to_report(sections, format="glpi", device_key=device_key, tag=tag, partial=message.partial)


def _sections(content: dict[str, Any]) -> Sections:
    found: Sections = {}
    for key, value in content.items():
        name = key.upper()
        name = RENAMED.get(name, name)
        wanted = WANTED.get(name)
        if wanted is None:
            continue
        if name == "VERSIONCLIENT":
            found[name] = [{"": value}]
            continue
        entries = value if isinstance(value, list) else [value]
        found[name] = [_entry(entry, wanted) for entry in entries if isinstance(entry, dict)]
    return found


def _entry(values: dict[str, Any], wanted: frozenset[str]) -> Entry:
    found: Entry = {}
    for key, value in values.items():
        name = key.upper()
        name = RENAMED.get(name, name)
        if name in wanted:
            found[name] = {part.upper(): one for part, one in value.items()} if isinstance(value, dict) else value
    return found
