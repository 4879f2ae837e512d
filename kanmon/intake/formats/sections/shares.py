"""SHAREDFOLDERS of the OCS plugin "sharedfolders" -> Share. No other agent lists shared folders.

The plugin leaves out printers and pipes, and calls C$ and its like "Admin".
"""

from kanmon.common.facts import Fact, Share
from kanmon.intake.formats.sections.entry import Sections
from kanmon.intake.text import clean


def facts(sections: Sections) -> list[Fact]:
    """The shared folders of a report."""
    return [
        Share(name, clean(entry.get("SHARETYPE")).lower() == "admin")
        for entry in sections.get("SHAREDFOLDERS", ())
        if (name := clean(entry.get("SHARENAME")))
    ]


def told(sections: Sections) -> list[str]:
    """share, when the section is there."""
    return ["share"] if "SHAREDFOLDERS" in sections else []
