"""The entries of the sidebar, by capability."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for the base template."""
    return {"navigation": []}
