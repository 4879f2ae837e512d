"""What real inventories tell, the reference says that they tell."""

import pytest

from kanmon.intake import formats
from kanmon.intake.report import Report
from tests.intake.test_real_inventories import FILES, ROOT, read
from tests.judgment.real import OWN
from tools.conditions.about import TOLD_BY

PATHS = [*FILES, *sorted(ROOT.glob("wesng/pcs/*_systeminfo*.txt")), *sorted(OWN.glob("*.json"))]
WORDS = {
    "fusioninventory": "FusionInventory", "ocs": "OCS", "glpi": "GLPI", "systeminfo": "systeminfo", "qfe": "wmic qfe",
    "osquery": "osquery", "kanmon": "kanmon client",
}  # fmt: skip
SUBJECTS = {"account": "administrator"}
"""Where the reference speaks of the class under another name."""
HIDDEN = "10_1809_x64_education_es_systeminfo.txt"  # its host name was taken out, so it is refused


@pytest.mark.parametrize("path", [one for one in PATHS if one.name != HIDDEN], ids=lambda path: path.name)
def test_a_class_that_a_source_tells_names_the_source(path) -> None:
    report = formats.read(path.read_bytes()) if path.parent == OWN else read(path)
    if not isinstance(report, Report):
        return
    for cls in report.told:
        assert WORDS[report.format] in TOLD_BY[SUBJECTS.get(cls, cls)], f"{report.format} tells {cls}"
