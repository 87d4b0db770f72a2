"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Commands, journal, deadlines: what every other app stands on."""

    name = "lazaretto.core"
    label = "core"
