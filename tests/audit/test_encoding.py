"""The bytes that are hashed: the same for the same row wherever it is kept, others for any other row."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanmon.audit import encoding
from kanmon.audit.encoding import Row, SealFacts

words = st.text(max_size=30)
details = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=12,
)
times = st.datetimes(timezones=st.just(UTC))
rows = st.builds(
    Row, st.integers(-(2**63), 2**63 - 1), times, words, words, words,
    st.dictionaries(st.text(), details, max_size=4).map(encoding.detail), words,
    st.none() | st.integers(0, 2**63 - 1),
)  # fmt: skip
LIMITS = settings(max_examples=300, deadline=None)


@LIMITS
@given(rows, rows)
def test_two_rows_have_the_same_bytes_only_if_they_are_the_same(one: Row, other: Row) -> None:
    if encoding.row_bytes(one) == encoding.row_bytes(other):
        assert one == other
    assert encoding.row_bytes(one) == encoding.row_bytes(Row(*one))


@LIMITS
@given(rows, st.sampled_from(Row._fields), st.data())
def test_any_change_of_a_row_changes_its_bytes(row: Row, name: str, data: st.DataObject) -> None:
    changed = row._replace(**{name: getattr(data.draw(rows), name)})
    if changed != row:
        assert encoding.row_bytes(changed) != encoding.row_bytes(row)


@LIMITS
@given(rows)
def test_the_bytes_are_one_line_of_json_that_says_the_row(row: Row) -> None:
    content = encoding.row_bytes(row)
    assert b"\n" not in content
    said = json.loads(content)
    assert said | {"at": None} == row._asdict() | {"at": None}
    assert list(said) == sorted(said)
    assert datetime.fromisoformat(said["at"]) == row.at


def through_jsonb(value: Any) -> Any:
    """What PostgreSQL's jsonb makes of a document: members in an order of its own, numbers as decimals."""
    if isinstance(value, dict):
        return {name: through_jsonb(value[name]) for name in sorted(value, key=lambda name: (len(name), name))}
    if isinstance(value, list):
        return [through_jsonb(one) for one in value]
    assert not isinstance(value, float), "1e22 comes back as a whole number, -0.0 as 0.0"
    return value


@LIMITS
@given(st.dictionaries(st.text(), details, max_size=5))
def test_a_detail_comes_back_from_every_database_as_it_was_written(given: dict[str, Any]) -> None:
    made = encoding.detail(given)
    written = json.dumps(made)
    assert "\\u0000" not in written, "PostgreSQL keeps no NUL"
    written.encode()
    back = through_jsonb(json.loads(written))
    row = Row(1, datetime(2026, 11, 22, tzinfo=UTC), "", "", "", made, "", None)
    assert encoding.row_bytes(row._replace(detail=back)) == encoding.row_bytes(row)
    assert len(encoding.row_bytes(row)) < 20_000


def test_a_time_is_the_same_in_every_zone() -> None:
    tokyo = datetime(2026, 11, 23, 5, 15, 3, 120000, tzinfo=timezone(timedelta(hours=9)))
    assert encoding.moment(tokyo) == "2026-11-22T20:15:03.120000Z"
    assert encoding.moment(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000000Z"


def test_the_encoding_is_what_the_reference_page_says() -> None:
    """Fixed for ever: who changes this, breaks every seal that was ever made."""
    at = datetime(2026, 11, 22, 20, 15, 3, 120000, tzinfo=UTC)
    row = Row(7, at, "hanako", "signed_in", "", {"id": "KNM4201-I", "é": [1, None, True]}, "192.0.2.7", None)
    said = (
        '{"actor":"hanako","address":"192.0.2.7","at":"2026-11-22T20:15:03.120000Z",'
        '"detail":{"id":"KNM4201-I","é":[1,null,true]},"event":"signed_in","operation":null,"seq":7,"subject":""}'
    ).encode()
    assert encoding.row_bytes(row) == said
    assert encoding.marks([row]) == bytes([0, 0, 0, 0, 0, 0, 0, 7]) + hashlib.sha256(said).digest()
    facts = SealFacts(1, 7, 7, 1, bytes(range(32)), encoding.NO_SEAL, at, 3)
    assert (
        encoding.seal_bytes(facts)
        == (
            f'{{"before":"{"00" * 32}","first":7,"last":7,"number":1,"root":"{bytes(range(32)).hex()}",'
            '"rows":1,"sealed_at":"2026-11-22T20:15:03.120000Z","term":3}'
        ).encode()
    )


@LIMITS
@given(rows, rows)
def test_the_root_stands_for_the_order_too(one: Row, other: Row) -> None:
    there, back = encoding.marks([one, other]), encoding.marks([other, one])
    assert there != back or one == other
    assert [seq for seq, _ in encoding.read_marks(there)] == [one.seq, other.seq]
    with pytest.raises(ValueError, match="marks"):
        encoding.read_marks(there[:-1])


@pytest.mark.parametrize(
    "said",
    [
        "{seal}", "  {seal}  ", '"{seal}"', "seal={seal}.",
        "2026-11-22 20:15:03.120Z KNM4200-I mgr-a The audit is sealed through row 9. Newest seal: {seal} #11.123",
        "Nov 22 20:15:03 host kanmon[17]: KNM4200-I ... 1:{other} and then {seal}",
    ],
)  # fmt: skip
def test_a_seal_is_found_in_the_line_that_was_copied(said: str) -> None:
    hash = hashlib.sha256(b"a").digest()
    text = encoding.seal_text(17, hash)
    assert encoding.read_seal_text(said.format(seal=text, other="b" * 64)) == (17, hash)


@pytest.mark.parametrize(
    "said", ["", "17", "a" * 64, f"0:{'a' * 64}", f"17:{'a' * 63}", f"17:{'a' * 65}", f"17:{'g' * 64}"]
)
def test_what_is_no_seal_is_none(said: str) -> None:
    assert encoding.read_seal_text(said) is None


def test_secrets_are_left_out_of_texts() -> None:
    token = "kna_" + "x" * 43
    made = encoding.detail({"token": token, "inner": [{"url": "postgresql://kanmon:geheim@db/kanmon"}], token: 1})
    assert "geheim" not in str(made)
    assert token not in str(made)


def test_a_detail_that_is_too_long_keeps_what_is_short() -> None:
    made = encoding.detail({"id": "KNM4201-I", "pcs": ["x" * 900] * 90})
    assert made == {"id": "KNM4201-I", "cut": True}
