"""The room board of a site, its side panel, and the search that lights up rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import InvalidInput, NotFound
from lazaretto.core.states import steps_by_hand
from lazaretto.places.choices import RoomState, SiteState
from lazaretto.places.commands import change_room_state
from lazaretto.places.models import Room, Site
from lazaretto.places.rules import ROOM_EDGES
from lazaretto.stays import wording
from lazaretto.stays.charts import trend_chart
from lazaretto.stays.choices import Symptom
from lazaretto.stays.queries.board import Board, Cell, FloorRow, board
from lazaretto.stays.queries.finding import rooms_found
from lazaretto.stays.queries.room import POSITIVES, RoomPanel, room_panel
from lazaretto.stays.queries.todo import todo_list
from lazaretto.stays.queries.trend import Change, since_yesterday, trend
from lazaretto.stays.views.common import HAND_OVER, done, is_part, page, site_of, with_toast

BOARD = "stays.board"
SHOWN = 12  # lines of the to-do list
LIVE, PANEL = "board-live", "board-panel"

# The look of a cell where its state and its colours differ.
LOOKS = {"release_overdue": "release", "release_today": "release"}
STATE_LABELS = {key: label for key, label, _icon in wording.CELL_STATES}
FILTER_OF = {"to_clean": "cleaning", "disinfecting": "cleaning"}


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as the template writes it; the template does as little as it can in a loop of hundreds.

    `attributes` and `tail` (icons and words that are not seen) are the same for many cells and made once for each kind.
    """

    number: str
    href: str
    look: str
    attributes: str
    first: str
    second: str
    tail: str


@dataclass(frozen=True)
class FloorView:
    """A floor of the board."""

    label: str
    building: str
    zone: str
    taken: int
    rooms: int
    percent: int
    cells: list[CellView]


@require_GET
@needs(BOARD)
def show(request: HttpRequest, code: str, number: str = "") -> HttpResponse:
    """The whole board; for htmx only the live part, or the panel of one room."""
    actor, at = actor_of(request), clock.now()
    site = site_of(request, code, BOARD)
    if number and is_part(request, PANEL):
        return _panel(request, site, number, at)
    found = board(actor, site, at=at)
    context = _live_context(actor, site, found, at)
    if is_part(request, LIVE):
        return page(request, site, "stays/board/live.html", {**context, "oob": True})
    panel = _panel_context(actor, site, number, at) if number else {}
    return page(
        request, site, "stays/board/board.html", {**context, **_aside(actor, site, at), **panel, "chosen": number}
    )


@require_GET
@needs(BOARD)
def find(request: HttpRequest, code: str) -> JsonResponse:
    """The numbers of the rooms that fit a text."""
    site = site_of(request, code, BOARD)
    return JsonResponse({"rooms": rooms_found(actor_of(request), site, request.GET.get("q", "")[:60])})


@require_POST
@needs("places.rooms")
def change_state(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Take a room one step on, from the panel."""
    actor, at = actor_of(request), clock.now()
    site = site_of(request, code, BOARD)
    room = Room.objects.filter(site=site, number=number).first()
    if room is None:
        raise NotFound(kind="places.room", id=number)
    wanted = request.POST.get("after", "")
    if wanted not in RoomState.values:
        raise InvalidInput(fields={"after": wanted})
    after = RoomState(wanted)
    change_room_state(
        actor=actor,
        at=at,
        room=room,
        after=after,
        before=request.POST.get("before", ""),
        reason=request.POST.get("reason", ""),
    )
    text = _("%(room)s: %(state)s") % {"room": number, "state": after.label}
    return after_change(request, site, number, text, at)


def after_change(request: HttpRequest, site: Site, number: str, text: str, at: datetime) -> HttpResponse:
    """The room's panel again with a notice; the board beside it is told to look again."""
    if not request.headers.get("HX-Request"):
        return done(request, text, reverse("stays:board_room", args=[site.code, number]))
    answer = with_toast(_panel(request, site, number, at), text)
    answer["HX-Trigger-After-Settle"] = "lz:board-changed"
    return answer


def _panel(request: HttpRequest, site: Site, number: str, at: datetime) -> HttpResponse:
    return page(request, site, "stays/board/panel.html", _panel_context(actor_of(request), site, number, at))


def _panel_context(actor: Actor, site: Site, number: str, at: datetime) -> dict[str, Any]:
    panel = room_panel(actor, site, number, at=at)
    if panel is None:
        raise NotFound(kind="places.room", id=number)
    return {
        "panel": panel,
        "guests": [
            (guest, wording.language_name(guest.language), wording.test_label(guest.test_due)) for guest in panel.guests
        ],
        "positives": POSITIVES,
        "can": _may(actor, site),
        "symptoms": Symptom.choices,
        "steps": _steps(actor, site, panel),
        "positive_steps": [str(step) for step in wording.POSITIVE_STEPS],
        "now": at,
    }


def _may(actor: Actor, site: Site) -> dict[str, bool]:
    """What the role may do here, by short names for the template."""
    return {
        name: actor.may(capability, site.unit_id)
        for name, capability in {
            "read": "stays.read",
            "observe": "stays.rounds",
            "specimen": "stays.specimens",
            "move": "stays.manage",
            "extend": "stays.approve",
            "release": "stays.release",
            "health": "stays.health",
            "admit": "stays.admit",
            "register": "stays.register",
            "hand_over": HAND_OVER,
        }.items()
    }


def _steps(actor: Actor, site: Site, panel: RoomPanel) -> list[tuple[str, str, bool]]:
    """States the room may go to at these hands, the usual one first; True where a reason is asked for."""
    held = [name for name in ("places.rooms", "places.manage") if actor.may(name, site.unit_id)]
    usual = (RoomState.READY, RoomState.DISINFECTING, RoomState.TO_CLEAN)
    found = sorted(
        steps_by_hand(ROOM_EDGES, panel.room.state, held), key=lambda state: usual.index(state) if state in usual else 9
    )
    return [(state, str(RoomState(state).label), state == RoomState.OUT_OF_SERVICE) for state in found]


def _live_context(actor: Actor, site: Site, found: Board, at: datetime) -> dict[str, Any]:
    """What changes by the minute: figures, cells, legend, to-do list."""
    base = reverse("stays:board_room", args=[site.code, "_"])[:-1]
    tails: dict[Any, tuple[str, str]] = {}
    opened = site.state not in {SiteState.PLANNED, SiteState.CLOSED}
    floors = [_floor(row, base, tails, opened=opened) for row in found.floors]
    counts = _counts(found)
    reads = actor.may("stays.read", site.unit_id)
    states = [state for state in wording.CELL_STATES if reads or state[0] not in {"positive", "symptoms"}]
    return {
        "board": found,
        "figures": found.figures,
        **_signed(since_yesterday(site, at=at)),
        "tests_text": f"{found.figures.tests_due} / {found.figures.results_waiting}",
        "floors": floors,
        "several_buildings": len({floor.building for floor in floors}) > 1,
        "legend": [(place, *state, counts.get(state[0], 0)) for place, state in enumerate(states, start=1)],
        "mark_legend": [(*mark, _marked(found, mark[0])) for mark in wording.MARKS] if reads else [],
        **_todo(actor, site, at),
        "waiting": _waiting(found, at),
        "can": _may(actor, site),
        "now": at,
    }


def _signed(change: Change) -> dict[str, Any]:
    texts = {"in_house_text": wording.signed(change.in_house), "free_rooms_text": wording.signed(change.free_rooms)}
    return {"change": texts}


def _todo(actor: Actor, site: Site, at: datetime) -> dict[str, Any]:
    """The to-do list with its times in words, in the site's zone."""
    if not actor.may("stays.read", site.unit_id):
        return {"todo": []}
    with timezone.override(site.time_zone):
        lines = [
            (line, wording.todo_title(line.kind, line.title), wording.time_left(line.due_at, at))
            for line in todo_list(actor, site, at=at)
        ]
    return {"todo": lines[:SHOWN], "todo_more": max(0, len(lines) - SHOWN)}


def _aside(actor: Actor, site: Site, at: datetime) -> dict[str, Any]:
    """What changes by the day."""
    return {"chart": trend_chart(trend(site, at=at))} if actor.may("stays.read", site.unit_id) else {}


def _floor(row: FloorRow, base: str, tails: dict[Any, tuple[str, str]], *, opened: bool) -> FloorView:
    taken = sum(1 for cell in row.cells if cell.guests)
    return FloorView(
        label=row.floor.label,
        building=row.floor.building.name,
        zone=row.floor.zone.name if row.floor.zone else row.floor.building.name,
        taken=taken,
        rooms=len(row.cells),
        percent=row.taken_percent,
        cells=[_cell(cell, base, tails, opened=opened) for cell in row.cells],
    )


def _cell(cell: Cell, base: str, tails: dict[Any, tuple[str, str]], *, opened: bool) -> CellView:
    number = cell.room.number
    first, second = _words(cell, opened=opened)
    kind = (cell.status, bool(cell.guests), cell.test_due, cell.no_answer)
    if kind not in tails:
        tails[kind] = _tail(cell)
    attributes, tail = tails[kind]
    look = LOOKS.get(cell.status, cell.status)
    return CellView(number, f"{base}{quote(number)}", look, attributes, first, second, tail)


def _tail(cell: Cell) -> tuple[str, str]:
    """What cells of one kind have in common: attributes for the filters, icons, words for those who do not see them."""
    key = FILTER_OF.get(cell.status, cell.status)
    marks = [name for name, given in (("test", cell.test_due), ("silent", cell.no_answer)) if given]
    context = {
        "key": key,
        "other": key != LOOKS.get(cell.status, cell.status),
        "flag": key if cell.guests and key != "occupied" else "",
        "label": STATE_LABELS[key],
        "marks": marks,
    }
    attributes = render_to_string("stays/board/cell_attributes.html", context)
    return attributes, render_to_string("stays/board/cell_tail.html", context)


def _words(cell: Cell, *, opened: bool) -> tuple[str, str]:
    """Two lines: who and which day, or the room's state; a ready room of a site that is not open is nobody's yet."""
    if not cell.guests and cell.room.state == RoomState.READY and not opened:
        return _("not open"), ""
    if not cell.guests:
        return str(RoomState(cell.room.state).label), ""
    return cell.guests[0].name, wording.cell_day(cell.guests[0].day, len(cell.guests))


def _counts(found: Board) -> dict[str, int]:
    counts: dict[str, int] = {}
    for status, number in found.counts.items():
        key = FILTER_OF.get(status, status)
        counts[key] = counts.get(key, 0) + number
    return counts


def _marked(found: Board, mark: str) -> int:
    cells = [cell for row in found.floors for cell in row.cells]
    return sum(1 for cell in cells if (cell.test_due if mark == "test" else cell.no_answer))


def _waiting(found: Board, at: datetime) -> str:
    """How long the oldest positive has waited, hours and minutes."""
    oldest = found.figures.oldest_positive_at
    if oldest is None:
        return "–"
    minutes = int((at - oldest).total_seconds() // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
