"""Django's middlewares for people with a browser: a program that comes with a token is let past them.

It has no session, no cookie, no notices and no htmx, so nothing looks for them.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxMiddleware

from lazaretto.accounts.middleware import bearer


class _ForBrowsers:
    """Steps aside for requests with a token."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The middleware's own way, or straight on."""
        if bearer(request) is not None:
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)  # type: ignore[misc, no-any-return]


class Session(_ForBrowsers, SessionMiddleware):
    """Keeps who is signed in."""


class Authentication(_ForBrowsers, AuthenticationMiddleware):
    """Knows the user of the session."""


class Messages(_ForBrowsers, MessageMiddleware):
    """Notices that outlive a redirect."""


class Htmx(_ForBrowsers, HtmxMiddleware):
    """Tells fragments from pages."""
