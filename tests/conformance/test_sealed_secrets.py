"""Secrets in the database, and invitations of nodes."""

from datetime import timedelta

import pytest

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal.writing import transaction
from kanmon.sealing import join, keys, store, token
from kanmon.sealing.models import NodeInvitation, Secret


@pytest.fixture(autouse=True)
def key(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "data_key", lambda: b"k" * 32)
    monkeypatch.setattr(join, "data_key", lambda: b"k" * 32)


def test_a_secret_is_kept_sealed() -> None:
    store.put("radius:sw1", "testing123")
    store.put("radius:sw1", "testing456")
    assert store.get("radius:sw1") == "testing456"
    assert store.get("radius:sw2") is None
    assert b"testing" not in bytes(Secret.objects.get().sealed)
    store.forget("radius:sw1")
    assert store.get("radius:sw1") is None


def test_a_value_that_was_moved_to_another_name_is_refused() -> None:
    store.put("a", "1")
    with transaction():
        Secret.objects.create(name="b", sealed=Secret.objects.get().sealed, changed_at=clock.now())
    with pytest.raises(Refused) as caught:
        store.get("b")
    assert caught.value.message_id == "KNM4151-E"


def test_another_data_key_is_noticed_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    store.check()
    store.check()
    monkeypatch.setattr(store, "data_key", lambda: b"x" * 32)
    with pytest.raises(Refused) as caught:
        store.check()
    assert caught.value.message_id == "KNM4151-E"


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    real = config.get
    monkeypatch.setattr(config, "get", lambda name: "postgresql://db/kanmon" if name == "database.url" else real(name))


@pytest.mark.usefixtures("shared")
def test_an_invitation_is_used_once() -> None:
    one = token.read_token(join.invite("hanako"))
    told = token.unpack(one, join.answer(one.mark, "nB"), "http://n")
    assert told["database_url"] == "postgresql://db/kanmon"
    with pytest.raises(Refused) as caught:
        join.answer(one.mark, "nC")
    assert (caught.value.message_id, caught.value.status) == ("KNM4152-E", 410)


@pytest.mark.usefixtures("shared")
def test_an_invitation_ends_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    one = token.read_token(join.invite("hanako"))
    later = clock.now() + timedelta(seconds=join.VALID_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Refused):
        join.answer(one.mark, "nB")


@pytest.mark.usefixtures("shared")
def test_the_database_does_not_hold_what_opens_the_answer() -> None:
    text = join.invite("hanako")
    one, row = token.read_token(text), NodeInvitation.objects.get()
    assert one.key not in bytes(row.sealed_key)
    assert text not in str(row.__dict__)
    assert keys.unseal(b"k" * 32, one.mark, bytes(row.sealed_key)) == one.key


def test_without_a_shared_database_no_second_node_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get", lambda name: "")
    with pytest.raises(Refused) as caught:
        join.invite("hanako")
    assert caught.value.message_id == "KNM4153-E"
