"""With others, and on to others: what they tell, fetching people, the end of our care there, another destination."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, InvalidInput, NotFound
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.custody.queries.ends import site_in_charge
from lazaretto.places.models import ExternalPlace
from lazaretto.transfers import commands, queries
from lazaretto.transfers.choices import WordKind
from lazaretto.transfers.forms import DivertForm, FetchForm
from lazaretto.transfers.queries.away import away
from lazaretto.transfers.queries.person import where_is
from lazaretto.transfers.views.moves import (
    DECIDE,
    HAND_OVER,
    READ,
    WITHIN,
    ZONE,
    destinations_from,
    done,
    handover_of,
    local,
    page,
    person_of,
)
from lazaretto.ui.notices import notify


@require_GET
@needs(READ)
def where(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A box of a person's page: where they are by custody, and how they got there."""
    actor = actor_of(request)
    person = person_of(actor, person_id)
    return page(request, "transfers/where.html", {"where": where_is(actor, person.pk)})


@require_POST
@needs(HAND_OVER)
def word(request: HttpRequest, number: str, person_id: UUID) -> HttpResponse:
    """What the other place told about somebody."""
    actor = actor_of(request)
    found = handover_of(actor, number)
    kind = request.POST.get("kind", "")
    if kind not in WordKind.values:
        raise InvalidInput(fields={"kind": _("Choose what they told.")})
    commands.write_word(
        actor=actor, at=clock.now(), handover=found, person=person_of(actor, person_id), kind=WordKind(kind),
        text=request.POST.get("text", ""), told_by=request.POST.get("told_by", ""),
    )  # fmt: skip
    return done(request, _("What they told is written down."), reverse("transfers:handover", args=[number]))


@require_POST
@needs(DECIDE)
def left(request: HttpRequest, number: str, person_id: UUID) -> HttpResponse:
    """Somebody goes home from there: isolation under our order ends."""
    actor = actor_of(request)
    commands.leave_from_there(
        actor=actor, at=clock.now(), handover=handover_of(actor, number), person=person_of(actor, person_id),
        reason=request.POST.get("reason", ""), told_by=request.POST.get("told_by", ""),
    )  # fmt: skip
    text = _("Their isolation has ended; they are no longer in our care.")
    return done(request, text, reverse("transfers:handover", args=[number]))


@require_http_methods(["GET", "POST"])
@needs(HAND_OVER)
def fetch(request: HttpRequest, number: str) -> HttpResponse:
    """Those who are there come back to the site that sent them: who, until when, by what."""
    actor, at = actor_of(request), clock.now()
    found = handover_of(actor, number)
    site, place = site_in_charge(found), found.to_external
    if site is None or place is None or not actor.may(HAND_OVER, site.unit_id):
        raise NotFound(kind="custody.handover", id=number)
    there = away(actor, found)
    with timezone.override(site.time_zone):
        form = FetchForm(
            request.POST or None,
            people=[(str(one.person_id), one.name) for one in there],
            initial={"due_at": local(at + WITHIN, site.time_zone), "people": [str(one.person_id) for one in there]},
        )
        valid = form.is_bound and form.is_valid()
    if valid:
        given = form.cleaned_data
        people = tuple(Luggage(person=UUID(one), papers=given.pop("papers", "")) for one in given.pop("people"))
        try:
            made = commands.fetch(actor=actor, at=at, place=place, site=site, people=people, **given)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            notify(request, _("They are under way."))
            return done(request, "", reverse("transfers:handover", args=[made.number]))
    context = {"handover": found, "site": site, "place": place, "there": there, "form": form}
    return page(request, "transfers/fetch.html", context, zone=site.time_zone, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(HAND_OVER)
def divert(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever is still under way goes to another place."""
    actor, at = actor_of(request), clock.now()
    found = handover_of(actor, number)
    with timezone.override(ZONE):
        form = DivertForm(request.POST or None, destinations=_elsewhere(found), initial={"due_at": local(at + WITHIN)})
        valid = form.is_bound and form.is_valid()
    if valid:
        try:
            made = _diverted(form.cleaned_data, found, actor, at)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("Both places are told."), reverse("transfers:handover", args=[made.number]))
    going = [line for line in queries.lines_of(actor, found) if line.since is None]
    context = {
        "handover": found, "form": form, "going": going, "origin": queries.origin_of(found),
        "destination": queries.destination_of(found),
    }  # fmt: skip
    return page(request, "transfers/divert.html", context, status=422 if form.errors else 200)


def _elsewhere(handover: Handover) -> list[tuple[str, str]]:
    now = {f"site:{handover.to_site.code}"} if handover.to_site else {f"place:{handover.to_external_id}"}
    return [one for one in destinations_from(handover.from_site) if one[0] not in now]


def _diverted(given: dict[str, Any], found: Handover, actor: Actor, at: Any) -> commands.SignedOut:
    kind, _sign, key = given["destination"].partition(":")
    return commands.divert(
        actor=actor,
        at=at,
        handover=found,
        due_at=given["due_at"],
        reason=given["reason"],
        to_site=key if kind == "site" else "",
        to_place=ExternalPlace.objects.get(pk=key) if kind == "place" else None,
    )
