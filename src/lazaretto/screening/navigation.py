"""The sidebar's entry, and the pages that other apps add to a round."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.core.access import Actor
from lazaretto.core.errors import Text
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import Round
from lazaretto.screening.rules import OVER, READ
from lazaretto.ui import nav


@dataclass(frozen=True)
class Room:
    """A page that another app has about a round or about a point; `url` is its name, with the key as only argument."""

    label: Text
    icon: str
    url: str


@dataclass(frozen=True)
class Panel:
    """A part of the page of a round, and of an enterprise in it, that another app fills.

    Fetched from `url` once the page is there, so that it costs nothing while the page asks for news; with
    `?organisation=` for one enterprise.
    """

    title: Text
    url: str
    capability: str


@dataclass(frozen=True)
class Naming:
    """How another app takes it down by name that people of a round are excused, or missing.

    The list of who is missing posts to `url` (with the key of the round): `number` for each who is ticked or `one`
    alone, `kind` and `reason`, and the filter of the list to come back to. `reasons` are those that are proposed;
    `back` is the page on which it is taken back (keys of the round and of the row that says it). What cannot be taken
    down is shown on the list again with everything that was typed (`views.coverage.who_is_missing`).
    """

    url: str
    capability: str
    reasons: Callable[[Round], list[str]]
    back: str


Words = Callable[[Round], list[str]]

ROOMS: dict[str, Room] = {}
NAMINGS: list[Naming] = []
PANELS: dict[str, Panel] = {}
LIST_PANELS: dict[str, Panel] = {}
WORDS: list[Words] = []
POINT_ROOMS: dict[str, Room] = {}
ENTERPRISE_ROOMS: dict[str, Room] = {}


def add_room(room: Room) -> None:
    """Let the page of a round lead to it; called when the apps are ready."""
    ROOMS[room.url] = room


def add_point_room(room: Room) -> None:
    """Let the line of a point lead to it; called when the apps are ready."""
    POINT_ROOMS[room.url] = room


def add_enterprise_room(room: Room) -> None:
    """Let the page of an enterprise in a round lead whoever manages rounds to it: keys of both; when apps are ready."""
    ENTERPRISE_ROOMS[room.url] = room


def add_panel(panel: Panel) -> None:
    """Put a part onto the page of a round; called when the apps are ready."""
    PANELS[panel.url] = panel


def add_list_panel(panel: Panel) -> None:
    """Put a part onto the list of rounds; its `url` takes no key. Called when the apps are ready."""
    LIST_PANELS[panel.url] = panel


def list_panels(actor: Actor) -> list[tuple[Panel, str]]:
    """Those that the actor may look into, with their addresses."""
    return [(panel, reverse(panel.url)) for panel in LIST_PANELS.values() if actor.may(panel.capability)]


def add_words(words: Words) -> None:
    """Let an app above say in a line what it knows of a round, on its page; twice is harmless."""
    if words not in WORDS:
        WORDS.append(words)


def words_of(of: Round) -> list[str]:
    """What all apps say of a round."""
    return [said for words in WORDS for said in words(of)]


def name_by(naming: Naming) -> None:
    """Let people be excused on the list of who is missing; called when the apps are ready."""
    NAMINGS[:] = [naming]


def naming_for(actor: Actor, of: Round) -> Naming | None:
    """How the actor may excuse somebody there, if at all."""
    open_to = of.frozen_at is not None and of.state not in OVER
    return next((one for one in NAMINGS if open_to and actor.may(one.capability, of.unit_id)), None)


def panels_of(actor: Actor, of: Round, organisation: Organisation | None = None) -> list[tuple[Panel, str]]:
    """Those that the actor may look into, with their addresses."""
    asked = f"?organisation={organisation.pk}" if organisation else ""
    seen = [panel for panel in PANELS.values() if actor.may(panel.capability, of.unit_id)]
    return [(panel, reverse(panel.url, args=[of.pk]) + asked) for panel in seen]


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="screening", label=_("Mass testing"), icon="test-pipe-2", url="screening:rounds", order=47,
            visible=_reads,
        )
    )  # fmt: skip


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)
