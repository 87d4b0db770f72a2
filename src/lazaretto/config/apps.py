"""The config app."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, command line."""

    name = "lazaretto.config"
    label = "config"
