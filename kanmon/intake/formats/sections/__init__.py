"""The vocabulary that FusionInventory, OCS and GLPI agents share -> a Report.

All three send sections (SOFTWARES, NETWORKS, ...) of entries with fields. The XML and the JSON reader both
hand over ``Sections`` with upper-case names; the files here map one subject each.

A class is told only when its section is really there: an agent can be run with ``--no-category``, so that a
missing section says nothing. The one exception is in ``programs``: updates of Windows, see there.
"""

from collections.abc import Iterable

from kanmon.common.facts import Fact
from kanmon.intake.formats.sections import accounts, network, programs, protection, shares, system, volumes
from kanmon.intake.formats.sections.entry import Sections, first
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean


def to_report(
    sections: Sections, *, format: str, device_key: str, agent: str = "", tag: str = "", partial: bool = False
) -> Report:
    """A Report of the sections that an agent sent.

    ``agent`` is the User-Agent of the request; OCS agents say their version only there. Raises Refused when the
    inventory has too many records.
    """
    family = system.family(sections)
    facts: list[Fact] = [
        *system.facts(sections, family, agent),
        *programs.facts(sections, family),
        *accounts.facts(sections, family, format),
        *shares.facts(sections),
        *protection.facts(sections),
        *volumes.facts(sections),
    ]
    hardware, bios = first(sections, "HARDWARE"), first(sections, "BIOS")
    return build(
        format=format,
        device_key=device_key,
        reported_at=system.reported_at(sections),
        host=system.host(sections),
        serial=bios.get("SSN"),
        uuid=hardware.get("UUID"),
        macs=network.macs(sections),
        asset_number=bios.get("ASSETTAG"),
        tag=tag or _tag(sections),
        columns=system.columns(sections) | network.columns(sections) | volumes.columns(sections),
        facts=facts,
        told=_told(sections, facts),
        partial=partial,
    )


def _told(sections: Sections, facts: Iterable[Fact]) -> list[str]:
    told = ["software"] if "SOFTWARES" in sections else []
    told += ["patch"] if programs.tells_patches(sections) else []
    told += accounts.told(sections) + shares.told(sections)
    told += ["service"] if "SERVICES" in sections or "SERVICE" in sections else []
    told += protection.told(sections)
    return told + (["drive"] if any(volumes.is_drive(fact) for fact in facts) else [])


def _tag(sections: Sections) -> str:
    for entry in sections.get("ACCOUNTINFO", ()):
        if clean(entry.get("KEYNAME")) == "TAG":
            tag = clean(entry.get("KEYVALUE"))
            return "" if tag.upper() in {"NA", "N/A"} else tag
    return ""
