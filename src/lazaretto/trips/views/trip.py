"""One trip: its stops, its people, what is wrong, the next step; the escort's link; the printed list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.queries import dispatch_phone
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.trips import commands, rules
from lazaretto.trips.choices import TripState
from lazaretto.trips.forms import TimesForm
from lazaretto.trips.models import Trip
from lazaretto.trips.papers import trip_list
from lazaretto.trips.queries import board as queries
from lazaretto.trips.queries.board import MANAGE, READ
from lazaretto.trips.queries.limits import drive_of, exceeded_by, overridden
from lazaretto.trips.views.common import back, page, uuid_of, zone_name
from lazaretto.ui import papers

RIDE, OVERRIDE = "trips.ride", "trips.override"


@require_GET
@needs(READ)
def trip(request: HttpRequest, number: str) -> HttpResponse:
    """Stops with those who get on and off, what is wrong first, one next step."""
    found = queries.trip_by_number(actor_of(request), number)
    return _show(request, found)


def _show(request: HttpRequest, found: Trip, *, link: str = "") -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    people = queries.manifest(actor, found)
    beyond = exceeded_by(found, drive_of(found, max(at, found.departs_at))) if found.state in rules.OPEN[:2] else set()
    context = {
        "trip": found,
        "manifest": people,
        "seats": queries.seats(found, people.people),
        "late": queries.late_minutes(found, list(found.stops.all()), at),
        "can": {
            "ride": actor.may(RIDE, found.unit_id) or actor.may(RIDE),
            "manage": actor.may(MANAGE, found.unit_id),
            "override": actor.may(OVERRIDE, found.unit_id),
        },
        "beyond": [one for one in beyond if one.value not in overridden(found, max(at, found.departs_at))],
        "overrides": found.overrides.select_related("by").order_by("at", "id"),
        "before": found.state in rules.OPEN[:2],
        "links": found.links.filter(revoked_at__isnull=True, expires_at__gt=at).count(),
        "link": link,
        "dispatch": dispatch_phone(found.unit_id),
        "open": found.state in rules.OPEN,
        "rolling": found.state == TripState.UNDER_WAY,
        "times": TimesForm(initial={"departs_at": max(at, found.departs_at)}),
    }
    return page(request, "trips/trip.html", context, zone=zone_name(found))


@require_POST
@needs(RIDE)
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """Doors open."""
    return _do(request, number, commands.begin_boarding, _("Boarding begins."))


@require_POST
@needs(RIDE)
def depart(request: HttpRequest, number: str) -> HttpResponse:
    """Leave a stop: of each person it was said whether they were seen or stay."""
    queries.trip_by_number(actor_of(request), number)
    given = request.POST
    said: dict[str, Any] = {
        "stop": _position(given.get("stop", "")),
        "seen": _people(given.getlist("seen")),
        "left_behind": _people(given.getlist("left_behind")),
        "reason": given.get("reason", ""),
        "all_the_same": given.get("all_the_same", ""),
    }
    return _do(request, number, lambda **who: commands.depart(**who, **said), _("On the road. Both ends see it."))


@require_POST
@needs(RIDE)
def arrive(request: HttpRequest, number: str) -> HttpResponse:
    """Come to a stop."""
    queries.trip_by_number(actor_of(request), number)
    stop = _position(request.POST.get("stop", ""))
    return _do(request, number, lambda **who: commands.arrive(**who, stop=stop), _("Arrived; they are received there."))


@require_POST
@needs(RIDE)
def minder(request: HttpRequest, number: str) -> HttpResponse:
    """Who looks after somebody on the way who rides without their people."""
    queries.trip_by_number(actor_of(request), number)
    person = uuid_of(request.POST.get("person", ""), "person")
    page_of = "trips:riders" if request.POST.get("page") == "riders" else "trips:trip"
    named = request.POST.get("minder", "")
    return _do(
        request, number, lambda **who: commands.name_minder(**who, person=person, minder=named), _("Kept."), page_of
    )


@require_POST
@needs(MANAGE)
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another departure, a later arrival, or no trip at all."""
    queries.trip_by_number(actor_of(request), number)
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "")
    if what == "cancel":
        return _do(request, number, lambda **who: commands.cancel_trip(**who, reason=reason), _("Cancelled."))
    if what == "later":
        minutes = _position(request.POST.get("minutes", ""))
        return _do(
            request, number, lambda **who: commands.postpone(**who, minutes=minutes, reason=reason),
            _("Both ends expect them later."),
        )  # fmt: skip
    departs_at = _departure(request, number)
    return _do(
        request, number, lambda **who: commands.change_times(**who, departs_at=departs_at),
        _("The trip goes at another time."),
    )  # fmt: skip


@require_POST
@needs(OVERRIDE)
def allow(request: HttpRequest, number: str) -> HttpResponse:
    """Beyond a limit, by name."""
    departs_at, reason = _departure(request, number), request.POST.get("reason", "")
    return _do(
        request, number, lambda **who: commands.override(**who, departs_at=departs_at, reason=reason),
        _("Allowed under your name, for this departure."),
    )  # fmt: skip


@require_POST
@needs(RIDE)
def link(request: HttpRequest, number: str) -> HttpResponse:
    """A link for the escort's phone, shown once; or none any more."""
    actor, at = actor_of(request), clock.now()
    found = queries.trip_by_number(actor, number, RIDE)
    what = request.POST.get("what", "")
    if what == "revoke":
        return _do(request, number, commands.revoke_links, _("No link opens this trip any more."))
    made = commands.make_link(actor=actor, at=at, trip=found)
    address = settings.BASE_URL + reverse("trips:ride_link", args=[number, made.secret])
    if what == "print":
        return _printed(request, found, address)
    return _show(request, found, link=address)


@require_GET
@needs(READ)
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The list to carry, in the language that is asked for; its code opens the page for whoever is signed in."""
    found = queries.trip_by_number(actor_of(request), number)
    return _printed(request, found, settings.BASE_URL + reverse("trips:ride", args=[number]))


def _printed(request: HttpRequest, found: Trip, address: str) -> HttpResponse:
    asked = request.GET.get("language") or get_language() or ""
    content = papers.render(trip_list(found, "en" if asked.startswith("en") else "zh-hans", address))
    headers = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _do(
    request: HttpRequest, number: str, work: Callable[..., object], text: str, page_of: str = "trips:trip"
) -> HttpResponse:
    actor = actor_of(request)
    found = queries.trip_by_number(actor, number)
    url = reverse(page_of, args=[number])
    return back(request, url, lambda: work(actor=actor, at=clock.now(), trip=found), text)


def _departure(request: HttpRequest, number: str) -> Any:
    """The moment typed, in the zone of the trip's page."""
    from_zone = zone_name(queries.trip_by_number(actor_of(request), number))
    with page_zone(from_zone):
        form = TimesForm(request.POST)
        if not form.is_valid():
            raise InvalidInput(fields={name: " ".join(map(str, texts)) for name, texts in form.errors.items()})
    return form.cleaned_data["departs_at"]


def page_zone(name: str) -> Any:
    """A form's moments are read as the page showed them."""

    return timezone.override(name)


def _position(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise InvalidInput(fields={"stop": text[:20]})
    return int(text)


def _people(texts: list[str]) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(text) for text in texts)
    except ValueError as error:
        raise InvalidInput(fields={"people": "id"}) from error
