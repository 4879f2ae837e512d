"""Every effect that there is."""

from tests.conformance.effects.command import Command
from tests.conformance.effects.contract import Effect
from tests.conformance.effects.example import Outside
from tests.conformance.effects.mail import Letter, Mail
from tests.conformance.effects.syslog import Syslog
from tests.conformance.effects.webhook import Webhook

NOTIFYING: tuple[type[Effect], ...] = (Webhook, Syslog, Outside)
"""Those that are told by a notifier."""

EFFECTS: tuple[type[Effect], ...] = (Mail, Letter, *NOTIFYING, Command)
