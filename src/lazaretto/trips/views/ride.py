"""The escort's phone page: who is on the list, on and off, kept on the device until it can be sent."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs, public
from lazaretto.accounts.queries import dispatch_phone
from lazaretto.core import clock, cries
from lazaretto.core.access import Actor
from lazaretto.core.errors import ClientIdReused, DomainError, InvalidInput
from lazaretto.core.ids import new_id
from lazaretto.trips import commands
from lazaretto.trips.models import Trip
from lazaretto.trips.queries import board as queries
from lazaretto.trips.queries.links import escort_of, link_of
from lazaretto.trips.queries.ride import roll, standing, strangers
from lazaretto.trips.rules import true_moment
from lazaretto.trips.views.common import page, zone_name

RIDE = "trips.ride"
MOST = 200  # scans of one sending
MOST_WORDS = 500


@require_GET
@needs(RIDE)
def own(request: HttpRequest, number: str) -> HttpResponse:
    """For somebody who is signed in."""
    found = queries.trip_by_number(actor_of(request), number, RIDE)
    return _page(request, found, reverse("trips:ride_scans", args=[number]))


@require_GET
@public
@never_cache
def linked(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """For whoever holds the link. Raises `LinkClosed`."""
    found = link_of(number, secret, at=clock.now()).trip
    return _page(request, found, reverse("trips:ride_link_scans", args=[number, secret]))


def _page(request: HttpRequest, trip: Trip, send: str) -> HttpResponse:
    stops = list(trip.stops.select_related("site", "external").order_by("position"))
    people = roll(trip)
    given = {
        "number": trip.number, "people": people, "standing": standing(trip), "strangers": strangers(trip), "send": send,
        # Once every stop where people get on was left, the page begins with those who get off.
        "off": all(stop.departed_at is not None for stop in stops[:-1]),
    }  # fmt: skip
    context = {
        "trip": trip,
        "given": given,
        "alone": [(one["name"], one["alone"], one["minded"]) for one in people if one["alone"]],
        "stops": [(queries.spoken(stop), stop.arrives_at) for stop in stops],
        "dispatch": dispatch_phone(trip.unit_id),
        "worker": reverse("trips:worker"),
        "phones": [(stop.site.code, stop.site.phone) for stop in stops if stop.site and stop.site.phone],
    }
    return page(request, "trips/ride.html", context, zone=zone_name(trip))


@require_POST
@needs(RIDE)
def own_scans(request: HttpRequest, number: str) -> HttpResponse:
    """Scans of somebody who is signed in."""
    actor = actor_of(request)
    return _take(request, actor, queries.trip_by_number(actor, number, RIDE))


@csrf_exempt  # no session is asked: the secret in the address alone opens it
@require_POST
@public
def linked_scans(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Scans of whoever holds the link. Raises `LinkClosed`."""
    link = link_of(number, secret, at=clock.now())
    return _take(request, escort_of(link), link.trip)


def _take(request: HttpRequest, actor: Actor, trip: Trip) -> HttpResponse:
    """Apply what the phone has kept, in its order of time; each is answered by itself, so none holds up another."""
    given = _sent(request)
    helped = [_help(actor, trip, one, given.get("sent_at")) for one in given["help"]]
    answers = [_one(actor, trip, scan, given.get("sent_at")) for scan in given["scans"]]
    told = {"standing": standing(trip), "strangers": strangers(trip)}
    return JsonResponse({"answers": answers, "helped": helped, **told})


def _help(actor: Actor, trip: Trip, said: dict[str, Any], sent_at: Any) -> dict[str, Any]:
    """A cry for help is never refused: with times that nobody can read it happens now, cut to what can be kept."""
    at = clock.now()
    taken, sent = _moment(said.get("taken_at")), _moment(sent_at)
    first_word = true_moment(taken, sent, at).at if taken is not None else at
    where = " → ".join(
        queries.spoken(stop) for stop in trip.stops.select_related("site", "external").order_by("position")
    )
    who = f"{trip.vehicle.plate} · {trip.number} · {trip.escort} {trip.escort_phone}".strip(" ·")
    cry = cries.Cry(_id(said.get("id")), first_word, who, where, str(said.get("what") or "")[:MOST_WORDS])
    try:
        number = cries.cry(actor, cry)
    except ClientIdReused:  # the list of stops has changed since it was first sent: rather twice than never
        number = cries.cry(actor, replace(cry, id=new_id()))
    return {"id": said.get("id"), "number": number}


def _id(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return new_id()


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _one(actor: Actor, trip: Trip, scan: dict[str, Any], sent_at: Any) -> dict[str, Any]:
    told = {name: scan.get(name) for name in ("kind", "card", "taken_at")}
    payload = {"trip": str(trip.pk), "scan_id": scan.get("id"), "sent_at": sent_at, **told}
    try:
        done = commands.scan.invoke(actor=actor, at=clock.now(), payload=payload)
    except DomainError as error:
        if error.status >= 500:
            raise
        return {"id": scan.get("id"), "refused": str(error)}
    return {"id": str(done.scan_id), "outcome": done.outcome}


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body or b"{}")
    except ValueError as error:
        raise InvalidInput(fields={"scans": "JSON"}) from error
    scans = given.get("scans", []) if isinstance(given, dict) else None
    if not isinstance(scans, list) or len(scans) > MOST or not all(isinstance(one, dict) for one in scans):
        raise InvalidInput(fields={"scans": f"0–{MOST}"})
    asked = given.get("help")
    help_asked = [one for one in asked if isinstance(one, dict)] if isinstance(asked, list) else []
    return {
        "sent_at": given.get("sent_at"),
        "help": help_asked[:10],
        "scans": sorted(scans, key=lambda one: str(one.get("taken_at"))),
    }


@require_GET
@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the phone page: it is served from /ride/ so that it may keep the pages below it."""
    return render(request, "trips/worker.js", content_type="text/javascript; charset=utf-8")
