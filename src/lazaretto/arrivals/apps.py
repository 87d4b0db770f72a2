"""The arrivals app."""

from django.apps import AppConfig


class ArrivalsConfig(AppConfig):
    """Manifests and check-in."""

    name = "lazaretto.arrivals"
    label = "arrivals"
