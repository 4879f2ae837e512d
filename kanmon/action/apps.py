from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.action"
    label = "action"
