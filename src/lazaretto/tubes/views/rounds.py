"""Tubes of a round, one tube, one bag: where they are and how one knows."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.screening.models import Round
from lazaretto.screening.rules import CORRECT
from lazaretto.screening.rules import READ as READ_ROUNDS
from lazaretto.tubes import commands
from lazaretto.tubes.choices import Standing
from lazaretto.tubes.models import Trail
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.inside import Inside, inside
from lazaretto.tubes.queries.people import Somebody, people_among, shown
from lazaretto.tubes.queries.results import results_of
from lazaretto.tubes.rules import HANDLE, LOOK, MANAGE, READ, RECALL
from lazaretto.tubes.wording import STEP_LABELS, TONES, doubts
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE = 50


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Rounds with where their tubes are; a code leads to its tube or bag, or to the rounds in which there is one."""
    actor = actor_of(request)
    code = tidy_code(request.GET.get("code", ""))
    found = [one for one in trails.candidates(actor, code) if actor.may(READ, one.of.unit_id)] if code else []
    if len(found) == 1:
        return HttpResponseRedirect(address_of(found[0]))
    piece = piece_of(trails.rounds(actor), ["-opens_at", "-id"], limit=20, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [(row, trails.counted(row)) for row in piece.items],
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "may_manage": actor.may(MANAGE),
        "code": code,
        "found": [(one, address_of(one)) for one in found],
        "near": [(one, address_of(one)) for one in trails.near(actor, code)] if code and not found else [],
    }
    return render(request, "tubes/rounds.html", context)


def address_of(one: trails.Candidate) -> str:
    """The page of a bag or a tube."""
    if one.part == "tube":
        return reverse("tubes:tube", args=[one.code])
    return reverse("tubes:bag", args=[one.of.pk, one.code])


@require_GET
@needs(READ)
def one(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The tubes of one round by where they are, and what is late."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    counts = trails.counted(of)
    first = next((step for step in trails.STEPS[:4] if counts[step]), "")
    show = asked_for(request, "show", {*counts, "all"}, otherwise=first)
    piece = piece_of(trails.in_step(of, show), ["code"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "of": of,
        "counts": counts,
        "total": sum(counts[step] for step in trails.STEPS),
        "lines": trails.tube_lines(of, piece.items),
        "tabs": [
            *((STEP_LABELS[step], f"?show={step}", step == show, counts[step]) for step in _tabs(counts)),
            (_("All"), "?show=all", show in {"", "all"}, None),
        ],
        "late": trails.overdue_legs(of, clock.now()),
        "questions": trails.strays(of).count(),
        "labels": STEP_LABELS,
        "tones": TONES,
        "may_close": actor.may(READ_ROUNDS, of.unit_id),
        "may_recall": actor.may(RECALL, of.unit_id),
        "next_url": f"?show={show}&cursor={piece.next}" if piece.next else "",
    }
    return render(request, "tubes/round.html", context)


def _tabs(counts: dict[str, int]) -> tuple[str, ...]:
    return (*trails.STEPS, "doubt", *(["slip"] if counts["slip"] else []))


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
    people = _people_in(actor, found)
    context = {
        "trail": found,
        "line": trails.tube_lines(found.round, [found])[0],
        "events": list(trails.facts_told(found.round, tube=code)),
        "elsewhere": list(trails.told_elsewhere(found)),
        "results": list(results_of(code)),
        "people": people,
        "doubts": doubts(trails.doubts_of(found)),
        "overrides": list(trails.overrides(found)),
        "may_look": actor.may(LOOK, found.round.unit_id),
        "may_correct": actor.may(CORRECT, found.round.unit_id),
        "may_slip": found.opened_at is None and found.slip_at is None and actor.may(HANDLE, found.round.unit_id),
        "labels": STEP_LABELS,
        "standing": Standing(found.standing).label if found.standing else "",
    }
    return render(request, "tubes/tube.html", context)


def _people_in(actor: Actor, found: Trail) -> list[tuple[Somebody, Inside]]:
    """Whoever is in a tube, by any scan; whoever has no number yet is nobody we could name."""
    everybody = inside([found.code])[found.code]
    known = people_among([one.who for one in everybody if one.number])
    rounds = Round.objects.in_bulk({one.round_id for one in everybody})
    return [
        (
            shown(
                actor, rounds[one.round_id], known.get(one.who, Somebody(one.number or 0, "")),
                calls=actor.may(RECALL, rounds[one.round_id].unit_id),
            ),
            one,
        )
        for one in everybody
    ]  # fmt: skip


@require_GET
@needs(READ)
def bag(request: HttpRequest, round_id: UUID, code: str) -> HttpResponse:
    """One bag of a round: who has it, what is in it, what the two ends counted."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    found = trails.bag_by_code(actor, of, code)
    rows = list(trails.trails(of).filter(bag=code)[:500])
    context = {
        "bag": found,
        "lines": trails.tube_lines(of, rows),
        "unknown": [row.code for row in rows if row.opened_at is None],
        "events": list(trails.facts_told(of, bag=code)),
        "doubts": doubts(found.doubts),
        "others": [
            (one, address_of(one)) for one in trails.candidates(actor, code) if one.of != of and one.part == "bag"
        ],
        "may_look": actor.may(LOOK, of.unit_id),
        "labels": STEP_LABELS,
        "tones": TONES,
    }
    return render(request, "tubes/bag.html", context)


def _bags_called(actor: Actor, code: str) -> list[trails.Candidate]:
    return [one for one in trails.candidates(actor, code) if one.part == "bag" and actor.may(READ, one.of.unit_id)]


@require_GET
@needs(READ)
def questions(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What phones of this round told about tubes of other rounds: it counts nowhere until somebody looked."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    rows = list(trails.strays(of)[:200])
    context = {"of": of, "rows": trails.with_homes(rows), "may_look": actor.may(LOOK, of.unit_id)}
    return render(request, "tubes/questions.html", context)


@require_POST
@needs(LOOK)
def look(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Somebody looked into a tube or a bag, and says what they found."""
    tube, bag_code = request.POST.get("tube", ""), request.POST.get("bag", "")
    payload = {"test_round": round_id, "reason": request.POST.get("reason", ""), "tube": tube, "bag": bag_code}
    said = _("Noted: {code} was looked into.").format(code=tube or bag_code)
    _done(request, commands.look_into, payload, said)
    if request.POST.get("back") == "questions" or not (tube or bag_code):
        return HttpResponseRedirect(reverse("tubes:questions", args=[round_id]))
    page = reverse("tubes:tube", args=[tube]) if tube else reverse("tubes:bag", args=[round_id, bag_code])
    return HttpResponseRedirect(page)


@require_POST
@needs(HANDLE)
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """A code was a slip; its round waits for it no more."""
    found = trails.tube_by_code(actor_of(request), code)
    payload = {"test_round": found.round_id, "tube": code, "reason": request.POST.get("reason", "")}
    _done(request, commands.call_slip, payload, _("{code} was a slip: nobody waits for it.").format(code=code))
    return HttpResponseRedirect(reverse("tubes:tube", args=[code]))


def _done(request: HttpRequest, command: Any, payload: dict[str, Any], said: str) -> None:
    """Do it and say so, or say why not; either way the page that asked is shown again."""
    try:
        command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, said)
