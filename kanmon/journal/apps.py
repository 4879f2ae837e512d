from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.journal"
    label = "journal"
