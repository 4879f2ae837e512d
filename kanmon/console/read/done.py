"""Why something was done about a PC, or was not: the decision of now about it alone, in words."""

from django.utils.translation import gettext as _

from kanmon.action import explain
from kanmon.console import action_words
from kanmon.console.language import language
from kanmon.console.read.waiting import step_of
from kanmon.console.shown.done import ActionLine, ActionsShown
from kanmon.console.shown.pcs import PcRow
from kanmon.flow import in_force


def actions(pc: PcRow, policy: str) -> ActionsShown:
    """What ``policy``, the action policy in force, does about a PC at its level, and why it does not do it now."""
    if (unmanaged := explain.unmanaged(pc.number, language())) is not None:
        return ActionsShown(policy, (), unmanaged)
    if not policy:
        return ActionsShown("", (), _("No action policy is assigned to it."))
    said = explain.explain(pc.number, language(), in_force)
    if not said:
        return ActionsShown(policy, (), _("The action policy does nothing at this level."))
    lines = []
    for one in said:
        icon, mark = action_words.LOOKS.get(one.state, ("pending", ""))
        what = action_words.what(one.slot.kind, step_of(one.slot))
        lines.append(ActionLine(what, action_words.why(one.state, one.told) or one.sentence, icon, mark))
    return ActionsShown(said[0].policy, lines)
