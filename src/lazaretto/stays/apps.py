"""The stays app."""

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """Orders, stays, rounds, release."""

    name = "lazaretto.stays"
    label = "stays"
