"""Where a PC stands, what it is called, and by which marks it is known again."""

from dataclasses import dataclass
from random import Random

from kanmon.simulate.draw import Weighted, mix, words

_SITES = Weighted(
    [
        (30, ("Tokyo", "TYO")), (14, ("Osaka", "OSA")), (10, ("Nagoya", "NGY")), (7, ("Fukuoka", "FUK")),
        (5, ("Sapporo", "SPK")), (5, ("Sendai", "SDJ")), (4, ("Hiroshima", "HIJ")), (4, ("Yokohama", "YOK")),
        (3, ("Kanazawa", "KNZ")), (3, ("Singapore", "SIN")), (2, ("London", "LON")), (2, ("Chicago", "CHI")),
    ]
)  # fmt: skip
_DEPARTMENTS = Weighted(
    [
        (26, ("Sales", "SL")), (20, ("Manufacturing", "MF")), (14, ("Development", "DV")), (9, ("Logistics", "LG")),
        (8, ("Support", "SP")), (6, ("Accounting", "AC")), (5, ("Procurement", "PR")), (5, ("Quality", "QA")),
        (4, ("Human Resources", "HR")), (3, ("Legal", "LE")),
    ]
)  # fmt: skip
_CLIENTS = Weighted(
    [
        (16, ("Dell Inc.", "Latitude 5450", "Notebook", "LT")), (10, ("Dell Inc.", "OptiPlex 7010", "Desktop", "DT")),
        (14, ("HP", "HP EliteBook 840 G10", "Notebook", "LT")), (7, ("HP", "HP ProDesk 400 G9", "Desktop", "DT")),
        (15, ("LENOVO", "ThinkPad L14 Gen 4", "Notebook", "LT")), (6, ("LENOVO", "ThinkCentre M70q", "Desktop", "DT")),
        (9, ("FUJITSU", "LIFEBOOK U7413", "Notebook", "LT")), (6, ("FUJITSU", "ESPRIMO D7012", "Desktop", "DT")),
        (6, ("Panasonic Corporation", "CF-SV9", "Notebook", "LT")), (4, ("Dynabook Inc.", "dynabook G83", "Notebook", "LT")),
        (4, ("Microsoft Corporation", "Surface Pro 9", "Tablet", "TB")),
    ]
)  # fmt: skip
_SERVERS = Weighted(
    [
        (40, ("VMware, Inc.", "VMware20,1", "Virtual Machine", "SV")),
        (20, ("Microsoft Corporation", "Virtual Machine", "Virtual Machine", "SV")),
        (20, ("Dell Inc.", "PowerEdge R660", "Rack Mount Chassis", "SV")),
        (20, ("HPE", "ProLiant DL360 Gen11", "Rack Mount Chassis", "SV")),
    ]
)  # fmt: skip
_FAMILY_NAMES = words(
    "sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi"
    " matsumoto inoue kimura hayashi shimizu yamazaki mori abe ikeda hashimoto ishikawa ogawa okada hasegawa fujita"
    " goto kondo murakami endo aoki sakamoto saito fukuda nishimura smith jones taylor brown lim tan"
)
_GIVEN = words("a b c d e f h i j k m n r s t y")
_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWX"  # 32 of them: as printed on labels, without I, O, Y, Z
_TURN = 0x9E3779B1  # odd: number * _TURN modulo a power of two never meets the same value twice


@dataclass(frozen=True, slots=True)
class Place:
    """Site, department, names and marks of one PC."""

    group: str
    host: str
    user: str
    manufacturer: str
    model: str
    chassis: str
    serial: str
    uuid: str
    macs: tuple[str, ...]
    ip: str


def place(seed: int, number: int, random: Random, server: bool) -> Place:
    """The place of PC ``number`` (from 1). Within a seed no two PCs share a mark."""
    site, short_site = _SITES.pick(random)
    department, short = ("Servers", "") if server else _DEPARTMENTS.pick(random)
    manufacturer, model, chassis, kind = (_SERVERS if server else _CLIENTS).pick(random)
    family = _FAMILY_NAMES[mix(seed, number, 5) % len(_FAMILY_NAMES)]
    user = "" if server else f"{family}.{random.choice(_GIVEN)}{number % 97}"
    ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    host = f"{short_site}-{short}{kind}-{number:06d}"
    macs = _macs(seed, number, 1 if chassis != "Notebook" else 2)
    return Place(
        f"/{site}/{department}", host, user, manufacturer, model, chassis, _serial(seed, number), _uuid(seed, number),
        macs, ip,
    )  # fmt: skip


def _serial(seed: int, number: int) -> str:
    """Two signs of the seed, eight of the number."""
    value = (mix(seed, 1) % 1024) << 40 | (number * _TURN + seed) % 2**40
    return "".join(_DIGITS[value >> shift & 31] for shift in range(45, -1, -5))


def _uuid(seed: int, number: int) -> str:
    digits = f"{mix(seed, number, 2):016x}{mix(seed, number, 3):016x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _macs(seed: int, number: int, count: int) -> tuple[str, ...]:
    """Locally administered addresses, which no maker owns: 16 bits of the seed, 24 of the number."""
    low = mix(seed, 4) % 2**16 << 24 | (number * _TURN + seed) % 2**24
    digits = f"{low:010x}"
    tail = ":".join(digits[at : at + 2] for at in range(0, 10, 2))
    return tuple(f"{first}:{tail}" for first in ("0a", "0e")[:count])
