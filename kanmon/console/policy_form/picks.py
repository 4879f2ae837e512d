"""Which fields of a policy are offered what the fleet has: (rule, field) -> a catalogue of ``search.offers``."""

from collections.abc import Mapping

PICKS: Mapping[tuple[str, str], str] = {
    ("ProhibitedSoftware", "name"): "software",
    ("ProhibitedSoftware", "publisher"): "publisher",
    ("ProhibitedSoftware", "os"): "os",
    ("Alternative", "name"): "software",
    ("Alternative", "publisher"): "publisher",
    ("MandatoryGroup", "os"): "os",
    ("AntivirusProduct", "name"): "antivirus",
    ("SpecifiedUpdate", "kb"): "update",
    ("SpecifiedUpdate", "os"): "os",
    ("SpecifiedUpdate", "product"): "software",
    ("SpecifiedPack", "os"): "os",
    ("SpecifiedProductPack", "product"): "software",
    ("ServiceCondition", "name"): "service",
    ("ServiceCondition", "os"): "os",
    ("OutsideCheck", "rule"): "check",
    ("OutsideCheck", "source"): "check_source",
    ("OutsideCheck", "profile"): "check_profile",
    ("OutsideCheck", "os"): "os",
}
