"""The places app."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Sites, rooms, beds."""

    name = "lazaretto.places"
    label = "places"
