"""Put somebody in now: up to three choices with what each costs whom; one press accepts."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.trips import commands
from lazaretto.trips.choices import RequestState
from lazaretto.trips.models import MoveRequest
from lazaretto.trips.queries.board import MANAGE
from lazaretto.trips.queries.choices import choices_for
from lazaretto.trips.queries.waiting import request_of
from lazaretto.trips.views.common import page
from lazaretto.ui.notices import notify

OVERRIDE = "trips.override"


@require_GET
@needs(MANAGE)
def choices(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What can be done for them now."""
    actor, found = actor_of(request), request_of(actor_of(request), request_id)
    if found.state != RequestState.OPEN:
        return HttpResponseRedirect(_trip_of(found))
    given = choices_for(actor, found, at=clock.now())
    zone = found.from_site.time_zone if found.from_site else settings.TIME_ZONE
    context = {"found": given, "row": found, "may_override": actor.may(OVERRIDE)}
    return page(request, "trips/choices.html", context, zone=zone)


@require_POST
@needs(MANAGE)
def insert(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One press: they are on it, and everybody concerned knows. A refusal shows the choices as they are now."""
    actor, found = actor_of(request), request_of(actor_of(request), request_id)
    choice, reason = request.POST.get("choice", ""), request.POST.get("reason", "")
    try:
        made = commands.insert_urgent(
            actor=actor, at=clock.now(), request=found, choice=choice[:120], override_reason=reason
        )
    except InvalidInput:
        raise
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
        return HttpResponseRedirect(reverse("trips:choices", args=[request_id]))
    notify(request, _("They are on trip %(number)s.") % {"number": made.number})
    return HttpResponseRedirect(reverse("trips:trip", args=[made.number]))


def _trip_of(row: MoveRequest) -> str:
    if row.rider is not None:
        return reverse("trips:trip", args=[row.rider.trip.number])
    return reverse("trips:plan")
