from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.setup"
    label = "setup"
