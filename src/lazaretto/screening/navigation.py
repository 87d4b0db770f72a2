"""The sidebar's entry, and the pages that other apps add to a round."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.core.errors import Text
from lazaretto.screening.rules import READ
from lazaretto.ui import nav


@dataclass(frozen=True)
class Room:
    """A page that another app has about a round or about a point; `url` is its name, with the key as only argument."""

    label: Text
    icon: str
    url: str


ROOMS: dict[str, Room] = {}
POINT_ROOMS: dict[str, Room] = {}


def add_room(room: Room) -> None:
    """Let the page of a round lead to it; called when the apps are ready."""
    ROOMS[room.url] = room


def add_point_room(room: Room) -> None:
    """Let the line of a point lead to it; called when the apps are ready."""
    POINT_ROOMS[room.url] = room


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
