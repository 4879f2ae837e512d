"""Health of commands: whether what action policies order could be run on this node."""

from collections.abc import Iterator

from kanmon.action.command import allowed
from kanmon.cluster.found import Found
from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.policy import versions
from kanmon.policy.models import Assignment
from kanmon.policy.rules_action import ActionPolicy

LEVELS = ("danger", "warning", "caution", "safe")


def command_refused() -> Iterator[Found]:
    """A policy that holds for somebody orders a command that this node refuses. Told before it is ordered."""
    language = str(config.get("server.language"))
    for policy in Assignment.objects.filter(kind="action").values_list("policy", flat=True).distinct():
        rules: ActionPolicy = versions.rules(versions.newest(policy))
        told = set()
        for command in (getattr(rules, level).command for level in LEVELS):
            if command is None or (command.program, command.user) in told:
                continue
            told.add((command.program, command.user))
            try:
                allowed.program(command.program)
                allowed.run_as(command.user, command.program)
            except Refused as refused:
                why = refused.sentence(language)
                yield Found({"policy": rules.name, "program": command.program, "why": why})
