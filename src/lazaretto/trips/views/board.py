"""The trips of today and tomorrow, what is on the road first; a new trip."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.protocols.choices import Category
from lazaretto.trips import commands
from lazaretto.trips.forms import TripForm
from lazaretto.trips.queries import board as queries
from lazaretto.trips.queries.board import MANAGE, READ
from lazaretto.trips.queries.planning import key_of, place_name
from lazaretto.trips.queries.starts import Start, start_of, starts_elsewhere
from lazaretto.trips.views.common import destinations, halt, page, sites_of
from lazaretto.ui.notices import notify

PER_PAGE = 40
OVERRIDE = "trips.override"
SOON = timedelta(minutes=30)


@require_GET
@needs(READ)
def board(request: HttpRequest) -> HttpResponse:
    """On the road, planned, arrived."""
    actor, at = actor_of(request), clock.now()
    found = queries.board(actor, at=at)
    context = {
        "board": found,
        "late": sum(bool(line.late) for line in [*found.on_the_road, *found.planned]),
        "aboard": sum(line.aboard for line in found.on_the_road),
        "may_manage": actor.may(MANAGE),
        "tabs": _tabs("now"),
    }
    return render(request, "trips/board.html", context)


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """All trips, the latest first."""
    actor, at = actor_of(request), clock.now()
    piece = piece_of(queries.trips(actor), ["-departs_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "lines": queries.lines(piece.items, at=at),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "tabs": _tabs("all"),
    }
    return render(request, "trips/list.html", context)


def _tabs(shown: str) -> list[tuple[str, str, bool]]:
    return [
        (pgettext("trips", "now"), reverse("trips:board"), shown == "now"),
        (pgettext("trips", "all"), reverse("trips:list"), shown == "all"),
    ]


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """A trip from a site, or from a place of others: first where from, then who rides, in what, where to."""
    actor, key = actor_of(request), request.GET.get("from", "")
    if not key:
        given = {"sites": sites_of(actor, "places.read"), "places": starts_elsewhere(actor)}
        return render(request, "trips/from.html", given)
    start = start_of(actor, key)
    form = TripForm(
        request.POST or None, people=[str(one.person_id) for one in start.people],
        destinations=destinations(start.place), vehicles=queries.vehicles(actor, MANAGE),
        drivers=queries.drivers(actor, MANAGE), may_override=actor.may(OVERRIDE),
        initial={"departs_at": clock.now() + SOON, "category": start.category, "escort": ""},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            number = _plan(request, start, form.cleaned_data)
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error(None, str(error))
        else:
            notify(request, _("The trip is planned."))
            return HttpResponseRedirect(reverse("trips:trip", args=[number]))
    ticked = set(request.POST.getlist("people"))
    rows = [(one, str(one.person_id) in ticked) for one in start.people]
    context = {"form": form, "start": start, "origin": place_name(start.place), "rows": rows}
    return page(request, "trips/new.html", context, zone=start.zone, status=422 if form.errors else 200)


def _plan(request: HttpRequest, start: Start, given: dict[str, Any]) -> str:
    stops = (halt(key_of(start.place)), halt(given["destination"], drive_minutes=given["drive_minutes"]))
    names = ("vehicle", "driver", "departs_at", "escort", "escort_phone")
    made = commands.plan_trip(
        actor=actor_of(request), at=clock.now(), category=Category(given["category"]), stops=stops,
        riders=tuple(commands.Passenger(person=one, from_stop=0, to_stop=1) for one in given["people"]),
        override_reason=given.get("override_reason", ""), **{name: given[name] for name in names},
    )  # fmt: skip
    return made.number
