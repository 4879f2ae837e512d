"""What Manager and Agent say to each other: bounds, and that versions may differ."""

import msgspec
import pytest

from kanmon import wire
from kanmon.wire import Answer, Cause, Entry, Exchange, Fixed, Health, Held, Instructions, Order, Piece, Seen, Setup
from tests.agent.strategies import AT, MACS

LONG = "関"  # three bytes


def _largest_entry() -> Entry:
    held = Held(state="refuse", term=2**60, version=2**60, order="x" * 64, reason=LONG * 1000, at=AT)
    return Entry(
        mac=MACS[0], ip="f" * 45, host=LONG * 255, told=(2**60, 2**60), policy=held, person=held, emergency=held
    )


def _largest_exchange() -> Exchange:
    answer = Answer(order="x" * 64, mac=MACS[0], result="failed", term=2**60, at=AT, sentence=LONG * 1000)
    seen = Seen(
        mac=MACS[0],
        at=AT,
        network="unauthenticated",
        how="authentication",
        ip="f" * 45,
        nas=LONG * 255,
        port=LONG * 255,
    )
    params = {f"{'x' * 31}{letter}": LONG * 300 for letter in "abcdefghijkl"}
    cause = Cause(id="x" * 32, params=params)
    health = Health(
        part=LONG * 255, sentence=LONG * 1000, id=LONG * 255, params=params, cause=cause, before=(cause,) * 3
    )
    return Exchange(
        name="x" * 63, highest_term=2**60, digest="f" * 32, answers=(answer,) * wire.MOST_ANSWERS,
        seen=(seen,) * wire.MOST_SEEN, health=(health,) * wire.MOST_HEALTH,
        piece=Piece(id="x" * 64, number=1, of=1, entries=(_largest_entry(),) * wire.MOST_ENTRIES),
    )  # fmt: skip


def _largest_instructions() -> Instructions:
    order = Order(
        id="x" * 64, mac=MACS[0], wanted="withdraw", by="person", term=2**60, version=2**60, at=AT, ip="f" * 45,
        host=LONG * 255, reason=LONG * 1000,
    )  # fmt: skip
    return Instructions(
        term=2**60, orders=(order,) * wire.MOST_ORDERS, confirmed=("x" * 64,) * wire.MOST_ANSWERS,
        setup=Setup(version=2**60, fixed=(Fixed(mac=MACS[0], note=LONG * 100),) * wire.MOST_FIXED),
        whole_list=Piece(id="x" * 64, number=1, of=1, entries=(_largest_entry(),) * wire.MOST_ENTRIES),
    )  # fmt: skip


@pytest.mark.parametrize("message", [_largest_exchange(), _largest_instructions()], ids=lambda one: type(one).__name__)
def test_the_largest_message_fits_into_a_body(message: wire.Message) -> None:
    body = msgspec.json.encode(message)
    assert len(body) <= wire.BODY_BYTES
    assert msgspec.json.decode(body, type=type(message)) == message


def test_what_a_newer_version_says_besides_is_passed_over() -> None:
    told = msgspec.json.decode(b'{"term": 3, "weather": "fine"}', type=Instructions)
    assert told == Instructions(term=3)


@pytest.mark.parametrize(
    "changed",
    [
        {"mac": "02-00-00-00-00-01"}, {"mac": "02:00:00:00:00:0G"}, {"mac": "02:00:00:00:00:01\n"}, {"wanted": "destroy"},
        {"by": "root"}, {"version": -1}, {"term": 2**64}, {"id": ""}, {"reason": "x" * 1001}, {"at": "2026-11-23T08:00:00"},
    ],
)  # fmt: skip
def test_an_order_that_is_out_of_bounds_is_not_read(changed: dict[str, object]) -> None:
    right = {"id": "1", "mac": MACS[0], "wanted": "deny", "by": "policy", "term": 1, "version": 1, "at": AT.isoformat()}
    msgspec.json.decode(msgspec.json.encode(right), type=Order)
    with pytest.raises(msgspec.MsgspecError):
        msgspec.json.decode(msgspec.json.encode(right | changed), type=Order)
