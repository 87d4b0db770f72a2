"""Pages: buildings, floors, zones, and rooms by pattern."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.places import commands, queries
from lazaretto.places.choices import SiteCategory, ZoneKind
from lazaretto.places.forms import FloorForm, PatternForm, ZoneForm
from lazaretto.places.models import Site
from lazaretto.places.views.base import frame, site_of, wrong_fields
from lazaretto.ui.notices import notify


@needs("places.read")
def structure(request: HttpRequest, code: str) -> HttpResponse:
    """Floors with their zones and rooms; a POST adds a zone or passage."""
    site = site_of(request, code, "places.manage" if request.method == "POST" else "places.read")
    form = ZoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = ZoneKind(form.cleaned_data["kind"])
        try:
            commands.add_zone(
                actor=actor_of(request), at=clock.now(), site=site, kind=kind, name=form.cleaned_data["name"]
            )
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            notify(request, _("Recorded."))
            return redirect("places:structure", code=code)
    return _page(request, site, zone_form=form)


@needs("places.manage")
@require_POST
def save_floor(request: HttpRequest, code: str) -> HttpResponse:
    """Change a floor's zone and category, or add a floor."""
    site = site_of(request, code, "places.manage")
    form = FloorForm(request.POST, site=site)
    if not form.is_valid():
        raise InvalidInput(fields=wrong_fields(form))
    values = form.cleaned_data
    commands.save_floor(
        actor=actor_of(request),
        at=clock.now(),
        building=values["building"],
        label=values["label"],
        order=values["order"],
        zone=values["zone"],
        category=SiteCategory(values["category"]) if values["category"] else None,
    )
    notify(request, _("Floor %(label)s is saved.") % {"label": values["label"]})
    return redirect("places:structure", code=code)


@needs("places.manage")
@require_POST
def create_rooms(request: HttpRequest, code: str) -> HttpResponse:
    """Make rooms by pattern, and the building if it is new."""
    site = site_of(request, code, "places.manage")
    form = PatternForm(request.POST)
    if form.is_valid():
        try:
            made = commands.create_rooms(actor=actor_of(request), at=clock.now(), site=site, **form.cleaned_data)
        except DomainError as error:
            form.add_error("pattern", str(error))
        else:
            notify(request, _said(made))
            return redirect("places:grid", code=code)
    return _page(request, site, pattern_form=form)


def _said(made: commands.RoomsCreated) -> str:
    text = ngettext("%(count)d room was made.", "%(count)d rooms were made.", len(made.created))
    said = text % {"count": len(made.created)}
    if not made.existing:
        return said
    left = ngettext(
        "%(count)d existed and was left alone.", "%(count)d existed and were left alone.", len(made.existing)
    )
    return f"{said} {left % {'count': len(made.existing)}}"


def _page(
    request: HttpRequest, site: Site, *, zone_form: ZoneForm | None = None, pattern_form: PatternForm | None = None
) -> HttpResponse:
    floors = queries.floors_with_rooms(site)
    first = floors[0].building.name if floors else "A"
    context = frame(request, site, "structure") | {
        "floors": floors,
        "zones": queries.zones(site),
        "zone_form": zone_form or ZoneForm(),
        "pattern_form": pattern_form or PatternForm(initial={"building": first}),
        "categories": SiteCategory.choices[:-1],
        "missing": [kind.label for kind in ZoneKind if kind not in {zone.kind for zone in queries.zones(site)}],
    }
    bound = [form for form in (zone_form, pattern_form) if form is not None and form.errors]
    return render(request, "places/structure.html", context, status=422 if bound else 200)
