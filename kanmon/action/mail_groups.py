"""Groups of mail addresses: kept here, named by action policies as "group:NAME".

A policy that names an unknown one is refused when it is saved. One that is removed later leaves a sentence behind in
every mail that should have gone to it, and the others get theirs.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from kanmon.action.models import MailGroup
from kanmon.common import clock, config, messages
from kanmon.common.errors import Refused
from kanmon.policy import exchange, versions
from kanmon.policy.rules_action import ADDRESS, GROUP, GROUP_MARK, ActionPolicy, Mail

COLUMNS = ("group", "address")
GROUPS = 500
ADDRESSES = 100  # of a group, and of a mail
CHARACTERS = 4_000_000
LEVELS = ("danger", "warning", "caution", "safe")


def take_in(text: str, who: str) -> dict[str, Any]:
    """The groups that the CSV ``text`` names have exactly its addresses from now on; others stay as they are.

    Inside a transaction. Raises Refused with the line: KNM3033-E, KNM3034-E, KNM5002-E to KNM5008-E, KNM5061-E.
    """
    groups: dict[str, dict[str, None]] = {}
    for line, row in exchange.read_rows(text, list(COLUMNS), CHARACTERS):
        name = _wanted(
            line,
            "group",
            row.get("group", "").removeprefix(GROUP_MARK),
            GROUP,
            "a name of 1 to 60 characters without @ , ; : /",
        )
        address = _wanted(line, "address", row.get("address", ""), ADDRESS, "an address")
        members = groups.setdefault(name, {})
        members[address] = None
        if len(members) > ADDRESSES:
            raise Refused("KNM3034-E", what=f"{name}", count=len(members), most=ADDRESSES)
    known = set(MailGroup.objects.values_list("name", flat=True))
    if len(known | set(groups)) > GROUPS:
        raise Refused("KNM3034-E", what="groups", count=len(known | set(groups)), most=GROUPS)
    for name, members in groups.items():
        MailGroup.objects.update_or_create(
            name=name, defaults={"addresses": list(members), "changed_at": clock.now(), "changed_by": who}
        )
    return {"groups": {name: len(members) for name, members in sorted(groups.items())}}


def _wanted(line: int, column: str, value: str, pattern: str, wanted: str) -> str:
    value = value.strip()
    if len(value) > 254 or not re.fullmatch(pattern, value):
        raise Refused("KNM3033-E", line=line, column=column, value=repr(value[:100]), wanted=wanted)
    return value


def export(names: Iterable[str] = ()) -> str:
    """All groups, or these, as CSV text."""
    wanted = set(names)
    rows = [
        (group.name, address)
        for group in MailGroup.objects.order_by("name")
        if not wanted or group.name in wanted
        for address in group.addresses
    ]
    return as_csv(COLUMNS, rows)


def as_csv(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A list as the CSV that ``take_in`` reads: all values in quotes, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(list(heads))
    writer.writerows(rows)
    return out.getvalue()


def listed() -> list[dict[str, Any]]:
    """The groups, and which action policies name them now."""
    named = _named_by()
    return [
        {
            "name": one.name, "addresses": one.addresses, "changed_at": one.changed_at.isoformat(),
            "changed_by": one.changed_by, "policies": named.get(one.name, []),
        }
        for one in MailGroup.objects.order_by("name")
    ]  # fmt: skip


def remove(name: str) -> dict[str, Any]:
    """Remove a group. Inside a transaction. Raises Refused KNM3035-E. Tells which policies still name it."""
    gone, _ = MailGroup.objects.filter(name=name).delete()
    if not gone:
        raise unknown("mail group", name, MailGroup.objects.values_list("name", flat=True))
    return {"name": name, "state": "removed", "policies": _named_by().get(name, [])}


def unknown(what: str, name: str, known: Iterable[str]) -> Refused:
    """The refusal of a name that is not on a list, with the nearest one."""
    return Refused("KNM3035-E", status=404, what=what, name=name, nearest=_nearest(name, known))


def _nearest(name: str, known: Iterable[str]) -> str:
    return max(known, key=lambda one: SequenceMatcher(None, name.lower(), one.lower()).ratio(), default="-")


def _named_by() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for policy in versions.live().filter(kind="action"):
        rules: ActionPolicy = versions.rules(versions.newest(policy.id))
        for group in sorted({group for _, mail in mails(rules) for group in mail.groups}):
            found.setdefault(group, []).append(policy.name)
    return found


def mails(policy: ActionPolicy) -> Iterator[tuple[str, Mail]]:
    """The mails of a policy with their place in its document."""
    for level in LEVELS:
        for number, step in enumerate(getattr(policy, level).steps):
            if step.mail is not None:
                yield f"{level}.then[{number - 1}].mail.to" if number else f"{level}.mail.to", step.mail


def check(policy: Any) -> None:
    """Raises Refused KNM3031-E, KNM3037-E for an action policy whose mails name an unknown group, or reach too many."""
    if not isinstance(policy, ActionPolicy):
        return
    known = _known()
    for path, mail in mails(policy):
        for name in mail.groups:
            if name not in known:
                raise Refused("KNM3031-E", status=422, path=path, word=name, nearest=_nearest(name, known))
        if isinstance(mail.to, tuple) and (count := len(_all(mail.to, known))) > ADDRESSES:
            raise Refused("KNM3037-E", status=422, path=path, count=count, most=ADDRESSES)


def _known() -> dict[str, list[str]]:
    return dict(MailGroup.objects.values_list("name", "addresses"))


def _all(to: Iterable[str], known: Mapping[str, list[str]]) -> list[str]:
    found: dict[str, None] = {}
    for one in to:
        found |= dict.fromkeys(known.get(one.removeprefix(GROUP_MARK), ()) if one.startswith(GROUP_MARK) else [one])
    return list(found)


def receivers(mail: Mail, language: str) -> tuple[list[str], list[str]]:
    """Whom a mail goes to now, each once, and sentences about whom it can't."""
    if isinstance(mail.to, str):
        return list(config.get("mail.administrators")), []
    known = _known() if mail.groups else {}
    notes = [messages.text("KNM3032-W", {"name": one}, language) for one in mail.groups if one not in known]
    found = _all(mail.to, known)
    if len(found) > ADDRESSES:
        params = {"count": len(found) - ADDRESSES, "most": ADDRESSES}
        notes.append(messages.text("KNM3036-W", params, language))
    return found[:ADDRESSES], notes
