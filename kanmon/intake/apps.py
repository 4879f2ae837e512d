from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.intake"
    label = "intake"
