"""Pages: the sites, one site, its checklist and its life."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.places import commands, queries, rules
from lazaretto.places.choices import SiteCategory, SiteKind
from lazaretto.places.forms import AnswerForm, NewSiteForm, ReasonForm, SiteForm
from lazaretto.places.models import Site
from lazaretto.places.views.base import frame, site_of, wrong_fields
from lazaretto.ui.notices import notify


@needs("places.read")
def sites(request: HttpRequest) -> HttpResponse:
    """All sites of the actor with their rooms by state."""
    actor = actor_of(request)
    figures = queries.site_figures(actor)
    context = {"figures": figures, "total": queries.total(figures), "may_plan": actor.may("places.manage")}
    return render(request, "places/sites.html", context)


@needs("places.manage")
def new_site(request: HttpRequest) -> HttpResponse:
    """Plan a site."""
    actor = actor_of(request)
    units = Unit.objects.visible_to(actor, "places.manage").filter(site__isnull=True).order_by("code")
    form = NewSiteForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values |= {"kind": SiteKind(values["kind"]), "category": SiteCategory(values["category"])}
        try:
            opened = commands.open_site(actor=actor, at=clock.now(), **values)
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            notify(request, _("The site is planned. Record its rooms and pass the checklist."))
            return redirect("places:structure", code=opened.code)
    return render(request, "places/site_form.html", {"form": form})


@needs("places.manage")
def edit_site(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what is written about a site."""
    site = site_of(request, code, "places.manage")
    form = SiteForm(request.POST) if request.method == "POST" else SiteForm.of(site)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "kind": SiteKind(form.cleaned_data["kind"])}
        try:
            commands.change_site(actor=actor_of(request), at=clock.now(), site=site, **values)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            notify(request, _("Saved."))
            return redirect("places:site", code=code)
    return render(request, "places/site_form.html", {"form": form, "site": site})


@needs("places.read")
def site(request: HttpRequest, code: str) -> HttpResponse:
    """One site: its figures, reserve, checklist in short, what happened."""
    found = site_of(request, code)
    checked = queries.checklist(found)
    context = frame(request, found, "site") | {
        "figures": queries.figures_of([found])[0],
        "history": queries.site_history(actor_of(request), found, 8),
        "passed": sum(bool(one.passed) for one in checked),
        "checked": checked,
        "open_items": [one for one in checked if not one.passed],
        "categories": [choice for choice in SiteCategory.choices if choice[0] != found.category],
        "steps": [edge.after for edge in rules.SITE_EDGES if edge.before == found.state],
    }
    return render(request, "places/site.html", context)


@needs("places.read")
def checklist(request: HttpRequest, code: str) -> HttpResponse:
    """The activation checklist; answering needs `places.manage`, opening the site `places.activate`."""
    found = site_of(request, code, "places.manage" if request.method == "POST" else "places.read")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = commands.answer_checklist(
            actor=actor_of(request),
            at=clock.now(),
            site=found,
            item=values["item"],
            passed=values["passed"] == "yes",
            evidence=values["evidence"],
        )
        left = _("%(count)d items are still open.") % {"count": done.still_open}
        notify(request, left if done.still_open else _("Every item has passed."))
        return redirect(f"{request.path}#{values['item']}")
    checked = queries.checklist(found)
    context = frame(request, found, "checklist") | {
        "checked": checked,
        "passed": sum(bool(one.passed) for one in checked),
        "form": form,
        "item": request.POST.get("item", ""),
    }
    return render(request, "places/checklist.html", context, status=422 if form.errors else 200)


@needs("places.read")
@require_POST
def change_life(request: HttpRequest, code: str) -> HttpResponse:
    """Activate, pause or close a site, or change whom it receives; the command asks for the right role."""
    found = site_of(request, code)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(fields=wrong_fields(form))
    try:
        done = _step(actor_of(request), clock.now(), found, form.cleaned_data)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, done)
    return redirect("places:site", code=code)


def _step(actor: Actor, at: datetime, site: Site, values: dict[str, str]) -> str:
    reason = values["reason"]
    match values["step"]:
        case "activate":
            commands.activate_site(actor=actor, at=at, site=site)
            return _("The site is open for arrivals.")
        case "pause":
            commands.pause_site(actor=actor, at=at, site=site, reason=reason)
            return _("The site takes no more arrivals for now.")
        case "close":
            commands.close_site(actor=actor, at=at, site=site, reason=reason)
            return _("The site is closed.")
    category = SiteCategory(values["category"] or site.category)
    commands.change_category(actor=actor, at=at, site=site, category=category, reason=reason)
    return _("The site now receives: %(category)s.") % {"category": category.label}
