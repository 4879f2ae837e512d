from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.statistics"
    label = "statistics"
