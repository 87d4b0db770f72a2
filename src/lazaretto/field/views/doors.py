"""The doors of phones, of a table and of a courier: no session, the key in the header alone opens them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from lazaretto.accounts.doors import public
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.middleware import problem_response

T = TypeVar("T")


def key_in(request: HttpRequest) -> str:
    """The key that the phone sends; empty for none."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def door(
    opened_by: Callable[[HttpRequest, datetime], T],
) -> Callable[[Callable[[HttpRequest, T, datetime], dict[str, Any]]], Callable[[HttpRequest], HttpResponse]]:
    """A door of phones: `opened_by` says whose phone asks, or raises; answers with the time, errors as problems."""

    def made(view: Callable[[HttpRequest, T, datetime], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @public
        @never_cache
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            at = clock.now()
            try:
                return JsonResponse({"now": at.isoformat(), **view(request, opened_by(request, at), at)})
            except DomainError as error:
                return problem_response(error)

        return opened

    return made
