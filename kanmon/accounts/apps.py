from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.accounts"
    label = "accounts"
