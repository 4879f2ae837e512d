from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.audit"
    label = "audit"

    def ready(self) -> None:
        """Listen to signing in and out."""
        from kanmon.audit.signing_in import listen

        listen()
