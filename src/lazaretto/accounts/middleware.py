"""Puts `request.actor` on every request: who acts, through which door."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from lazaretto.accounts.commands import note_use
from lazaretto.accounts.doors import actor_of_session
from lazaretto.accounts.queries import actor_through, token_of
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, named
from lazaretto.core.middleware import problem_response


class ActorMiddleware:
    """`request.actor` is lazy: pages for everyone cost no query. A bearer token counts only under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor; a bad token is answered at once."""
        cast("Any", request).actor = SimpleLazyObject(lambda: actor_of_session(request))
        secret = bearer(request)
        if secret is not None:
            try:
                cast("Any", request).actor = _by_token(secret, clock.now())
            except (DomainError, DatabaseError) as error:  # the middleware that names errors sees only views
                found = named(error, request.path)
                if found is None:
                    raise
                return problem_response(found)
            cast("Any", request)._dont_enforce_csrf_checks = True  # no cookie takes part
        return self.get_response(request)


def _by_token(secret: str, at: datetime) -> Actor:
    token = token_of(secret, at=at)
    note_use(token, at=at)
    return actor_through(token)


def bearer(request: HttpRequest) -> str | None:
    """The bearer token of an API request, if it carries one."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    if header[:7].lower() != "bearer " or not request.path.startswith("/api/"):
        return None
    return header[7:].strip()
