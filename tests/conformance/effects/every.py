"""Every effect that there is."""

from tests.conformance.effects.command import Command
from tests.conformance.effects.contract import Effect
from tests.conformance.effects.mail import Letter, Mail
from tests.conformance.effects.webhook import Webhook

EFFECTS: tuple[type[Effect], ...] = (Mail, Letter, Webhook, Command)
