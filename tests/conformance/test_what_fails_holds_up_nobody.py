"""A judgment or a decision that has failed for good leaves nothing waiting for it."""

from typing import Any

import pytest

from kanmon.action.models import Order
from kanmon.common import config
from kanmon.flow import KINDS
from kanmon.journal.models import Operation, Run
from kanmon.journal.worker import Kind, Work
from kanmon.judgment.models import Verdict
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion
from tests.conformance.test_stages import arrive, bad, consistent, work_off
from tests.conformance.work import leader


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each window closes at once."""
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_MAIL_ADMINISTRATORS", "a@example.test")
    config.forget()
    versions.install_builtin()


def spoil(kind: str) -> str:
    """Nobody can read the newest policy of this kind any more; its text."""
    version = PolicyVersion.objects.filter(policy__kind=kind, policy__name__startswith="Default").latest("number")
    PolicyVersion.objects.filter(id=version.id).update(text="no policy: [")
    versions.rules.cache_clear()
    return version.text


def mend(kind: str, text: str) -> None:
    """It can be read again."""
    PolicyVersion.objects.filter(policy__kind=kind, policy__name__startswith="Default").update(text=text)
    versions.rules.cache_clear()


def listed() -> list[str]:
    """Hosts that stand in the mails that were ordered."""
    return sorted(
        line.split('","')[1]
        for order in Order.objects.all()
        for line in bytes(order.attachment).decode().splitlines()[1:]
    )


def test_what_a_failed_decision_left_is_decided_with_the_next_run() -> None:
    lead = leader()
    text = spoil("action")
    arrive(bad(1))
    work_off(lead)
    (failed,) = Operation.objects.filter(kind="act")
    assert failed.state == "failed"
    assert not Run.objects.filter(ended_at=None).exists(), "nobody waits for a decision that does not come"
    assert Verdict.objects.filter(decided_run=None).count() == 1
    mend("action", text)
    arrive(bad(2))
    work_off(lead)
    assert listed() == ["pc-0001", "pc-0002"], "each once"
    consistent()


def test_a_failed_decision_that_a_person_has_done_again_decides_each_verdict_once() -> None:
    from kanmon.cluster.decide import decide

    lead = leader()
    text = spoil("action")
    arrive(bad(1))
    work_off(lead)
    mend("action", text)
    decide("redo", Operation.objects.get(kind="act").id, actor="hanako")
    work_off(lead)
    arrive(bad(2))
    work_off(lead)
    assert listed() == ["pc-0001", "pc-0002"]
    consistent()


def test_what_a_failed_judgment_left_is_judged_when_it_is_done_again() -> None:
    from kanmon.cluster.decide import decide

    lead = leader()
    text = spoil("judgment")
    arrive(bad(1))
    work_off(lead)
    (failed,) = Operation.objects.filter(kind="judge")
    assert failed.state == "failed"
    assert not Run.objects.filter(ended_at=None).exists()
    mend("judgment", text)
    decide("redo", failed.id, actor="hanako")
    work_off(lead)
    assert listed() == ["pc-0001"]
    consistent()


def test_operations_are_begun_as_their_kind_says() -> None:
    lead = leader()
    arrive(bad(1))
    work_off(lead)
    begun = dict(Operation.objects.values_list("kind", "repeat"))
    assert set(begun) == {"record", "judge", "act", "mail"}
    assert begun == {name: KINDS[name].repeat for name in begun}


def test_nothing_may_follow_what_may_be_in_doubt() -> None:
    def run(work: Work) -> None:
        raise AssertionError

    def follow(work: Work, handed: Any) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="nothing can follow"):
        Kind(run, "command", "KNM3130-I", "KNM3131-I", repeat="ask", follow=follow)
