"""Sampling, results, positives."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.clock import day_bounds
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.places.queries import site_by_code
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.commands import collect_specimen, decide_positive, record_result
from lazaretto.stays.forms import PositiveForm, ResultForm, SpecimenForm
from lazaretto.stays.links import links
from lazaretto.stays.navigation import tabs_of
from lazaretto.stays.papers import sampling_paper
from lazaretto.stays.queries.specimens import awaiting_result, open_positives, sampling_list, specimen_for, with_room
from lazaretto.ui.notices import notify
from lazaretto.ui.papers import render as render_paper


@needs("stays.specimens")
def sampling(request: HttpRequest, code: str) -> HttpResponse:
    """Who is to be sampled today, room by room, with a field for each tube."""
    actor, now = actor_of(request), clock.now()
    site = site_by_code(actor, code, "stays.specimens")
    lines = sampling_list(actor, site, until=_tonight(site, now), at=now)
    return render(
        request, "stays/specimens/sampling.html", {"site": site, "lines": lines, **_counts(actor, site, len(lines))}
    )


@needs("stays.specimens")
def sampling_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The sampling list on paper."""
    actor, now = actor_of(request), clock.now()
    site = site_by_code(actor, code, "stays.specimens")
    lines = sampling_list(actor, site, until=_tonight(site, now), at=now)
    paper = sampling_paper(site, lines, now, get_language() or "en")
    return pdf(render_paper(paper), f"{site.code}-sampling.pdf")


@require_POST
@needs("stays.specimens")
def collect(request: HttpRequest, code: str) -> HttpResponse:
    """One tube for one person; answers the table cell."""
    actor = actor_of(request)
    site_by_code(actor, code, "stays.specimens")
    form = SpecimenForm(request.POST)
    context = {"tube": request.POST.get("tube", ""), "code": code, "stay_id": request.POST.get("stay", "")}
    try:
        if not form.is_valid():
            raise InvalidInput(fields={name: " ".join(map(str, texts)) for name, texts in form.errors.items()})
        payload = {**form.cleaned_data, "stay": str(form.cleaned_data["stay"])}
        done = collect_specimen.invoke(actor=actor, at=clock.now(), payload=payload)
    except DomainError as error:
        return render(
            request, "stays/specimens/tube.html", {**context, "error": error}
        )  # htmx swaps only what succeeds
    return render(request, "stays/specimens/tube.html", {**context, "done": done})


@needs("stays.specimens")
def results(request: HttpRequest, code: str) -> HttpResponse:
    """Enter results tube by tube; what is awaited stands beside it."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.specimens")
    form = ResultForm(request.POST or None, initial={"result": "negative", **_sticky(request)})
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        payload = {**form.cleaned_data, "site": str(site.id), "ct_value": _text(form.cleaned_data["ct_value"])}
        try:
            done = record_result.invoke(actor=actor, at=clock.now(), payload=payload)
        except DomainError as refused:
            error = refused
        else:
            request.session["laboratory"] = [payload["laboratory"], payload["reagent"]]
            word = (
                _("{tube}: positive. The alarm is raised; confirm before anything is done.")
                if done.alarm
                else _("{tube}: entered.")
            )
            notify(request, word.format(tube=done.tube), tone="red" if done.alarm else "green")
            return redirect("stays:results", code)
    waiting = list(awaiting_result(site)[:200])
    context = {"site": site, "form": form, "error": error, "waiting": waiting, "now": clock.now()}
    return render(
        request,
        "stays/specimens/results.html",
        {**context, **_counts(actor, site, None)},
        status=error.status if error else 200,
    )


@needs("stays.specimens")
def positives(request: HttpRequest, code: str) -> HttpResponse:
    """Preliminary positives that wait for a second finding."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.specimens")
    waiting = with_room(open_positives(site)).prefetch_related("confirmations", "results")
    found = [(taken, display_name(actor, taken.stay.person, unit_id=site.unit_id)) for taken in waiting]
    return render(
        request, "stays/specimens/positives.html", {"site": site, "found": found, **_counts(actor, site, None)}
    )


@needs("stays.health")
def positive(request: HttpRequest, code: str, tube: str) -> HttpResponse:
    """Confirm or refute one preliminary positive, with the evidence in sight."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.health")
    specimen = specimen_for(site, tube)
    form = PositiveForm(request.POST or None)
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            decide_positive(actor=actor, at=clock.now(), specimen=specimen, **form.payload())
        except DomainError as refused:
            error = refused
        else:
            notify(request, _("Decided, with its evidence."))
            specimen.refresh_from_db(fields=["state"])
            confirmed = specimen.state == SpecimenState.CONFIRMED_POSITIVE
            following = links(actor, specimen.stay, specimen) if confirmed else []
            return redirect(following[0].url if following else reverse("stays:positives", args=[code]))
    name = display_name(actor, specimen.stay.person, unit_id=site.unit_id)
    context = {"site": site, "specimen": specimen, "name": name, "form": form, "error": error}
    context["links"] = links(actor, specimen.stay, specimen)
    return render(request, "stays/specimens/positive.html", context, status=error.status if error else 200)


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF shown in the browser."""
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _tonight(site: Site, now: datetime) -> datetime:
    zone = ZoneInfo(site.time_zone)
    return day_bounds(now.astimezone(zone).date(), zone)[1]


def _counts(actor: Actor, site: Site, due: int | None) -> dict[str, Any]:
    counts = {"due": due, "awaited": awaiting_result(site).count(), "unconfirmed": open_positives(site).count()}
    return {**counts, "more_tabs": tabs_of(actor, site)}


def _sticky(request: HttpRequest) -> dict[str, str]:
    """Laboratory and reagent of the last tube: a batch has the same ones."""
    laboratory, reagent = request.session.get("laboratory", ["", ""])
    return {"laboratory": laboratory, "reagent": reagent}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
