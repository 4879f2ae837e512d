"""A PC is to be in another network than its session is: tell the switch, by what it can.

First CoA where the switch takes it, then Disconnect, at last the session's own time-out. What the switch says is told as
a sentence of the catalogue; a NAK's Error-Cause (RFC 5176 section 3.5) has one of its own.
"""

from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from kanmon.agent.radius import attributes, dynamic
from kanmon.agent.radius.decisions import Network
from kanmon.agent.radius.nas import Nas
from kanmon.agent.radius.sessions import Session
from kanmon.agent.radius.setup import Setup
from kanmon.common.errors import Refused
from kanmon.common.mac import dashes

NO_SESSION = 503
NOBODY = "02:00:00:00:00:00"  # locally administered: no card has it
DONE_ALL_THE_SAME = {201, 507}  # the rest of the session is removed; the switch has begun to ask anew
CAUSES = {
    0: "KNM8230-W", 201: "KNM8231-I", 202: "KNM8232-W", 401: "KNM8233-W", 402: "KNM8234-W", 403: "KNM8235-W",
    404: "KNM8236-W", 405: "KNM8237-W", 406: "KNM8238-W", 407: "KNM8239-W", 501: "KNM8240-W", 502: "KNM8241-W",
    503: "KNM8242-I", 504: "KNM8243-W", 505: "KNM8244-W", 506: "KNM8245-W", 507: "KNM8246-I", 508: "KNM8247-W",
}  # fmt: skip
Result = Literal["moved", "ended", "none", "waits", "failed"]
_WORDS = {"coa": "CoA", "disconnect": "Disconnect"}


class Told(NamedTuple):
    """What became of a change. ``moved``: the session is in the new network, or the switch asks anew now; ``ended``;
    ``none``: the switch knows no such session; ``waits``: until the session's time-out; ``failed``.

    ``message_id`` and ``params`` are the sentence, ``tried`` the sentences of the ways that were tried in vain;
    ``silent``: the switch has not answered at all.
    """

    result: Result
    message_id: str
    params: dict[str, Any]
    tried: tuple[Refused, ...] = ()
    silent: bool = False

    @property
    def before(self) -> tuple[str, ...]:
        """The sentences of ``tried``, in English."""
        return tuple(one.sentence() for one in self.tried)

    @property
    def said(self) -> Refused:
        """The sentence as one that others can put into their language."""
        return Refused(self.message_id, **self.params)

    def sentence(self, language: str = "en") -> str:
        """The whole in words."""
        return " ".join(one.sentence(language) for one in (*self.tried, self.said))


async def change(
    nas: Nas, session: Session, network: Network, setup: Setup, waits: tuple[float, ...] = dynamic.WAITS
) -> Told:
    """Have ``nas`` bring ``session`` into ``network``. Raises nothing: every failure is a ``Told``."""
    tried: list[Refused] = []
    silent = False
    # a network that is not accepted into can't be told by CoA; who was rejected has no session to change
    can_coa = nas.coa and session.state == "open" and bool(setup.networks[network].accept)
    ways: list[dynamic.Kind] = ["coa"] if can_coa else []
    if nas.disconnect:
        ways.append("disconnect")
    for kind in ways:
        try:
            said = await _ask(kind, nas, session, network, setup, waits)
        except Refused as problem:
            tried.append(problem)
            continue
        told = _told(kind, said, nas, session, network)
        if told.result != "failed":
            return told._replace(tried=tuple(tried))
        tried.append(told.said)
        silent = said.kind not in ("ack", "nak")
    return _left(nas, session, network, tuple(tried))._replace(silent=silent)


async def _ask(
    kind: dynamic.Kind, nas: Nas, session: Session, network: Network, setup: Setup, waits: tuple[float, ...]
) -> dynamic.Said:
    """With the session's number; when the switch does not know that one, with the MAC alone: a Start may have been lost."""
    address = nas.coa_address or session.nas_address
    named = {"Calling-Station-Id": [session.calling or dashes(session.mac)]}
    changed = attributes.of_change(setup, network, nas.profile, session.mac) if kind == "coa" else {}
    numbered = {"Acct-Session-Id": [session.session]} if session.session and session.state == "open" else {}
    said = await dynamic.ask(kind, address, nas.coa_port, nas.dynamic_secret, named | numbered | changed, waits)
    if numbered and said.error_cause == NO_SESSION:
        said = await dynamic.ask(kind, address, nas.coa_port, nas.dynamic_secret, named | changed, waits)
    return said


def _told(kind: dynamic.Kind, said: dynamic.Said, nas: Nas, session: Session, network: Network) -> Told:
    params = {
        "nas": nas.name, "mac": session.mac, "network": network, "what": _WORDS[kind], "code": said.error_cause,
        "address": nas.coa_address or session.nas_address, "port": nas.coa_port,
    }  # fmt: skip
    if said.kind == "ack":
        return Told("moved", "KNM8220-I", params) if kind == "coa" else Told("ended", "KNM8221-I", params)
    if said.kind == "nak":
        message_id = CAUSES.get(said.error_cause, CAUSES[0])
        if said.error_cause == NO_SESSION:
            return Told("none", message_id, params)
        return Told("ended" if said.error_cause in DONE_ALL_THE_SAME else "failed", message_id, params)
    return Told("failed", {"silent": "KNM8222-W", "closed": "KNM8223-W", "forged": "KNM8224-W"}[said.kind], params)


def _left(nas: Nas, session: Session, network: Network, tried: tuple[Refused, ...]) -> Told:
    """The switch can't be told: its session ends by its time-out, or not at all."""
    params = {"nas": nas.name, "mac": session.mac, "network": network, "now": session.network}
    if session.ends_at is None:
        return Told("failed", "KNM8226-E", params, tried)
    at = datetime.fromtimestamp(session.ends_at, UTC).isoformat(timespec="seconds")
    return Told("waits", "KNM8225-W", params | {"at": at}, tried)


async def probe(nas: Nas, waits: tuple[float, ...]) -> Told:
    """Whether ``nas`` answers: a Disconnect of a PC that nobody has. ``silent`` when it does not."""
    nobody = Session(NOBODY, nas.name, nas.network.partition("/")[0], "", "", "", "", "", "open", 0.0, 0.0, None)
    address = nas.coa_address or nobody.nas_address
    named = {"Calling-Station-Id": [dashes(NOBODY)]}
    said = await dynamic.ask("disconnect", address, nas.coa_port, nas.dynamic_secret, named, waits)
    return _told("disconnect", said, nas, nobody, "unauthenticated")._replace(silent=said.kind not in ("ack", "nak"))
