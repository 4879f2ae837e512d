"""Bodies are unpacked within bounds, or refused with a sentence."""

import gzip
import tracemalloc
import zlib

import pytest

from kanmon.common.errors import Refused
from kanmon.intake import inflate as module
from kanmon.intake.inflate import MAX_BODY_BYTES, inflate

TEXT = b"<REQUEST>" + bytes(range(32, 120)) * 50


def refused(body: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        inflate(body)
    return caught.value


@pytest.mark.parametrize("pack", [bytes, zlib.compress, gzip.compress, lambda body: zlib.compress(body, 0)])
def test_plain_zlib_and_gzip_bodies_give_the_same_bytes(pack):
    assert inflate(pack(TEXT)) == TEXT


def test_a_body_that_unpacks_a_thousandfold_is_refused_without_being_unpacked():
    bomb = zlib.compress(b"\0" * (60 << 20), 9)
    tracemalloc.start()
    problem = refused(bomb)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (problem.message_id, problem.status) == ("KNM1003-E", 400)
    assert peak_bytes < 20 << 20


def test_a_small_text_that_repeats_itself_is_no_bomb():
    assert inflate(zlib.compress(b"a" * 900_000)) == b"a" * 900_000


def test_a_body_larger_than_the_limit_is_refused_as_too_large():
    problem = refused(b"x" * (MAX_BODY_BYTES + 1))
    assert (problem.message_id, problem.status) == ("KNM1001-E", 413)


def test_a_body_that_unpacks_beyond_the_limit_is_refused_as_too_large(monkeypatch):
    monkeypatch.setattr(module, "MAX_INFLATED_BYTES", 1000)
    problem = refused(zlib.compress(TEXT))
    assert (problem.message_id, problem.status) == ("KNM1002-E", 413)


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_a_cut_stream_is_refused(pack):
    packed = pack(TEXT)
    assert {refused(packed[:at]).message_id for at in (3, len(packed) // 2, len(packed) - 1)} <= {
        "KNM1004-E",
        "KNM1005-E",
    }


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_what_follows_the_end_of_a_stream_is_refused(pack):
    assert refused(pack(TEXT) + b"more").message_id == "KNM1006-E"


def test_a_wrong_checksum_is_refused():
    packed = bytearray(zlib.compress(TEXT))
    packed[-1] ^= 1
    assert refused(bytes(packed)).message_id == "KNM1004-E"


def test_an_empty_body_is_refused():
    assert refused(b"").message_id == "KNM1007-E"
