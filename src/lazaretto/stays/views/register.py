"""The exit register: one click, always current; as a page, on paper, and where its copy lies."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.places.models import Site
from lazaretto.stays.exit_copies import Copy, copy_of, folder, register_paper
from lazaretto.stays.queries.register import exit_register, people_by_site
from lazaretto.stays.views.common import is_part, page, pdf, site_of
from lazaretto.ui import papers

REGISTER = "stays.register"
STALE_AFTER = 180  # seconds without a fresh copy before the page says so


@require_GET
@needs(REGISTER)
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody in the site now, floor by floor."""
    actor, at = actor_of(request), clock.now()
    site = site_of(request, code, REGISTER)
    context = {"register": exit_register(site, at=at, reader=actor), "copy": _copy(site, at), "now": at}
    template = "stays/register/people.html" if is_part(request, "register") else "stays/register/register.html"
    return page(request, site, template, context)


@require_GET
@needs(REGISTER)
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a PDF for the fire brigade."""
    actor, at = actor_of(request), clock.now()
    site = site_of(request, code, REGISTER)
    register = exit_register(site, at=at, reader=actor)
    made = papers.render(register_paper(site, register, get_language() or settings.LANGUAGE_CODE))
    return pdf(made, f"exit-register-{site.code}-{timezone.localtime(at):%Y%m%d-%H%M}.pdf")


@require_GET
@needs(REGISTER)
def index(request: HttpRequest) -> HttpResponse:
    """All sites with the number of people in them, for headquarters."""
    actor, at = actor_of(request), clock.now()
    sites = list(Site.objects.visible_to(actor, REGISTER).order_by("code"))
    people = people_by_site(sites)
    rows = [{"site": site, "people": people.get(site.id, 0), "copy": _copy(site, at)} for site in sites]
    context = {"rows": rows, "total": sum(people.values()), "folder": folder(), "now": at}
    return render(request, "stays/register/index.html", context)


def _copy(site: Site, at: Any) -> dict[str, Any]:
    """The copy on disk in words: path, time, and whether it is too old to be relied on."""
    found: Copy | None = copy_of(site.code)
    if found is None:
        return {"missing": True, "path": folder() / f"{site.code}.html"}
    age = (at - found.as_of).total_seconds()
    return {"path": found.html, "as_of": found.as_of, "stale": age > STALE_AFTER, "people": found.people}
