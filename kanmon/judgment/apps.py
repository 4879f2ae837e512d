from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.judgment"
    label = "judgment"
