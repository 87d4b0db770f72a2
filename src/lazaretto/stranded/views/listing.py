"""The list with its clocks, and one group."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.paging import page as piece_of
from lazaretto.headcounts.queries import on_headcounts
from lazaretto.places.models import Site
from lazaretto.places.queries import AT_HOME
from lazaretto.stays.navigation import site_code
from lazaretto.stranded import rules
from lazaretto.stranded.choices import GivenKind, State
from lazaretto.stranded.forms import CarerForm
from lazaretto.stranded.models import Stranded
from lazaretto.stranded.queries import (
    food_of,
    group_by_number,
    history,
    line_of,
    lines,
    listed,
    lodgings_for,
    sites_for,
)
from lazaretto.stranded.rules import PLACE, READ, REGISTER
from lazaretto.stranded.views.common import page
from lazaretto.ui.ways import asked_for

PER_PAGE, ADMIT = 40, "stays.admit"
HOURS = ("1", "2", "3", "6")  # within which they are there


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Who is without a place, and until when; those found last first."""
    actor, state = actor_of(request), asked_for(request, "state", dict(_tabs()), otherwise="open")
    cursor, code = request.GET.get("cursor", ""), site_code(request)
    piece = piece_of(listed(actor, state), ["-found_at", "-id"], limit=PER_PAGE, cursor=cursor)
    at = clock.now()
    context = {
        "lines": lines(actor, piece.items, at=at),
        "at": at,
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _tabs()],
        "live": "?district" if actor.everywhere(READ) else f"?site={code}" if code else "",
        "may_register": actor.may(REGISTER),
    }
    with timezone.override(AT_HOME.zone):
        return render(request, "stranded/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("open", _("in our care")), ("unowned", _("nobody sees to them")), ("missing", _("somebody is missing")),
        ("ended", pgettext("stranded", "ended")), ("all", pgettext("stranded", "all")),
    ]  # fmt: skip


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Who they are, what they need next, where they can go, what happened."""
    actor, at = actor_of(request), clock.now()
    group = group_by_number(actor, number)
    line = line_of(actor, group, at=at)
    may_place = actor.may(PLACE, group.unit_id)
    states = {member.row.state for member in line.members}
    going = [member.row for member in line.members if member.row.state in rules.HERE]
    context = {
        "line": line,
        "at": at,
        "history": history(group),
        "food": food_of(group),
        "kinds": [(kind.value, kind.label) for kind in GivenKind],
        "carer": CarerForm(),
        "open": group.ended_at is None,
        "going": going,
        "on_the_way": State.ON_THE_WAY in states,
        "missing": State.MISSING in states,
        "minded": any(member.row.carer_kind for member in line.members),
        "can_end": bool(states & {*rules.HERE, State.MISSING}),
        "uncounted": {row.person_id for row in going} - on_headcounts([row.person_id for row in going], group.unit_id),
        "mine": group.owner_id == actor.user_id,
        "may": {
            "register": actor.may(REGISTER, group.unit_id), "place": may_place,
            "people": actor.may("people.manage", group.unit_id),
        },
        **(_places(actor, going) if may_place and going else {}),
    }  # fmt: skip
    return page(request, group, "stranded/one.html", context)


def _places(actor: Actor, going: list[Stranded]) -> dict[str, object]:
    """Sites of ours and lodgings of others for those who are to go; at which of ours the actor admits."""
    found = sites_for(going)
    admits = set(Site.objects.visible_to(actor, ADMIT).values_list("code", flat=True))
    desks = [code for one in found if (code := one.key.removeprefix("site:")) in admits]
    return {"sites": found, "desks": desks, "lodgings": lodgings_for(going), "hours": HOURS}
