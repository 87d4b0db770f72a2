"""Who comes where and when: the plan by point and hour, proposals, one slot moved by hand."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.headcounts.rules import folded
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.screening.queries import round_by_id
from lazaretto.screening.rules import OVER
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import NoticeState
from lazaretto.slots.forms import MoveForm, ProposeForm
from lazaretto.slots.models import Slot
from lazaretto.slots.queries.paces import least_pace
from lazaretto.slots.queries.problem import plan_of
from lazaretto.slots.rules import MANAGE, READ
from lazaretto.ui.notices import notify

LINES = 100


@require_GET
@needs(READ)
def slots(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The plan that stands, or how to make one."""
    return _slots(request, round_by_id(actor_of(request), round_id), None)


def _slots(request: HttpRequest, of: Round, form: ProposeForm | None) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    found, rows = queries.accepted(of), list(queries.current(of))
    chosen = _chosen(request, rows)
    told = queries.counts_of(queries.holders(of, at=at)) if found else {}
    context = {
        "round": of,
        "plan": found,
        "plan_made": plan_of(found) if found else None,
        "board": queries.board(of, found, rows) if found else None,
        "lines": queries.lines(chosen[:LINES], at=at),
        "hidden": max(0, len(chosen) - LINES),
        "points": sorted({row.point for row in rows}, key=lambda point: point.folded),
        "told": [(state, told[state.value]) for state in NoticeState] if found else [],
        "unplaced": queries.unplaced(of, found, rows) if found else [],
        "misfits": queries.misfits(of, found, rows, at=at) if found else [],
        "pending": queries.pending(of, queries.digest_of(row.pk for row in rows)),
        "form": form or ProposeForm.of(queries.settings_of(of, found)),
        "may_manage": actor.may(MANAGE, of.unit_id) and of.state not in OVER,
        "may_propose": of.state != RoundState.DRAFT and not any(row.starts_at <= at for row in rows),
        "point": request.GET.get("point", ""),
        "q": request.GET.get("q", ""),
    }
    return render(request, "slots/slots.html", context, status=422 if form and form.errors else 200)


def _chosen(request: HttpRequest, rows: list[Slot]) -> list[Slot]:
    """Of one point, or of enterprises with such a name."""
    point, q = request.GET.get("point", ""), folded(request.GET.get("q", ""))
    return [row for row in rows if (not point or str(row.point_id) == point) and q in row.organisation.folded]


@require_POST
@needs(MANAGE)
def propose(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """A plan at once; shorter ways are sought on its page."""
    of, form = round_by_id(actor_of(request), round_id), ProposeForm(request.POST)
    if not form.is_valid():
        return _slots(request, of, form)
    return _proposed(request, of, commands.propose, **form.cleaned_data)


@require_POST
@needs(MANAGE)
def anew(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What has not begun is planned anew."""
    of = round_by_id(actor_of(request), round_id)
    said = [
        (str(place.pk), int(text))
        for place in of.points.all()
        for text in [request.POST.get(f"pace-{place.pk}", "").strip()[:4]]
        if text.isdecimal() and text != request.POST.get(f"was-{place.pk}")  # what was counted may be another by now
    ]
    return _proposed(request, of, commands.replan, paces=said)


def _proposed(request: HttpRequest, of: Round, command: Any, **payload: Any) -> HttpResponse:
    made = _done(request, command, test_round=str(of.pk), **payload)
    if made is None:
        return HttpResponseRedirect(reverse("slots:slots", args=[of.pk]))
    return HttpResponseRedirect(reverse("slots:proposal", args=[made.proposal_id]))


def _done(request: HttpRequest, command: Any, **payload: Any) -> Any:
    """What the command answers; None where it refuses, with its words as a notice on the page that comes next."""
    try:
        return command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
        return None


@require_GET
@needs(READ)
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """What is proposed, how good it is, and whom it tells something else."""
    actor = actor_of(request)
    found = queries.proposal_by_id(actor, proposal_id)
    standing = queries.digest_of(queries.current(found.round).values_list("pk", flat=True))
    view = queries.proposal_view(found)
    waits = found.accepted_at is None
    manages = actor.may(MANAGE, found.round.unit_id) and found.round.state not in OVER
    context = {
        "round": found.round,
        "proposal": found,
        "view": view,
        "lines": view.lines[:LINES],
        "hidden": max(0, len(view.lines) - LINES),
        "searching": not found.searched and waits and bool(view.lines),
        "stale": waits and found.standing != standing,
        "points_changed": waits and queries.points_changed(found, found.round),
        "losing": queries.losing_by(found, clock.now()),
        "may_manage": manages,
        "may_anew": manages and waits,
        "least": least_pace(queries.settings_of(found.round, found)),
    }
    return render(request, "slots/proposal.html", context)


@require_POST
@needs(MANAGE)
def improve(request: HttpRequest, proposal_id: UUID) -> JsonResponse:
    """The solver's turn: nothing is locked meanwhile, and its process is killed when it takes too long."""
    actor = actor_of(request)
    found = queries.proposal_by_id(actor, proposal_id)
    said = _("Looked for shorter ways.")
    if not found.searched and found.accepted_at is None:
        plan, answered = queries.improved(found)
        done = commands.improve(actor=actor, at=clock.now(), proposal=found, found=plan)
        if not answered:
            said = _("No answer in time: the plan found at once stays.")
        elif not done.better:
            said = _("No shorter ways were found.")
    return JsonResponse(
        {"done": True, "at": 1, "of": 1, "text": said, "next": reverse("slots:proposal", args=[found.pk])}
    )


@require_POST
@needs(MANAGE)
def accept(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """The proposed slots stand."""
    found = queries.proposal_by_id(actor_of(request), proposal_id)
    said = request.POST.get("agreed", "")
    agreed = int(said) if said.isdecimal() and len(said) < 7 else 0
    if _done(request, commands.accept, proposal=str(proposal_id), agreed=agreed) is None:
        return HttpResponseRedirect(reverse("slots:proposal", args=[proposal_id]))
    notify(request, _("The slots stand. Tell the enterprises next."))
    return HttpResponseRedirect(reverse("slots:slots", args=[found.round_id]))


# ---- one by hand


@require_GET
@needs(READ)
def one(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """A slot, and where else its people find room."""
    return _one(request, queries.slot_by_id(actor_of(request), slot_id), None)


def _one(request: HttpRequest, found: Slot, form: MoveForm | None) -> HttpResponse:
    movable = _movable(request, found)
    context = {
        "round": found.round, "slot": found, "movable": movable,
        "form": form or (MoveForm(starts=queries.free_starts(found, at=clock.now())) if movable else None),
        "metres": queries.way(found.organisation, found.point),
    }  # fmt: skip
    return render(request, "slots/slot.html", context, status=422 if form and form.errors else 200)


def _movable(request: HttpRequest, found: Slot) -> bool:
    may = actor_of(request).may(MANAGE, found.round.unit_id) and found.round.state not in OVER
    return may and found.dropped_at is None and found.starts_at > clock.now()


@require_POST
@needs(MANAGE)
def move(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """A slot is moved to another time or point."""
    found = queries.slot_by_id(actor_of(request), slot_id)
    form = MoveForm(request.POST, starts=queries.free_starts(found, at=clock.now()))
    if form.is_valid():
        point, starts_at = form.cleaned_data["place"]
        made = _moved(request, form, found, point=str(point), starts_at=starts_at, reason=form.cleaned_data["reason"])
        if made is not None:
            notify(request, _("The slot was moved. Tell the enterprise."))
            return HttpResponseRedirect(reverse("slots:slots", args=[found.round_id]))
    return _one(request, found, form)


def _moved(request: HttpRequest, form: MoveForm, found: Slot, **payload: Any) -> Any:
    try:
        return commands.move.invoke(actor=actor_of(request), at=clock.now(), payload={"slot": str(found.pk), **payload})
    except InvalidInput as error:
        form.add_error(None, str(error))
    except DomainError as error:
        if error.is_of_access:
            raise
        form.add_error("place", str(error))
    return None


@require_POST
@needs(MANAGE)
def cancel(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """A slot is taken back."""
    found = queries.slot_by_id(actor_of(request), slot_id)
    if _done(request, commands.cancel, slot=str(slot_id), reason=request.POST.get("reason", "")) is None:
        return HttpResponseRedirect(reverse("slots:slot", args=[slot_id]))
    notify(request, _("The slot was cancelled. Tell the enterprise."))
    return HttpResponseRedirect(reverse("slots:slots", args=[found.round_id]))
