"""Notices after an action: a toast on the next page, or at once for an htmx request; with undo where that is safe."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

from lazaretto.core.errors import Text

LEVELS = {"blue": messages.INFO, "green": messages.SUCCESS, "amber": messages.WARNING, "red": messages.ERROR}


def notify(request: HttpRequest, text: Text, *, tone: str = "green", undo: str = "") -> None:
    """Show `text` on the next page. `undo` is the address that a POST takes the action back with."""
    messages.add_message(request, LEVELS[tone], str(text), extra_tags=undo)


def toast(response: HttpResponse, text: Text, *, tone: str = "green", undo: str = "") -> HttpResponse:
    """Show `text` at once in answer to an htmx request."""
    detail = {"text": str(text), "tone": tone, "undo": undo or None}
    trigger_client_event(response, "lz:toast", detail)
    return response
