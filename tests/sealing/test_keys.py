"""Sealing under the data key."""

from datetime import UTC, datetime

import pytest
from cryptography import x509

from kanmon.common.errors import Refused
from kanmon.sealing import authority, keys, token

KEY = b"k" * 32


def test_a_sealed_value_is_opened_by_its_key_and_name_only():
    sealed = keys.seal(KEY, "radius:sw1", b"secret")
    assert keys.unseal(KEY, "radius:sw1", sealed) == b"secret"
    assert b"secret" not in sealed
    for key, what, value in ((b"x" * 32, "radius:sw1", sealed), (KEY, "radius:sw2", sealed), (KEY, "radius:sw1", b"")):
        with pytest.raises(keys.WrongKey):
            keys.unseal(key, what, value)


def test_every_changed_byte_is_noticed():
    sealed = keys.seal(KEY, "a", b"value")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(keys.WrongKey):
            keys.unseal(KEY, "a", bytes(changed))


def test_a_key_file_holds_a_key_of_256_bits(tmp_path):
    path = tmp_path / "data-key"
    path.write_text(keys.new_key())
    assert len(keys.read_key(path)) == 32
    path.write_text("c2hvcnQ=")
    with pytest.raises(ValueError, match="32 bytes"):
        keys.read_key(path)


def test_mark_and_key_of_a_token_tell_nothing_of_each_other():
    one = token.read_token("knj_" + "a" * 43)
    assert one.mark != one.key.hex()
    assert one == token.read_token("knj_" + "a" * 43)


@pytest.mark.parametrize("text", ["", "knj_short", "kna_" + "a" * 43])
def test_what_is_no_token_is_refused(text):
    with pytest.raises(Refused) as caught:
        token.read_token(text)
    assert caught.value.message_id == "KNM4152-E"


def test_an_answer_to_another_token_is_refused():
    one, other = token.read_token("knj_" + "a" * 43), token.read_token("knj_" + "b" * 43)
    with pytest.raises(Refused) as caught:
        token.unpack(one, keys.seal(other.key, other.mark, b"{}").hex(), "http://n")
    assert caught.value.message_id == "KNM4154-E"


def test_the_authority_certifies_only_leaves_for_ten_years():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    key, pem = authority.make(now)
    certificate = x509.load_pem_x509_certificate(pem)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.value.ca, constraints.value.path_length, constraints.critical) == (True, 0, True)
    assert 3649 <= (certificate.not_valid_after_utc - now).days <= 3650
    assert key.startswith(b"-----BEGIN PRIVATE KEY-----")
