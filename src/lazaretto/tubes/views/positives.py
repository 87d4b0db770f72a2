"""Positives, and the people who are called back: who, where, their telephone, how far it is with each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, NotFound
from lazaretto.core.paging import page as piece_of
from lazaretto.core.tables import XLSX
from lazaretto.screening.models import Round
from lazaretto.tubes import commands, sheets
from lazaretto.tubes.choices import CallSaid, RecallState, Standing
from lazaretto.tubes.models import Positive, Recall
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.inside import ways_into
from lazaretto.tubes.queries.people import Somebody, people_among, shown
from lazaretto.tubes.queries.results import results_of
from lazaretto.tubes.rules import MANAGE, OVERRIDE, READ, RECALL
from lazaretto.tubes.wording import TONES
from lazaretto.ui.notices import notify

STEPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "call": (commands.record_call, ("said", "words")),
    "retest": (commands.record_retest, ("tube",)),
    "close": (commands.close_recall, ("reason",)),
    "hand_on": (commands.hand_on, ("words", "propose")),
}


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Positive tubes, the last first, with how many of their people are still open."""
    actor = actor_of(request)
    ended = Recall.objects.filter(positive=OuterRef("pk"), overridden=True)
    rows = Positive.objects.visible_to(actor, READ).select_related("round").annotate(overridden=Exists(ended))
    rows = rows.order_by("-raised_at", "-id")
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
    return _one(request, positive_id)


def _one(request: HttpRequest, positive_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    found = Positive.objects.visible_to(actor, READ).select_related("round__unit").filter(pk=positive_id).first()
    if found is None:
        raise NotFound(kind="tubes.positive", id=positive_id)
    own = Recall.objects.filter(retest_tube=found.tube)
    rows = list(_with_calls(found.recalls.all() | own).order_by("number"))
    context = {
        "positive": found, "results": list(results_of(found.tube)), "tones": TONES,
        "overrides": [row for row in rows if row.overridden], **_people(actor, found.round, rows), **more,
    }  # fmt: skip
    return render(request, "tubes/positive.html", context, status=status)


def _with_calls(rows: QuerySet[Recall]) -> QuerySet[Recall]:
    return rows.select_related("change__refuted_by", "closed_by", "positive", "round").prefetch_related("calls")


@require_GET
@needs(READ)
def again(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Whoever of a round is only swabbed again, because their tube was invalid or rejected."""
    return _again(request, round_id)


def _again(request: HttpRequest, round_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    rows = _with_calls(Recall.objects.filter(round=of, positive__isnull=True))
    piece = piece_of(rows, ["tube", "number"], limit=100, cursor=request.GET.get("cursor", ""))
    context = {
        "of": of, "tones": TONES, "next_url": f"?cursor={piece.next}" if piece.next else "",
        **_people(actor, of, piece.items), **more,
    }  # fmt: skip
    return render(request, "tubes/again.html", context, status=status)


def _people(actor: Actor, of: Round, rows: Sequence[Recall]) -> dict[str, Any]:
    """Each with who they are, and how they came into the tube if their scan does not count; they may be of another
    round, whose names and telephones its own roles open."""
    calls = actor.may(RECALL, of.unit_id)
    known = people_among([(row.round_id, row.number) for row in rows])
    ways = ways_into({row.tube for row in rows})
    nobody = Somebody(0, "")
    recalls = [
        (
            row,
            shown(
                actor, row.round, known.get((row.round_id, row.number), nobody),
                calls=actor.may(RECALL, row.round.unit_id),
            ),
            ways.get((row.tube, row.round_id, row.number)),
        )
        for row in rows
    ]  # fmt: skip
    return {
        "of": of, "recalls": recalls,
        "may_call": calls,
        "may_manage": actor.may(MANAGE, of.unit_id),
        "may_override": actor.may(OVERRIDE, of.unit_id),
        "waiting": {row.pk for row in rows if row.positive and row.positive.standing == Standing.PRELIMINARY},
        "unproposed": {
            row.pk for row in rows
            if row.state == RecallState.CONFIRMED and (row.change_id is None or row.change_ended)
        },
        "sayings": [(said.value, said.label) for said in CallSaid],
        "settled": {RecallState.CLEARED, RecallState.CLOSED, RecallState.CONFIRMED},
        "now": clock.now(),
    }  # fmt: skip


@require_POST
@needs(RECALL)
def step(request: HttpRequest, recall_id: UUID, step: str) -> HttpResponse:
    """Called, swabbed, ended by decision, or taken over; the command asks who may."""
    command, names = STEPS.get(step, (None, ()))
    if command is None:
        raise NotFound(kind="tubes.recall", step=step)
    return _step(request, recall_id, command, names)


@require_POST
@needs(OVERRIDE)
def override(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """Ended before the recheck, by name and with a reason."""
    return _step(request, recall_id, commands.override_recall, ("reason",))


def _step(request: HttpRequest, recall_id: UUID, command: Any, names: tuple[str, ...]) -> HttpResponse:
    row = Recall.objects.visible_to(actor_of(request), READ).filter(pk=recall_id).first()
    if row is None:
        raise NotFound(kind="tubes.recall", id=recall_id)
    said = {name: request.POST.get(name, "off" if name == "propose" else "") for name in names}  # a box, or nothing
    try:
        command.invoke(actor=actor_of(request), at=clock.now(), payload={"recall": recall_id, **said})
    except DomainError as error:
        if error.is_of_access:
            raise
        return _list_of(request, row, status=error.status, problem=str(error), kept=said, kept_for=row.pk)
    notify(request, _("Noted."))
    return HttpResponseRedirect(_address_of(row))


def _list_of(request: HttpRequest, row: Recall, **more: Any) -> HttpResponse:
    """The list that somebody stands on, again, with what is wrong and what was typed."""
    return _one(request, row.positive_id, **more) if row.positive_id else _again(request, row.round_id, **more)


def _address_of(row: Recall) -> str:
    if row.positive_id is None:
        return reverse("tubes:again", args=[row.round_id])
    return reverse("tubes:positive", args=[row.positive_id])


@require_http_methods(["GET", "POST"])
@never_cache
@needs(RECALL)
def called(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """People called back as a list to take along: a page to print, or Excel. The journal says who took it."""
    of = trails.round_by_id(actor_of(request), round_id)
    if request.method == "GET":  # back from a change of language: numbers are asked for anew
        return HttpResponseRedirect(reverse("tubes:again", args=[of.pk]))
    tube = request.POST.get("tube", "")
    payload = {"test_round": str(of.pk), "tube": tube}
    told = commands.list_called.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    if request.POST.get("as") == "xlsx":
        name = f"round-{of.number}-called-back.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(sheets.called_back(told), content_type=XLSX, headers=headers)
    positive = Positive.objects.filter(tube=tube, round=of).first() if tube else None
    back_to = reverse("tubes:positive", args=[positive.pk]) if positive else reverse("tubes:again", args=[of.pk])
    context = {
        "of": of, "tube": tube, "told": told, "back": back_to, "now": clock.now(),
        "rows": [(one, RecallState(one.state).label) for one in told.people],
    }  # fmt: skip
    return render(request, "tubes/called.html", context)


@require_GET
@needs(READ)
def back(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """Somebody called back: the list that they stand on."""
    row = Recall.objects.visible_to(actor_of(request), READ).filter(pk=recall_id).first()
    if row is None:
        raise NotFound(kind="tubes.recall", id=recall_id)
    return HttpResponseRedirect(_address_of(row))
