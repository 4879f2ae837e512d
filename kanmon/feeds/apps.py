from django.apps import AppConfig


class Config(AppConfig):
    name = "kanmon.feeds"
    label = "feeds"
