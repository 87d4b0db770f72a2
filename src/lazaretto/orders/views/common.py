"""What the pages of orders share."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from lazaretto.core.errors import DomainError
from lazaretto.places.models import Site
from lazaretto.ui.notices import notify

ZONE = settings.TIME_ZONE


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, site: Site | None = None, status: int = 200
) -> HttpResponse:
    """With all times in the zone of the site."""
    zone = site.time_zone if site is not None else ZONE
    with timezone.override(zone):
        return render(request, template, {"time_zone": zone, **context}, status=status)


def act(request: HttpRequest, url: str, work: Callable[[], object], text: str) -> HttpResponse:
    """Do it and go to the page; a refusal stands there as a notice, for the page says what is possible now."""
    try:
        work()
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, text)
    return HttpResponseRedirect(url)


def uuid_of(text: str) -> UUID | None:
    """An id of an address or a form; None for a broken one."""
    try:
        return UUID(text)
    except ValueError:
        return None
