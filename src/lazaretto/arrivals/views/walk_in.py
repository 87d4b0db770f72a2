"""Somebody without a list: first who they may be, then one form, then a room. Nothing typed is lost.

Whoever has an order in force goes on under it: the form asks for a room and nothing else. Whom another place has is
reported, not admitted.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.arrivals.commands import admit_walk_in, ask_to_admit
from lazaretto.arrivals.forms import WalkInForm
from lazaretto.arrivals.queries.bus import free_rooms
from lazaretto.arrivals.queries.desk import last_grounds
from lazaretto.arrivals.queries.walk_in import (
    alike_to,
    card_of,
    known_at_the_desk,
    known_by_id,
    standing_of,
    stands_behind,
    stay_in_room,
)
from lazaretto.arrivals.views.walk_in_place import place_for, room_at
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import ClientIdReused, DomainError, NotFound
from lazaretto.core.ids import new_id
from lazaretto.people.choices import Likeness
from lazaretto.people.models import Person
from lazaretto.people.queries import person_by_id
from lazaretto.people.rules import BY_HAND, read_document, read_phones
from lazaretto.places.models import Site
from lazaretto.places.queries import receivable_categories, site_by_code
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.stays.queries.going_on import decided, goes_on_under, unlifted_order
from lazaretto.transfers.commands import report_here
from lazaretto.ui.notices import notify

ADMIT = "stays.admit"
GROUNDS = ("category", "authority", "legal_basis", "reason")
OUT_OF_REACH = frozenset({401, 403, 404})
# Where a refusal stands: error code → field. Others stand above the form.
FIELDS = {
    "name_invalid": "name",
    "nobody_named": "name",
    "document_invalid": "document_number",
    "document_taken": "document_number",
    "birth_date_impossible": "birth_date",
    "phone_invalid": "phone",
    "no_order_behind": "why_now",
    "why_now": "why_now",
    "already_asked": "unlisted",
    "already_in_party": "with_room",
    "stay_ended": "with_room",
    "category_not_received": "category",
    "not_isolated": "category",
    "isolation_over": "exposed_on",
    "not_yet": "exposed_on",
    "no_room_proposed": "room",
    "room_elsewhere": "room",
    "room_not_ready": "room",
    "room_occupied": "room",
    "no_free_bed": "room",
    "sharing_not_allowed": "room",
    "sharing_needs_assessment": "assessment",
}


@needs(ADMIT)
def walk_in(request: HttpRequest, code: str) -> HttpResponse:
    """The form; posted, it admits. `pick` recognises somebody, empty it takes that back; neither admits."""
    actor = actor_of(request)
    site = site_by_code(actor, code, ADMIT)
    if request.method != "POST":
        return _page(request, site, _form(site, initial=_initial(actor, site, request)))
    if "pick" in request.POST:
        return _pick(request, site)
    form = _form(site, request.POST, order=_order_of(actor, site, request.POST))
    if "report" in request.POST:
        return _reported(request, site, form)
    _check_rooms(site, form)
    if form.is_valid():
        try:
            return redirect(_asked(actor, site, form) if _can_wait(form) else _admitted(actor, site, form))
        except DomainError as error:
            _refuse(form, error)
    return _page(request, site, form)


@require_POST
@needs(ADMIT)
def walk_in_look(request: HttpRequest, code: str) -> HttpResponse:
    """Who they may be and which room, while the form is being filled in."""
    site = site_by_code(actor_of(request), code, ADMIT)
    context = _context(request, site, _form(site, request.POST))
    return render(request, "arrivals/walk_in_look.html", context)


def _form(
    site: Site, data: Any = None, initial: dict[str, Any] | None = None, order: IsolationOrder | None = None
) -> WalkInForm:
    receivable = receivable_categories(site)
    categories = [(category.value, category.label) for category in Category if category in receivable]
    return WalkInForm(data, initial=initial, categories=categories, goes_on=order is not None)


def _order_of(actor: Actor, site: Site, data: Any) -> IsolationOrder | None:
    """The order in force of whoever was recognised, under which they go on in the category that the form says."""
    person = _recognised(actor, _form(site, data))
    return goes_on_under(person.pk, data.get("category", ""), at=clock.now()) if person else None


def _pick(request: HttpRequest, site: Site) -> HttpResponse:
    """Somebody is recognised, or not any more. Whoever cannot be yet: what was typed stays, and what lacks is said."""
    form = _form(site, initial=_picked(_form(site, request.POST)))
    try:
        person = _recognised(actor_of(request), form)
    except NotFound:
        form = _form(site, request.POST)
        form.errors.clear()
        form.add_error("name", _("They are known at another place: write their name, or scan their document."))
        return _page(request, site, form)
    order = unlifted_order(person.pk) if person else None
    found = decided(order) if order else None
    if found is not None:
        day = clock.local_date(found.since, clock.zone(site.time_zone))
        form.initial.update({"category": found.category, "exposed_on": day})
    return _page(request, site, form)


def _reported(request: HttpRequest, site: Site, form: WalkInForm) -> HttpResponse:
    """Another place has them: both places are asked where they are, and nobody is moved by it."""
    actor = actor_of(request)
    person = _recognised(actor, form)
    if person is None:
        raise NotFound(person=form["same_as"].value())
    try:
        report_here(actor=actor, at=clock.now(), site=site, card=card_of(person))
    except DomainError as error:
        form.errors.clear()
        form.add_error(None, str(error))
        return _page(request, site, form)
    notify(request, _("Both places are asked; nobody was moved."), tone="amber")
    return redirect("arrivals:desk", site.code)


def _initial(actor: Actor, site: Site, request: HttpRequest) -> dict[str, Any]:
    """As the site's last admission was grounded; with what was typed at the desk, or with somebody's household."""
    grounds = last_grounds(site)
    values: dict[str, Any] = {name: getattr(grounds, name) for name in GROUNDS}
    if grounds.category not in receivable_categories(site):
        del values["category"]
    values["client_id"] = new_id()
    values |= _read(request.GET.get("q", "").strip()[:40])
    stays = Stay.objects.visible_to(actor, ADMIT).filter(site=site, ended_at__isnull=True)
    companion = stays.filter(number=request.GET.get("with", "")).select_related("order", "person").first()
    if companion is not None:
        values |= _of_household(companion, site)
    return values


def _read(text: str) -> dict[str, str]:
    """What somebody typed into the desk's search, in the field where it belongs."""
    if not any(letter.isdigit() for letter in text):
        return {"name": text}
    return (
        {"phone": text}
        if read_phones(text).numbers and not read_document(text, BY_HAND).facts
        else {"document_number": text}
    )


def _of_household(companion: Stay, site: Site) -> dict[str, Any]:
    order = companion.order
    taken = companion.occupancies.filter(ended_at__isnull=True).select_related("room").first()
    return {
        **{name: getattr(order, name) for name in GROUNDS},
        "with_room": taken.room.number if taken else "",
        "exposed_on": order.last_exposure_at.astimezone(clock.zone(site.time_zone)).date(),
        "language": companion.person.language,
    }


def _picked(typed: WalkInForm) -> dict[str, Any]:
    """Everything typed, with the person who was recognised; letters that only served to find them are let go."""
    read = typed.cleaned_data if typed.errors is not None else {}
    values: dict[str, Any] = {field.name: read.get(field.name) or field.value() or "" for field in typed}
    values |= {"same_as": typed.data.get("pick", ""), "others": ""}
    if read_document(values["document_number"], BY_HAND).trouble is not None:
        values["document_number"] = ""
    if read_phones(values["phone"]).refused:
        values["phone"] = ""
    return values


def _can_wait(form: WalkInForm) -> bool:
    return str(form.cleaned_data["unlisted"]) == "ask"


def _admitted(actor: Actor, site: Site, form: WalkInForm) -> str:
    """Admit them; where to go on. The form sent twice admits once; changed after that, it is another request."""
    payload = _payload(actor, site, form)
    client_id = form.cleaned_data["client_id"] or new_id()
    try:
        done = admit_walk_in.invoke(actor=actor, at=clock.now(), payload=payload, client_id=client_id)
    except ClientIdReused:
        done = admit_walk_in.invoke(actor=actor, at=clock.now(), payload=payload, client_id=new_id())
    return f"{reverse('arrivals:desk', args=[site.code])}?done={done.stay_number}"


def _asked(actor: Actor, site: Site, form: WalkInForm) -> str:
    """Ask headquarters about somebody who waits; where its answer will stand."""
    said = _said(actor, site, form)
    said["plea"] = said["plea"] or {"why_now": ""}
    asked = ask_to_admit.invoke(actor=actor, at=clock.now(), payload=said)
    return reverse("orders:exception", args=[asked.exception])


def _said(actor: Actor, site: Site, form: WalkInForm) -> dict[str, Any]:
    """Who it is and why it cannot wait, as both commands take it."""
    said, person = form.cleaned_data, _recognised(actor, form)
    return {
        "site": str(site.id),
        "newcomer": asdict(form.newcomer(person.name if person else "")),
        "same_as": str(person.id) if person else None,
        "not_same_as": [str(other) for other in said["others"]],
        "plea": {"why_now": said["why_now"].strip()} if said["why_now"].strip() else None,
    }


def _payload(actor: Actor, site: Site, form: WalkInForm) -> dict[str, Any]:
    said = form.cleaned_data
    companion = stay_in_room(site, said["with_room"])
    room = room_at(site, said["room"] or said["proposed"])
    order = _order_of(actor, site, form.data)
    return {
        **{name: getattr(order, name) if order else said[name] for name in GROUNDS},
        **_said(actor, site, form),
        "last_exposure_at": order.last_exposure_at if order else form.exposed_at(site.time_zone),
        "companion": str(companion.id) if companion else None,
        "room": str(room.id) if room else None,
        "assessment": said["assessment"],
    }


def _check_rooms(site: Site, form: WalkInForm) -> None:
    """Rooms that do not exist, or in which nobody is, are named at their field."""
    said = form.cleaned_data if form.errors is not None else {}
    if said.get("with_room") and stay_in_room(site, said["with_room"]) is None:
        form.add_error("with_room", _("Nobody is in this room."))
    if said.get("room") and room_at(site, said["room"]) is None:
        form.add_error("room", _("There is no such room here."))


def _refuse(form: WalkInForm, error: DomainError) -> None:
    """Put a refusal at its field; what the actor must not know of goes on up."""
    if error.status in OUT_OF_REACH:
        raise error
    form.add_error(FIELDS.get(error.code), str(error))


def _recognised(actor: Actor, form: WalkInForm) -> Person | None:
    """The known person whom somebody chose: one they may see, or one whom what was said gives away."""
    chosen = form["same_as"].value()
    if not chosen:
        return None
    try:
        wanted = UUID(str(chosen))
    except ValueError as error:
        raise NotFound(person=chosen) from error
    said = form.so_far()
    why = alike_to(said).get(wanted, ())
    if why and (said.name or Likeness.SAME_NUMBER in why):
        return Person.objects.current().get(pk=wanted)
    return person_by_id(actor, wanted, ADMIT)


def _page(request: HttpRequest, site: Site, form: WalkInForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "arrivals/walk_in.html", _context(request, site, form), status=status)


def _context(request: HttpRequest, site: Site, form: WalkInForm) -> dict[str, Any]:
    actor, at, said = actor_of(request), clock.now(), form.so_far()
    person = _recognised(actor, form)
    typed = [str(form[name].value() or "").strip() for name in ("document_number", "phone", "name")]
    known = [] if person else known_at_the_desk(actor, site, said, typed, at=at)
    others = " ".join(str(one.person_id) for one in known if one.telling)
    standing = standing_of(person, site, str(form["category"].value() or ""), at=at) if person else None
    return {
        "site": site,
        "form": form,
        "recognised": known_by_id(actor, site, person, at=at) if person else None,
        "stands_behind": stands_behind(person, site, at=at) if person else "",
        "known": known,
        "others": others,
        "looked_at": bool(others) and set(others.split()) <= set(str(form["others"].value() or "").split()),
        "facts": read_document(typed[0], BY_HAND).facts if typed[0] else None,
        "place": place_for(site, form, said, person, at, standing.order if standing else None),
        "standing": standing,
        "free": [room.number for room in free_rooms(site)],
        "days": [(clock.local_date(at, clock.zone(site.time_zone)) - timedelta(days=ago), ago) for ago in range(3)],
    }
