"""What a phone is told while own results cannot be shown: a page that needs no other file and no database."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from lazaretto.config.front import Said
from lazaretto.config.shedding import language_of

STATUS, MINUTES = 503, 2  # the process is back in half a minute; not all phones shall come in that one
STYLE = (
    "body{max-width:32rem;margin:3rem auto;padding:0 1rem;font:1.125rem/1.5 system-ui,sans-serif}"
    "h1{font-size:1.5rem;line-height:1.25}section+section{margin-top:2.5rem;padding-top:1rem;border-top:1px solid}"
    "a{display:inline-block;padding:.75rem 0;color:inherit}"
)
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{seconds}"><style>{style}</style></head><body><main>{parts}</main></body></html>"""
PART = """<section lang="{language}"><h1>{title}</h1><p>{safe}</p><p><b>{again}</b></p>
<p><a href="">{now}</a></p></section>"""


def later(scope: Mapping[str, Any]) -> Said:
    """The answer to this request; both languages, because nothing else of the page can be switched now."""
    asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body = _page(language_of(asked))
    return STATUS, _headers(len(body)), b"" if scope["method"] == "HEAD" else body


def server_error(request: HttpRequest) -> HttpResponse:
    """The same, where the pages themselves failed: their database does not answer."""
    language = request.LANGUAGE_CODE if hasattr(request, "LANGUAGE_CODE") else settings.LANGUAGE_CODE
    answer = HttpResponse(_page(language), status=STATUS)
    for name, value in _headers(len(answer.content)):
        answer.headers[name.decode()] = value.decode()
    return answer


@cache
def _page(first: str) -> bytes:
    languages = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != first)
    with override(first):
        title = _title()
    page = PAGE.format(
        language=_tag(first), title=escape(title), seconds=MINUTES * 60, style=STYLE,
        parts="".join(map(_part, languages)),
    )  # fmt: skip
    return page.encode()


def _part(language: str) -> str:
    with override(language):
        again = ngettext("Please look again in {count} minute.", "Please look again in {count} minutes.", MINUTES)
        words = {
            "title": _title(),
            "safe": _("Your test is safe: what was swabbed and found is kept elsewhere, and goes on."),
            "again": again.format(count=MINUTES),
            "now": _("Look again now"),
        }
    return PART.format(language=_tag(language), **{name: escape(said) for name, said in words.items()})


def _title() -> str:
    return _("Your result cannot be shown at this moment.")


def _tag(language: str) -> str:
    return "zh-Hans" if language == "zh-hans" else language


@cache
def _headers(length: int) -> list[tuple[bytes, bytes]]:
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    headers = {
        "content-type": "text/html; charset=utf-8", "content-length": str(length), "cache-control": "no-store",
        "retry-after": str(MINUTES * 60),
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'",
    }  # fmt: skip
    return [(name.encode(), value.encode()) for name, value in headers.items()]
