"""Pages: states of rooms by floor, the cleaning list for a phone, one room with its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.core.states import steps_by_hand
from lazaretto.places import commands, queries, rules
from lazaretto.places.choices import STEP_WORDS, RoomState
from lazaretto.places.models import Room, Site
from lazaretto.places.views.base import frame, site_of
from lazaretto.ui.notices import notify

DONE_WITHIN = timedelta(hours=12)
HELD = ("places.rooms", "places.manage")


@needs("places.read")
def states(request: HttpRequest, code: str) -> HttpResponse:
    """All rooms by floor with their state; a POST takes the chosen ones one step on."""
    site = site_of(request, code, "places.rooms" if request.method == "POST" else "places.read")
    if request.method == "POST":
        _step_rooms(request, site)
        return redirect(request.get_full_path())
    chosen = [state for state in request.GET.getlist("state") if state in RoomState.values]
    figures = queries.figures_of([site])[0]
    rooms = queries.rooms(actor_of(request)).filter(site=site)
    shown = list(rooms.filter(state__in=chosen) if chosen else rooms)
    by_floor = [list(found) for _floor, found in groupby(shown, key=lambda room: room.floor_id)]
    steps = _steps(request, site)
    context = frame(request, site, "states") | {
        "figures": figures,
        "chosen": chosen,
        "floors": [(found[0].floor, _cells(site, found, choose=bool(steps))) for found in by_floor],
        "shown": len(shown),
        "legend": [(state, label, figures.counts.get(state, 0)) for state, label in RoomState.choices],
        "steps": steps,
    }
    return render(request, "places/states.html", context)


CELL = """<li><div class="lz-room lz-room-choice" data-room="{state}">{choice}<span>{word}</span>\
<a href="{url}/" aria-label="{number} {details}">{mark}</a></div></li>"""
CHOICE = """<label><input type="checkbox" name="room" value="{}" data-cell aria-label="{} {}"><b>{}</b></label>"""


def _cells(site: Site, rooms: Sequence[Room], *, choose: bool) -> SafeString:
    """Cells of a floor. Written here: the template engine takes ten times as long for four hundred of them."""
    words = {state: str(label) for state, label in RoomState.choices}
    url, details = reverse("places:site", args=[site.code]) + "room/", _("details")
    found = []
    for room in rooms:
        word = words[room.state]
        number = format_html("<b>{}</b>", room.number)
        choice = format_html(CHOICE, room.pk, room.number, word, room.number) if choose else number
        mark = "♿" if room.accessible else "›"
        cell = {"state": room.state, "choice": choice, "word": word, "number": room.number, "mark": mark}
        found.append(format_html(CELL, url=url + quote(room.number), details=details, **cell))
    return format_html_join("", "{}", ((cell,) for cell in found))


def _steps(request: HttpRequest, site: Site) -> list[tuple[str, str]]:
    """States that this actor may take rooms to by hand, in the order of the life of a room."""
    actor = actor_of(request)
    held = {name for name in HELD if actor.may(name, site.unit_id)}
    reachable = {after for state in RoomState for after in steps_by_hand(rules.ROOM_EDGES, state, held)}
    return [(state, str(STEP_WORDS[state])) for state in STEP_WORDS if state in reachable]


def _step_rooms(request: HttpRequest, site: Site) -> None:
    try:
        ids = [UUID(text) for text in request.POST.getlist("room")]
        after = RoomState(request.POST.get("after", ""))
    except ValueError as error:
        raise InvalidInput(fields={"room": _("Choose rooms and a step.")}) from error
    if not ids:
        notify(request, _("Choose rooms first."), tone="amber")
        return
    try:
        done = commands.change_room_states(
            actor=actor_of(request), at=clock.now(), site=site, rooms=ids, after=after,
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, f"{error} {error.context.get('room', '')}", tone="red")
        return
    text = ngettext("%(count)d room: %(state)s.", "%(count)d rooms: %(state)s.", done.rooms)
    notify(request, text % {"count": done.rooms, "state": after.label})


@needs("places.read")
def cleaning(request: HttpRequest, code: str) -> HttpResponse:
    """What is to be cleaned and disinfected, for a phone in a gloved hand; a POST takes one room one step on."""
    site = site_of(request, code, "places.rooms" if request.method == "POST" else "places.read")
    now = clock.now()
    if request.method == "POST":
        return _clean(request, site, now)
    waiting = queries.cleaning_list(actor_of(request), site)
    context = frame(request, site, "cleaning") | {
        "to_clean": [room for room in waiting if room.state == RoomState.TO_CLEAN],
        "disinfecting": [room for room in waiting if room.state == RoomState.DISINFECTING],
        "done": list(queries.recently_ready(actor_of(request), site, now - DONE_WITHIN)[:20]),
        "now": now,
    }
    return render(request, "places/cleaning.html", context)


def _clean(request: HttpRequest, site: Site, now: datetime) -> HttpResponse:
    found = get_object_or_404(Room, site=site, number=request.POST.get("room", ""))
    before = request.POST.get("before", "")
    try:
        after = RoomState(request.POST.get("after", ""))
        commands.change_room_state(actor=actor_of(request), at=now, room=found, before=before, after=after)
    except ValueError as error:
        raise InvalidInput(fields={"after": _("There is no such state.")}) from error
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        undo = reverse("places:undo_step", args=[site.code, found.number]) if _may_undo(after) else ""
        text = _("%(room)s: %(state)s") % {"room": found.number, "state": after.label}
        notify(request, text, undo=undo)
    return redirect("places:cleaning", code=site.code)


def _may_undo(after: RoomState) -> bool:
    """A step that the table can take back: disinfection begun too early."""
    return after == RoomState.DISINFECTING


@needs("places.rooms")
@require_POST
def undo_step(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Take back that disinfection began."""
    site = site_of(request, code, "places.rooms")
    found = get_object_or_404(Room, site=site, number=number)
    commands.change_room_state(
        actor=actor_of(request),
        at=clock.now(),
        room=found,
        before=RoomState.DISINFECTING,
        after=RoomState.TO_CLEAN,
        reason=_("taken back"),
    )
    return HttpResponse(status=204)


@needs("places.read")
def room(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One room: what it is, its steps so far, the steps that are possible."""
    site = site_of(request, code, "places.rooms" if request.method == "POST" else "places.read")
    if request.method == "POST":
        _step_rooms(request, site)
        return redirect("places:room", code=code, number=number)
    actor = actor_of(request)
    found = get_object_or_404(queries.rooms(actor).filter(site=site), number=number)
    held = {name for name in HELD if actor.may(name, site.unit_id)}
    context = frame(request, site, "states") | {
        "room": found,
        "yes_no": f"{_('yes')},{_('no')}",
        "history": queries.room_history(actor, found),
        "steps": [
            (state, str(STEP_WORDS[state]), state in rules.REASON_NEEDED)
            for state in steps_by_hand(rules.ROOM_EDGES, found.state, held)
        ],
    }
    return render(request, "places/room.html", context)
