"""An event as CEF, ArcSight's Common Event Format, version 0. Pure.

    CEF:0|vendor|product|version|class|name|severity|key=value key=value ...

Escaped are, in the head, backslash and pipe; in values, backslash, equals sign and the ends of lines (Micro Focus,
ArcSight Common Event Format Implementation Standard, section "Character Encoding"). Other control characters
become blanks: they would only hide something from who reads a log. Lengths keep to the dictionary of that standard.
"""

from ipaddress import IPv6Address, ip_address

from kanmon import __version__
from kanmon.action.events import AboutPc, Event, clip
from kanmon.judgment.levels import Level

SEVERITY = {Level.DANGER: 10, Level.WARNING: 7, Level.CAUTION: 4, Level.SAFE: 1}
LONG, SHORT = 4000, 1023


def cef(event: Event, flags: dict[str, str]) -> str:
    """The line. ``flags``: more keys and values, of Kanmon's own."""
    class_ = f"{'pc' if event.pc else 'run'}:{event.level.word}"
    name = "PC judged" if event.pc else "PCs judged"
    head = ("Kanmon", "Kanmon", __version__, class_, name, str(SEVERITY.get(event.level, 5)))
    values = {name: value for name, value in (_values(event) | flags).items() if value}
    return "CEF:0|" + "|".join(map(_in_head, head)) + "|" + " ".join(f"{k}={_as_value(v)}" for k, v in values.items())


def _values(event: Event) -> dict[str, str]:
    one = event.occasion
    about = _pc(event.pc) if event.pc else {"cnt": str(one.pcs), "request": clip(one.link, SHORT)}
    return {
        "externalId": event.id,
        "rt": str(int(one.at.timestamp() * 1000)),
        "cat": "judgment",
        "msg": clip(event.sentence, SHORT),
        **about,
        "cs1": event.level.word, "cs1Label": "level",
        "cs2": clip(f"{one.policy} version {one.version}", LONG), "cs2Label": "policy",
        "cs5": clip(f"{one.requester} {one.actor}".strip(), LONG), "cs5Label": "requester",
        "cn1": str(one.run), "cn1Label": "run",
        "cn2": str(one.order), "cn2Label": "order",
    }  # fmt: skip


def _pc(pc: AboutPc) -> dict[str, str]:
    items = " ".join(f"{item}:{level}" for item, level in pc.items.items())
    system = " ".join(filter(None, (pc.os.name, pc.os.version, pc.os.build)))
    return {
        "dhost": clip(pc.host, SHORT), "dntdom": clip(pc.domain, 255), "duser": clip(pc.user, SHORT),
        **_address(pc.ip), "dmac": pc.mac.partition(" ")[0], "reason": clip(pc.why, SHORT),
        "request": clip(pc.link, SHORT),
        "cs3": clip(pc.group, LONG), "cs3Label": "group",
        **({"cs4": clip(system, LONG), "cs4Label": "os"} if system else {}),
        "cs6": clip(items, LONG), "cs6Label": "items",
        "cn3": str(pc.number), "cn3Label": "pc",
        "flexString1": pc.level_before.word, "flexString1Label": "levelBefore",
        "flexString2": pc.asset_number, "flexString2Label": "assetNumber",
    }  # fmt: skip


def _address(addresses: str) -> dict[str, str]:
    first = addresses.partition(" ")[0]
    try:
        sixth = isinstance(ip_address(first), IPv6Address)
    except ValueError:
        return {}
    return {"c6a3": first, "c6a3Label": "destination"} if sixth else {"dst": first}


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() or one in "\r\n" else " " for one in text)


def _in_head(text: str) -> str:
    plain = _visible(text).replace("\r", " ").replace("\n", " ")
    return plain.replace("\\", "\\\\").replace("|", "\\|")


def _as_value(text: str) -> str:
    escaped = _visible(text).replace("\\", "\\\\").replace("=", "\\=")
    return escaped.replace("\r", "\\r").replace("\n", "\\n").strip()
