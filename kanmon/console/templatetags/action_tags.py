"""Pieces of pages about actions: what waits, what an answer does, the switch that holds them all."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kanmon.console import action_words, wording
from kanmon.console.shown.waiting import AnswerAsked, QuestionShown

register = template.Library()


@register.filter
def why_it_waits(why: str) -> str:
    """Beyond the cap, or at the level before it was switched on."""
    return str(action_words.WHY.get(why, why))


@register.simple_tag
def question_place(one: QuestionShown) -> str:
    """ "Action policy Default, step 2 of 3"."""
    told = {"policy": one.policy, "n": one.place, "all": one.steps}
    if one.steps > 1:
        return _("Action policy %(policy)s, step %(n)s of %(all)s") % told
    return _("Action policy %(policy)s") % told


@register.simple_tag
def answer_title(asked: AnswerAsked) -> str:
    """What is asked before an answer."""
    if asked.question.deny:
        text = (
            ngettext("Cut off %(n)s PC?", "Cut off %(n)s PCs?", asked.pcs)
            if asked.decision == "approve"
            else ngettext("Decline to cut off %(n)s PC?", "Decline to cut off %(n)s PCs?", asked.pcs)
        )
    elif asked.decision == "approve":
        text = ngettext("Approve for %(n)s PC?", "Approve for %(n)s PCs?", asked.pcs)
    else:
        text = ngettext("Decline for %(n)s PC?", "Decline for %(n)s PCs?", asked.pcs)
    return text % {"n": wording.number(asked.pcs)}


@register.simple_tag
def answer_button(asked: AnswerAsked) -> str:
    """The button repeats the answer, what it is about and how many."""
    if asked.question.deny:
        text = (
            ngettext("Approve: cut off %(n)s PC", "Approve: cut off %(n)s PCs", asked.pcs)
            if asked.decision == "approve"
            else ngettext(
                "Decline: leave %(n)s PC in the network", "Decline: leave %(n)s PCs in the network", asked.pcs
            )
        )
    elif asked.decision == "approve":
        text = ngettext("Approve for %(n)s PC", "Approve for %(n)s PCs", asked.pcs)
    else:
        text = ngettext("Decline for %(n)s PC", "Decline for %(n)s PCs", asked.pcs)
    return text % {"n": wording.number(asked.pcs)}


@register.simple_tag
def answer_effect(asked: AnswerAsked) -> str:
    """What approving does."""
    return action_words.effect(asked.question.slot.kind, asked.question.deny)


@register.inclusion_tag("console/hold_switch.html", takes_context=True)
def hold_switch(context: Mapping[str, Any], switch: str, small: object = False) -> dict[str, Any]:
    """The button with its confirmation: "hold" or "release"."""
    return {
        "switch": switch, "small": small, "request": context["request"], "csrf_token": context.get("csrf_token")
    }  # fmt: skip
