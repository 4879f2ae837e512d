"""A folder of YAML as what is wanted: policies, groups, assignments and waivers.

Every file says by its ``kind`` what it holds; how files are named and put into folders is the writer's choice. A kind
of which the folder has no file is left alone. What is wrong is refused with file, line and the nearest valid word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, inspect

from kanmon.common.errors import Refused
from kanmon.policy import check, document, rules
from kanmon.policy.document import Document
from kanmon.policy.rules_words import Rule, Text
from kanmon.policy.waivers import NOTICE_DAYS

MOST_FILES = 1_000
Path = Annotated[str, Meta(min_length=1, max_length=1000)]


class AssignmentLine(Rule, frozen=True, kw_only=True):
    """A policy and where it holds: exactly one of ``system``, ``group`` and ``pc`` (asset number or host)."""

    policy: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Literal["judgment", "action"] = "judgment"
    system: bool = False
    group: Text = ""
    pc: Text = ""


class Assignments(Rule, frozen=True, kw_only=True, tag_field="kind", tag="assignments"):
    assignments: Annotated[tuple[AssignmentLine, ...], Meta(max_length=10_000)]


class WaiverLine(Rule, frozen=True, kw_only=True):
    """A condition that does not count for a group or a PC. ``expires``: its last day; ``begins``: else today."""

    condition: Annotated[str, Meta(min_length=1, max_length=700)]
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    approver: Annotated[str, Meta(min_length=1, max_length=150)]
    expires: str
    begins: str = ""
    notice_days: Annotated[int, Meta(ge=0, le=365)] = NOTICE_DAYS
    system: bool = False
    group: Text = ""
    pc: Text = ""


class Waivers(Rule, frozen=True, kw_only=True, tag_field="kind", tag="waivers"):
    waivers: Annotated[tuple[WaiverLine, ...], Meta(max_length=10_000)]


class Groups(Rule, frozen=True, kw_only=True, tag_field="kind", tag="groups"):
    """Paths of groups that are there, with or without PCs."""

    groups: Annotated[tuple[Path, ...], Meta(max_length=10_000)]


LISTS: dict[str, type[Any]] = {"assignments": Assignments, "waivers": Waivers, "groups": Groups}
KINDS = ("judgment", "action", *LISTS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing of the folder, and where it stands, so that a refusal can name file and line."""

    file: str
    line: int
    path: str
    what: Any

    def refused(self, problem: Refused) -> Refused:
        """The refusal with this place."""
        sentence = str(problem)
        said = sentence if sentence.startswith("Line ") else f"Line {self.line}, {self.path or 'document'}: {sentence}"
        return Refused("KNM5060-E", status=problem.status, file=self.file, sentence=said)


@dataclass(slots=True)
class Folder:
    """What a folder wants. ``kinds``: those of which it has a file."""

    policies: list[Wanted] = field(default_factory=list)
    groups: list[Wanted] = field(default_factory=list)
    assignments: list[Wanted] = field(default_factory=list)
    waivers: list[Wanted] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    seen: set[tuple[Any, ...]] = field(default_factory=set)


def read(files: Mapping[str, str]) -> Folder:
    """What the files (name -> text) want together. Raises Refused KNM5060-E with file and line."""
    if len(files) > MOST_FILES:
        raise Refused("KNM5008-E", problem=f"{len(files):,} files")
    folder = Folder()
    for name in sorted(files):
        try:
            _add(folder, name, document.read(files[name]))
        except Refused as problem:
            raise Wanted(name, 1, "", None).refused(problem) from None
    return folder


def _add(folder: Folder, name: str, text: Document) -> None:
    if not isinstance(text.value, dict):
        found = "nothing" if text.value is None else str(text.value)[:100]
        raise Refused("KNM5004-E", line=1, path="document", wanted="a mapping", found=found)
    kind = text.value.get("kind")
    if kind is None:
        raise Refused("KNM5005-E", line=1, path="document", word="kind")
    if kind not in KINDS:
        raise check.refuse_word("KNM5003-E", text, "kind", str(kind), KINDS)
    folder.kinds.add(str(kind))
    if kind not in LISTS:
        policy = rules.from_document(text)
        _once(folder, folder.policies, Wanted(name, text.line("name"), "name", policy), (kind, policy.name))
        return
    members: list[Wanted] = getattr(folder, kind)
    for wanted in _lines(name, text, str(kind)):
        _once(folder, members, wanted, (kind, *_place_of(wanted.what)))


def _lines(name: str, text: Document, kind: str) -> Iterator[Wanted]:
    struct = LISTS[kind]
    check.words(text, text.value, inspect.type_info(struct))
    try:
        held = msgspec.convert(text.value, struct, strict=False)
    except msgspec.ValidationError as error:
        raise check.refuse_type(text, error) from None
    for place, one in enumerate(getattr(held, kind)):
        path = f"{kind}[{place}]"
        if not isinstance(one, str):
            _check_place(text, path, one)
        for day in ("expires", "begins"):
            _check_day(text, f"{path}.{day}", str(getattr(one, day, "")))
        yield Wanted(name, text.line(path), path, one)


def _check_place(text: Document, path: str, one: Any) -> None:
    if sum((one.system, bool(one.group), bool(one.pc))) != 1:
        raise Refused("KNM5066-E", line=text.line(path), path=path)


def _check_day(text: Document, path: str, day: str) -> None:
    try:
        _ = date.fromisoformat(day) if day else None
    except ValueError:
        wanted = "a day like 2027-03-31"
        raise Refused("KNM5004-E", line=text.line(path), path=path, wanted=wanted, found=day) from None


def _place_of(one: Any) -> tuple[Any, ...]:
    if isinstance(one, str):
        return (one,)
    what = one.kind if isinstance(one, AssignmentLine) else one.condition
    return what, one.system or one.group == "/", "" if one.group == "/" else one.group, one.pc


def _once(folder: Folder, held: list[Wanted], wanted: Wanted, mark: tuple[Any, ...]) -> None:
    """Adds ``wanted``; the same thing twice is refused, as one of the two would be lost."""
    if mark in folder.seen:
        word = " ".join(part for part in mark[1:] if isinstance(part, str) and part)
        raise Refused("KNM5007-E", line=wanted.line, path=wanted.path, word=word)
    folder.seen.add(mark)
    held.append(wanted)
