"""Pages of emergencies: the report, the list, one with its next steps and its timeline, the review."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs, signed_in
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.core.ids import new_id
from lazaretto.core.paging import page as piece_of
from lazaretto.core.states import edge
from lazaretto.emergencies import commands, rules
from lazaretto.emergencies.choices import EmergencyState
from lazaretto.emergencies.commands import REPORT, REVIEWS, WORK
from lazaretto.emergencies.errors import NothingSaid
from lazaretto.emergencies.forms import ReportForm
from lazaretto.emergencies.models import Emergency
from lazaretto.emergencies.navigation import banner as banner_of
from lazaretto.emergencies.queries import (
    READ,
    beginning,
    emergencies,
    emergency_by_number,
    lines,
    minutes_between,
    next_steps,
    reported_by_number,
    sites_to_report_at,
    timeline,
    who_is,
)
from lazaretto.stays.navigation import site_code
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE = 40
S = EmergencyState
PRESSES = {
    S.CALLED: (gettext_lazy("Ambulance called"), "phone"),
    S.LEFT: (gettext_lazy("On the way to care"), "ambulance"),
    S.ARRIVED: (gettext_lazy("Care is there"), "first-aid-kit"),
    S.HANDED_OVER: (gettext_lazy("Handed over"), "building-hospital"),
    S.CLOSED: (gettext_lazy("Close it"), "check"),
}


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Open ones first, with their minutes running."""
    actor, at = actor_of(request), clock.now()
    state = asked_for(request, "state", dict(_tabs()), otherwise="open")
    found = emergencies(actor)
    found = found if state == "all" else found.filter(closed_at__isnull=state == "open")
    piece = piece_of(found, ["-first_word_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    code = site_code(request)
    context = {
        "lines": lines(actor, piece.items, at=at),
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _tabs()],
        "live": "?district" if actor.everywhere(READ) else f"?site={code}" if code else "",
    }
    return render(request, "emergencies/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [("open", pgettext("emergency", "open")), ("ended", pgettext("emergency", "ended")), ("all", _("all"))]


@require_http_methods(["GET", "POST"])
@needs(REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """The cry for help: everything is chosen already, one press sends it."""
    actor, sites = actor_of(request), sites_to_report_at(actor_of(request))
    if request.method == "POST":
        form = ReportForm(request.POST, sites=sites)
        number = _cry(request, form) if form.is_valid() else ""
        if number:
            return HttpResponseRedirect(reverse("emergencies:said", args=[number]))
        return render(request, "emergencies/report.html", {"form": form, "open": _open(request)}, status=422)
    code = request.GET.get("site") or site_code(request)
    begun = beginning(
        actor, site=sites.filter(code=code).first(), room=request.GET.get("room", "")[:12],
        person=_uuid(request.GET.get("person", "")),
    )  # fmt: skip
    person = begun.person.pk if begun.person else None
    initial = {"site": begun.site, "where": begun.room, "person": person, "client_id": new_id()}
    context = {"form": ReportForm(sites=sites, initial=initial), "name": begun.name, "open": _open(request)}
    return render(request, "emergencies/report.html", context)


def _cry(request: HttpRequest, form: ReportForm) -> str:
    """The number of the emergency; empty when not a word was said. The same press twice is one emergency."""
    client_id = form.cleaned_data["client_id"] or new_id()
    try:
        made = commands.report.invoke(
            actor=actor_of(request), at=clock.now(), payload=form.payload(), client_id=client_id
        )
    except NothingSaid as error:
        form.add_error(None, str(error))
        return ""
    return made.number


def _open(request: HttpRequest) -> list[Any]:
    """What is open already, so that a second voice adds a word instead of a second emergency."""
    if not actor_of(request).may(READ):
        return []
    found = emergencies(actor_of(request)).filter(closed_at__isnull=True).order_by("-first_word_at", "-id")[:5]
    return lines(actor_of(request), found, at=clock.now())


@require_GET
@needs(REPORT)
def said(request: HttpRequest, number: str) -> HttpResponse:
    """To whoever cried for help: they were heard, who has it now, and a field for a word more."""
    actor, at = actor_of(request), clock.now()
    found = reported_by_number(actor, number)
    context = {
        "emergency": found,
        "minutes": minutes_between(found.first_word_at, found.closed_at or at),
        "may_read": emergencies(actor).filter(pk=found.pk).exists() if actor.may(READ) else False,
        "ended": found.state in rules.ENDED,
    }
    return _page(request, found, "emergencies/said.html", context)


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """The clock, who has it, what can be stamped next, the timeline, the review."""
    actor, at = actor_of(request), clock.now()
    found = emergency_by_number(actor, number)
    unit = found.unit_id if found.site_id else None
    can = {
        "work": actor.may(WORK, unit),
        "report": actor.may(REPORT, unit),
        "review": actor.may(REVIEWS, found.unit_id),
    }
    context = {
        "emergency": found,
        "who": who_is(actor, found),
        "minutes": minutes_between(found.first_word_at, found.closed_at or at),
        "steps": timeline(found),
        "presses": [(state.value, *PRESSES[state]) for state in next_steps(found)] if can["work"] else [],
        "may_cancel": can["work"] and edge(rules.EDGES, found.state, S.CANCELLED) is not None,
        "ended": found.state in rules.ENDED,
        "mine": found.owner_id is not None and found.owner_id == actor.user_id,
        "review": getattr(found, "review", None),
        "can": can,
    }
    return _page(request, found, "emergencies/one.html", context)


@require_POST
@needs(WORK)
def own(request: HttpRequest, number: str) -> HttpResponse:
    """Take it on, or over from the owner who was seen."""
    seen = request.POST.get("instead_of", "")
    return _do(
        request, number,
        lambda found: commands.own(
            actor=actor_of(request), at=clock.now(), emergency=found, reason=request.POST.get("reason", ""),
            instead_of=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
        ),
        _("It is yours now."),
    )  # fmt: skip


@require_POST
@needs(WORK)
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Stamp the next step."""
    to, words = request.POST.get("to", ""), request.POST.get("words", "")
    if to not in EmergencyState.values:
        reported_by_number(actor_of(request), number)
        raise InvalidInput(fields={"to": _("Choose the step.")})
    return _do(
        request, number,
        lambda found: commands.step(
            actor=actor_of(request), at=clock.now(), emergency=found, to=EmergencyState(to), words=words
        ),
        _("Stamped."),
    )  # fmt: skip


@require_POST
@needs(WORK)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """It was a false alarm."""
    reason = request.POST.get("reason", "")
    return _do(
        request, number,
        lambda found: commands.cancel(actor=actor_of(request), at=clock.now(), emergency=found, reason=reason),
        _("Written down as a false alarm."),
    )  # fmt: skip


@require_POST
@needs(REVIEWS)
def review(request: HttpRequest, number: str) -> HttpResponse:
    """What is learnt from it."""
    found, lessons = emergency_by_number(actor_of(request), number), request.POST.get("lessons", "")
    return _back(
        request, "emergencies:one", number,
        lambda: commands.review(actor=actor_of(request), at=clock.now(), emergency=found, lessons=lessons),
        _("The review is kept."),
    )  # fmt: skip


@require_POST
@needs(REPORT)
def word(request: HttpRequest, number: str) -> HttpResponse:
    """A word more, from whoever is there."""
    found, words = reported_by_number(actor_of(request), number), request.POST.get("words", "")
    to = "emergencies:one" if request.POST.get("from") == "one" else "emergencies:said"
    return _back(
        request, to, number,
        lambda: commands.add_word(actor=actor_of(request), at=clock.now(), emergency=found, words=words),
        _("Added."),
    )  # fmt: skip


@require_GET
@signed_in
def banner(request: HttpRequest) -> HttpResponse:
    """The banner alone, for pages that stay open; empty for roles that help nobody."""
    actor = actor_of(request)
    shown = actor.may(REPORT) or actor.may(READ)
    return HttpResponse(banner_of(request) if shown else "")


def _do(request: HttpRequest, number: str, work: Callable[[Emergency], object], text: str) -> HttpResponse:
    found = emergency_by_number(actor_of(request), number)
    return _back(request, "emergencies:one", number, lambda: work(found), text)


def _back(request: HttpRequest, page: str, number: str, work: Callable[[], object], text: str) -> HttpResponse:
    """Do it and show the page again; a refusal stands there as a notice, for the page says what is possible now."""
    try:
        work()
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, text)
    return HttpResponseRedirect(reverse(page, args=[number]))


def _page(request: HttpRequest, found: Emergency, template: str, context: dict[str, Any]) -> HttpResponse:
    """With all times in the zone of its site."""
    if found.site is None:
        return render(request, template, context)
    with timezone.override(found.site.time_zone):
        return render(request, template, {"time_zone": found.site.time_zone, **context})


def _uuid(text: str) -> UUID | None:
    """A person of an address; a broken one holds up nobody."""
    try:
        return UUID(text)
    except ValueError:
        return None
