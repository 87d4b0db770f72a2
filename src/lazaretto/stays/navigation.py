"""The sidebar's entries for the site one works at: the day's work stands first, after headquarters' overview."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.core.access import Actor
from lazaretto.core.errors import Text
from lazaretto.places.models import Site
from lazaretto.places.queries import sites
from lazaretto.ui.nav import NavItem, register

SESSION_KEY = "site"
SECTION = _("This site")


@dataclass(frozen=True)
class Tab:
    """A page that another app has beside those of tests; `url` is its name, the code of the site its only argument."""

    label: Text
    url: str
    capability: str


TABS: dict[str, Tab] = {}


def add_tab(tab: Tab) -> None:
    """Put a page beside those of tests at a site; called when the apps are ready."""
    TABS[tab.url] = tab


def tabs_of(actor: Actor, site: Site) -> list[tuple[Text, str]]:
    """Words and address of those that the actor may look into there."""
    seen = [tab for tab in TABS.values() if actor.may(tab.capability, site.unit_id)]
    return [(tab.label, reverse(tab.url, args=[site.code])) for tab in seen]


Entry = tuple[str, Text, str, str]  # name of the address, words, icon, capability

ENTRIES: tuple[Entry, ...] = (
    ("board", _("Room board"), "layout-grid", "stays.board"),
    ("rounds", _("Rounds"), "temperature", "stays.rounds"),
    ("sampling", _("Sampling and results"), "test-pipe", "stays.specimens"),
    ("releases", _("Release"), "door-exit", "stays.release"),
    ("stays", _("Stays"), "clipboard-list", "stays.read"),
    ("patrol", _("Patrol"), "door", "stays.breach"),
    ("breaches", _("Breach register"), "flag", "stays.breach"),
    ("register", _("Exit register"), "flame", "stays.register"),
)
# Pages that have no entry of their own stand under that of their work.
ALSO = {"sampling": ("results", "positives")}
CLEANING: tuple[Entry, ...] = (("cleaning", _("Cleaning"), "spray", "places.rooms"),)


def register_entries() -> None:
    """Called when the apps are ready."""
    register(*entries_at_site("stays", ENTRIES, first=14))
    register(*entries_at_site("places", CLEANING, first=14 + len(ENTRIES)))
    register(
        NavItem(
            key="stays.registers", label=_("Exit registers"), icon="flame", url="stays:registers", order=30,
            visible=_in_several,
        )
    )  # fmt: skip


def entries_at_site(app: str, entries: tuple[Entry, ...], *, first: int) -> list[NavItem]:
    """Entries of an app for the site one works at, in this order from place `first`."""
    return [
        NavItem(
            key=f"{app}.{name}", label=label, icon=icon, url=_at_site(f"{app}:{name}"), order=first + place,
            section=SECTION, visible=_may(capability),
            also=tuple(_at_site(f"{app}:{other}") for other in ALSO.get(name, ())),
        )
        for place, (name, label, icon, capability) in enumerate(entries)
    ]  # fmt: skip


def remember_site(request: HttpRequest, code: str) -> None:
    """The entries of pages that belong to no site lead to the one looked at last."""
    if request.session.get(SESSION_KEY) != code:
        request.session[SESSION_KEY] = code


def _at_site(name: str) -> Callable[[HttpRequest], str | None]:
    def url(request: HttpRequest) -> str | None:
        code = site_code(request)
        return reverse(name, args=[code]) if code else None

    return url


def _may(capability: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.is_authenticated and actor_of(request).may(capability)


def _in_several(request: HttpRequest) -> bool:
    """The list of registers is for those who look at more than one site."""
    if not request.user.is_authenticated or not actor_of(request).may("stays.register"):
        return False
    return actor_of(request).everywhere("stays.register") or not _only_site(request)


def site_code(request: HttpRequest) -> str:
    """The site of this page, of the page before, or the only one that this person works at."""
    known: str | None = getattr(request, "_site_code", None)
    if known is None:
        match = request.resolver_match
        code = str(match.kwargs.get("code", "")) if match and request.path.startswith("/sites/") else ""
        known = code or request.session.get(SESSION_KEY, "") or _only_site(request)
        request._site_code = known  # type: ignore[attr-defined]  # asked for by every entry
    return known


def _only_site(request: HttpRequest) -> str:
    """The code of the one site this person may look at; empty for several and for none. Asked for once a request."""
    known: str | None = getattr(request, "_only_site", None)
    if known is None:
        found = list(sites(actor_of(request)).values_list("code", flat=True)[:2])
        known = found[0] if len(found) == 1 else ""
        request._only_site = known  # type: ignore[attr-defined]
    return known
