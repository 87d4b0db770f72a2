"""What apps above add to a person's page: each a fragment fetched after the page, so that people knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.errors import Text


@dataclass(frozen=True)
class Panel:
    """A box of the page. `url` gives the address of its fragment, or None when the actor may not see it."""

    key: str
    title: Text
    url: Callable[[Actor, UUID], str | None]
    order: int = 50


_PANELS: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Add a panel; called from `AppConfig.ready` of the app above."""
    _PANELS[panel.key] = panel


def panels(actor: Actor, person_id: UUID) -> list[tuple[Panel, str]]:
    """The panels that this actor sees, with the addresses of their fragments."""
    found = [(panel, panel.url(actor, person_id)) for panel in sorted(_PANELS.values(), key=lambda one: one.order)]
    return [(panel, url) for panel, url in found if url is not None]
