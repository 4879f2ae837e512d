"""Results of SCAP checks, XCCDF 1.1/1.2 or ARF 1.1 -> a Report of ``Check`` facts.

``oscap xccdf eval --results FILE`` writes a Benchmark with a TestResult in it, ``--results-arf FILE`` a collection of
reports. Both are read as a stream; names of elements count without their prefixes. Kept are the results of rules that
were selected, the titles of the rules, and what names the machine; guides, OVAL definitions and remedies are passed
over. Depth, elements, attributes and results are bounded; a document type declaration ends the reading, so that no
entity is ever defined.

The report is a *supplement*: it says what one scan found and nothing else, so it is added to a PC that Kanmon knows.
"""

from collections.abc import Mapping
from xml.parsers import expat

from kanmon.common.errors import Refused
from kanmon.common.facts import Check
from kanmon.intake.identity import clean_macs
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean, moment

ROOTS = frozenset({"Benchmark", "TestResult", "asset-report-collection"})
MAX_DEPTH = 100
MAX_ELEMENTS = 2_000_000
MAX_EQUALS_SIGNS = 4_000_000
MAX_RULES = 20_000  # titles that are kept
MAX_RESULTS = 10_000
SEVERITIES = frozenset({"critical", "high", "medium", "low", "info"})

# A rule can have several results (one for each instance): the first of this order that occurs is the rule's.
_WORST = ("fail", "error", "unknown", "notchecked", "pass", "fixed", "notapplicable", "informational")
_MAC_FACTS = frozenset({"urn:xccdf:fact:ethernet:MAC", "urn:xccdf:fact:asset:identifier:mac"})
_HOST_FACT = "urn:xccdf:fact:asset:identifier:host_name"
_TEXTS = frozenset({"title", "result", "target", "fact", "mac-address", "hostname"})
_NO_ATTRIBUTES: Mapping[str, str] = {}


class _Reader:
    """The state of one reading."""

    def __init__(self) -> None:
        self.titles: dict[str, str] = {}
        self.results: dict[tuple[str, str], tuple[str, str]] = {}  # (profile, rule) -> result, severity
        self.host = ""
        self.macs: list[str] = []
        self.ended_at: int | None = None
        self.tests = 0
        self._path: list[str] = []
        self._elements = 0
        self._text: list[str] | None = None
        self._rule = self._severity = self._profile = self._fact = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise Refused("KNM1014-E", status=413, limit=MAX_ELEMENTS)
        self._path.append(local)
        if len(self._path) > MAX_DEPTH:
            raise Refused("KNM1013-E", limit=MAX_DEPTH)
        self._text = [] if local in _TEXTS else None
        if local == "TestResult":
            self._begin(attributes)
        elif local in ("Rule", "rule-result"):
            self._rule = clean(attributes.get("id" if local == "Rule" else "idref"))
            self._severity = clean(attributes.get("severity")).lower()
        elif local == "profile" and self._parent() == "TestResult":
            self._profile = clean(attributes.get("idref"))
            for key in [key for key in self.results if key[0] == self._profile]:
                del self.results[key]  # an earlier scan by the same profile
        elif local == "fact":
            self._fact = attributes.get("name", "")

    def _begin(self, attributes: dict[str, str]) -> None:
        self.tests += 1
        self._profile = ""
        at = moment(attributes.get("end-time", "").replace("T", " "))
        self.ended_at = at if self.ended_at is None or (at or 0) > self.ended_at else self.ended_at

    def _parent(self) -> str:
        return self._path[-2] if len(self._path) > 1 else ""

    def end(self, name: str) -> None:
        local, parent = self._path[-1], self._parent()
        text = clean("".join(self._text)) if self._text else ""
        if local == "title" and parent == "Rule" and len(self.titles) < MAX_RULES:
            self.titles.setdefault(self._rule, text)
        elif local == "result" and parent == "rule-result":
            self._result(text.lower())
        elif local == "target" and parent == "TestResult":
            self.host = self.host or text
        elif (local == "fact" and self._fact in _MAC_FACTS) or local == "mac-address":
            self.macs.append(text)
        elif ((local == "fact" and self._fact == _HOST_FACT) or local == "hostname") and text:
            self.host = text
        self._text = None
        self._path.pop()

    def _result(self, result: str) -> None:
        if result not in _WORST or not self._rule:  # "notselected" is no result
            return
        key = self._profile, self._rule
        known = self.results.get(key)
        if known is None or _WORST.index(result) < _WORST.index(known[0]):
            self.results[key] = result, self._severity if self._severity in SEVERITIES else ""
        if len(self.results) > MAX_RESULTS:
            raise Refused("KNM1251-E", status=413, limit=MAX_RESULTS)

    def characters(self, text: str) -> None:
        if self._text is not None and len(self._text) < 64:
            self._text.append(text)

    def doctype(self, *_: object) -> None:
        raise Refused("KNM1012-E")


def root(body: bytes) -> str:
    """The name of the first element of ``body``, without its prefix; "" when none begins in its first 16 kB."""
    head = body[:16_384]
    at = 0
    while (at := head.find(b"<", at)) >= 0:
        following = head[at + 1 : at + 4]
        if following == b"!--":
            at = head.find(b"-->", at) if head.find(b"-->", at) > 0 else len(head)
        elif following[:1] in (b"?", b"!"):
            at += 1
        else:
            words = head[at + 1 : at + 200].replace(b">", b" ").replace(b"/", b" ").split()
            return words[0].decode("ascii", "replace").rpartition(":")[2] if words else ""
    return ""


def read(body: bytes, encoding: str | None = None) -> Report:
    """The supplement in ``body``. Raises Refused for XML that is broken or too large, or without any result."""
    if body.count(b"=") > MAX_EQUALS_SIGNS:
        raise Refused("KNM1019-E", status=413, limit=MAX_EQUALS_SIGNS)
    reader = _Reader()
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        detail = expat.errors.messages[error.code]
        raise Refused("KNM1011-E", line=error.lineno, column=error.offset + 1, detail=detail) from error
    except (ValueError, LookupError) as error:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise Refused("KNM1011-E", line=line, column=column, detail=clean(error)) from error
    if not reader.results:
        raise Refused("KNM1252-E")
    macs = clean_macs(reader.macs)
    if not (reader.host or macs):
        raise Refused("KNM1017-E", field="target")
    return build(
        format="scap",
        device_key="scap:" + (" ".join(macs) or reader.host)[:240],
        reported_at=reader.ended_at,
        host=reader.host,
        macs=macs,
        columns={},
        facts=[
            Check("scap", rule, result, reader.titles.get(rule, ""), severity, profile)
            for (profile, rule), (result, severity) in reader.results.items()
        ],
        told=["check"],
        partial=True,
    )
