"""People on the move: what is open, one handover with its people, signing out, questions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.custody.queries.ends import site_in_charge, unit_in_charge
from lazaretto.orders.queries.orders import order_of_handovers, papers_of
from lazaretto.people.models import Person
from lazaretto.people.queries import display_name, display_names
from lazaretto.places.choices import Ability, ExternalKind, SiteState
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.places.queries import site_by_code
from lazaretto.stays.errors import SharingNeedsAssessment
from lazaretto.stays.models import Stay
from lazaretto.stays.queries.room import kept_rooms
from lazaretto.transfers import commands, queries
from lazaretto.transfers.choices import WordKind
from lazaretto.transfers.errors import (
    AlreadyHere,
    CardUnknown,
    MomentUnreadable,
    NotInCare,
    RoomUnknown,
    UnderWayFromHere,
)
from lazaretto.transfers.forms import DecideForm, PlaceForm, PostponeForm, SignOutForm
from lazaretto.transfers.queries.away import away, with_others
from lazaretto.ui.notices import notify

READ, HAND_OVER, DECIDE = "transfers.read", "transfers.hand_over", "transfers.decide"
WITHIN = timedelta(hours=2)  # proposed as the time of arrival
DESKS = 3  # who hands over at more sites than these starts from the page of one
SHOWN = 100  # people at once on a page
ROOM_LENGTH = 12  # characters of the number of a room
ZONE = settings.TIME_ZONE


@require_GET
@needs(READ)
def moves(request: HttpRequest) -> HttpResponse:
    """Everything open: who is under way, what is asked, who has no room yet."""
    actor, at = actor_of(request), clock.now()
    asked = list(queries.questions(actor))
    waiting = list(queries.without_room(actor)[: SHOWN + 1])
    names = display_names(actor, [*(row.person for row in asked), *(row.person for row in waiting)])
    context = {
        "open": queries.on_the_move(actor, at=at),
        "questions": [(row, names[row.person_id]) for row in asked],
        "waiting": [(row, names[row.person_id]) for row in waiting[:SHOWN]],
        "waiting_more": len(waiting) > SHOWN,
        "with_others": with_others(actor, SHOWN),
        "may_hand_over": actor.may(HAND_OVER),
        "may_decide": actor.may(DECIDE),
        "sites": _desks(actor),
        "now": at,
    }
    return page(request, "transfers/moves.html", context)


@require_GET
@needs(READ)
def everyone(request: HttpRequest) -> HttpResponse:
    """Where everyone is, since when, with whom: now or at a moment of the past."""
    actor, site = actor_of(request), request.GET.get("site", "")
    at, refused = None, None
    try:
        at = _moment(request.GET.get("at", ""), clock.now())
    except DomainError as error:
        refused = error
    behind = _behind(request)
    rows = [] if refused else queries.whereabouts(actor, at=at, site=site, after=behind, limit=SHOWN + 1)
    context = {
        "refused": refused,
        "rows": rows[:SHOWN],
        "next": rows[SHOWN - 1].person_id if len(rows) > SHOWN else None,
        "site": site,
        "sites": Site.objects.visible_to(actor, READ).exclude(state=SiteState.PLANNED).order_by("code"),
        "at": at,
        "asked": request.GET.get("at", ""),
    }
    return page(request, "transfers/whereabouts.html", context, status=refused.status if refused else 200)


@require_GET
@needs(READ)
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """One handover: who has arrived, who is missing, live at both ends."""
    return _shown(request, handover_of(actor_of(request), number))


@dataclass(frozen=True)
class Refusal:
    """What was refused about one person, and what was typed, so that only that is mended."""

    person_id: UUID
    words: str
    room: str
    assess: bool


def _shown(request: HttpRequest, found: Handover, refused: Refusal | None = None) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    lines = queries.lines_of(actor, found)
    site, unit_id = site_in_charge(found), unit_in_charge(found)
    sends = found.from_site is not None or found.to_site is None  # one between others is answered for by one of ours
    kept = kept_rooms([line.row.person_id for line in lines], found.to_site)
    order = order_of_handovers([found.pk]).get(found.pk, "")
    context = {
        "handover": found,
        "origin": queries.origin_of(found),
        "destination": queries.destination_of(found),
        "lines": [(line, kept.get(line.row.person_id, "")) for line in lines],
        "refused": refused,
        "order": order,
        "papers": papers_of(order) if order else [],
        "receives": found.to_site is not None and actor.may(HAND_OVER, found.to_site.unit_id),
        "sent": sends and actor.may(HAND_OVER, unit_id),
        "instead": found.diverted.order_by("signed_out_at").first(),
        "away": away(actor, found),
        "words": WordKind.choices,
        "may_fetch": sends and site is not None and actor.may(HAND_OVER, unit_id),
        "may_end": sends and actor.may(DECIDE, unit_id),
        "overdue": found.closed_at is None and found.due_at < at,
        "postpone": PostponeForm(initial={"due_at": local(found.due_at + timedelta(hours=1))}),
        "now": at,
    }
    return page(request, "transfers/handover.html", context, status=422 if refused else 200)


@require_POST
@needs(HAND_OVER)
def arrived(request: HttpRequest, number: str, person_id: UUID) -> HttpResponse:
    """One person: signed in here, brought back, or confirmed by the other place."""
    actor, at = actor_of(request), clock.now()
    found = handover_of(actor, number)
    back = reverse("transfers:handover", args=[number])
    what = request.POST.get("what", "sign_in")
    person = person_of(actor, person_id)
    if what == "confirm":
        commands.confirm_arrival(
            actor=actor, at=at, handover=found, person=person, confirmed_by=request.POST.get("confirmed_by", "")
        )
        return done(request, _("Arrival written down."), back)
    if what == "still_there":
        commands.still_there(
            actor=actor, at=at, handover=found, person=person, confirmed_by=request.POST.get("confirmed_by", "")
        )
        return done(request, _("They are still there."), back)
    act, site = (commands.bring_back, found.from_site) if what == "bring_back" else (commands.sign_in, found.to_site)
    try:
        room = _room(site, request.POST.get("room", ""))
        told = act(
            actor=actor, at=at, handover=found, person=person, room=room, assessment=request.POST.get("assessment", "")
        )
    except DomainError as refused:
        if refused.status == Forbidden.status:
            raise
        asks = isinstance(refused, SharingNeedsAssessment)
        said = request.POST.get("room", "")[:ROOM_LENGTH]
        return _shown(request, found, Refusal(person.pk, str(refused), said, asks))
    if told.asked:
        return done(request, _("Another place holds this person: both are asked, nobody was moved."), back, tone="red")
    text = (
        _("Signed in. Stay %(stay)s goes on.") % {"stay": told.stay_number}
        if told.stay_number
        else _("Signed in. They need a room.")
    )
    return done(request, text, back)


@require_POST
@needs(HAND_OVER)
def postpone(request: HttpRequest, number: str) -> HttpResponse:
    """They are late, and somebody knows why."""
    actor = actor_of(request)
    found = handover_of(actor, number)
    form = PostponeForm(request.POST)
    with timezone.override(ZONE):
        valid = form.is_valid()
    if not valid:
        raise InvalidInput(fields={name: str(error[0]) for name, error in form.errors.items()})
    commands.postpone(actor=actor, at=clock.now(), handover=found, **form.cleaned_data)
    return done(request, _("Everybody concerned sees the new time."), reverse("transfers:handover", args=[number]))


@require_http_methods(["GET", "POST"])
@needs(HAND_OVER)
def sign_out(request: HttpRequest, code: str) -> HttpResponse:
    """People leave the site: choose them, where they go, until when."""
    actor, at = actor_of(request), clock.now()
    site = site_by_code(actor, code, HAND_OVER)
    stays = _stays(site)
    names = display_names(actor, [stay.person for stay in stays])
    with timezone.override(site.time_zone):
        form = SignOutForm(
            request.POST or None,
            people=[(str(stay.person_id), names[stay.person_id]) for stay in stays],
            destinations=destinations_from(site),
            initial={
                "due_at": local(at + WITHIN, site.time_zone),
                "order": request.GET.get("order", "")[:30],
                "papers": ", ".join(papers_of(request.GET.get("order", "")[:30])),
                "destination": request.GET.get("to", "")[:50],
            },
        )
        valid = form.is_bound and form.is_valid()
    if valid:
        try:
            made = _signed_out(form.cleaned_data, site, actor, at)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            notify(request, _("They are under way."))
            return go_to(reverse("transfers:handover", args=[made.number]))
    chosen = set(form.data.getlist("people")) if form.is_bound else set(request.GET.getlist("person"))  # type: ignore[attr-defined]
    rows = [(stay, names[stay.person_id], str(stay.person_id) in chosen) for stay in stays]
    rows.sort(key=lambda row: not row[2])
    context = {"site": site, "form": form, "rows": rows}
    return page(request, "transfers/sign_out.html", context, zone=site.time_zone, status=422 if form.errors else 200)


@require_POST
@needs(HAND_OVER)
def seen_here(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody stands here whom another place holds: both places are asked."""
    actor = actor_of(request)
    site = site_by_code(actor, code, HAND_OVER)
    card = request.POST.get("card", "").strip()
    if not card:
        raise InvalidInput(fields={"card": _("Scan or type a card or a document.")})
    back = reverse("transfers:moves")
    try:
        told = commands.report_here(actor=actor, at=clock.now(), site=site, card=card)
    except UnderWayFromHere as refused:
        return done(
            request, str(refused), reverse("transfers:handover", args=[refused.context["handover"]]), tone="red"
        )
    except (CardUnknown, AlreadyHere, NotInCare) as refused:
        return done(request, str(refused), back, tone="red")
    if not told.asked:
        return done(request, _("They were on their way here: signed in. They need a room."), back)
    return done(request, _("Both places are asked; nobody was moved."), back, tone="amber")


@require_POST
@needs(HAND_OVER)
def give_room(request: HttpRequest, code: str, person_id: UUID) -> HttpResponse:
    """Somebody who was signed in without a room gets one."""
    actor = actor_of(request)
    site = site_by_code(actor, code, HAND_OVER)
    room = _room(site, request.POST.get("room", ""))
    if room is None:
        raise InvalidInput(fields={"room": _("Write the number of a room.")})
    told = commands.give_room(actor=actor, at=clock.now(), person=person_of(actor, person_id), room=room)
    return done(request, _("Stay %(stay)s goes on.") % {"stay": told.stay_number}, reverse("transfers:moves"))


@require_http_methods(["GET", "POST"])
@needs(DECIDE)
def question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Two places contradict each other: look at both, decide, say how you know. Then: who decided what and when."""
    actor = actor_of(request)
    found = queries.all_questions(actor).filter(pk=question_id).first()
    if found is None:
        raise NotFound(kind="custody.question", id=question_id)
    held = queries.holding_of(found.person_id)
    places = [(str(commands.Verdict.AS_THOUGHT), queries.place_of(held) if held else _("not in our care"))]
    if found.second_site is not None:
        reported = f"{found.second_site.code} {found.second_site.spoken_name}"
        places.append((str(commands.Verdict.AS_REPORTED), reported))
    form = DecideForm(request.POST or None, places=places)
    if found.closed_at is None and form.is_bound and form.is_valid():
        verdict = commands.Verdict(form.cleaned_data["verdict"])
        try:
            commands.decide(
                actor=actor, at=clock.now(), question=found, verdict=verdict, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("Decided. Both places see it."), reverse("transfers:moves"))
    found.refresh_from_db(fields=["closed_at", "closed_by", "answer"])
    history = found.person.custody_facts.select_related("site", "external", "handover", "by").order_by(
        "occurred_at", "id"
    )
    context = {
        "question": found, "name": display_name(actor, found.person), "form": form, "facts": history,
        "place": queries.place_of(held) if held else "",
    }  # fmt: skip
    late = found.closed_at is not None and request.method == "POST"
    return page(request, "transfers/question.html", context, status=409 if late else 422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(HAND_OVER)
def new_place(request: HttpRequest) -> HttpResponse:
    """A place that others run is added."""
    form = PlaceForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        given |= {"kind": ExternalKind(given["kind"]), "abilities": tuple(map(Ability, given["abilities"]))}
        try:
            commands.add_place(actor=actor_of(request), at=clock.now(), **given)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("The place can be chosen now."), reverse("transfers:moves"))
    return page(request, "transfers/new_place.html", {"form": form}, status=422 if form.errors else 200)


# ---- what these pages share


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, zone: str = ZONE, status: int = 200
) -> HttpResponse:
    """A page with its times in that zone."""
    with timezone.override(zone):
        return render(request, template, context, status=status)


def done(request: HttpRequest, text: str, url: str, *, tone: str = "green") -> HttpResponse:
    """Say it, and go there."""
    if text:
        notify(request, text, tone=tone)
    return go_to(url)


def go_to(url: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": url})


def handover_of(actor: Actor, number: str) -> Handover:
    """The handover of that number, from or to the actor's places. Raises `NotFound`."""
    rows = Handover.objects.visible_to(actor, READ).select_related(
        "from_site", "from_external", "to_site", "to_external", "instead_of__to_site"
    )
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(kind="custody.handover", id=number)
    return found


def person_of(actor: Actor, person_id: UUID) -> Person:
    """Somebody whom the actor sees. Raises `NotFound`."""
    found = Person.objects.visible_to(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound(kind="people.person", id=person_id)
    return found


def _room(site: Site | None, number: str) -> Room | None:
    if site is None or not number.strip():
        return None
    found = Room.objects.filter(site=site, number=number.strip()).first()
    if found is None:
        raise RoomUnknown(room=number.strip())
    return found


def _stays(site: Site) -> list[Stay]:
    rows = queries.with_room(Stay.objects.filter(site=site, ended_at__isnull=True).select_related("person"))
    return list(rows.order_by("room_number", "id"))


def _desks(actor: Actor) -> list[Site]:
    """The sites at whose door the actor may stand; none for headquarters, which stands at no door."""
    rows = Site.objects.visible_to(actor, HAND_OVER).filter(state=SiteState.ACTIVE).order_by("code")
    found = list(rows[: DESKS + 1])
    return found if len(found) <= DESKS else []


def destinations_from(site: Site | None) -> list[tuple[str, str]]:
    """Where people can be sent from a site, as the choices of a form."""
    others = Site.objects.filter(state=SiteState.ACTIVE).order_by("code")
    others = others.exclude(pk=site.pk) if site else others
    places = ExternalPlace.objects.filter(closed_at__isnull=True).order_by("kind", "name")
    return [
        *((f"site:{other.code}", f"{other.code} {other.spoken_name}") for other in others),
        *((f"place:{place.pk}", f"{place.get_kind_display()} · {place.spoken_name}") for place in places),
    ]


def _signed_out(given: dict[str, Any], site: Site, actor: Actor, at: Any) -> commands.SignedOut:
    kind, _sign, key = given["destination"].partition(":")
    along = {name: given[name] for name in ("papers", "medicines", "luggage")}
    people = tuple(Luggage(person=UUID(person), **along) for person in given["people"])
    return commands.sign_out(
        actor=actor,
        at=at,
        site=site,
        people=people,
        due_at=given["due_at"],
        to_site=key if kind == "site" else "",
        to_place=ExternalPlace.objects.get(pk=key) if kind == "place" else None,
        carrier=given["carrier"],
        escort=given["escort"],
        escort_phone=given["escort_phone"],
        keep_rooms_until=given["keep_rooms_until"],
        why_kept=given["why_kept"],
        order=given["order"],
        assessment=given["assessment"],
        all_the_same=given["all_the_same"],
    )


def local(moment: Any, zone: str = ZONE) -> Any:
    """A moment in that zone, to the minute."""
    return moment.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)


def _behind(request: HttpRequest) -> UUID | None:
    """The last person of the page before; none when nothing readable was asked."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def _moment(text: str, now: datetime) -> datetime | None:
    """The past moment asked for; None for now. Raises `MomentUnreadable`, `MomentAhead`."""
    if not text.strip():
        return None
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise MomentUnreadable
    moment = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(ZONE))
    return queries.past(moment, now=now)
