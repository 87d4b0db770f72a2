"""Tubes of a round, one tube, one bag: where they are and how one knows."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import page as piece_of
from lazaretto.tubes.choices import Doubt, Standing
from lazaretto.tubes.models import Trail
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.people import people_of, shown
from lazaretto.tubes.queries.results import results_of
from lazaretto.tubes.rules import MANAGE, READ, RECALL, tidy_code
from lazaretto.tubes.wording import STEP_LABELS, TONES, doubts

PER_PAGE = 50


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Rounds with where their tubes are; a code leads to its tube or bag."""
    actor = actor_of(request)
    code = tidy_code(request.GET.get("code", ""))
    if code:
        found = Trail.objects.visible_to(actor, READ).filter(pk__in=[code, code.upper()]).first()
        name, key = ("tubes:tube", found.pk) if found else ("tubes:bag", code)
        return HttpResponseRedirect(reverse(name, args=[key]))
    piece = piece_of(trails.rounds(actor), ["-opens_at", "-id"], limit=20, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [(row, trails.counted(row)) for row in piece.items],
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "may_manage": actor.may(MANAGE),
    }
    return render(request, "tubes/rounds.html", context)


@require_GET
@needs(READ)
def one(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The tubes of one round by where they are, and what is late."""
    of = trails.round_by_id(actor_of(request), round_id)
    counts = trails.counted(of)
    first = next((step for step in trails.STEPS[:4] if counts[step]), "")
    show = request.GET.get("show", first)
    piece = piece_of(trails.in_step(of, show), ["code"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "of": of,
        "counts": counts,
        "total": sum(counts[step] for step in trails.STEPS),
        "lines": trails.tube_lines(of, piece.items),
        "tabs": [
            *((STEP_LABELS[step], f"?show={step}", step == show, counts[step]) for step in (*trails.STEPS, "doubt")),
            (_("All"), "?show=all", show in {"", "all"}, None),
        ],
        "late": list(trails.overdue_legs(of, clock.now())[:20]),
        "labels": STEP_LABELS,
        "tones": TONES,
        "next_url": f"?show={show}&cursor={piece.next}" if piece.next else "",
    }
    return render(request, "tubes/round.html", context)


@require_GET
@needs(READ)
def bags(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Bags of a round, by code."""
    of = trails.round_by_id(actor_of(request), round_id)
    rows = trails.bags(of).select_related("point")
    piece = piece_of(rows, ["code"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    next_url = f"?cursor={piece.next}" if piece.next else ""
    return render(request, "tubes/bags.html", {"of": of, "bags": piece.items, "next_url": next_url})


@require_GET
@needs(READ)
def tube(request: HttpRequest, code: str) -> HttpResponse:
    """One tube: what was seen of it, what was found in it, who is in it."""
    actor = actor_of(request)
    found = trails.tube_by_code(actor, code)
    numbers = trails.numbers_in(found)
    known = people_of(found.round, numbers)
    calls = actor.may(RECALL, found.round.unit_id)
    context = {
        "trail": found,
        "line": trails.tube_lines(found.round, [found])[0],
        "events": list(trails.events_of(tube=code)),
        "results": list(results_of(code)),
        "people": [shown(actor, found.round, known[n], calls=calls) for n in numbers if n in known],
        "doubts": doubts(found.doubts),
        "labels": STEP_LABELS,
        "standing": Standing(found.standing).label if found.standing else "",
    }
    return render(request, "tubes/tube.html", context)


@require_GET
@needs(READ)
def bag(request: HttpRequest, code: str) -> HttpResponse:
    """One bag: who has it, what is in it, what the two ends counted."""
    found = trails.bag_by_code(actor_of(request), code)
    rows = list(Trail.objects.filter(bag=code).order_by("code")[:500])
    context = {
        "bag": found,
        "lines": trails.tube_lines(found.round, rows),
        "events": list(trails.events_of(bag=code)),
        "doubts": [Doubt(one).label for one in found.doubts],
        "labels": STEP_LABELS,
        "tones": TONES,
    }
    return render(request, "tubes/bag.html", context)
