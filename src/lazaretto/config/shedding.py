"""What is put off when more is asked than a process can answer: displays first, what phones captured last.

Counted where requests come in, waiting ones too: Django itself never sees more than there are threads. Whoever is put
off is told when to come back; phones add up to half as much of their own, so that not all come at once.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from http import cookies
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from lazaretto.config.front import Said
from lazaretto.core.errors import DomainError

Headers = list[tuple[bytes, bytes]]
# Whatever is looked at is a display, but these: what phones at the tables need to go on, somebody who needs care, the
# way in, and files that no page works without.
NEVER_FIRST = ("/field/", "/emergencies", "/sign-in/", "/static/")
# What a phone asks beside its work, and goes on without.
ASKED_BESIDE = ("/field/api/tube",)
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
{again}</head><body><h1>{title}</h1><p>{step}</p></body></html>"""

MOST_APART = 16  # own results asked for at once by a process: the one that shows them answers them in a second
LONGEST_WISH = 500  # characters of a header that are read
AGAIN = '<meta http-equiv="refresh" content="{}">'  # what was sent by a form is not sent again by this


class Overloaded(DomainError):
    """More is asked at this moment than the server can answer."""

    code = "overloaded"
    status = 429
    retry_after = 5
    message = _("Too much is asked of the server at this moment.")
    next_step = _("This page asks again by itself in a few seconds. What phones captured goes first.")


class Full(Overloaded):
    """Even what phones captured has to wait."""

    retry_after = 15
    next_step = _("Nothing of this was saved. Send it again after the time that the header Retry-After says.")


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many requests under way in this process on displays are put off, and everything."""

    display: int
    all: int

    def __call__(self, scope: Mapping[str, Any], under_way: int, *, apart: int | None = None) -> Said | None:
        """The answer to this request, if so many others are under way; `apart`: own results, counted for themselves."""
        if apart is not None and (apart >= MOST_APART or under_way >= self.display):
            return Overloaded.status, *answer_of(Overloaded(), scope)
        if under_way < self.display or (under_way < self.all and not _only_looks(scope)):
            return None
        error = Full() if under_way >= self.all else Overloaded()
        return error.status, *answer_of(error, scope)


def _only_looks(scope: Mapping[str, Any]) -> bool:
    path = scope["path"]
    looks = not path.startswith(NEVER_FIRST) or path.startswith(ASKED_BESIDE)
    return scope["method"] in {"GET", "HEAD"} and looks


def answer_of(error: DomainError, scope: Mapping[str, Any]) -> tuple[Headers, bytes]:
    """Without Django: a problem document for programs, words for a part of a page, a page that asks again."""
    asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    language = language_of(asked)
    with override(language):
        kind, body, more = _written(error, scope, asked, language)
    headers = {
        "content-type": f"{kind}; charset=utf-8", "content-length": str(len(body)), "cache-control": "no-store",
        "retry-after": str(error.retry_after), **more,
    }  # fmt: skip
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()], body


def _written(
    error: DomainError, scope: Mapping[str, Any], asked: Mapping[str, str], language: str
) -> tuple[str, bytes, dict[str, str]]:
    if "/api/" in scope["path"] or "application/json" in asked.get("accept", ""):
        return "application/problem+json", json.dumps(error.problem(), ensure_ascii=False).encode(), {}
    if "hx-request" in asked:
        return "text/plain", str(error).encode(), {"x-problem": quote(str(error))}
    page = PAGE.format(
        language=language, title=escape(str(error.message)), step=escape(str(error.next_step)),
        again=AGAIN.format(error.retry_after) if scope["method"] == "GET" else "",
    )  # fmt: skip
    return "text/html", page.encode(), {"content-security-policy": "default-src 'none'"}


def language_of(asked: Mapping[str, str]) -> str:
    """What the browser was set to here, else what it asks for, else the installation's; `asked` has small names."""
    known = {code for code, _name in settings.LANGUAGES}
    try:
        chosen = cookies.SimpleCookie(asked.get("cookie", "")).get(settings.LANGUAGE_COOKIE_NAME)
    except cookies.CookieError:
        chosen = None
    if chosen is not None and chosen.value in known:
        return chosen.value
    for code, _weight in parse_accept_lang_header(asked.get("accept-language", "")[:LONGEST_WISH]):
        with suppress(LookupError):
            return get_supported_language_variant(code)
    return settings.LANGUAGE_CODE
