from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "kanmon.sealing"
    verbose_name = "Sealed secrets"
