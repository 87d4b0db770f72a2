"""Turns named errors into answers: a problem document for programs, a page or a fragment for people."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import is_valid_path, resolve, reverse

from lazaretto.core.errors import DomainError, MethodNotTaken, named

View = TypeVar("View", bound=Callable[..., HttpResponse])
Answer = TypeVar("Answer", bound=HttpResponse)


class DomainErrorMiddleware:
    """Answers a `DomainError` raised by a view. Nothing was written: commands run in one transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; see `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a named error, or to what the database said where no rule did; None for any other."""
        found = named(error, request.path)
        if found is None:
            return None
        if _wants_json(request):
            return problem_response(found)
        answer = _fragment(request, found) if request.headers.get("HX-Request") else _page(request, found)
        return _later(answer, found)


class NotAllowedMiddleware:
    """A page that only a form reaches is asked for like any other after a reload or a change of language.

    Then the way goes up the address to the next page there is; that one asks who may see it. Nothing is ever answered
    with an empty page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; turn the answer 405 into a way on."""
        response = self.get_response(request)
        if response.status_code != MethodNotTaken.status or request.path.startswith("/api/"):
            return response
        if request.method in {"GET", "HEAD"} and not _wants_json(request):
            return HttpResponseRedirect(_page_above(request.path))
        error = MethodNotTaken()
        answer = problem_response(error) if _wants_json(request) else _page(request, error)
        answer.headers["Allow"] = response.headers.get("Allow", "")
        return answer


def _page_above(path: str) -> str:
    """The nearest address above this one that somebody answers."""
    parts = path.strip("/").split("/")
    for end in range(len(parts) - 1, 0, -1):
        above = "/" + "/".join(parts[:end])
        if is_valid_path(above) and not getattr(resolve(above).func, "part_of_page", False):
            return above
    return "/"


def part_of_page(view: View) -> View:
    """Declare that a view answers with a piece of a page: nobody is led there."""
    cast("Any", view).part_of_page = True
    return view


def problem_response(error: DomainError) -> JsonResponse:
    """The problem document (RFC 9457) of an error."""
    answer = JsonResponse(error.problem(), status=error.status, content_type="application/problem+json")
    return _later(answer, error)


def _later(answer: Answer, error: DomainError) -> Answer:
    """The answer, with the time to come back where there is one."""
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def _page(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.mended_at:
        return HttpResponseRedirect(_way(error, page_of(request)))
    context = {"status": error.status, "title": error.message, "message": "", "next_step": error.next_step}
    return render(request, "ui/error.html", {**context, "code": error.code}, status=error.status)


def page_of(request: HttpRequest) -> str:
    """The page to come back to: this one, or the one whose form was sent; empty where that is not known."""
    if request.method == "GET":
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    return page._replace(scheme="", netloc="", fragment="").geturl() if page.netloc == request.get_host() else ""


def _fragment(request: HttpRequest, error: DomainError) -> HttpResponse:
    """For htmx: the page goes where the error is mended, or shows the error's words as a notice and stays."""
    if error.mended_at:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return HttpResponse(headers={"HX-Redirect": _way(error, page.path)})
    words = str(error)
    headers = {"X-Problem": quote(words)}  # read by toasts.js; a header takes no characters beyond Latin-1
    return HttpResponse(words, status=error.status, content_type="text/plain; charset=utf-8", headers=headers)


def _way(error: DomainError, back: str) -> str:
    return f"{reverse(error.mended_at)}?{urlencode({'next': back})}" if back else reverse(error.mended_at)
