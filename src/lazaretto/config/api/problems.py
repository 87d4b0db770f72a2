"""Every error of the API as a problem document, whoever noticed it: a command, ninja, Django or a middleware."""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from lazaretto.core.errors import DomainError, Forbidden, InvalidInput, NotFound, SignInRequired
from lazaretto.core.middleware import problem_response

PROBLEM_TYPE = "application/problem+json"
# A character that no text of ours contains and PostgreSQL refuses; named here instead of failing in a query.
NUL = re.compile(r"%00|\x00", re.IGNORECASE)


class MethodNotAllowed(DomainError):
    """The address does not take this method."""

    code = "method_not_allowed"
    status = 405
    message = _("This address does not take this method.")
    next_step = _("See the header Allow.")


class CsrfFailed(DomainError):
    """A browser's request without the CSRF token."""

    code = "csrf_failed"
    status = 403
    message = _("The request does not carry the token of this page.")
    next_step = _("Reload the page, or send the header X-CSRFToken.")


class BadRequest(DomainError):
    """The request cannot be read at all."""

    code = "bad_request"
    status = 400
    message = _("This request cannot be read.")
    next_step = _("Send JSON in UTF-8 as the description of the API says.")


class TooMany(DomainError):
    """Too many requests."""

    code = "too_many_requests"
    status = 429
    message = _("Too many requests.")
    next_step = _("Wait as long as the header Retry-After says.")


class TooLarge(DomainError):
    """The body is larger than the server takes."""

    code = "too_large"
    status = 413
    message = _("This request is too large.")
    next_step = _("Send it in smaller pieces.")


class ServerError(DomainError):
    """Our fault."""

    code = "server_error"
    status = 500
    message = _("Something went wrong on our side.")
    next_step = _("Nothing was saved. Send the same request again, with the same Idempotency-Key.")


BY_STATUS: dict[int, type[DomainError]] = {
    kind.status: kind
    for kind in (BadRequest, SignInRequired, Forbidden, NotFound, MethodNotAllowed, TooLarge, InvalidInput, TooMany)
}


def install(api: NinjaAPI) -> None:
    """Let ninja answer named errors, and its own, as problem documents."""
    for kind in (DomainError, Http404, ValidationError, HttpError, DataError):
        api.add_exception_handler(kind, _answer)


def _answer(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, ValidationError):
        return problem_response(_invalid(error))
    if isinstance(error, HttpError):
        return problem_response(_named(error))
    if isinstance(error, DataError):  # a filter that no row of the database could ever hold
        return problem_response(InvalidInput())
    return problem_response(error if isinstance(error, DomainError) else NotFound())


def _invalid(error: ValidationError) -> InvalidInput:
    faults = {".".join(str(part) for part in item["loc"][1:]): item["msg"] for item in error.errors}
    return InvalidInput(fields=faults)


def _named(error: HttpError) -> DomainError:
    if "CSRF" in error.message:
        return CsrfFailed()
    return BY_STATUS.get(error.status_code, BadRequest)()


class ApiProblemMiddleware:
    """Outermost: an answer under /api/ that is an error, but no problem document yet, becomes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; only paths under /api/ are touched."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if NUL.search(request.get_full_path()):
            return problem_response(InvalidInput())
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or response.get("Content-Type") == PROBLEM_TYPE:
            return response
        return _problem_of(response)


def _problem_of(response: HttpResponse) -> HttpResponse:
    kind = BY_STATUS.get(response.status_code, ServerError if response.status_code >= 500 else BadRequest)
    answer = problem_response(kind())
    answer.status_code = response.status_code
    for header in ("Allow", "Retry-After"):
        if header in response:
            answer[header] = response[header]
    return answer
