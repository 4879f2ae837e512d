"""Keys that ``reg export`` wrote -> a partial Report of the PC that they name.

A text, since Windows 2000 in UTF-16: ``[HKEY_LOCAL_MACHINE\\...]``, then lines ``"Name"=dword:00000001`` or
``"Name"="text"``; values of other types are passed over. Several files that were put together into one (``copy /b``)
are read as one. The PC stands in the key ``ComputerName``, so that key has to be among them.

What the values mean is in ``windows_registry.py``. It is a part of the inventory of ``systeminfo`` (see ``qfe.py``).
"""

import re

from kanmon.common.errors import Refused
from kanmon.common.facts import Firewall
from kanmon.intake.formats.windows_registry import Registry, host
from kanmon.intake.formats.windows_text import decode, device_key, sniffed
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean

MAX_VALUES = 100_000

_HEADS = (b"Windows Registry Editor Version 5.00", b"REGEDIT4")
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"=(?:dword:([0-9a-fA-F]{1,8})|"((?:[^"\\]|\\.)*)")\s*')


def seems(body: bytes) -> bool:
    """Whether ``body`` looks like such a file."""
    return sniffed(body).lstrip(b"\xef\xbb\xbf\xff\xfe\r\n ").startswith(_HEADS)


def read(body: bytes) -> Report:
    """The settings in ``body``. Raises Refused when it names no PC, or has nothing that Kanmon judges."""
    registry = Registry()
    key, count = "", 0
    for line in re.split(r"\r\n|\n|\r", decode(body)):
        line = line.strip("\ufeff \t")
        if line.startswith("[") and line.endswith("]"):
            key = line[1:-1]
        elif key and (match := _VALUE.fullmatch(line)):
            count += 1
            if count > MAX_VALUES:
                raise Refused("KNM1161-E", status=413, limit=MAX_VALUES)
            value = str(int(match[2], 16)) if match[2] else re.sub(r"\\(.)", r"\1", match[3] or "")
            registry.put(key, re.sub(r"\\(.)", r"\1", match[1]), value)
    name = clean(host(registry)).partition(".")[0]
    facts = registry.facts()
    if not facts:
        raise Refused("KNM1162-E")
    if not name:
        raise Refused("KNM1160-E")
    return build(
        format="systeminfo", device_key=device_key(name), host=name, columns={}, facts=facts,
        told=["firewall"] if any(type(fact) is Firewall for fact in facts) else [], partial=True,
    )  # fmt: skip
