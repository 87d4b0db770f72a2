"""The bus: who is on it, which rooms they get, who is missing, who was not expected."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.arrivals import commands
from lazaretto.arrivals.choices import WhyUnplaced
from lazaretto.arrivals.errors import PeopleUnaccounted
from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.bus import (
    Passenger,
    bus,
    buses,
    expected_by_id,
    lines_of,
    manifest_by_id,
    room_by_number,
)
from lazaretto.arrivals.queries.desk import at_the_desk
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.people.choices import DocumentKind
from lazaretto.people.commands import GivenDocument, NewPerson
from lazaretto.people.queries import find
from lazaretto.people.rules import BY_HAND, read_document
from lazaretto.places.queries import site_by_code
from lazaretto.ui.notices import notify


@needs("arrivals.read")
def bus_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every bus of a site."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "arrivals.read")
    context = {"site": site, "buses": list(buses(actor, site)[:100])}
    context["may_admit"] = actor.may("stays.admit", site.unit_id)
    return render(request, "arrivals/buses.html", context)


@needs("arrivals.read")
def bus_page(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """One bus, person by person."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "arrivals.read")
    manifest = manifest_by_id(actor, site, manifest_id)
    context = {
        "site": site,
        "bus": bus(actor, manifest, at=clock.now()),
        "may_manage": actor.may("arrivals.manage", site.unit_id),
        "may_admit": actor.may("stays.admit", site.unit_id),
    }
    return render(request, "arrivals/bus.html", context)


@require_POST
@needs("arrivals.manage")
def propose(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """Propose rooms for everybody on the way."""
    actor = actor_of(request)
    manifest = manifest_by_id(actor, site_by_code(actor, code, "arrivals.manage"), manifest_id)
    done = commands.propose_rooms(actor=actor, at=clock.now(), manifest=manifest)
    word = ngettext("{n} person has a room.", "{n} people have a room.", done.placed).format(n=done.placed)
    notify(request, word)
    for reason in sorted({one.reason for one in done.without}):
        count = sum(1 for one in done.without if one.reason == reason)
        why = WhyUnplaced(reason).label if reason in WhyUnplaced.values else reason
        notify(request, _("{n} without a room: {why}").format(n=count, why=why), tone="amber")
    return redirect("arrivals:bus", code, manifest_id)


@require_POST
@needs("arrivals.manage")
def give_room(request: HttpRequest, code: str, expected_id: UUID) -> HttpResponse:
    """A room typed or dropped; answers the row with what the choice breaks, and the rows whose warning changes."""
    actor, now = actor_of(request), clock.now()
    site = site_by_code(actor, code, "arrivals.manage")
    expected = expected_by_id(actor, site, expected_id)
    number = request.POST.get("room", "").strip()
    before = lines_of(actor, expected.manifest, at=now)
    try:
        room = room_by_number(site, number) if number else None
        commands.give_room(actor=actor, at=now, expected=expected, room=room)
    except DomainError as error:
        return _row(request, expected, {"error": error, "typed": number})
    after = lines_of(actor, expected.manifest, at=now)
    changed = [one for key, one in after.items() if key != expected_id and one.breaks != before[key].breaks]
    return _row(request, expected, {"others": changed}, after)


@require_POST
@needs("arrivals.manage")
def scan(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """Somebody steps onto the bus: scanned or found by a few letters. A stranger is shown, never turned away."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "arrivals.manage")
    manifest = manifest_by_id(actor, site, manifest_id)
    text = request.POST.get("q", "")
    fitting = [one for one in at_the_desk(actor, site, text) if one.manifest_id == manifest.id]
    if len(fitting) == 1:
        done = commands.board(actor=actor, at=clock.now(), expected=fitting[0])
        word = _("{name} is on board; {left} still expected.").format(name=fitting[0].person.name, left=done.left)
        notify(request, word)
    elif fitting:
        names = ", ".join(one.person.name for one in fitting)
        notify(request, _("Several fit: {names}. Type more letters.").format(names=names), tone="amber")
    else:
        notify(request, _("Nobody on this list fits “{text}”.").format(text=text), tone="red")
        request.session["stranger"] = text
    return redirect("arrivals:bus", code, manifest_id)


@require_POST
@needs("arrivals.manage")
def board(request: HttpRequest, code: str, expected_id: UUID) -> HttpResponse:
    """One tap: on board."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "arrivals.manage")
    commands.board(actor=actor, at=clock.now(), expected=expected_by_id(actor, site, expected_id))
    return _row(request, expected_by_id(actor, site, expected_id))


@require_POST
@needs("arrivals.manage")
def missing(request: HttpRequest, code: str, expected_id: UUID) -> HttpResponse:
    """Not here, with a reason."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "arrivals.manage")
    expected = expected_by_id(actor, site, expected_id)
    reason = request.POST.get("reason", "")
    commands.mark_missing(actor=actor, at=clock.now(), expected=expected, reason=reason)
    return _row(request, expected_by_id(actor, site, expected_id))


@require_POST
@needs("arrivals.manage")
def add_stranger(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """Somebody who is on the bus but not on its list: found in our records, or registered by name and document."""
    actor = actor_of(request)
    manifest = manifest_by_id(actor, site_by_code(actor, code, "arrivals.manage"), manifest_id)
    text, name = request.POST.get("q", "").strip(), request.POST.get("name", "").strip()
    hits = [] if name else find(actor, text, limit=2)
    if not name and len(hits) != 1:
        request.session["stranger"] = text
        notify(
            request, _("Nobody in our records is meant for certain. Write the name too, then take along."), tone="amber"
        )
        return redirect("arrivals:bus", code, manifest_id)
    try:
        if hits:
            payload = {"manifest": str(manifest.id), "person": str(hits[0].person_id)}
            commands.board_unexpected.invoke(actor=actor, at=clock.now(), payload=payload)
        else:
            commands.board_newcomer(actor=actor, at=clock.now(), manifest=manifest, newcomer=_newcomer(name, text))
    except DomainError as error:
        request.session["stranger"] = text
        notify(request, str(error), tone="red")
        return redirect("arrivals:bus", code, manifest_id)
    request.session.pop("stranger", None)
    found = hits[0].name if hits else name
    notify(request, _("{name} was not on the list and is on board.").format(name=found), tone="amber")
    return redirect("arrivals:bus", code, manifest_id)


def _newcomer(name: str, number: str) -> NewPerson:
    """What is known of a stranger at the door of a bus: a name, and the number of a document if there is one."""
    told = any(letter.isdigit() for letter in number)  # letters alone were a name, typed to find them
    documents = (GivenDocument(DocumentKind(read_document(number, BY_HAND).kind), number),) if told else ()
    return NewPerson(name=name, documents=documents)


@require_POST
@needs("arrivals.manage")
def depart(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """The bus leaves."""
    actor = actor_of(request)
    manifest = manifest_by_id(actor, site_by_code(actor, code, "arrivals.manage"), manifest_id)
    try:
        done = commands.depart(actor=actor, at=clock.now(), manifest=manifest)
    except PeopleUnaccounted as error:
        notify(request, str(error), tone="red")
        return redirect("arrivals:bus", code, manifest_id)
    word = _("The bus has left with {n} on board; {missing} missing.").format(n=done.on_board, missing=done.missing)
    notify(request, word)
    return redirect("arrivals:bus", code, manifest_id)


def _row(
    request: HttpRequest,
    expected: ExpectedArrival,
    context: dict[str, object] | None = None,
    lines: Mapping[UUID, Passenger] | None = None,
) -> HttpResponse:
    lines = lines or lines_of(actor_of(request), expected.manifest, at=clock.now())
    shown = {"site": expected.site, "may_manage": True, "one": lines[expected.id], **(context or {})}
    return render(request, "arrivals/passenger_rows.html", shown)
