"""What the base templates need on every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from lazaretto.ui import frame, nav
from lazaretto.ui.icons import SPRITE

THEME_COOKIE = "lz_theme"
THEMES = ("light", "dark", "auto")

# The name of each language in itself, short enough for a switch.
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "EN"}


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Theme, language, navigation and the addresses of the frame's services (None when no app provides them)."""
    theme = theme_of(request)
    return {
        "theme": theme,
        "next_theme": THEMES[(THEMES.index(theme) + 1) % len(THEMES)],
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": [(code, LANGUAGE_NAMES.get(code, name)) for code, name in settings.LANGUAGES],
        "nav_sections": SimpleLazyObject(lambda: nav.sections(request)),
        "frame_buttons": SimpleLazyObject(lambda: frame.buttons(request)),
        "frame_banners": SimpleLazyObject(lambda: frame.banners(request)),
        "sprite_url": static(SPRITE),
        "time_zone": settings.TIME_ZONE,
        "palette_url": _optional("palette"),
        "sign_out_url": _optional("sign_out"),
    }


def theme_of(request: HttpRequest) -> str:
    """The remembered theme: light, dark, or auto (as the device; the default)."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def _optional(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
