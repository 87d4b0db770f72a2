"""What apps above put on the pages of a stay and of a positive: links, so that stays knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from lazaretto.core.access import Actor
from lazaretto.core.errors import Text
from lazaretto.stays.models import Specimen, Stay


@dataclass(frozen=True, kw_only=True)
class StayLink:
    """A button. `url` gives its address for a stay, and for a positive where the page is about one; None: not here."""

    key: str
    label: Text
    icon: str
    capability: str
    url: Callable[[Stay, Specimen | None], str | None]


@dataclass(frozen=True)
class Link:
    """A button made ready."""

    label: Text
    icon: str
    url: str


_LINKS: dict[str, StayLink] = {}


def register(*links: StayLink) -> None:
    """Add links; called from `AppConfig.ready` of the app above."""
    for link in links:
        _LINKS[link.key] = link


def links(actor: Actor, stay: Stay, specimen: Specimen | None = None) -> list[Link]:
    """The buttons for this actor, in the order in which they were added."""
    allowed = [one for one in _LINKS.values() if actor.may(one.capability, stay.site.unit_id)]
    found = [(one, one.url(stay, specimen)) for one in allowed]
    return [Link(one.label, one.icon, url) for one, url in found if url is not None]
