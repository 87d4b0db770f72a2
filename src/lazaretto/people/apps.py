"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is in our care."""

    name = "lazaretto.people"
    label = "people"
