"""The patrol on a phone, and the breach register."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput, NotFound
from lazaretto.core.paging import page as piece_of
from lazaretto.places.models import Room, Site
from lazaretto.stays import commands
from lazaretto.stays.choices import BreachKind, DoorFinding
from lazaretto.stays.page_forms import BreachForm, CloseBreachForm
from lazaretto.stays.queries.listing import breaches
from lazaretto.stays.queries.patrol import (
    FINDINGS,
    correctable,
    open_breaches,
    patrol_door,
    patrol_doors,
    patrol_floors,
)
from lazaretto.stays.views.common import done, page, site_of, with_toast
from lazaretto.ui.ways import asked_for

BREACH = "stays.breach"
PER_PAGE = 40

# What a finger on a cold phone has to tell apart: word, icon, tone.
LOOKS = {
    DoorFinding.CLOSED: ("lock", "green"),
    DoorFinding.OPEN: ("lock-open", "red"),
    DoorFinding.NO_ANSWER: ("help-circle", "amber"),
    DoorFinding.SEAL_BROKEN: ("alert-triangle", "red"),
}


@require_GET
@needs(BREACH)
def patrol(request: HttpRequest, code: str) -> HttpResponse:
    """One floor of doors at a time; without a choice the first that is not done."""
    site, at = site_of(request, code, BREACH), clock.now()
    floors = patrol_floors(site, at=at)
    wanted = request.GET.get("floor", "")
    chosen = next((row for row in floors if str(row.floor.pk) == wanted), None)
    chosen = chosen or next((row for row in floors if row.done < row.doors), floors[0] if floors else None)
    context = {
        "floors": floors,
        "chosen": chosen,
        "doors": patrol_doors(site, chosen.floor.pk, at=at) if chosen else [],
        "findings": _findings(),
        "open_breaches": open_breaches(site),
        "now": at,
    }
    return page(request, site, "stays/breaches/patrol.html", context)


@require_POST
@needs(BREACH)
def check(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One tap: what was found at a door. Another tap within three minutes corrects it."""
    actor, at, site = actor_of(request), clock.now(), site_of(request, code, BREACH)
    room = _room(site, number)
    if request.POST.get("finding") not in DoorFinding.values:
        raise InvalidInput(fields={"finding": _("Choose what was found.")})
    finding = DoorFinding(request.POST["finding"])
    earlier = correctable(room, actor.user_id, at=at)
    if earlier is None or earlier.finding != finding:
        made = commands.check_door(actor=actor, at=at, room=room, finding=finding, corrects=earlier)
        text = _breach_words(made.breach_id is not None, earlier is not None, number)
    else:
        text = ""
    if not request.headers.get("HX-Request"):
        url = reverse("stays:patrol", args=[code]) + f"?floor={room.floor_id}"
        return done(request, text, url) if text else HttpResponseRedirect(url)
    answer = page(
        request, site, "stays/breaches/door.html", {"door": patrol_door(room, at=at), "findings": _findings()}
    )
    return with_toast(answer, text, tone="amber") if text else answer


def _breach_words(breach: bool, corrected: bool, number: str) -> str:
    if breach:
        return _("%(room)s: a breach was entered, the site lead is told.") % {"room": number}
    return _("%(room)s: corrected.") % {"room": number} if corrected else ""


def _findings() -> list[tuple[str, str, str, str]]:
    return [(finding.value, str(finding.label), *LOOKS[finding]) for finding in FINDINGS]


@require_GET
@needs(BREACH)
def register(request: HttpRequest, code: str) -> HttpResponse:
    """The breach register of a site: open ones first, then the latest."""
    site = site_of(request, code, BREACH)
    found = breaches(actor_of(request)).filter(site=site)
    state = asked_for(request, "state", dict(_names()), otherwise="open")
    found = found if state == "all" else found.filter(closed_at__isnull=state == "open")
    piece = piece_of(found, ["-noticed_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": piece.items,
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _names()],
        "close_form": CloseBreachForm(),
        "now": clock.now(),
    }
    return page(request, site, "stays/breaches/register.html", context)


def _names() -> list[tuple[str, str]]:
    return [("open", _("open")), ("closed", _("closed")), ("all", _("all"))]


@require_http_methods(["GET", "POST"])
@needs(BREACH)
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a breach; the site lead is told at once."""
    site = site_of(request, code, BREACH)
    form = BreachForm(request.POST or None, initial={"room": request.GET.get("room", "")})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            commands.report_breach(
                actor=actor_of(request), at=clock.now(), site=site, kind=BreachKind(given["kind"]),
                description=given["description"], room=_room(site, given["room"]) if given["room"] else None,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("Entered. The site lead is told."), reverse("stays:breaches", args=[code]))
    status = 422 if form.is_bound else 200
    return page(request, site, "stays/breaches/report.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@needs(BREACH)
def close(request: HttpRequest, code: str, breach: UUID) -> HttpResponse:
    """Close a breach with what was done about it."""
    site = site_of(request, code, BREACH)
    found = breaches(actor_of(request)).filter(site=site, pk=breach).first()
    if found is None:
        raise NotFound(kind="stays.breach", id=breach)
    form = CloseBreachForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            commands.close_breach(
                actor=actor_of(request), at=clock.now(), breach=found, action=form.cleaned_data["action"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("Closed."), reverse("stays:breaches", args=[code]))
    status = 422 if form.is_bound else 200
    return page(request, site, "stays/breaches/close.html", {"form": form, "breach": found}, status=status)


def _room(site: Site, number: str) -> Room:
    room = Room.objects.filter(site=site, number=number.strip()).select_related("floor").first()
    if room is None:
        raise NotFound(kind="places.room", id=number)
    return room
