"""Turns named errors into answers: a problem document for the API, a page or a fragment for people."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from lazaretto.core.errors import DomainError, SignInRequired


class DomainErrorMiddleware:
    """Answers a `DomainError` raised by a view. Nothing was written: commands run in one transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; see `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a named error; None for any other."""
        if not isinstance(error, DomainError):
            return None
        return problem_response(error) if _wants_json(request) else _page(request, error)


def problem_response(error: DomainError) -> JsonResponse:
    """The problem document (RFC 9457) of an error."""
    return JsonResponse(error.problem(), status=error.status, content_type="application/problem+json")


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def _page(request: HttpRequest, error: DomainError) -> HttpResponse:
    if isinstance(error, SignInRequired):
        return redirect("accounts:sign_in")
    template = "ui/error_fragment.html" if request.headers.get("HX-Request") else "ui/error.html"
    if request.headers.get("HX-Request"):
        messages.error(request, str(error))
    return render(request, template, {"error": error}, status=error.status)
