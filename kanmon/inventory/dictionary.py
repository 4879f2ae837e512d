"""The dictionary of facts: every distinct record has a number.

Numbers are given by the recorder, which runs alone under the lease. What is known is kept in memory,
bounded; a rolled-back chunk empties it, because its new numbers were never committed.

A record is known by its body, the bytes that are stored, so that recording makes no record of what is known.
Records of different classes may have equal bodies: the class code is always part of the key.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import msgspec
from django.db import connection

from kanmon.common.facts import CLASS_OF, Fact
from kanmon.inventory.models import FactRow

CACHE_MOST = 500_000
Bodies = Mapping[int, list[bytes]]  # code of class -> bodies


def digest(code: int, body: bytes) -> bytes:
    """By which a record is found again: 16 bytes over class and fields."""
    return hashlib.blake2b(bytes([code]) + body, digest_size=16).digest()


def decode(code: int, body: bytes) -> Fact:
    """The record of a stored body. Fields that a later version added take their defaults."""
    return CLASS_OF[code](*msgspec.msgpack.decode(body))


class Dictionary:
    """Numbers of facts, for the one recorder of a process."""

    def __init__(self) -> None:
        self._numbers: dict[int, dict[bytes, int]] = defaultdict(dict)
        self._next = 0

    def forget(self) -> None:
        """After a rolled-back chunk."""
        self._numbers.clear()
        self._next = 0

    def numbers(self, reports: Iterable[Bodies]) -> list[list[int]]:
        """For each report's facts their numbers, in no order. New facts are inserted. In a transaction."""
        wanted = list(reports)
        if sum(map(len, self._numbers.values())) > CACHE_MOST:
            self._numbers.clear()
        known = self._numbers
        missing: set[tuple[int, bytes]] = set()
        for facts in wanted:
            for code, bodies in facts.items():
                missing.update((code, body) for body in set(bodies).difference(known[code]))
        if missing:
            self._learn(missing)
        return [
            list(chain.from_iterable(map(known[code].__getitem__, bodies) for code, bodies in facts.items()))
            for facts in wanted
        ]

    def _learn(self, missing: set[tuple[int, bytes]]) -> None:
        by_digest = {digest(code, body): (code, body) for code, body in missing}
        marks = list(by_digest)
        for start in range(0, len(marks), 500):
            rows = FactRow.objects.filter(digest__in=marks[start : start + 500]).values_list("digest", "id")
            for mark, id in rows:
                code, body = by_digest.pop(bytes(mark))
                self._numbers[code][body] = id
        if not by_digest:
            return
        if not self._next:
            newest = FactRow.objects.order_by("-id").values_list("id", flat=True).first()
            self._next = (newest or 0) + 1
        rows_new = []
        for mark, (code, body) in by_digest.items():
            rows_new.append((self._next, code, mark, body))
            self._numbers[code][body] = self._next
            self._next += 1
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO fact (id, cls, digest, body) VALUES (%s, %s, %s, %s)", rows_new)


def facts_of(numbers: Iterable[int]) -> dict[int, Fact]:
    """The records of these numbers."""
    wanted = [int(number) for number in numbers]
    found: dict[int, Fact] = {}
    for start in range(0, len(wanted), 500):
        rows = FactRow.objects.filter(id__in=wanted[start : start + 500]).values_list("id", "cls", "body")
        found.update((id, decode(cls, bytes(body))) for id, cls, body in rows)
    return found


def after(number: int) -> Iterator[tuple[int, Fact]]:
    """All facts with a greater number, in order: what the judges' index has still to learn."""
    rows = FactRow.objects.filter(id__gt=number).order_by("id").values_list("id", "cls", "body")
    for id, cls, body in rows.iterator(chunk_size=5000):
        yield id, decode(cls, bytes(body))
