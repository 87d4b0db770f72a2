"""What apps put into the frame of every page: red buttons and banners, so that `ui` knows none of the apps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from lazaretto.core.errors import Text


@dataclass(frozen=True, kw_only=True)
class FrameButton:
    """A button that is always in the same place. `url` is a URL name; `about` says where the reader is now.

    Its page takes what other pages know as `?site=…&room=…&person=…`, all of it optional. `shortcut` is its key.
    """

    key: str
    label: Text
    icon: str
    url: str
    shortcut: str
    visible: Callable[[HttpRequest], bool]
    about: Callable[[HttpRequest], dict[str, str]] = lambda _request: {}


@dataclass(frozen=True, kw_only=True)
class FrameBanner:
    """Something that stands over every page while it lasts. `url` is a URL name that answers `content` alone."""

    key: str
    label: Text
    url: str
    visible: Callable[[HttpRequest], bool]
    content: Callable[[HttpRequest], SafeString]


def tell(request: HttpRequest, **about: object) -> None:
    """Said by a view whose page is about something: `tell(request, person=…, room=…)`; the buttons take it along."""
    known = cast("Any", request)
    known._frame_about = {**_told(request), **{name: str(value) for name, value in about.items()}}


def _told(request: HttpRequest) -> dict[str, str]:
    told: dict[str, str] = getattr(request, "_frame_about", {})
    return told


@dataclass(frozen=True)
class ButtonLink:
    """A button made ready: `address` is its bare page, `url` the page with where the reader is."""

    label: Text
    icon: str
    shortcut: str
    address: str
    url: str


@dataclass(frozen=True)
class BannerPart:
    """A banner made ready."""

    label: Text
    url: str
    content: SafeString


_BUTTONS: dict[str, FrameButton] = {}
_BANNERS: dict[str, FrameBanner] = {}


def register(*parts: FrameButton | FrameBanner) -> None:
    """Add parts; called from `AppConfig.ready`. One of the same key is replaced."""
    for part in parts:
        if isinstance(part, FrameButton):
            _BUTTONS[part.key] = part
        else:
            _BANNERS[part.key] = part


def buttons(request: HttpRequest) -> list[ButtonLink]:
    """The buttons that this request may press."""
    return [_link(button, request) for button in _BUTTONS.values() if button.visible(request)]


def banners(request: HttpRequest) -> list[BannerPart]:
    """The banners for this request, empty ones too: they may fill themselves while the page is open."""
    return [
        BannerPart(banner.label, reverse(banner.url), banner.content(request))
        for banner in _BANNERS.values()
        if banner.visible(request)
    ]


def _link(button: FrameButton, request: HttpRequest) -> ButtonLink:
    address = reverse(button.url)
    about = urlencode({name: value for name, value in {**button.about(request), **_told(request)}.items() if value})
    return ButtonLink(button.label, button.icon, button.shortcut, address, f"{address}?{about}" if about else address)
