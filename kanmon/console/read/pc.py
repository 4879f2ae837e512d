"""One PC: how it stands, why, and what happened to it."""

from kanmon.common.facts import Agent, Os
from kanmon.console.read import findings, told
from kanmon.console.read.history import of_pc
from kanmon.console.read.inventory import known
from kanmon.console.read.pcs import rows
from kanmon.console.read.policies import used
from kanmon.console.shown.pc import PcShown, PolicyUsed
from kanmon.intake.models import Source
from kanmon.inventory.models import Identity, Pc
from kanmon.judgment.models import PcState, Verdict
from kanmon.policy.models import PolicyVersion

HISTORY_SHOWN = 20


def pc(number: int, earlier: int = 0) -> PcShown | None:
    """The page of a PC; ``earlier`` more lines of history are shown. None when there is no such PC."""
    one = Pc.objects.select_related("group").filter(pk=number).first()
    if one is None:
        return None
    state = PcState.objects.filter(pc=number).first()
    facts, columns = known(number)
    source = Source.objects.filter(pk=one.source).first()
    items, headline = findings.explain(number)
    history = of_pc(number, size=HISTORY_SHOWN + earlier)
    return PcShown(
        row=rows([number])[0],
        os=next((told.os_words(one) for one in facts["os"] if isinstance(one, Os)), ""),
        agent=" ".join(f"{a.name} {a.version}".strip() for a in facts["agent"] if isinstance(a, Agent)),
        source=source.name if source else "",
        format=one.format,
        macs=list(Identity.objects.filter(pc=number, kind="mac").order_by("value").values_list("value", flat=True)),
        addresses=str(columns.get("ip", "")).split(),
        serial=one.serial,
        first_seen=one.first_seen_at,
        reported=one.reported_at,
        policies=used(one),
        judged_by=_judged_by(state),
        items=items,
        headline=headline,
        history=history.lines,
        history_more=bool(history.next),
        removed_by=one.retired_by,
        removed_reason=one.retired_reason,
    )


def _judged_by(state: PcState | None) -> PolicyUsed | None:
    if state is None or state.verdict is None:
        return None
    verdict = Verdict.objects.filter(pk=state.verdict).first()
    version = (
        PolicyVersion.objects.select_related("policy").filter(pk=verdict.policy_version).first() if verdict else None
    )
    return PolicyUsed("judgment", version.policy.name, version.number) if version else None
