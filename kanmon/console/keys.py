"""The keys of the console: one table, for the list that ``?`` opens and for docs/reference/keyboard.md. A test holds them together.

Keys without Ctrl can be turned off by each person (WCAG 2.1.4: software that types for somebody must not set them off).
"""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

Rows = tuple[tuple[str, Any], ...]

EVERYWHERE: Rows = (
    ("Ctrl K", lazy("Find a PC, policy or page")),
    ("/", lazy("To the search field of the page")),
    ("g o", lazy("Go to the overview")),
    ("g p", lazy("Go to the PCs")),
    ("g n", lazy("Go to the network")),
    ("g w", lazy("Go to what waits")),
    ("g j", lazy("Go to the policies")),
    ("g s", lazy("Go to the statistics")),
    ("g r", lazy("Go to the operations")),
    ("?", lazy("This list of keys")),
    ("Esc", lazy("Close a menu or a list")),
)
LISTS: Rows = (
    ("j", lazy("Next row")),
    ("k", lazy("Row before")),
    ("Enter", lazy("Open the row")),
    ("x", lazy("Tick the row")),
    ("X", lazy("Tick all rows of the page")),
    ("a", lazy("To what can be done with the ticked rows")),
    ("f", lazy("Add a filter")),
)
ONE_PC: Rows = (("e", lazy("Open or close all items")),)
SECTIONS: tuple[tuple[Any, Rows], ...] = (
    (lazy("On every page"), EVERYWHERE),
    (lazy("In lists"), LISTS),
    (lazy("On the page of a PC"), ONE_PC),
)
