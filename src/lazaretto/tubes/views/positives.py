"""Positives, and the people who are called back: who, where, their telephone, how far it is with each."""

from collections.abc import Sequence
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
from lazaretto.core.errors import NotFound
from lazaretto.core.paging import page as piece_of
from lazaretto.screening.models import Round
from lazaretto.tubes import commands
from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.models import Positive, Recall
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.people import Somebody, people_of, shown
from lazaretto.tubes.queries.results import results_of
from lazaretto.tubes.rules import MANAGE, READ, RECALL
from lazaretto.tubes.wording import TONES
from lazaretto.ui.notices import notify

STEPS: dict[str, tuple[Any, str]] = {
    "call": (commands.record_call, RECALL),
    "retest": (commands.record_retest, RECALL),
    "close": (commands.close_recall, MANAGE),
    "hand_on": (commands.hand_on, MANAGE),
}


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Positive tubes, the last first, with how many of their people are still open."""
    actor = actor_of(request)
    rows = Positive.objects.visible_to(actor, READ).select_related("round").order_by("-raised_at", "-id")
    piece = piece_of(rows, ["-raised_at", "-id"], limit=50, cursor=request.GET.get("cursor", ""))
    left: dict[UUID, int] = {}
    open_ones = Recall.objects.filter(positive__in=piece.items, state__in=["open", "retested", "positive"])
    for pk in open_ones.values_list("positive_id", flat=True):
        if pk is not None:
            left[pk] = left.get(pk, 0) + 1
    context = {
        "rows": [(row, left.get(row.pk, 0)) for row in piece.items], "tones": TONES,
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "rounds": list(trails.rounds(actor).filter(recalls__positive=None, recalls__isnull=False).distinct()[:20]),
    }  # fmt: skip
    return render(request, "tubes/positives.html", context)


@require_GET
@needs(READ)
def one(request: HttpRequest, positive_id: UUID) -> HttpResponse:
    """A positive tube: its results, and the list of whom to call."""
    actor = actor_of(request)
    found = Positive.objects.visible_to(actor, READ).select_related("round__unit").filter(pk=positive_id).first()
    if found is None:
        raise NotFound(kind="tubes.positive", id=positive_id)
    own = Recall.objects.filter(retest_tube=found.tube)
    rows = list((found.recalls.all() | own).select_related("change").prefetch_related("calls").order_by("number"))
    context = {
        "positive": found, "results": list(results_of(found.tube)), "tones": TONES,
        **_people(actor, found.round, rows),
    }  # fmt: skip
    return render(request, "tubes/positive.html", context)


@require_GET
@needs(READ)
def again(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Whoever of a round is only swabbed again, because their tube was invalid or rejected."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    rows = Recall.objects.filter(round=of, positive__isnull=True).select_related("change").prefetch_related("calls")
    piece = piece_of(rows, ["tube", "number"], limit=100, cursor=request.GET.get("cursor", ""))
    context = {
        "of": of, "tones": TONES, "next_url": f"?cursor={piece.next}" if piece.next else "",
        **_people(actor, of, piece.items),
    }  # fmt: skip
    return render(request, "tubes/again.html", context)


def _people(actor: Actor, of: Round, rows: Sequence[Recall]) -> dict[str, Any]:
    calls = actor.may(RECALL, of.unit_id)
    known = people_of(of, [row.number for row in rows])
    nobody = Somebody(0, "")
    return {
        "recalls": [(row, shown(actor, of, known.get(row.number, nobody), calls=calls)) for row in rows],
        "may_call": calls,
        "may_manage": actor.may(MANAGE, of.unit_id),
        "settled": {RecallState.CLEARED, RecallState.CLOSED, RecallState.CONFIRMED},
        "now": clock.now(),
    }


@require_POST
@needs(RECALL)
def step(request: HttpRequest, recall_id: UUID, step: str) -> HttpResponse:
    """Called, swabbed, ended by decision, or taken over."""
    command, _capability = STEPS.get(step, (None, ""))
    if command is None:
        raise NotFound(kind="tubes.recall", step=step)
    said = {name: request.POST.get(name, "") for name in ("words", "tube", "reason")}
    payloads: dict[str, dict[str, Any]] = {
        "call": {"reached": request.POST.get("do") == "reached", "words": said["words"]},
        "retest": {"tube": said["tube"]}, "close": {"reason": said["reason"]}, "hand_on": {"words": said["words"]},
    }  # fmt: skip
    command.invoke(actor=actor_of(request), at=clock.now(), payload={"recall": recall_id, **payloads[step]})
    notify(request, _("Noted."))
    row = Recall.objects.get(pk=recall_id)
    if row.positive_id is None:
        return HttpResponseRedirect(reverse("tubes:again", args=[row.round_id]))
    return HttpResponseRedirect(reverse("tubes:positive", args=[row.positive_id]))
