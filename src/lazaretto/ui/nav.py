"""The sidebar's entries: every app registers its own from `AppConfig.ready`, so that `ui` knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from lazaretto.core.errors import Text


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of the sidebar.

    `url` is a URL name without arguments, or a function of the request that returns an address (None: not shown).
    `visible` decides by the request whether the entry is shown; `count` returns the number on the right (0: none).
    `match` is the path prefix that marks the entry as the current one; by default the entry's own address.
    `also` are addresses of other pages that belong to the entry.
    """

    key: str
    label: Text
    icon: str
    url: str | Callable[[HttpRequest], str | None]
    order: int
    section: Text = ""
    visible: Callable[[HttpRequest], bool] = lambda _request: True
    count: Callable[[HttpRequest], int] = lambda _request: 0
    tone: str = "red"
    match: str = ""
    also: tuple[Callable[[HttpRequest], str | None], ...] = ()


@dataclass(frozen=True)
class NavLink:
    """An entry made ready for the template."""

    key: str
    label: Text
    icon: str
    url: str
    count: int
    tone: str
    current: bool


@dataclass(frozen=True)
class NavSection:
    label: Text
    links: list[NavLink]


_ITEMS: dict[str, NavItem] = {}


def register(*items: NavItem) -> None:
    """Add entries; an entry of the same key is replaced (apps may be loaded twice in tests)."""
    _ITEMS.update({item.key: item for item in items})


def links(request: HttpRequest) -> list[NavLink]:
    """The entries this request may see, in order; the one with the longest matching path is the current one."""
    found = [
        (item, url) for item in sorted(_ITEMS.values(), key=lambda item: item.order) if (url := _url(item, request))
    ]
    reached = {item.key: _reached(item, url, request) for item, url in found}
    furthest = max(reached.values(), default=0)
    return [
        NavLink(
            item.key, item.label, item.icon, url, item.count(request), item.tone,
            bool(furthest) and reached[item.key] == furthest,
        )
        for item, url in found
    ]  # fmt: skip


def _reached(item: NavItem, url: str, request: HttpRequest) -> int:
    """How much of the page's path belongs to the entry, in characters."""
    prefixes = [item.match or url, *(address for more in item.also if (address := more(request)))]
    return max((len(prefix) for prefix in prefixes if request.path.startswith(prefix)), default=0)


def sections(request: HttpRequest) -> list[NavSection]:
    """The same entries under their headings, headings in order of their first entry."""
    grouped: dict[str, NavSection] = {}
    for link in links(request):
        label = _ITEMS[link.key].section
        grouped.setdefault(str(label), NavSection(label, [])).links.append(link)
    return list(grouped.values())


def _url(item: NavItem, request: HttpRequest) -> str | None:
    if not item.visible(request):
        return None
    if callable(item.url):
        return item.url(request)
    try:
        return reverse(item.url)
    except NoReverseMatch as error:
        raise LookupError(f"navigation entry {item.key!r} names no URL: {item.url!r}") from error
