"""ANTIVIRUS, FIREWALL and the SECURITYCENTER of the OCS plugin "security" -> Antivirus, Firewall.

A state that is not given stays None: a product without ENABLED may run or not. Agents decode ``productState``
themselves and know neither an engine nor that number; PRODUCTSTATE and ENGINE_VERSION are for sections that people
add (``--additional-content``).
"""

from kanmon.common.facts import Antivirus, Fact, Firewall
from kanmon.intake import security_center
from kanmon.intake.formats.sections.entry import Sections
from kanmon.intake.text import clean, day, flag, number

_PROFILES = {"domainprofile": "domain", "standardprofile": "private", "publicprofile": "public"}


def facts(sections: Sections) -> list[Fact]:
    """Antivirus products and firewalls."""
    found: list[Fact] = []
    for entry in sections.get("ANTIVIRUS", ()):
        if name := clean(entry.get("NAME")):
            base = clean(entry.get("BASE_VERSION"))
            running, current = security_center.decode(number(entry.get("PRODUCTSTATE")))
            enabled, up_to_date = flag(entry.get("ENABLED")), flag(entry.get("UPTODATE"))
            found.append(
                Antivirus(
                    name,
                    clean(entry.get("VERSION")),
                    engine=clean(entry.get("ENGINE_VERSION")),
                    definitions=base,
                    definitions_date=day(entry.get("BASE_CREATION")) or day(base),
                    enabled=running if enabled is None else enabled,
                    up_to_date=current if up_to_date is None else up_to_date,
                )
            )
    for entry in sections.get("SECURITYCENTER", ()):
        name, enabled = clean(entry.get("PRODUCT")), flag(entry.get("ENABLED"))
        kind = clean(entry.get("CATEGORY")).lower()
        if name and kind == "antivirus":
            version, current = clean(entry.get("VERSION")), flag(entry.get("UPTODATE"))
            found.append(Antivirus(name, version, enabled=enabled, up_to_date=current))
        elif name and kind == "firewall":
            found.append(Firewall(name, enabled))
    for entry in sections.get("FIREWALL", ()):
        profile = clean(entry.get("PROFILE"))
        found.append(Firewall(_PROFILES.get(profile.lower(), profile) or "system", flag(entry.get("STATUS"))))
    return found


def told(sections: Sections) -> list[str]:
    """antivirus and firewall, as far as a section is there."""
    kinds = {clean(entry.get("CATEGORY")).lower() for entry in sections.get("SECURITYCENTER", ())}
    names = ["antivirus"] if "ANTIVIRUS" in sections or "antivirus" in kinds else []
    return names + (["firewall"] if "FIREWALL" in sections or "firewall" in kinds else [])
