from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.policy"
    label = "policy"
