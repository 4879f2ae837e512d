"""What pages may do about actions: answer what a person is asked, hold and release them all."""

from pyroaring import BitMap

from kanmon.action import acting
from kanmon.action.acting import Answer, Ask
from kanmon.action.deciding import Slot
from kanmon.common.errors import Refused
from kanmon.console.change import Done, key
from kanmon.flow import begin_acting, hold_actions
from kanmon.journal.models import Operation
from kanmon.journal.once import once
from kanmon.journal.writing import transaction


def known(form_key: str) -> bool:
    """The form was sent before: what it was about may not wait any more."""
    return bool(Operation.objects.filter(key=key(form_key)).exists())


def answer(decision: Answer, slot: Slot, pcs: BitMap, actor: str, form_key: str) -> Done:
    """Begin to carry out a person's answer about ``pcs``, who wait for one action of one step."""
    ask = Ask(scope=pcs.serialize(), answer=decision, slots=((*slot, "cap"), (*slot, "already")))
    with transaction():
        earlier = known(form_key)
        begun = begin_acting(ask, "answer", actor, key(form_key))
    if begun.kind != "act" or acting.read(begun).answer != decision:
        raise Refused("KNM7020-E", status=422, subject=begun.subject, operation=begun.id)
    return Done(begun, not earlier)


def earlier_answer(decision: Answer, actor: str, form_key: str) -> Done:
    """What became of a form that was sent before, about a question that may not be there any more."""
    return answer(decision, Slot(0, 0, 0, ""), BitMap(), actor, form_key)


def hold(on: bool, actor: str, form_key: str) -> Done:
    """Hold all actions, or release them; then it is decided anew what is due."""
    subject = f"All actions: {'held' if on else 'released'}"
    operation, now = once(
        subject, lambda: hold_actions(on, actor), actor=actor, requester="console", key=key(form_key)
    )  # fmt: skip
    return Done(operation, now)
