"""Each kind of condition has its section in the reference; what it says of examples is what the judge says of them."""

import re

import pytest

from kanmon.common.facts import SETTINGS
from tests.docs.pages import ROOT
from tests.judgment.kinds import kinds as all_kinds
from tools.conditions import ABOUT
from tools.conditions.about import TOLD_BY, About
from tools.conditions.example import kinds, treated, wrong
from tools.conditions.page import FILES, item

REFERENCE = ROOT / "docs" / "reference"
COMPANIONS = {
    "antivirus": {"antivirus.product"},  # asked wherever anything is asked of a product
    "prohibited_software": {"prohibited_software", "prohibited_software.untold"},
    "inventory.agent": {"pc_settings.protocols.smb1"},  # something must be judged
}
"""What an example can't help asking as well. ``inventory.agent`` is asked with everything."""
each = pytest.mark.parametrize("about", ABOUT, ids=[about.kind for about in ABOUT])


def section(about: About) -> str:
    text = (REFERENCE / "conditions" / f"{FILES[item(about.kind)]}.md").read_text("utf-8")
    (found,) = re.findall(rf"^## {re.escape(about.kind)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_every_kind_is_told_once() -> None:
    told = [about.kind for about in ABOUT]
    assert sorted(told) == sorted(all_kinds()), "tools/conditions says of each kind what it is"
    listed = re.findall(r"^\| \[([\w.]+)\]", (REFERENCE / "conditions.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(told)


@each
def test_its_section_has_all_that_it_promises(about: About) -> None:
    text = section(about)
    for row in ("Looks at", "Told by", "Fails when", "Passes when", "When missing", "Level by default"):
        assert re.search(rf"^\| {row} \| \S", text, re.MULTILINE), row
    assert len(re.findall(r"^- .+\*\*.+\*\*", text, re.MULTILINE)) == 2, "what people read, in both languages"
    assert ("missing: unknown" in text) is treated(about)


@each
def test_its_example_asks_just_this(about: About) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", section(about), re.MULTILINE | re.DOTALL)
    asked = kinds(example, about)
    assert about.kind in asked
    others = asked - {about.kind, "inventory.agent"}
    assert others <= COMPANIONS.get(about.kind, COMPANIONS.get(item(about.kind), set()))


@each
def test_its_small_pcs_are_judged_as_it_says(about: About) -> None:
    assert list(wrong(about)) == []


def test_a_section_that_is_wrong_is_found_out() -> None:
    firewall = next(about for about in ABOUT if about.kind == "pc_settings.firewall.off")
    turned = firewall._replace(failing=firewall.passing, lacking=firewall.failing)
    assert list(wrong(turned)) == [
        "pc_settings.firewall.off: what fails comes out as passed",
        "pc_settings.firewall.off: what lacks comes out as failed",
    ]


def test_every_setting_and_every_source_is_spoken_of() -> None:
    named = " ".join(about.looks_at for about in ABOUT)
    assert [one for one in SETTINGS if f"`{one}`" not in named] == []
    assert set(TOLD_BY) == {about.told_by for about in ABOUT}
