"""An invented company in the database: PCs, policies, operations, refused and suspected reports.

For screenshots and for tests of pages; ``fill`` writes rows as the stages would. Judged by the reference.
"""

import hashlib
import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import sample_journal
import sample_network
import sample_statistics
from sample_parts import GROUPS, MAILS, PEOPLE, PREFIX, STANDARD, facts_of

from kanmon.common import clock
from kanmon.common.facts import CODE_OF, Agent, Antivirus, Drive, Fact, Software
from kanmon.intake import report
from kanmon.intake.models import Receipt, Refusal, Source
from kanmon.inventory import packing
from kanmon.inventory.models import FactRow, Group, Identity, Pc, PcColumns, PcFacts
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


class Company:
    """Collects rows of PCs, their facts and verdicts, and writes them at once."""

    def __init__(self, seed: int) -> None:
        self.dice, self.now = random.Random(seed), clock.now()
        self.numbers, self.sets = Facts(), {}
        self.rows: dict[type, list[Any]] = defaultdict(list)
        self.groups = {path: self._group(path) for path in GROUPS}
        self.source = Source.objects.create(
            name="tokyo-glpi", created_at=self.now - timedelta(days=90), created_by="tanabe"
        )
        self.version = _policies(self.now)
        self.policy = rules.load(self.version.text)

    def _group(self, path: str) -> Group:
        parent = Group.objects.filter(path=path.rsplit("/", 1)[0] or "/").first() if path != "/" else None
        return Group.objects.get_or_create(path=path, defaults={"name": path.rsplit("/")[-1] or "/", "parent": parent})[
            0
        ]

    def pc(self, number: int, judged: bool) -> None:
        """One PC with its inventory; about one in twenty has not been seen for weeks."""
        dice, path = self.dice, self.dice.choice(GROUPS[1:])
        lately = dice.random() > 0.05
        ago = timedelta(minutes=dice.randint(1, 200)) if lately else timedelta(days=dice.randint(15, 60))
        seen, host, mac = (
            self.now - ago,
            f"{PREFIX[path]}-{number:04}",
            f"00:1b:8b:4e:{number // 250:02x}:{number % 250:02x}",
        )
        times = {"first_seen_at": self.now - timedelta(days=200), "last_seen_at": seen, "reported_at": seen}
        marks = {"asset_number": f"SK-2024-{10000 + number}", "serial": f"R90X{number:05}", "uuid": ""}
        who = {"host": host, "user": dice.choice(PEOPLE), "group": self.groups[path], "source": self.source.id}
        self.rows[Pc].append(Pc(id=number, managed=dice.random() > 0.02, format="glpi", **who, **marks, **times))
        self.rows[Identity] += [Identity(kind="mac", value=mac, pc=number)]
        self.rows[Identity] += [Identity(kind="serial", value=marks["serial"], pc=number)]
        facts = facts_of(number, self.now, dice)
        packed = packing.pack(np.array(sorted({self.numbers.number(fact) for fact in facts}), dtype=np.uint32))
        ip = f"10.20.{number // 250}.{number % 250}"
        columns = {"host": host, "ip": ip, "mac": mac, "reported_at": int(seen.timestamp())}
        self.rows[PcFacts].append(PcFacts(pc=number, packed=packed, content_digest=b""))
        self.rows[PcColumns].append(PcColumns(pc=number, packed=packing.pack_columns(columns)))
        if judged:
            self._verdict(number, facts, columns)

    def _verdict(self, number: int, facts: list[Fact], columns: dict[str, Any]) -> None:
        verdict = judge_one(self.policy, facts, columns, self.now.date())
        held = [Finding(c, o, level, evidence(c, facts, self.numbers)) for c, o, level in verdict.findings]
        body = encode_set(held)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        fresh = FindingSet(id=len(self.sets) + 1, digest=digest, policy_version=self.version.id, body=body)
        found = self.sets.setdefault(body, fresh).id
        since = self.now - timedelta(minutes=self.dice.choice([25, 160, 400, 2600, 9000, 40000]))
        now, before = int(verdict.level), int(Level.SAFE)
        items = [int(verdict.items[item]) for item in ITEMS]
        shared = {"policy_version": self.version.id, "run": 1, "finding_set": found, "pc": number}
        earlier = {"cause": "schedule", "from_at": since - timedelta(days=9), "to_at": since, "items": [before] * 6}
        later = {"cause": "inventory", "from_at": since, "items": items, "level_before": before}
        self.rows[Verdict] += [
            Verdict(id=2 * number - 1, level=before, level_before=0, decided_run=1, **earlier, **shared)
        ]
        self.rows[Verdict] += [Verdict(id=2 * number, level=now, decided_run=1, **later, **shared)]
        state = {"level": now, "verdict": 2 * number, "finding_set": found, "since_at": since}
        judged_at = self.now - timedelta(minutes=3)
        levels = dict(zip(ITEMS, items, strict=True))
        self.rows[PcState].append(PcState(pc=number, judged_at=judged_at, **state, **levels))

    def write(self) -> None:
        """Write what was collected."""
        FactRow.objects.bulk_create(self.numbers.rows)
        FindingSet.objects.bulk_create(self.sets.values())
        for model, made in self.rows.items():
            model.objects.bulk_create(made)


def fill(pcs: int = 120, seed: int = 7, term: int | None = None) -> None:
    """Write everything; the same ``seed`` gives the same company. The last PC is not judged yet.

    ``term``: the journal is there and stands at this term; None: its story is written, too.
    """
    company = Company(seed)
    for number in range(1, pcs + 1):
        company.pc(number, judged=number < pcs)
    company.write()
    if term is None:
        sample_journal.fill(company.now)
    sample_network.fill(company.now, sample_journal.TERM if term is None else term)
    sample_statistics.fill(40, pcs)
    _intake(company.now, company.source)


def _policies(now: datetime) -> PolicyVersion:
    """The newest version of the policy Default, under which all are judged."""
    first = STANDARD.replace("definitions_max_age_days: 7", "definitions_max_age_days: 14")
    _version("judgment", "Initial", "kind: judgment\nname: Initial\n", "", "", now - timedelta(days=90))
    _version("judgment", "Default", first, "", "As installed", now - timedelta(days=90))
    why = "Audit finding 2026-11: definitions no older than 7 days"
    newest = _version("judgment", "Default", STANDARD, "tanabe", why, now - timedelta(days=6))
    mails = _version("action", "Mail administrators", MAILS, "mori", "", now - timedelta(days=40))
    initial = Policy.objects.get(kind="judgment", name="Initial")
    branch = Group.objects.get(path="/Osaka branch").id
    for kind, target, target_id, policy in (
        ("judgment", "system", 0, newest.policy), ("action", "system", 0, mails.policy), ("judgment", "group", branch, initial),
    ):  # fmt: skip
        Assignment.objects.update_or_create(kind=kind, target=target, target_id=target_id, defaults={"policy": policy})
    return newest


def _version(kind: str, name: str, text: str, author: str, comment: str, at: datetime) -> PolicyVersion:
    read_only = name == "Initial"
    policy, _ = Policy.objects.get_or_create(kind=kind, name=name, defaults={"builtin": True, "read_only": read_only})
    number = policy.versions.count() + 1
    return PolicyVersion.objects.create(
        policy=policy, number=number, text=text, author=author, comment=comment, created_at=at
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
