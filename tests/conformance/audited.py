"""What the tests of the audit share: rows, seals, and somebody who writes to the database beside Kanmon."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from kanmon import audit
from kanmon.audit import check, encoding, rows, seal
from kanmon.audit.models import AuditRow, Seal
from kanmon.journal.writing import transaction
from tests.conformance.work import leader


def write(*subjects: str) -> list[int]:
    """Write a row for each subject, each in a transaction of its own. Their numbers."""
    for subject in subjects:
        rows.write("tried", actor="tests", subject=subject, detail={"id": "KNM4206-I"}, address="192.0.2.7")
    return list(AuditRow.objects.order_by("seq").values_list("seq", flat=True))[-len(subjects) :]


def seal_all(term: int) -> None:
    """Let the duties of the audit do what there is."""
    audit.duty(term)


def told(*names: str) -> list[tuple[Any, ...]]:
    """Columns of all rows, in their order."""
    return list(AuditRow.objects.order_by("seq").values_list(*names))


def problems() -> list[tuple[str, int, int]]:
    """What a verification finds: message, seal, row."""
    return [(one.id, one.seal, one.row) for one in check.all_problems()]


def sql(statement: str, *values: Any) -> int:
    """What somebody with the database's password does. How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def forge(seq: int, like: int) -> None:
    """A row ``seq`` with the place in the order of change, and all else, of row ``like``."""
    columns = "xid, at, actor, event, subject, detail, address, operation"
    sql(f"INSERT INTO audit (seq, {columns}) SELECT %s, {columns} FROM audit WHERE seq = %s", seq, like)


def gap() -> int:
    """A number that no row has, and that the next row can't have: left by a transaction that was rolled back, or
    taken by the database.
    """
    if connection.vendor == "sqlite":
        sql("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'audit'")
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
            return int(cursor.fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audit', 'seq'))")
        return int(cursor.fetchone()[0])


def seals() -> list[Seal]:
    """All seals."""
    return list(Seal.objects.order_by("number"))


def members() -> list[int]:
    """The numbers of the rows of all seals, in their order."""
    return [seq for one in seals() for seq, _ in check.marks_of(one)]


def five_seals() -> list[int]:
    """Five seals of two rows each (the first also has the start of the service); numbers of the ten rows."""
    lead = leader()
    numbers = []
    for one in range(5):
        numbers += write(f"{one} a", f"{one} b")
        seal_all(lead.term)
    assert problems() == []
    assert len(seals()) == 5
    return numbers


def make_anew(*numbers: int) -> None:
    """What somebody does who knows how seals are made."""
    for one in Seal.objects.filter(number__in=numbers).order_by("number"):
        held = seal.read([seq for seq, _ in check.marks_of(one)])
        one.marks = encoding.marks([held[seq] for seq in sorted(held)])
        one.root = encoding.digest(one.marks)
        before = Seal.objects.filter(number=one.number - 1).first()
        one.before = seal.hash_of(before) if before else encoding.NO_SEAL
        one.hash = seal.hash_of(one)
        one.save()


TURN = """
from kanmon import audit, home
home.start_django()
from kanmon.journal.here import HERE
HERE.term = {term}
audit.duty({term})
print("done")
"""


def turn_in_a_process(term: int, folder: Path, fault: str = "", more: Sequence[tuple[str, str]] = ()) -> str:
    """One turn of the audit's duties in another process on this database, with a fault. What it printed: "done"."""
    folder.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANMON_", "DJANGO_"))}
    environment = kept | {"KANMON_HOME": str(folder), "KANMON_FAULT": fault, **dict(more)}
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        link = folder / "kanmon.sqlite3"
        if not link.exists():
            link.symlink_to(settings["NAME"])
    else:
        host = quote(str(settings["HOST"]), safe="")
        environment["KANMON_DATABASE_URL"] = f"postgresql://{settings['USER']}@{host}/{settings['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", TURN.format(term=term)], env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode in (0, -9), done.stderr
    return done.stdout.strip()


def in_a_transaction(*subjects: str) -> None:
    """Write rows for all subjects in one transaction."""
    with transaction():
        for subject in subjects:
            rows.write("tried", actor="tests", subject=subject)
