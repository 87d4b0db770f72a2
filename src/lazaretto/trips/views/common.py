"""What the pages of trips share."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.places.choices import SiteState
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.trips.models import Trip
from lazaretto.trips.queries.limits import zone_of
from lazaretto.trips.queries.places import Halt, Place
from lazaretto.ui.notices import notify


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, zone: str = "", status: int = 200
) -> HttpResponse:
    """With all times in the zone of the trip, or of the installation."""
    if not zone:
        return render(request, template, context, status=status)
    with timezone.override(zone):
        return render(request, template, {"time_zone": zone, **context}, status=status)


def zone_name(trip: Trip) -> str:
    """The zone in which its times are read."""
    return zone_of(trip).key


def back(request: HttpRequest, url: str, work: Callable[[], object], text: str) -> HttpResponse:
    """Do it and show the page again; a refusal stands there as a notice, for the page says what is possible now.

    Where a form of many fields asks by htmx, a refusal leaves it as it is.
    """
    by_htmx = "HX-Request" in request.headers
    try:
        work()
    except InvalidInput:
        raise
    except DomainError as error:
        if error.is_of_access or by_htmx:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, text)
    return HttpResponse(headers={"HX-Redirect": url}) if by_htmx else HttpResponseRedirect(url)


def destinations(origin: Place | None = None) -> list[tuple[str, str]]:
    """Places to go to: sites of ours, then those of others."""
    sites = Site.objects.filter(state=SiteState.ACTIVE).order_by("code")
    places = ExternalPlace.objects.filter(closed_at__isnull=True).order_by("kind", "name")
    return [
        *((f"site:{one.code}", f"{one.code} {one.spoken_name}") for one in sites if one != origin),
        *((f"place:{one.pk}", f"{one.get_kind_display()} · {one.spoken_name}") for one in places if one != origin),
    ]


def halt(text: str, **more: Any) -> Halt:
    """A stop as a form names it."""
    kind, _sign, key = text.partition(":")
    return Halt(site=key, **more) if kind == "site" else Halt(place=UUID(key), **more)


def uuid_of(text: str, field: str) -> UUID:
    """An id of a form; raises `InvalidInput`."""
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(fields={field: "id"}) from error


def sites_of(actor: Actor, capability: str) -> list[Site]:
    """Active sites where the actor holds that."""
    return list(Site.objects.visible_to(actor, capability).filter(state=SiteState.ACTIVE).order_by("code"))
