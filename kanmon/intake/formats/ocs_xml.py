"""XML of FusionInventory, OCS and (in its older protocol) GLPI agents -> Report or Prolog.

``<REQUEST><DEVICEID>..</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT>sections</CONTENT></REQUEST>``, elements in any
order. It is read as a stream, and what is not wanted is not kept. Depth, number of elements and attributes are
bounded; a document type declaration ends the reading at once, so that no entity is ever defined.
"""

from typing import Any
from xml.parsers import expat

from kanmon.common.errors import Refused
from kanmon.intake.formats.message import Prolog
from kanmon.intake.formats.sections import to_report
from kanmon.intake.formats.sections.entry import WANTED, Entry, Sections
from kanmon.intake.report import Report
from kanmon.intake.text import clean

MAX_DEPTH = 50
MAX_ELEMENTS = 100_000
MAX_EQUALS_SIGNS = 200_000  # an attribute needs one; a real inventory has some hundred in its texts
MAX_KEY_CHARS = 255

_SECTION_DEPTH, _FIELD_DEPTH = 3, 4


class _Reader:
    """The state of one reading. ``sections`` and ``head`` are complete when the parser has ended."""

    def __init__(self) -> None:
        self.head: dict[str, str] = {}
        self.sections: Sections = {}
        self._depth = 0
        self._elements = 0
        self._content = False
        self._entry: Entry | None = None
        self._fields: frozenset[str] = frozenset()
        self._text: list[str] | None = None  # where characters go; None: nowhere

    def start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise Refused("KNM1014-E", status=413, limit=MAX_ELEMENTS)
        if self._depth == _FIELD_DEPTH:
            self._text = [] if name in self._fields and self._content else None
        elif self._depth == _SECTION_DEPTH:
            self._fields = WANTED.get(name, frozenset()) if self._content else frozenset()
            self._entry = {} if self._content and name in WANTED else None
            self._text = [] if name == "VERSIONCLIENT" else None
        elif self._depth > _FIELD_DEPTH:
            if self._depth > MAX_DEPTH:
                raise Refused("KNM1013-E", limit=MAX_DEPTH)
            self._text = [] if name == "OFFSET" else None
        elif self._depth == 2:
            self._content = name == "CONTENT"
            self._text = None if self._content else []
        elif name != "REQUEST":
            raise Refused("KNM1015-E", seen=clean(name)[:60])

    def end(self, name: str) -> None:
        text = "".join(self._text) if self._text else ""
        if self._depth == _FIELD_DEPTH:
            if text and self._entry is not None:
                self._add(name, text)
        elif self._depth == _SECTION_DEPTH:
            if self._entry is not None:
                if name == "VERSIONCLIENT":
                    self._entry[""] = text
                self.sections.setdefault(name, []).append(self._entry)
            self._entry = None
        elif self._depth == _FIELD_DEPTH + 1:
            if name == "OFFSET" and self._entry is not None and text:
                self._entry["TIMEZONE"] = {"OFFSET": text}
        elif self._depth == 2:
            self._content = False
            self.head.setdefault(name, text)
        self._text = None
        self._depth -= 1

    def _add(self, name: str, text: str) -> None:
        assert self._entry is not None
        if name == "MEMBER":  # the only field that is repeated
            members = self._entry.setdefault(name, [])
            assert isinstance(members, list)
            members.append(text)
        else:
            self._entry.setdefault(name, text)

    def characters(self, text: str) -> None:
        if self._text is not None and len(self._text) < 64:
            self._text.append(text)

    def doctype(self, *_: Any) -> None:
        raise Refused("KNM1012-E")


def _parse(body: bytes, encoding: str | None) -> _Reader:
    if body.count(b"=") > MAX_EQUALS_SIGNS:
        raise Refused("KNM1019-E", status=413, limit=MAX_EQUALS_SIGNS)
    reader = _Reader()
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Refused(
            "KNM1011-E", line=error.lineno, column=error.offset + 1, detail=expat.errors.messages[error.code]
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know or that has several bytes
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise Refused("KNM1011-E", line=line, column=column, detail=clean(error)) from error
    return reader


def read(body: bytes, agent: str = "", encoding: str | None = None) -> Report | Prolog:
    """The message in ``body``. ``encoding`` overrides what the XML says about itself.

    ``agent`` is the User-Agent of the request: OCS agents tell their version only there. Raises Refused for XML
    that is broken, too large, or no agent's message.
    """
    message = _parse(body, encoding)
    device_key = clean(message.head.get("DEVICEID"))[:MAX_KEY_CHARS]
    if not device_key:
        raise Refused("KNM1017-E", field="DEVICEID")
    query = clean(message.head.get("QUERY")).upper()
    format = _format(message, agent)
    if query == "PROLOG":
        return Prolog(format, device_key)
    if query != "INVENTORY":
        raise Refused("KNM1016-E", query=query[:60] or "-")
    if not message.sections:
        raise Refused("KNM1018-E", device=device_key)
    return to_report(message.sections, format=format, device_key=device_key, agent=agent)


def _format(message: _Reader, agent: str) -> str:
    """GLPI agents speak the protocol of FusionInventory when they speak XML; only that greets with a TOKEN."""
    client = message.sections.get("VERSIONCLIENT")
    name = (clean(client[0].get("")) if client else agent).lower()
    if "ocs" in name or not (name or "TOKEN" in message.head):
        return "ocs"
    return "fusioninventory"
