"""What the pages of a site share: the site of the address, its time zone, answers to forms."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from lazaretto.accounts.doors import actor_of
from lazaretto.core.errors import Forbidden
from lazaretto.places.models import Site
from lazaretto.places.queries import site_by_code
from lazaretto.stays.navigation import remember_site
from lazaretto.ui.notices import notify, toast

HAND_OVER = "transfers.hand_over"  # a capability of the app above, whose page is linked to


def site_of(request: HttpRequest, code: str, *capabilities: str) -> Site:
    """The site of that code; raises `NotFound`, or `Forbidden` where none of the capabilities holds there."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    if not any(actor.may(capability, site.unit_id) for capability in capabilities):
        raise Forbidden(capability=capabilities[0])
    remember_site(request, code)
    return site


def page(
    request: HttpRequest, site: Site, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """The page with all times in the site's zone."""
    with timezone.override(site.time_zone):
        return render(request, template, {"site": site, "time_zone": site.time_zone, **context}, status=status)


def is_part(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for the content of that element only."""
    return request.headers.get("HX-Target") == target and bool(request.headers.get("HX-Request"))


def done(request: HttpRequest, text: str, url: str, *, undo: str = "") -> HttpResponse:
    """After a form: to the page with a notice."""
    notify(request, text, undo=undo)
    return HttpResponseRedirect(url)


def with_toast(response: HttpResponse, text: str, *, tone: str = "green", undo: str = "") -> HttpResponse:
    """After a form sent by htmx: the answer, with a notice at once."""
    return toast(response, text, tone=tone, undo=undo)


def pdf(content: bytes, name: str) -> HttpResponse:
    """A paper to be shown in the browser, under a name that says what it is."""
    disposition = f"inline; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
