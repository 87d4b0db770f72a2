"""The protocols app."""

from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    """Rule packs."""

    name = "lazaretto.protocols"
    label = "protocols"
