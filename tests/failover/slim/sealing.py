"""The audit without people who sign in."""

from django.apps import AppConfig


class SealedAudit(AppConfig):
    """Its tables and its sealer; nothing here has a session."""

    name = "kanmon.audit"
    label = "audit"
