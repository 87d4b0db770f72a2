"""Who waits for a trip, and a plan of trips: at once, better within ten seconds, accepted."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, InvalidInput, NotFound
from lazaretto.custody.models import Holding
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay
from lazaretto.transfers.errors import CardUnknown
from lazaretto.transfers.queries.cards import person_of_card
from lazaretto.trips import commands
from lazaretto.trips.choices import Berth, Urgency
from lazaretto.trips.errors import PlaceUnknown
from lazaretto.trips.forms import RequestForm
from lazaretto.trips.models import MoveRequest, TripPlan
from lazaretto.trips.queries.board import MANAGE
from lazaretto.trips.queries.planning import ROUNDS, better_plan, ends_of, key_of, open_requests, place_name, plan_view
from lazaretto.trips.views.common import back, destinations, halt, page
from lazaretto.trips.views.fleet import unit_of
from lazaretto.ui.notices import notify

SHOWN = 400
WHY = {
    "no_vehicle": gettext_lazy("no vehicle of the category with such a place"),
    "no_time": gettext_lazy("no free vehicle with a driver could be there in time"),
}


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits; asking for one more."""
    actor, at = actor_of(request), clock.now()
    form = RequestForm(
        request.POST or None, destinations=destinations(),
        initial={"earliest_at": at, "latest_at": at + timedelta(hours=6)},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            _ask(actor, form.cleaned_data)
        except DomainError as error:
            if error.status == 403:
                raise
            form.add_error("card", str(error))
        else:
            notify(request, _("They wait for a trip."))
            return HttpResponseRedirect(reverse("trips:plan"))
    rows = list(open_requests(actor, MANAGE)[:SHOWN])
    names = display_names(actor, [row.person for row in rows])
    lines = [(row, names[row.person_id], *(place_name(place) for place in ends_of(row))) for row in rows]
    context = {"lines": lines, "form": form, "now": at}
    return page(request, "trips/plan.html", context, zone=settings.TIME_ZONE, status=422 if form.errors else 200)


def _ask(actor: Actor, given: dict[str, Any]) -> None:
    """From where they are now, in the category of their stay."""
    person_id = person_of_card(given["card"])
    if person_id is None:
        raise CardUnknown
    held = Holding.objects.filter(person=person_id, ended_at__isnull=True).select_related("site", "external").first()
    place = (held.site or held.external) if held else None
    if place is None:
        raise PlaceUnknown
    stay = Stay.objects.filter(person=person_id, ended_at__isnull=True).first()
    commands.ask(
        actor=actor, at=clock.now(), unit=unit_of(actor), person=Person.objects.get(pk=person_id),
        category=Category(stay.category if stay else Category.INBOUND), origin=halt(key_of(place)),
        destination=halt(given["destination"]), earliest_at=given["earliest_at"], latest_at=given["latest_at"],
        berth=Berth(given["berth"]), urgency=Urgency(given["urgency"]),
    )  # fmt: skip


@require_POST
@needs(MANAGE)
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """They need no trip any more."""
    actor = actor_of(request)
    found = MoveRequest.objects.visible_to(actor, MANAGE).filter(pk=request_id).first()
    if found is None:
        raise NotFound(kind="trips.moverequest", id=request_id)
    reason = request.POST.get("reason", "") or _("no longer needed")
    return back(
        request, reverse("trips:plan"),
        lambda: commands.withdraw(actor=actor, at=clock.now(), request=found, reason=reason), _("Withdrawn."),
    )  # fmt: skip


@require_POST
@needs(MANAGE)
def propose(request: HttpRequest) -> HttpResponse:
    """A plan at once, for those who are ticked or for all."""
    actor = actor_of(request)
    try:
        chosen = tuple(UUID(text) for text in request.POST.getlist("requests"))
    except ValueError as error:
        raise InvalidInput(fields={"requests": "id"}) from error
    try:
        made = commands.make_plan(actor=actor, at=clock.now(), unit=unit_of(actor), requests=chosen)
    except DomainError as error:
        if error.status == 403:
            raise
        notify(request, str(error), tone="red")
        return HttpResponseRedirect(reverse("trips:plan"))
    if made.off_the_map:
        words = _("%(n)d of them cannot be planned: a place has no coordinates.") % {"n": made.off_the_map}
        notify(request, words, tone="amber")
    return HttpResponseRedirect(reverse("trips:proposal", args=[made.plan_id]))


@require_GET
@needs(MANAGE)
def proposal(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The proposed trips, and a better plan on its way."""
    actor, found = actor_of(request), _plan(actor_of(request), plan_id)
    view = plan_view(actor, found)
    context = {
        "plan": found,
        "view": view,
        "left": [(name, WHY[why]) for name, why in view.left],
        "searching": found.accepted_at is None and found.rounds < ROUNDS and bool(view.trips),
        "rounds": ROUNDS,
        "asked": [one["id"] for one in found.problem["requests"]],
    }
    return page(request, "trips/proposal.html", context, zone=settings.TIME_ZONE)


@require_POST
@needs(MANAGE)
def improve(request: HttpRequest, plan_id: UUID) -> JsonResponse:
    """A little more search; nothing is locked meanwhile."""
    actor, found = actor_of(request), _plan(actor_of(request), plan_id)
    if found.rounds < ROUNDS and found.accepted_at is None:
        done = commands.improve_plan(actor=actor, at=clock.now(), plan=found, found=better_plan(found))
        at, driving = done.rounds, done.driving
    else:
        at, driving = found.rounds, int(found.plan["driving"])
    over = at >= ROUNDS or found.accepted_at is not None
    words = _("%(minutes)d minutes of driving") % {"minutes": driving}
    address = reverse("trips:proposal", args=[plan_id])
    return JsonResponse({"done": over, "at": at, "of": ROUNDS, "text": words, "next": address if over else None})


@require_POST
@needs(MANAGE)
def accept(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The proposed trips are made; a refusal stands on the plan's own page, where it can be planned again."""
    actor, found = actor_of(request), _plan(actor_of(request), plan_id)
    answer = back(
        request, reverse("trips:proposal", args=[plan_id]),
        lambda: commands.accept_plan(actor=actor, at=clock.now(), plan=found), _("The trips are planned."),
    )  # fmt: skip
    accepted = TripPlan.objects.filter(pk=plan_id, accepted_at__isnull=False).exists()
    return HttpResponseRedirect(reverse("trips:board")) if accepted else answer


def _plan(actor: Actor, plan_id: UUID) -> TripPlan:
    found = TripPlan.objects.visible_to(actor, MANAGE).filter(pk=plan_id).first()
    if found is None:
        raise NotFound(kind="trips.tripplan", id=plan_id)
    return found
