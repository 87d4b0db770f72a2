"""The list of a trip: free berths from stop to stop, who waits and could ride along, adding and taking off."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import InvalidInput
from lazaretto.people.models import Person
from lazaretto.transfers.errors import CardUnknown
from lazaretto.transfers.queries.cards import person_of_card
from lazaretto.trips import commands, rules
from lazaretto.trips.choices import Berth, RequestState
from lazaretto.trips.errors import NotARider
from lazaretto.trips.forms import RiderForm
from lazaretto.trips.models import MoveRequest, Trip
from lazaretto.trips.queries import board as queries
from lazaretto.trips.queries.board import MANAGE, spoken
from lazaretto.trips.queries.riders import candidates, stretches, way_of_request
from lazaretto.trips.queries.waiting import request_of
from lazaretto.trips.views.common import back, page, uuid_of, zone_name
from lazaretto.ui.notices import notify

RIDE = "trips.ride"


@require_GET
@needs(MANAGE)
def riders(request: HttpRequest, number: str) -> HttpResponse:
    """Who is on the list, what is free, who could ride along."""
    actor = actor_of(request)
    found = queries.trip_by_number(actor, number, MANAGE)
    people = queries.manifest(actor, found)
    open_now = found.state in rules.OPEN
    context = {
        "trip": found,
        "manifest": people,
        "may_ride": actor.may(RIDE, found.unit_id) or actor.may(RIDE),
        "people": [one for one in people.people if not one.rider.left_behind],
        "names": {at.stop.pk: at.name for at in people.stops},
        "stretches": stretches(found, [one.rider for one in people.people]),
        "candidates": candidates(actor, found) if open_now else [],
        "open": open_now and bool(_ahead(found)),
        "form": _form(found),
    }
    return page(request, "trips/riders.html", context, zone=zone_name(found))


@require_POST
@needs(MANAGE)
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody who waits rides along; or somebody whose card was typed."""
    actor = actor_of(request)
    found = queries.trip_by_number(actor, number, MANAGE)
    work = _waiting if request.POST.get("request") else _by_card
    try:
        return back(request, _url(found), lambda: work(request, actor, found), _("On the list."))
    except CardUnknown as error:  # mistyped: the page stays
        notify(request, str(error), tone="red")
        return HttpResponseRedirect(_url(found))


@require_POST
@needs(MANAGE)
def remove(request: HttpRequest, number: str) -> HttpResponse:
    """Off the list; who asked for them waits for another trip."""
    actor = actor_of(request)
    found = queries.trip_by_number(actor, number, MANAGE)
    person = uuid_of(request.POST.get("person", ""), "person")

    def work() -> object:
        who = Person.objects.filter(pk=person, rides__trip=found).first()
        if who is None:
            raise NotARider
        reason = request.POST.get("reason", "")
        return commands.remove_rider(actor=actor, at=clock.now(), trip=found, person=who, reason=reason)

    return back(request, _url(found), work, _("Off the list. Who waited for this trip waits for another."))


def _waiting(request: HttpRequest, actor: Actor, trip: Trip) -> object:
    row = request_of(actor, uuid_of(request.POST.get("request", ""), "request"))
    way = way_of_request(list(trip.stops.all()), row)
    if way is None:
        raise InvalidInput(fields={"request": "way"})
    return commands.add_rider(
        actor=actor, at=clock.now(), trip=trip, person=row.person, from_stop=way[0], to_stop=way[1],
        berth=Berth(row.berth), request=row,
    )  # fmt: skip


def _by_card(request: HttpRequest, actor: Actor, trip: Trip) -> object:
    form = _form(trip, request.POST)
    if not form.is_valid():
        raise InvalidInput(fields={name: " ".join(map(str, texts)) for name, texts in form.errors.items()})
    given: dict[str, Any] = form.cleaned_data
    person_id = person_of_card(given["card"])
    if person_id is None:
        raise CardUnknown
    asked = MoveRequest.objects.filter(person=person_id, state=RequestState.OPEN).first()
    ends = (int(given["from_stop"]), int(given["to_stop"]))
    same_way = asked is not None and way_of_request(list(trip.stops.all()), asked) == ends
    return commands.add_rider(
        actor=actor, at=clock.now(), trip=trip, person=Person.objects.get(pk=person_id), from_stop=ends[0],
        to_stop=ends[1], berth=Berth(given["berth"]), request=asked if same_way else None,
    )  # fmt: skip


def _form(trip: Trip, data: Any = None) -> RiderForm:
    stops = list(trip.stops.all())
    names = [(str(stop.position), f"{stop.position + 1} · {spoken(stop)}") for stop in stops]
    return RiderForm(data, starts=[names[n] for n in _ahead(trip)], ends=names[1:])


def _ahead(trip: Trip) -> list[int]:
    """Stops where somebody can still get on."""
    stops = list(trip.stops.all())
    return [stop.position for stop in stops[:-1] if stop.departed_at is None]


def _url(trip: Trip) -> str:
    return reverse("trips:riders", args=[trip.number])
