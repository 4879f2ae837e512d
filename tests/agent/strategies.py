"""Orders as Managers may send them: several terms, versions that grow for each MAC, any kind by anybody."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from kanmon.wire import Order

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MACS = tuple(f"02:00:00:00:00:0{number}" for number in range(1, 5))
POLICY = ("permit", "deny", "refuse", "remove")
PERSON = (*POLICY, "lift", "withdraw")


def order(
    wanted: str = "deny", by: str = "policy", *, mac: str = MACS[0], term: int = 1, version: int = 1, **more: str
) -> Order:
    """One order; its id is of its numbers."""
    name = more.pop("id", f"{mac[-2:]}-{term}-{version}")
    return Order(id=name, mac=mac, wanted=wanted, by=by, term=term, version=version, at=AT, **more)


@st.composite
def orders(draw: st.DrawFn, terms: int = 1) -> list[Order]:
    """Orders in the order in which they were made: terms never fall, a MAC's versions always rise."""
    made: list[Order] = []
    versions = dict.fromkeys(MACS, 0)
    term = 1
    for _ in range(draw(st.integers(1, 14))):
        term = min(terms, term + draw(st.integers(0, 1)))
        mac = draw(st.sampled_from(MACS))
        versions[mac] += draw(st.integers(1, 3))
        by = draw(st.sampled_from(("policy", "person")))
        wanted = draw(st.sampled_from(PERSON if by == "person" else POLICY))
        ip = draw(st.sampled_from(("", "10.77.0.11", "10.77.0.12")))
        made.append(order(wanted, by, mac=mac, term=term, version=versions[mac], ip=ip))
    return made
