"""The headquarters app."""

from django.apps import AppConfig


class HeadquartersConfig(AppConfig):
    """Pages that look across apps."""

    name = "lazaretto.headquarters"
    label = "headquarters"
