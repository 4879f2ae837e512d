"""Django app of network control."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Tables: see ``models``."""

    name = "kanmon.network"
    label = "network"
