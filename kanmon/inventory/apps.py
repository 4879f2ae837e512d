from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.inventory"
    label = "inventory"
