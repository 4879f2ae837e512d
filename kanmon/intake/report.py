"""Report: what one PC said about itself at one moment, in the same shape whatever agent sent it.

Formats turn bytes into a Report by ``build``, which cleans, bounds and sorts. A receipt keeps ``encode`` of it,
so that recording parses nothing again. ``content_digest`` tells whether two reports say the same.

Facts of different classes with the same fields are *equal* in Python (they are named tuples). So they are
never mixed in one set or dict here; whoever does elsewhere has to keep the class beside them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import groupby, zip_longest
from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.common.facts import CLASSES, CODE_OF, COLUMNS, VOLATILE_COLUMNS, Fact, Told
from kanmon.intake.identity import clean_macs, clean_serial, clean_uuid
from kanmon.intake.text import clean

MAX_NUMBER = 2**63 - 1  # what a database and MessagePack hold
MAX_FACTS = 20_000
PIECES = "osquery_results"  # a supplement that says nothing of the results that it does not name
SUPPLEMENTS = frozenset({"scap", "lynis", PIECES})  # formats, see Report.supplement

# Others have None beside texts or numbers: they are sorted by name and stored form.
_NATIVELY_SORTED = frozenset({"software", "patch", "told", "os", "agent", "hardware"})  # all their fields are texts


class Report(msgspec.Struct, frozen=True):
    """One report. ``facts`` are in the order of ``CLASSES``, sorted within a class, each once.

    ``reported_at`` is in Unix seconds by the PC's clock. A ``partial`` report covers only the classes that it
    tells; the others are as in the report before it (``merged``).
    """

    format: str  # fusioninventory, ocs, glpi, kanmon, systeminfo, osquery, fleet or one of SUPPLEMENTS
    device_key: str  # the agent's own name for the PC
    reported_at: int | None
    host: str
    serial: str
    uuid: str
    macs: tuple[str, ...]
    asset_number: str = ""
    group: str = ""  # path "/A/B"
    tag: str = ""
    columns: dict[str, int | str] = {}
    facts: tuple[Fact, ...] = ()
    partial: bool = False

    @property
    def supplement(self) -> bool:
        """Whether it says only what another program than the agent found, of a PC that is known already."""
        return self.format in SUPPLEMENTS

    @property
    def told(self) -> frozenset[str]:
        """The classes that this report covers."""
        return frozenset(fact.cls for fact in self.facts if type(fact) is Told)


# The stored form: one list of records for each class, under the number of the class.
_Packed = msgspec.defstruct(
    "_Packed",
    [(f"class_{code}", tuple[record, ...], ()) for code, record in CLASSES.values()],  # type: ignore[valid-type]
    rename={f"class_{code}": str(code) for code, _ in CLASSES.values()},
    omit_defaults=True,
)
_FIELDS = tuple(f"class_{code}" for code, _ in CLASSES.values())


class _Stored(msgspec.Struct, array_like=True):
    format: str
    device_key: str
    reported_at: int | None
    host: str
    serial: str
    uuid: str
    macs: tuple[str, ...]
    asset_number: str
    group: str
    tag: str
    columns: dict[str, int | str]
    facts: msgspec.Raw
    partial: bool = False


_encoder = msgspec.msgpack.Encoder()
_stored_decoder = msgspec.msgpack.Decoder(_Stored)
_facts_decoder = msgspec.msgpack.Decoder(_Packed)
_bodies_decoder = msgspec.msgpack.Decoder(dict[str, list[msgspec.Raw]])


def build(
    *,
    format: str,
    device_key: str,
    facts: Iterable[Fact],
    told: Iterable[str],
    columns: Mapping[str, int | str | None],
    host: str = "",
    serial: object = "",
    uuid: object = "",
    macs: Iterable[object] = (),
    reported_at: int | None = None,
    asset_number: object = "",
    group: str = "",
    tag: str = "",
    partial: bool = False,
) -> Report:
    """A Report from cleaned facts: identity without fillers, facts sorted and each once, ``Told`` added.

    ``told`` names the classes the source covers; columns that are None or "" are left out. Raises Refused when
    there are more than ``MAX_FACTS`` facts, when a number is larger than ``MAX_NUMBER``, or when the report does not say
    which PC it is from.
    """
    if not device_key:
        raise Refused("KNM1017-E", field="DEVICEID")
    identity = (clean(host)[:255], clean_serial(serial)[:255], clean_uuid(uuid)[:64], clean_macs(macs))
    kept: dict[str, int | str] = {name: value for name, value in columns.items() if value is not None and value != ""}
    own = {"host": identity[0], "serial": identity[1], "uuid": identity[2], "mac": " ".join(identity[3])}
    kept |= {name: value for name, value in own.items() if value}
    if reported_at is not None:
        kept["reported_at"] = reported_at
    for name, value in kept.items():
        if isinstance(value, int) and not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise Refused("KNM1034-E", field=name, limit=MAX_NUMBER)
    return Report(
        format,
        device_key,
        reported_at,
        *identity,
        asset_number=clean_serial(asset_number),
        group=group,
        tag=clean(tag),
        columns={name: kept[name] for name in COLUMNS if name in kept},
        facts=ordered([*facts, *(Told(name) for name in told)]),
        partial=partial,
    )


def ordered(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts by class and then by their fields, each once. Raises Refused when there are too many."""
    by_class: dict[type[Fact], list[Fact]] = {record: [] for record in CODE_OF}
    for fact in facts:
        by_class[type(fact)].append(fact)
    result: list[Fact] = []
    for name, (_, record) in CLASSES.items():
        found = by_class[record]
        try:
            found.sort(key=None if name in _NATIVELY_SORTED else _place)
        except OverflowError:
            raise Refused("KNM1034-E", field=name, limit=MAX_NUMBER) from None
        result += [fact for fact, after in zip_longest(found, found[1:]) if fact != after]
    if len(result) > MAX_FACTS:
        raise Refused("KNM1030-E", limit=MAX_FACTS, count=len(result))
    return tuple(result)


def _place(fact: Fact) -> tuple[Any, bytes]:
    return fact[0], _encoder.encode(fact)


def pack(facts: tuple[Fact, ...]) -> bytes:
    """Facts in order, as stored: by class."""
    return _encoder.encode({str(CODE_OF[record]): list(group) for record, group in groupby(facts, key=type)})


def encode(report: Report, packed: bytes | None = None) -> bytes:
    """The stored form of ``report`` (msgpack). ``packed``: its facts by ``pack``, when they are at hand."""
    values = [getattr(report, name) for name in Report.__struct_fields__]
    values[Report.__struct_fields__.index("facts")] = msgspec.Raw(pack(report.facts) if packed is None else packed)
    return _encoder.encode(values)


def decode(stored: bytes) -> Report:
    """The Report of ``encode``. Raises Refused when the bytes are not such a form."""
    plain, packed = _decoded(stored, _facts_decoder)
    facts: list[Fact] = []
    for name in _FIELDS:
        facts += getattr(packed, name)
    return _report(plain, tuple(facts))


def decode_bodies(stored: bytes) -> tuple[Report, dict[int, list[bytes]]]:
    """The Report of ``encode`` without its facts, and these by code of class as the dictionary keeps them.

    Five times as fast as ``decode``, because no record is made of what is known by its bytes.
    """
    plain, packed = _decoded(stored, _bodies_decoder)
    return _report(plain, ()), {int(code): [bytes(body) for body in bodies] for code, bodies in packed.items()}


def _decoded(stored: bytes, decoder: "msgspec.msgpack.Decoder[Any]") -> tuple[_Stored, Any]:
    try:
        plain = _stored_decoder.decode(stored)
        return plain, decoder.decode(plain.facts)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("KNM1032-E", status=500, detail=str(error)) from error


def _report(plain: _Stored, facts: tuple[Fact, ...]) -> Report:
    values: dict[str, Any] = {name: getattr(plain, name) for name in Report.__struct_fields__ if name != "facts"}
    return Report(**values, facts=facts)


def content_digest(report: Report, packed: bytes | None = None) -> bytes:
    """16 bytes that are equal for two reports which say the same about the PC.

    Left out: times, ``VOLATILE_COLUMNS`` and IPv6 addresses, which PCs change by themselves every day.
    """
    columns = {name: value for name, value in report.columns.items() if name not in VOLATILE_COLUMNS}
    if "ip" in columns:
        columns["ip"] = " ".join(part for part in str(columns["ip"]).split() if ":" not in part)
    identity = (report.host, report.serial, report.uuid, report.macs, report.asset_number, report.group, report.tag)
    digest = hashlib.blake2b(_encoder.encode([identity, sorted(columns.items()), report.partial]), digest_size=16)
    digest.update(pack(report.facts) if packed is None else packed)
    return digest.digest()


def merged(part: Report, before: Report | None) -> Report:
    """``part`` as a whole report: classes that it does not tell, and texts it leaves out, are those of ``before``.

    A whole report is returned as it is. Raises Refused when there is no report before a partial one.
    """
    if not part.partial:
        return part
    if before is None:
        raise Refused("KNM1031-E", status=409, device=part.device_key)
    seen = {type(fact) for fact in part.facts}
    replaced = seen | {CLASSES[name][1] for name in part.told}
    kept = [fact for fact in before.facts if type(fact) is Told or type(fact) not in replaced]
    texts = {
        name: getattr(part, name) or getattr(before, name)
        for name in ("host", "serial", "uuid", "macs", "asset_number", "group", "tag")
    }
    columns = before.columns | part.columns
    return msgspec.structs.replace(part, **texts, columns=columns, facts=ordered([*kept, *part.facts]), partial=False)
