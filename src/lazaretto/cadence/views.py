"""Pages of the cadence: when each area is tested next, the next round prepared, its day set otherwise."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.asking import answer_of
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.cadence import commands, queries
from lazaretto.cadence.forms import DayForm, NextForm
from lazaretto.cadence.queries import Area
from lazaretto.cadence.wording import source, why
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.paging import page as piece_of
from lazaretto.screening.rules import MANAGE, READ
from lazaretto.ui.notices import notify

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """An area as the list shows it."""

    area: Area
    why: str
    source: str
    overdue: bool
    may_manage: bool


def _line(actor: Actor, area: Area, at: datetime) -> Line:
    overdue = area.asked_by is not None and area.asked_by <= at
    return Line(area, why(area), source(area), overdue, actor.may(MANAGE, area.unit.pk))


@require_GET
@needs(READ)
def areas(request: HttpRequest) -> HttpResponse:
    """Areas that were tested of late: when again, why, and which rule says so; what is due first stands first."""
    actor, at = actor_of(request), clock.now()
    rows = queries.tested_units(actor, at=at)
    piece = piece_of(rows, ["name", "id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    found = queries.areas(piece.items, at=at)
    lines = [_line(actor, one, at) for one in sorted(found, key=lambda one: (one.due_on or date.max, one.unit.name))]
    context = {"lines": lines, "next_url": f"?cursor={piece.next}" if piece.next else ""}
    return render(request, "cadence/areas.html", context)


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def prepare(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """The next round, filled in as the pack and the last round have it; everything can be said otherwise."""
    area = queries.area_of(actor_of(request), unit_id, at=clock.now())
    with timezone.override(area.zone):
        form = _next_form(request, area)
        if request.method == "POST" and form.is_valid():
            made = _made(request, form, area)
            if made is not None:
                return _prepared(request, made)
        return _page(request, area, form, DayForm())


def _next_form(request: HttpRequest, area: Area) -> NextForm:
    if request.method == "POST":
        return NextForm(request.POST, area=area)
    return NextForm.of(area, queries.proposal(area, at=clock.now()))


def _page(request: HttpRequest, area: Area, form: NextForm, day: DayForm) -> HttpResponse:
    context = {"line": _line(actor_of(request), area, clock.now()), "form": form, "day_form": day}
    return render(request, "cadence/prepare.html", context, status=422 if form.errors or day.errors else 200)


def _prepared(request: HttpRequest, made: commands.NextDrafted) -> HttpResponse:
    if made.points:
        said = ngettext("%(n)s point taken over.", "%(n)s points taken over.", made.points)
        notify(request, said % {"n": made.points})
    if made.closed:
        codes = ", ".join(made.closed)
        notify(request, _("Closed when the last round ended, open here: {codes}").format(codes=codes), tone="amber")
    return HttpResponseRedirect(reverse("screening:round", args=[made.round_id]))


def _made(request: HttpRequest, form: NextForm, area: Area) -> Any:
    given = {"points": False, "another": False, **form.cleaned_data}
    client_id = given.pop("client_id", None)
    return answer_of(request, form, commands.draft_next, client_id, unit=str(area.unit.pk), **given)


@require_POST
@needs(MANAGE)
def set_day(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """The day of the next round is set otherwise, or none follows."""
    area, form = queries.area_of(actor_of(request), unit_id, at=clock.now()), DayForm(request.POST)
    if form.is_valid() and answer_of(request, form, commands.set_day, None, unit=str(unit_id), **_day(form)):
        notify(request, _("Written down, in your name."))
        return HttpResponseRedirect(reverse("cadence:areas"))
    with timezone.override(area.zone):
        return _page(request, area, NextForm.of(area, queries.proposal(area, at=clock.now())), form)


def _day(form: DayForm) -> dict[str, Any]:
    return {"on": form.cleaned_data["on"], "reason": form.cleaned_data["reason"]}
