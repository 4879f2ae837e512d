from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.schedule"
    label = "schedule"
