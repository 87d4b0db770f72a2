"""The command palette's answers and the search page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lazaretto.accounts.doors import SIGNED_IN, actor_of, needs
from lazaretto.core.access import Actor
from lazaretto.headquarters.queries import finder
from lazaretto.people.queries import display_name
from lazaretto.places.models import Room, Site
from lazaretto.stays.models import Stay
from lazaretto.ui import nav

LONGEST = 200  # characters; what scanners read is shorter
PAGE = 30
BOARD = "stays.board"


@needs(SIGNED_IN)
def palette(request: HttpRequest) -> JsonResponse:
    """Groups of hits for what was typed or scanned; for nothing, the pages and sites of the reader."""
    text = request.GET.get("q", "")[:LONGEST].strip()
    if path := _scanned(text):
        item = {"label": _("Open what was scanned"), "detail": path, "url": path, "icon": "scan"}
        return JsonResponse({"groups": [{"label": _("Scanned code"), "items": [item]}]})
    actor = actor_of(request)
    groups = [
        (pgettext("search", "People"), _people(actor, text)),
        (_("Stays"), [_stay(actor, stay) for stay in finder.stays_numbered(actor, text)]),
        (_("Rooms"), [_room(actor, room) for room in finder.rooms(actor, text)]),
        (_("Sites"), [_site(actor, site) for site in finder.places(actor, text)]),
        (pgettext("search", "Pages"), _pages(request, text)),
    ]
    return JsonResponse({"groups": [{"label": label, "items": items} for label, items in groups if items]})


@needs(SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """The same search as a page, with more people."""
    actor, text = actor_of(request), request.GET.get("q", "")[:LONGEST].strip()
    people = finder.people(actor, text, limit=PAGE, after=request.GET.get("after", "")) if text else []
    groups = [
        (_("Stays"), [_stay(actor, stay) for stay in finder.stays_numbered(actor, text)]),
        (_("Rooms"), [_room(actor, room) for room in finder.rooms(actor, text)] if text else []),
        (_("Sites"), [_site(actor, site) for site in finder.places(actor, text)]),
        (pgettext("search", "Pages"), _pages(request, text) if text else []),
    ]
    context = {
        "q": text,
        "people": [(hit, _person_url(hit)) for hit in people],
        "after": people[-1].found.cursor if len(people) == PAGE else "",
        "groups": groups,
        "found": any(items for _label, items in groups),
    }
    return render(request, "headquarters/search.html", context)


def _people(actor: Actor, text: str) -> list[dict[str, Any]]:
    hits = finder.people(actor, text) if text else []
    return [{"label": hit.found.name, "detail": _detail(hit), "url": _person_url(hit), "icon": "user"} for hit in hits]


def _detail(hit: finder.PersonHit) -> str:
    born = f"{hit.found.birth_date:%Y}" if hit.found.birth_date else ""
    place = f"{hit.site.code} {hit.room}" if hit.site else hit.place
    return " · ".join(filter(None, [hit.found.romanised, born, place]))


def _person_url(hit: finder.PersonHit) -> str:
    """The file of the stay while there is one, the handover of whoever is under way, else the page of the person."""
    if hit.handover:
        return reverse("transfers:handover", args=[hit.handover])
    if hit.site is not None:
        return reverse("stays:stay", args=[hit.site.code, hit.stay_number])
    return reverse("people:person", args=[hit.found.person_id])


def _stay(actor: Actor, stay: Stay) -> dict[str, Any]:
    name = display_name(actor, stay.person, unit_id=stay.site.unit_id)
    url = reverse("stays:stay", args=[stay.site.code, stay.number])
    return {"label": stay.number, "detail": name, "url": url, "icon": "clipboard-list"}


def _room(actor: Actor, room: Room) -> dict[str, Any]:
    name = "stays:board_room" if actor.may(BOARD, room.site.unit_id) else "places:room"
    url = reverse(name, args=[room.site.code, room.number])
    return {"label": room.number, "detail": f"{room.site} · {room.get_state_display()}", "url": url, "icon": "bed"}


def _site(actor: Actor, site: Site) -> dict[str, Any]:
    url = reverse("stays:board" if actor.may(BOARD, site.unit_id) else "places:site", args=[site.code])
    return {"label": site.spoken_name, "detail": site.code, "url": url, "icon": "building"}


def _pages(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    entries = [finder.PageHit(str(link.label), link.url, link.icon) for link in nav.links(request)]
    return [{"label": hit.label, "detail": "", "url": hit.url, "icon": hit.icon} for hit in finder.pages(entries, text)]


def _scanned(text: str) -> str:
    path = finder.scanned_path(text, settings.BASE_URL)
    try:
        return path if path and resolve(path) else ""
    except Resolver404:
        return ""
