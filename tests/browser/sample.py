"""An invented company in the database: PCs, policies, operations, refused and suspected reports.

For screenshots and for tests of pages; ``fill`` writes rows as the stages would. Judged by the reference.
"""

import hashlib
import random
from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
import numpy as np
from sample_parts import GROUPS, MAILS, PEOPLE, PREFIX, STANDARD, facts_of

from kanmon.common import clock
from kanmon.common.facts import CODE_OF, Agent, Antivirus, Drive, Fact, Software
from kanmon.intake import report
from kanmon.intake.models import Receipt, Refusal, Source
from kanmon.inventory import packing
from kanmon.inventory.models import FactRow, Group, Identity, Pc, PcColumns, PcFacts
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Lease, Node, Operation, Term
from kanmon.judgment.findings import Finding, encode_set
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState, Verdict
from kanmon.judgment.reference import judge_one
from kanmon.policy import rules
from kanmon.policy.models import Assignment, Policy, PolicyVersion


class Facts:
    """Numbers facts as the recorder does."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.rows: list[FactRow] = []

    def number(self, fact: Fact) -> int:
        body = msgspec.msgpack.encode(list(fact))
        code = CODE_OF[type(fact)]
        digest = hashlib.blake2b(bytes([code]) + body, digest_size=16).digest()
        if digest not in self.numbers:
            self.numbers[digest] = len(self.numbers) + 1
            self.rows.append(FactRow(id=self.numbers[digest], cls=code, digest=digest, body=body))
        return self.numbers[digest]


def evidence(condition: str, facts: list[Fact], numbers: Facts) -> tuple[int, ...]:
    """The records that a finding shows."""
    kinds: dict[str, type] = {"antivirus": Antivirus, "pc_settings.drive": Drive}
    for start, kind in kinds.items():
        if condition.startswith(start):
            return tuple(numbers.number(one) for one in facts if type(one) is kind)[:5]
    if condition.startswith("prohibited_software["):
        name = condition.split("[")[1].rstrip("]").strip("*").lower()
        return tuple(numbers.number(one) for one in facts if isinstance(one, Software) and name in one.name.lower())
    return ()


def fill(pcs: int = 120, seed: int = 7) -> None:
    """Write everything; the same ``seed`` writes the same."""
    dice, now = random.Random(seed), clock.now()
    groups = {path: Group(path=path, name=path.rsplit("/")[-1] or "/") for path in GROUPS}
    for path, group in groups.items():
        group.parent = None if path == "/" else groups[path.rsplit("/", 1)[0] or "/"]
        group.save()
    source = Source.objects.create(name="tokyo-glpi", created_at=now - timedelta(days=90), created_by="tanabe")
    version = _policies(now)
    policy = rules.load(version.text)
    numbers, sets = Facts(), {}
    rows: dict[type, list] = defaultdict(list)
    for number in range(1, pcs + 1):
        path = dice.choice(GROUPS[1:])
        seen = (
            now - timedelta(minutes=dice.randint(1, 200))
            if dice.random() > 0.05
            else now - timedelta(days=dice.randint(15, 60))
        )
        mac, host = f"00:1b:8b:4e:{number // 250:02x}:{number % 250:02x}", f"{PREFIX[path]}-{number:04}"
        rows[Pc].append(
            Pc(
                id=number,
                asset_number=f"SK-2024-{10000 + number}",
                host=host,
                user=dice.choice(PEOPLE),
                group=groups[path],
                source=source.id,
                serial=f"R90X{number:05}",
                uuid="",
                managed=dice.random() > 0.02,
                first_seen_at=now - timedelta(days=200),
                last_seen_at=seen,
                reported_at=seen,
                format="glpi",
            )
        )
        rows[Identity].append(Identity(kind="mac", value=mac, pc=number))
        rows[Identity].append(Identity(kind="serial", value=f"R90X{number:05}", pc=number))
        facts = facts_of(number, now, dice)
        held = sorted({numbers.number(fact) for fact in facts})
        columns = {
            "host": host,
            "ip": f"10.20.{number // 250}.{number % 250}",
            "mac": mac,
            "reported_at": int(seen.timestamp()),
        }
        rows[PcFacts].append(
            PcFacts(pc=number, packed=packing.pack(np.array(held, dtype=np.uint32)), content_digest=b"")
        )
        rows[PcColumns].append(PcColumns(pc=number, packed=packing.pack_columns(columns)))
        if number == pcs:
            continue
        verdict = judge_one(policy, facts, columns, now.date())
        found = [Finding(c, o, lv, evidence(c, facts, numbers)) for c, o, lv in verdict.findings]
        body = encode_set(found)
        set_row = sets.setdefault(
            body,
            FindingSet(
                id=len(sets) + 1,
                digest=hashlib.blake2b(body, digest_size=16).digest(),
                policy_version=version.id,
                body=body,
            ),
        )
        levels = [int(verdict.items[item]) for item in ITEMS]
        since = now - timedelta(minutes=dice.choice([25, 160, 400, 2600, 9000, 40000]))
        shared = {"policy_version": version.id, "run": 1, "finding_set": set_row.id, "items": levels, "pc": number}
        rows[Verdict].append(
            Verdict(
                id=2 * number,
                level=int(verdict.level),
                level_before=int(Level.SAFE),
                cause="inventory",
                from_at=since,
                **shared,
            )
        )
        earlier = dict(shared, items=[100] * 6)
        rows[Verdict].append(
            Verdict(
                id=2 * number - 1,
                level=int(Level.SAFE),
                level_before=0,
                cause="schedule",
                from_at=since - timedelta(days=9),
                to_at=since,
                **earlier,
            )
        )
        rows[PcState].append(
            PcState(
                pc=number,
                level=int(verdict.level),
                verdict=2 * number,
                finding_set=set_row.id,
                since_at=since,
                judged_at=now - timedelta(minutes=3),
                **dict(zip(ITEMS, levels, strict=True)),
            )
        )
    FactRow.objects.bulk_create(numbers.rows)
    FindingSet.objects.bulk_create(sets.values())
    for model, made in rows.items():
        model.objects.bulk_create(made)
    _journal(now)
    _intake(now, source)


def _policies(now: datetime) -> PolicyVersion:
    default = Policy.objects.create(kind="judgment", name="Default", builtin=True)
    initial = Policy.objects.create(kind="judgment", name="Initial", builtin=True, read_only=True)
    mails = Policy.objects.create(kind="action", name="Mail administrators")
    first = STANDARD.replace("definitions_max_age_days: 7", "definitions_max_age_days: 14")
    for policy, number, text, author, comment, days in (
        (initial, 1, "kind: judgment\nname: Initial\n", "", "", 90),
        (default, 1, first, "", "As installed", 90),
        (default, 2, STANDARD, "tanabe", "Audit finding 2026-11: definitions no older than 7 days", 6),
        (mails, 1, MAILS, "mori", "", 40),
    ):
        made = PolicyVersion.objects.create(
            policy=policy,
            number=number,
            text=text,
            author=author,
            comment=comment,
            created_at=now - timedelta(days=days),
        )
        if policy is default:
            version = made
    Assignment.objects.create(kind="judgment", target="system", policy=default)
    Assignment.objects.create(kind="action", target="system", policy=mails)
    Assignment.objects.create(
        kind="judgment", target="group", target_id=Group.objects.get(path="/Osaka branch").id, policy=initial
    )
    return version


def _journal(now: datetime) -> None:
    Node.objects.create(name=HERE.node, version="0.1.0", started_at=now - timedelta(hours=9), pid=1)
    Term.objects.create(shard=0, term=42, node=HERE.node)
    Lease.objects.create(shard=0, term=42, node=HERE.node)
    ended = {"finished", "failed", "cancelled"}
    told = {
        "retry": {"id": "KNM4005-W", "operation": 0, "sentence": "The mail server mx1 did not answer.", "seconds": 30}
    }
    for n, (kind, subject, state, requester, actor) in enumerate(
        [
            ("record", "38 reports", "finished", "inventory", ""),
            ("judge", "38 PCs", "finished", "inventory", ""),
            ("mail", "Danger, 3 PCs", "in_doubt", "inventory", ""),
            ("judge", "120 PCs", "finished", "schedule", ""),
            ("mail", "Warning, 5 PCs", "failed", "schedule", ""),
            ("policy", "Default, version 2", "finished", "console", "tanabe"),
            ("judge", "NGY-L2-0087", "waiting", "pc_list", "mori"),
        ]
        * 9
    ):
        at = now - timedelta(minutes=11 * (70 - n))
        one = Operation.objects.create(
            kind=kind,
            subject=subject,
            requester=requester,
            actor=actor,
            state=state,
            due_at=at,
            attempt=2 if kind == "mail" else 1,
            repeat="keyed",
            begun_at=at,
            ended_at=at + timedelta(seconds=1.41) if state in ended else None,
        )
        result = {
            "result": "success",
            "operation": one.id,
            "judged": 38,
            "changed": 4,
            "recorded": 38,
            "suspected": 1,
            "older": 0,
        }
        end = {"judge": {"id": "KNM2002-I", **result, "sentence": ""}, "record": {"id": "KNM2004-I", **result}}.get(
            kind, {}
        )
        if state == "failed":
            end = {"sentence": "The mail server mx1.example.jp answered 550: mailbox unknown."}
        events: list[tuple[str, dict]] = [("begun", {}), ("started", {})] if state != "waiting" else [("begun", {})]
        events += [("retry", told["retry"])] if kind == "mail" else []
        events += (
            [("in_doubt", {"id": "KNM4004-W", "operation": one.id, "subject": subject})] if state == "in_doubt" else []
        )
        events += [(state, end)] if state in ended else []
        for second, (event, detail) in enumerate(events):
            Entry.objects.create(
                operation=one.id,
                at=at + timedelta(seconds=second / 2),
                node=HERE.node,
                term=42,
                attempt=1,
                event=event,
                detail=detail,
            )


def _intake(now: datetime, source: Source) -> None:
    for n, (message, params, agent, size) in enumerate(
        [
            (
                "KNM1011-E",
                {"line": 812, "column": 40, "detail": "mismatched tag"},
                "FusionInventory-Agent_v2.6",
                291_044,
            ),
            ("KNM1010-E", {"seen": "<html>"}, "curl/8.5.0", 412),
            ("KNM1001-E", {"size": 9_400_000, "limit": 8_388_608}, "GLPI-Agent_v1.15", 9_400_000),
            ("KNM1007-E", {}, "python-requests/2.32", 0),
        ]
    ):
        Refusal.objects.create(
            source=source if n % 2 else None,
            received_at=now - timedelta(hours=3 * n + 1),
            address="10.20.3.41",
            agent=agent,
            size=size,
            message_id=message,
            params=params,
        )
    known = Pc.objects.order_by("id")[3]
    for n, mac in enumerate(("00:1b:8b:77:01:02", "00:1b:8b:77:01:03")):
        one = report.build(
            format="glpi",
            device_key=f"{known.host}-2026-11-0{n}",
            facts=[Agent("GLPI-Agent", "1.15")],
            told=[],
            columns={"user": "Line 2 terminal"},
            host=f"NGY-L2-0{900 + n}",
            serial=known.serial,
            macs=[mac],
            reported_at=int(now.timestamp()),
        )
        Receipt.objects.create(
            source=source,
            device_key=one.device_key,
            received_at=now - timedelta(hours=n + 2),
            format="glpi",
            content="changed",
            raw_digest=b"",
            content_digest=b"",
            body=b"",
            report=report.encode(one),
            state=Receipt.SUSPECTED,
            pc=known.id,
            reasons=[["KNM1112-W", {"pc": known.host}]],
        )
