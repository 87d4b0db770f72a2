"""Preferences of the reader, error pages, and the style guide."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.ui.context import THEME_COOKIE, THEMES, chrome
from lazaretto.ui.ways import on_this_host

View = TypeVar("View", bound=Callable[..., HttpResponse])

YEAR = 365 * 24 * 3600


def public(view: View) -> View:
    """Declare for the access matrix that the view is open to everyone (as `accounts.doors.public`, a layer above)."""
    cast("Any", view).capability = "public"
    return view


@public
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or auto in a cookie; the page already shows it when JavaScript runs."""
    response = HttpResponseRedirect(_back(request))
    if (theme := request.POST.get("theme", "")) in THEMES:
        _remember(response, THEME_COOKIE, theme)
    return response


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language in a cookie."""
    response = HttpResponseRedirect(_back(request))
    if check_for_language(language := request.POST.get("language", "")):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.headers.get("referer", "")
    return on_this_host(request, target, otherwise="/")


def error_page(
    request: HttpRequest, *, status: int, title: str, message: str, next_step: str = "", code: str = ""
) -> HttpResponse:
    """A whole page for an error: what happened, what to do next, the stable code for the help desk."""
    context = {"status": status, "title": title, "message": message, "next_step": next_step, "code": code}
    return render(request, "ui/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception  # it says nothing a reader could use
    return error_page(
        request,
        status=HTTPStatus.BAD_REQUEST,
        title=_("This request could not be read"),
        message=_("Something in the address or the form is malformed."),
        next_step=_("Go back, reload the page and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception  # it says nothing a reader could use
    return error_page(
        request,
        status=HTTPStatus.FORBIDDEN,
        title=_("Your role does not include this"),
        message=_("You can see this place, but your role may not do what you asked for."),
        next_step=_("Ask your site lead to do it, or to give you the role."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception  # it says nothing a reader could use
    return error_page(
        request,
        status=HTTPStatus.NOT_FOUND,
        title=_("Nothing here"),
        message=_("There is no such page, or it belongs to a place you do not work at."),
        next_step=_("Check the address, or search for the person or room by name or number."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Usually a page left open overnight; `reason` is for the log, not for the reader."""
    del reason
    return error_page(
        request,
        status=HTTPStatus.FORBIDDEN,
        title=_("This page was open too long"),
        message=_("For safety the form has expired. Nothing was saved."),
        next_step=_("Go back, reload the page and send the form again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Must work when the database does not: touches neither session nor user."""
    context = {
        "request": request,
        "status": HTTPStatus.INTERNAL_SERVER_ERROR,
        "title": _("Something went wrong on our side"),
        "message": _("The error has been logged. What you entered on the last page may not have been saved."),
        "next_step": _(
            "Go back and check; if it happens again, tell whoever runs this server and use paper meanwhile."
        ),
    }
    page = render_to_string("ui/error.html", {**chrome(request), **context})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)
