"""An agent whose Manager was away comes back within seconds, and not all agents in the same moment."""

import socket
from pathlib import Path

from kanmon.agent import config, enrol, link
from kanmon.agent.call import Caller, context
from kanmon.agent.link import Link
from kanmon.agent.program import make_home
from kanmon.agent.store import Store
from tests.agent.ledger import Ledger
from tests.agent.manager_end import ManagerEnd
from tests.agent.processes import AgentProcess
from tests.postgresql import free_port


def pauses(home: Path, retry_seconds: int) -> list[float]:
    """How long an agent waits between its turns when nobody answers."""
    make_home(home)
    said = f'[link]\nmanagers = ["https://127.0.0.1:{free_port()}"]\nretry_seconds = {retry_seconds}\n'
    (home / config.FILE).write_text(said)
    one = Link(home, config.read(home), lambda: None, lambda: (), lambda problem: None)
    one.store = Store(home)
    found = [0.0]
    for _ in range(8):
        found.append(one._turn_of_calls(found[-1]))
    one.store.close()
    return found[1:]


def test_the_pause_doubles_up_to_five_seconds(tmp_path: Path) -> None:
    assert pauses(tmp_path / "a", 1) == [1, 2, 4, 5, 5, 5, 5, 5]
    assert pauses(tmp_path / "b", 20) == [20] * 8, "a longer one by the settings stays as it is"
    assert 0 < link.SHORTEST_PART < 1, "each is cut at random"


def test_a_machine_that_is_gone_is_noticed_while_a_call_waits(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    tls = context(enrol.authority_path(enrolled.home), enrol.identity_path(enrolled.home))
    caller = Caller(manager.url, tls, 5)
    caller.get("/agent/v1/authority")
    assert caller._connection is not None
    sock = caller._connection.sock
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    idle, interval, count = (
        sock.getsockopt(socket.IPPROTO_TCP, one) for one in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    )  # fmt: skip
    assert idle + interval * count <= 15
    caller.close()
