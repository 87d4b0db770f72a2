"""The ui app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, components, papers."""

    name = "lazaretto.ui"
    label = "ui"
