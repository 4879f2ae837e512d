from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.search"
    label = "search"
