"""A policy while a person edits it: the version that it was made from, the draft, and what is wrong with it."""

from dataclasses import dataclass, replace
from typing import Any

import yaml

from kanmon.action import mail_groups
from kanmon.common.errors import Refused
from kanmon.console.language import language
from kanmon.console.policy_form import kept as form
from kanmon.console.policy_form import merge
from kanmon.console.policy_form.kept import Given
from kanmon.console.policy_form.problems import Checked, check
from kanmon.console.policy_form.shape import of_policy
from kanmon.policy import diff, document, drafts, rules, versions
from kanmon.policy.models import Policy, PolicyVersion

GENERAL, TEXT = "general", "text"


@dataclass(frozen=True, slots=True)
class Editing:
    """``kept``: the document as it stands, wrong or right. ``newest``: number of the newest version, not of ``base``
    when somebody else has saved meanwhile. ``shape``: counts changes of rows.
    """

    owner: str
    policy: Policy
    base: PolicyVersion
    newest: int
    kept: Given
    shape: int
    draft: bool

    @property
    def kind(self) -> str:
        """judgment or action."""
        return self.policy.kind

    @property
    def was(self) -> Given:
        """The document of the version that it was made from."""
        return form.document(versions.rules(self.base.id))

    def checked(self) -> Checked:
        """What it means, or what is wrong with it."""
        found = check(self.kept, language())
        if found.policy is not None:
            try:
                mail_groups.check(found.policy)
            except Refused as refused:
                return Checked(None, {str(refused.params.get("path", "")): refused.sentence(language())})
        return found

    def differences(self, policy: Any) -> list[str]:
        """What differs from the version that it was made from, in words."""
        return diff.differences(versions.rules(self.base.id), policy, language())

    def text(self) -> str:
        """The document as YAML."""
        policy = check(self.kept, "en").policy
        if policy is not None:
            return rules.to_yaml(policy)
        return str(yaml.safe_dump(self.kept, sort_keys=False, allow_unicode=True, width=120))


def begin(owner: str, kind: str, name: str) -> Editing:
    """The draft of a person, or the newest version. Raises Refused: no such policy, or it is read-only."""
    policy = versions.find(kind, name)
    if policy.read_only:
        raise Refused("KNM3121-E", status=409, name=name)
    newest = versions.version(kind, name)
    draft = drafts.find(owner, policy.id)
    if draft is None:
        return Editing(owner, policy, newest, newest.number, form.document(versions.rules(newest.id)), 0, False)
    return Editing(owner, policy, draft.base, newest.number, drafts.document(draft), draft.shape, True)


def keep(editing: Editing, kept: Given, rows_changed: bool = False) -> Editing:
    """The same with another document, which is kept as the draft when it is another one."""
    if kept == editing.kept and not rows_changed:
        return editing
    made = replace(editing, kept=kept, shape=editing.shape + rows_changed, draft=True)
    drafts.keep(made.owner, made.base, kept, made.shape)
    return made


def from_version(owner: str, kind: str, name: str, number: int) -> Editing:
    """A draft with the content of an older version, on the newest one: what rolling back would change is seen first."""
    found = begin(owner, kind, name)
    newest = versions.version(kind, name)
    old = form.document(versions.rules(versions.version(kind, name, number).id))
    made = replace(found, base=newest, newest=newest.number, kept=old, shape=found.shape + 1, draft=True)
    drafts.keep(owner, newest, old, made.shape)
    return made


def onto_newest(editing: Editing) -> tuple[Editing, list[str]]:
    """The draft brought onto the newest version, and the parts that both have changed: the draft's stand."""
    newest = versions.version(editing.kind, editing.policy.name)
    theirs = form.document(versions.rules(newest.id))
    merged, both = merge.merge(editing.was, theirs, editing.kept)
    made = replace(editing, base=newest, newest=newest.number, kept=merged, shape=editing.shape + 1)
    drafts.keep(made.owner, newest, merged, made.shape)
    return made, both


def from_text(editing: Editing, text: str) -> Given:
    """The document of a YAML text. Raises Refused as an import does, and KNM5084-E for one of another policy."""
    policy = rules.from_document(document.read(text))
    kind = "judgment" if isinstance(policy, rules.JudgmentPolicy) else "action"
    if (kind, policy.name) != (editing.kind, editing.policy.name):
        raise Refused("KNM5084-E", status=422, kind=editing.kind, name=editing.policy.name)
    return form.document(policy)


def items(kind: str) -> list[str]:
    """The pages of an editor: an item or a level each, what is left, and the text."""
    fields = of_policy(kind).fields
    return [*(name for name in fields if name not in general(kind) and name != "name"), GENERAL, TEXT]


def general(kind: str) -> tuple[str, ...]:
    """The fields that have no page of their own."""
    shape = of_policy(kind)
    return tuple(
        name for name, one in shape.fields.items() if name != "name" and (one.kind != "struct" or one.optional)
    )


def names(kind: str, item: str) -> tuple[str, ...]:
    """The fields of a page."""
    return general(kind) if item == GENERAL else () if item == TEXT else (item,)
