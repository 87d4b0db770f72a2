"""The desk at 3 am: scan or three letters, Enter, Enter."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.arrivals.commands import CheckedIn, check_in
from lazaretto.arrivals.forms import CheckInForm
from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.bus import expected_by_id, household_of, passengers, room_by_number
from lazaretto.arrivals.queries.desk import at_the_desk, coming_to, just_admitted, last_grounds, sharing_of
from lazaretto.arrivals.queries.periods import over_now
from lazaretto.arrivals.queries.walk_in import standing_of
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError
from lazaretto.core.middleware import part_of_page
from lazaretto.places.queries import site_by_code

GROUNDS = ("authority", "legal_basis", "reason")


@needs("stays.admit")
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The check-in page; with `done`, the number of a stay, the papers of whoever was admitted without a list."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.admit")
    context = {
        "site": site,
        "coming": coming_to(actor, site),
        "done": just_admitted(actor, site, request.GET.get("done", "")),
    }
    with timezone.override(site.time_zone):
        return render(request, "arrivals/desk.html", context)


@needs("stays.admit")
def found(request: HttpRequest, code: str) -> HttpResponse:
    """Who fits what was typed; with Enter (or when a scan fits exactly one) the panel of the first."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.admit")
    text = request.GET.get("q", "")
    hits = at_the_desk(actor, site, text)
    if request.GET.get("pick") and hits:
        return _panel(request, actor, hits[0], None)
    people = passengers(actor, hits, clock.local_date(clock.now(), clock.zone(site.time_zone)))
    context = {"site": site, "people": people, "text": text, "picked": bool(request.GET.get("pick"))}
    return render(request, "arrivals/found.html", context)


@part_of_page
@needs("stays.admit")
def panel(request: HttpRequest, code: str, expected_id: UUID) -> HttpResponse:
    """One person, ready to be checked in."""
    actor = actor_of(request)
    return _panel(request, actor, expected_by_id(actor, site_by_code(actor, code, "stays.admit"), expected_id), None)


@require_POST
@needs("stays.admit")
def confirm(request: HttpRequest, code: str, expected_id: UUID) -> HttpResponse:
    """Check them in, with their household if wanted; each by itself, so that one refusal does not undo the others."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.admit")
    expected = expected_by_id(actor, site, expected_id)
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return _panel(request, actor, expected, form)
    try:
        done = [_check_in(actor, expected, form, form.cleaned_data["room"])]
    except DomainError as error:
        return _panel(request, actor, expected, form, error)
    refused: list[tuple[ExpectedArrival, DomainError]] = []
    for other in household_of(expected) if form.cleaned_data["together"] else []:
        try:
            done.append(_check_in(actor, other, form, other.room.number if other.room else form.cleaned_data["room"]))
        except DomainError as error:
            refused.append((other, error))
    context = {"site": site, "done": done, "refused": refused, "left": done[-1].left}
    with timezone.override(site.time_zone):
        return render(request, "arrivals/checked_in.html", context)


def _check_in(actor: Actor, expected: ExpectedArrival, form: CheckInForm, room: str) -> CheckedIn:
    now = clock.now()
    given = form.cleaned_data
    return check_in(
        actor=actor,
        at=now,
        expected=expected,
        room=room_by_number(expected.site, room),
        last_exposure_at=form.exposed_at(expected.site.time_zone),
        assessment=given["assessment"],
        **{name: given[name] for name in GROUNDS},
    )


def _panel(
    request: HttpRequest,
    actor: Actor,
    expected: ExpectedArrival,
    form: CheckInForm | None,
    error: DomainError | None = None,
) -> HttpResponse:
    zone = ZoneInfo(expected.site.time_zone)
    others = household_of(expected)
    grounds = last_grounds(expected.site)
    initial = {
        "room": expected.room.number if expected.room else "",
        "exposed_on": expected.last_exposure_at.astimezone(zone).date() if expected.last_exposure_at else None,
        "together": bool(others),
        **{name: getattr(grounds, name) for name in GROUNDS},
    }
    now, party = clock.now(), [expected, *others]
    people = passengers(actor, party, clock.local_date(now, zone), over=over_now(expected.site, party, at=now))
    category = expected.category or expected.manifest.category
    context = {
        "site": expected.site,
        "standing": standing_of(expected.person, expected.site, category, at=now),
        "one": people[0],
        "others": people[1:],
        "people": people,
        "form": form or CheckInForm(initial=initial),
        "error": error,
        "assessed": sharing_of(party, at=now).needs_assessment,
    }
    return render(
        request, "arrivals/panel.html", context
    )  # htmx swaps only what succeeds; the panel says what is wrong
