"""The two ways into the API: a token, or the session of a signed-in browser."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from lazaretto.accounts.doors import actor_of
from lazaretto.core.access import Actor


class Token(HttpBearer):
    """`Authorization: Bearer lz_…`. A bad token was answered by the actor's middleware before it came here."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:  # noqa: ARG002
        """The actor behind the token."""
        return actor_of(request)


class SignedInBrowser(APIKeyCookie):
    """The session cookie; whatever changes something also needs the CSRF token in `X-CSRFToken`."""

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: Any) -> Actor:  # noqa: ARG002
        """The actor of the session; raises `SignInRequired`."""
        return actor_of(request)
