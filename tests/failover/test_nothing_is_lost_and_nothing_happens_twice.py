"""kill -9 of a real Manager while inventory comes in, is judged and mails go out; then it is started again.

Seeded: what is sent and when it is killed follows from the seed. Five seeds in ``make test``, a hundred in
``make campaign``.
"""

import contextlib
import random
import time
from collections.abc import Callable

import pytest

from tests.conftest import CAMPAIGN, MailServer, ManagerProcess, until
from tests.failover.agents import Agents
from tests.failover.checker import check_log, check_mails, check_records, check_verdicts

SEEDS = 100 if CAMPAIGN else 5
KILLS = 2
POINTS = (
    "after_claim",
    "record_chunk",
    "judge_chunk",
    "decided",
    "after_intent",
    "after_effect",
    "before_commit",
    "after_commit",
)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_goes_on_where_it_was(
    make_manager: Callable[..., ManagerProcess], mail_server: MailServer, seed: int
) -> None:
    chance = random.Random(seed)
    mail_server.delay_seconds = chance.choice([0.0, 0.05])
    manager = make_manager(mail=mail_server.settings | {"per_hour": 1000}, action={"collect_seconds": 0})
    manager.start()
    agents = Agents([manager], manager.token(), seed)
    agents.start()
    time.sleep(chance.uniform(0.2, 0.8))
    manager.kill()  # at any moment
    for _ in range(KILLS - 1):  # then at a named point, as soon as it is passed the nth time
        manager.start(fault=f"{chance.choice(POINTS)}:{chance.randrange(1, 12)}=kill", wait=False)
        with contextlib.suppress(AssertionError):  # on a busy machine the point may not be passed that often
            until(manager.ended, 30)
        manager.kill()
    manager.start()
    time.sleep(0.2)
    agents.stop()
    until(manager.idle, 60)
    manager.stop()
    assert agents.acknowledged
    check_records(manager.home, agents.acknowledged)
    check_verdicts(manager.home)
    check_mails(manager.home, mail_server.mails)
    check_log(manager.home)
