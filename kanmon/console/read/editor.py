"""The editor of a policy: its draft as nodes, what differs, and what it would change."""

from django.utils.translation import gettext as _

from kanmon.console import editing as being_edited
from kanmon.console.editing import GENERAL, TEXT, Editing
from kanmon.console.language import language
from kanmon.console.policy_form.problems import Checked
from kanmon.console.policy_form.show import Look, all_controls, count, nodes
from kanmon.console.shown.editor import EditorShown, Tab
from kanmon.console.shown.whatif import WhatIfShown, shown
from kanmon.policy import diff, diff_words, versions
from kanmon.policy.rules import JudgmentPolicy
from kanmon.whatif.asking import what_if
from kanmon.whatif.effect import Effect
from kanmon.whatif.target import Target
from kanmon.whatif.told import as_json, entered_pcs

PCS_LISTED = 10


def editor(editing: Editing, item: str, open_row: str = "", first: int = 0, ask: bool = False) -> EditorShown:
    """A page of the editor. ``ask``: with what the draft would change."""
    checked = editing.checked()
    policy = checked.policy
    look = Look(editing.kind, editing.kept, editing.was, checked.problems, language(), open_row, first)
    shown_nodes = nodes(look, being_edited.names(editing.kind, item))
    return EditorShown(
        kind=editing.kind, name=editing.policy.name, item=item, title=title(item), base=editing.base.number,
        newest=editing.newest, draft=editing.draft, shape=editing.shape, tabs=_tabs(editing, checked),
        nodes=shown_nodes, controls=list(all_controls(shown_nodes)), text=editing.text() if item == TEXT else "",
        problems=sorted(checked.problems.items()), changes=editing.differences(policy) if policy else [],
        others=_others(editing), what=effect_of(policy) if ask and isinstance(policy, JudgmentPolicy) else None,
        first=first, open=open_row,
    )  # fmt: skip


def title(item: str) -> str:
    """The name of a page of the editor."""
    if item == GENERAL:
        return _("General")
    if item == TEXT:
        return _("Text (YAML)")
    return diff_words.ITEMS[item][language() == "ja"]


def _tabs(editing: Editing, checked: Checked) -> list[Tab]:
    tabs = []
    for item in being_edited.items(editing.kind):
        fields = being_edited.names(editing.kind, item)
        wrong = any(path.split(".")[0].split("[")[0] in fields for path in checked.problems)
        part = editing.kept.get(item)
        judged = isinstance(part, dict) and part.get("judge") == "true"
        off = editing.kind == "judgment" and item not in (GENERAL, TEXT) and not judged
        tabs.append(Tab(item, title(item), count(editing.kept, item) if item not in (GENERAL, TEXT) else 0, off, wrong))
    return tabs


def _others(editing: Editing) -> list[str]:
    """What somebody else has saved since the draft was begun, in words."""
    if editing.newest == editing.base.number:
        return []
    newest = versions.version(editing.kind, editing.policy.name)
    return diff.differences(versions.rules(editing.base.id), versions.rules(newest.id), language())


def effect_of(policy: JudgmentPolicy) -> WhatIfShown:
    """What the draft would change where the policy is assigned, with the first PCs that would be at another level."""
    effect = what_if(policy, Target(policy=policy.name))
    return shown(as_json(effect, language()), None, _first_pcs(effect), False)


def _first_pcs(effect: Effect) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for one in effect.entered:
        if len(found) < PCS_LISTED:
            found += entered_pcs(effect, one.level, 0, PCS_LISTED - len(found), language())
    return found
