from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.accounts"
    label = "accounts"

    def ready(self) -> None:
        from kanmon.accounts import session_use

        session_use.listen()
