"""What is not healthy, each with its cause and its remedy.

A *check* looks at one thing and yields what it found: nothing when all is well. Its sentence, cause and remedy stand
in the catalogue under its id, in English and Japanese, and ``docs/reference/health.md`` is made from there. To add a
check: its function in the file of its subject, its message, and one line in ``CHECKS``.

A check that fails says nothing about health; it is logged, and the others are made all the same.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kanmon.cluster import checks_command as command
from kanmon.cluster import checks_host as host
from kanmon.cluster import checks_nodes as nodes
from kanmon.cluster import checks_work as work
from kanmon.cluster.found import Found
from kanmon.cluster.said import Said
from kanmon.common import messages

log = logging.getLogger("kanmon.health")


@dataclass(frozen=True, slots=True)
class Check:
    """``id``: the message that says what was found; its letter tells how bad it is."""

    id: str
    look: Callable[[], Iterable[Found]]


CHECKS: list[Check] = [
    Check("KNM4283-E", work.in_doubt),
    Check("KNM4282-W", work.failover_not_acknowledged),
    Check("KNM4285-W", work.lanes_held),
    Check("KNM4284-W", work.operations_held),
    Check("KNM4288-W", work.interrupted_again),
    Check("KNM4289-W", work.failed_actions),
    Check("KNM4286-W", work.waiting_too_long),
    Check("KNM4287-W", work.reports_waiting),
    Check("KNM4291-W", nodes.silent),
    Check("KNM4290-W", nodes.no_standby),
    Check("KNM4292-W", nodes.not_synchronous),
    Check("KNM4293-W", nodes.long_transaction),
    Check("KNM4294-W", nodes.index_behind),
    Check("KNM4296-W", nodes.clock_differs),
    Check("KNM4295-W", host.disk_nearly_full),
    Check("KNM4298-W", host.certificate_expires),
    Check("KNM4297-W", host.mail_not_set_up),
    Check("KNM3160-W", command.command_refused),
]
"""In the order in which they are shown. Stages that the cluster does not know add theirs: ``kanmon/api/checks.py``."""


@dataclass(frozen=True, slots=True)
class HealthWarning:
    """One finding. ``severity``: error (work stands still) or warning. ``since``: None when it can't be told."""

    id: str
    severity: str
    params: Mapping[str, Any]
    since: datetime | None

    @property
    def said(self) -> Said:
        """The sentence."""
        return Said(self.id, self.params)

    def cause(self, language: str = "en") -> str:
        """Why it happens."""
        return messages.cause(self.id, language)

    def remedy(self, language: str = "en") -> str:
        """What to do."""
        return messages.remedy(self.id, language)


def warnings(checks: Iterable[Check] | None = None) -> list[HealthWarning]:
    """Everything that is not healthy now, as this node sees it: errors first, then in the order of ``CHECKS``."""
    found: list[HealthWarning] = []
    for check in CHECKS if checks is None else checks:
        try:
            found += [HealthWarning(check.id, severity(check.id), one.params, one.since) for one in check.look()]
        except Exception:
            log.exception("the health check %s has failed", check.id)
    return sorted(found, key=lambda one: one.severity != "error")


def severity(message_id: str) -> str:
    """How bad it is, by the letter of the id."""
    return "error" if message_id.endswith("-E") else "warning"
