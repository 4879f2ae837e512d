from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.console"
    label = "console"
