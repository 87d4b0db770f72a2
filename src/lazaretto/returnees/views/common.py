"""What the pages share: a command run with what was typed, and the page shown again."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lazaretto.accounts.doors import actor_of
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.places.queries import AT_HOME


def page(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """With all times as clocks at home show them."""
    with timezone.override(AT_HOME.zone):
        return render(request, template, {"at": clock.now(), **context}, status=status)


def invoke(request: HttpRequest, command: Any, **given: Any) -> Any:
    """Run a command with what was typed."""
    return command.invoke(actor=actor_of(request), at=clock.now(), payload=given)


def done(request: HttpRequest, form: Any, command: Any, **given: Any) -> Any:
    """What the command answers, or None; what it refuses stands in the form."""
    try:
        return invoke(request, command, **given)
    except DomainError as error:
        if error.is_of_access:
            raise
        fields = getattr(error, "fields", None) or {}
        for name, words in fields.items():
            form.add_error(name if name in form.fields else None, words)
        if not fields:
            form.add_error(None, str(error))
        return None
