"""Pages of mass testing: rounds, how far one is, fevers, the screen for the wall."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.asking import answer_of
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.ids import new_id
from lazaretto.core.paging import page as piece_of
from lazaretto.screening import commands, queries
from lazaretto.screening.choices import FeverDone
from lazaretto.screening.forms import EditForm, EditPointForm, EditRoundForm, PointForm, RoundForm
from lazaretto.screening.models import Point, Round
from lazaretto.screening.navigation import POINT_ROOMS, ROOMS, list_panels, panels_of, words_of
from lazaretto.screening.rules import FEVERS, MANAGE, OVER, READ
from lazaretto.ui.notices import notify

PER_PAGE = 50
ENTERPRISES_SHOWN = 100
FEVERS_SHOWN = 20
STEPS: dict[str, Any] = {"close": commands.close_point, "open": commands.open_point}


# ---- rounds


@require_http_methods(["GET", "POST"])
@needs(READ)
def rounds(request: HttpRequest) -> HttpResponse:
    """Rounds, the last first; a POST prepares one."""
    actor = actor_of(request)
    units = queries.units_to_test(actor)
    form = RoundForm(request.POST or None, units=units, initial={"client_id": new_id()})
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "unit": str(form.cleaned_data["unit"].pk)}
        made = _done(request, form, commands.draft_round, **given)
        if made is not None:
            return HttpResponseRedirect(reverse("screening:round", args=[made.round_id]))
    rows = queries.rounds(actor).select_related("unit")
    piece = piece_of(rows, ["-opens_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "rounds": piece.items, "form": form, "may_manage": bool(units), "panels": list_panels(actor),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
    }  # fmt: skip
    return render(request, "screening/rounds.html", context, status=422 if form.errors else 200)


@require_GET
@needs(READ)
def one(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """How far a round is, by point and by enterprise; or what it still needs to begin."""
    return _one(request, queries.round_by_id(actor_of(request), round_id), PointForm(initial={"client_id": new_id()}))


def _one(request: HttpRequest, found: Round, form: PointForm) -> HttpResponse:
    may_manage = actor_of(request).may(MANAGE, found.unit_id)
    going = queries.progress(found, at=clock.now())
    shown = going.coverage.organisations[:ENTERPRISES_SHOWN]
    hot = list(queries.open_first(queries.fevers(found))[:FEVERS_SHOWN])
    context = {
        "round": found,
        "fevers": queries.fever_lines(actor_of(request), found, hot),
        "going": going,
        "words": words_of(found),
        "organisations": shown,
        "hidden": len(going.coverage.organisations) - len(shown),
        "point_form": form,
        "may_manage": may_manage and found.state not in OVER,
        "panels": panels_of(actor_of(request), found) if found.opened_at else [],
        "rooms": [(room, reverse(room.url, args=[found.pk])) for room in ROOMS.values()],
        "points": [
            (row, [(room, reverse(room.url, args=[row.point.pk])) for room in POINT_ROOMS.values()])
            for row in going.points
        ],
    }
    return render(request, "screening/round.html", context, status=422 if form.errors else 200)


@require_GET
@needs(READ)
def wall(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The same in large figures, for a screen that everybody sees: no names."""
    found = queries.round_by_id(actor_of(request), round_id)
    return render(request, "screening/wall.html", {"round": found, "going": queries.progress(found, at=clock.now())})


@require_POST
@needs(MANAGE)
def add_point(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One more point."""
    found, form = queries.round_by_id(actor_of(request), round_id), PointForm(request.POST)
    if form.is_valid() and _done(request, form, commands.add_point, test_round=str(found.pk), **form.cleaned_data):
        notify(request, _("Point added."))
        return HttpResponseRedirect(reverse("screening:round", args=[found.pk]))
    return _one(request, found, form)


@require_POST
@needs(MANAGE)
def cancel(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The round is called off; what was captured stays."""
    if _step(request, commands.cancel_round, test_round=str(round_id), reason=request.POST.get("reason", "")):
        notify(request, _("The round is cancelled."))
    return HttpResponseRedirect(reverse("screening:round", args=[round_id]))


@require_POST
@needs(MANAGE)
def freeze(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Fix who is expected."""
    made = _step(request, commands.freeze_round, test_round=str(round_id))
    if made is not None:
        said = ngettext("%(n)s person is expected.", "%(n)s people are expected.", made.entries)
        notify(request, said % {"n": made.entries})
    return HttpResponseRedirect(reverse("screening:round", args=[round_id]))


@require_POST
@needs(MANAGE)
def begin(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Testing begins."""
    if _step(request, commands.open_round, test_round=str(round_id)) is not None:
        notify(request, _("Testing has begun."))
    return HttpResponseRedirect(reverse("screening:round", args=[round_id]))


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def edit(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Another name or deadline; what follows from it is said."""
    found = queries.round_by_id(actor_of(request), round_id)
    form = EditRoundForm(request.POST) if request.method == "POST" else EditRoundForm.of(found)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "deadline_at": _as_it_was(form.cleaned_data["deadline_at"], found.deadline_at)}
        made = _done(request, form, commands.change_round, test_round=str(found.pk), **given)
        if made is not None:
            return _changed(request, found.pk, made.follows)
        _now_stands(form, found)
    context = {"round": found, "form": form, "over": found.state in OVER}
    return render(request, "screening/edit.html", context, status=422 if form.errors else 200)


def _as_it_was(said: datetime, known: datetime) -> datetime:
    """A form shows minutes: whoever left them as they were meant the moment as it is."""
    return known if said == known.replace(second=0, microsecond=0) else said


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def edit_point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """What is known of a point; who is told of it is seen on the page of notices."""
    found = queries.point_by_id(actor_of(request), point_id)
    form = EditPointForm(request.POST) if request.method == "POST" else EditPointForm.of(found)
    if request.method == "POST" and form.is_valid():
        made = _done(request, form, commands.change_point, point=str(found.pk), **form.cleaned_data)
        if made is not None:
            return _changed(request, found.round_id, made.follows)
        _now_stands(form, found)
    context = {"round": found.round, "point": found, "form": form, "over": found.round.state in OVER}
    return render(request, "screening/edit_point.html", context, status=422 if form.errors else 200)


def _now_stands(form: EditForm, found: Round | Point) -> None:
    """Whoever wrote over what somebody else changed meanwhile reads what stands, keeps what they typed, and decides."""
    found.refresh_from_db()
    if form.cleaned_data.get("edition") and form.cleaned_data["edition"] != found.edition:
        form.lay_over(found)


@require_POST
@needs(MANAGE)
def remove_point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """A point at which nothing has happened goes."""
    found = queries.point_by_id(actor_of(request), point_id)
    if _step(request, commands.remove_point, point=str(point_id)) is None:
        return HttpResponseRedirect(reverse("screening:edit_point", args=[point_id]))
    notify(request, _("The point was removed."))
    return HttpResponseRedirect(reverse("screening:round", args=[found.round_id]))


def _changed(request: HttpRequest, round_id: UUID, follows: list[str]) -> HttpResponse:
    notify(request, _("Changed."))
    for said in follows:
        notify(request, said, tone="amber")
    return HttpResponseRedirect(reverse("screening:round", args=[round_id]))


@require_POST
@needs(MANAGE)
def point_step(request: HttpRequest, point_id: UUID, step: str) -> HttpResponse:
    """A point closes, or opens again."""
    if step not in STEPS:
        raise Http404
    made = _step(request, STEPS[step], point=str(point_id))
    for said in made.follows if made else []:
        notify(request, said, tone="amber")
    return HttpResponseRedirect(reverse("screening:round", args=[Point.objects.get(pk=point_id).round_id]))


def _step(request: HttpRequest, command: Any, **payload: Any) -> Any:
    """What the command answers; None where it refuses, with its words as a notice on the page that comes next."""
    try:
        return command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
        return None


def _done(request: HttpRequest, form: Any, command: Any, **payload: Any) -> Any:
    """What the command answers; None where it refuses. `seen` is the page's own."""
    payload.pop("seen", None)
    return answer_of(request, form, command, payload.pop("client_id", None), **payload)


# ---- fevers at the tables


@require_GET
@needs(READ)
def fevers(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Who had a fever at a table, what was seen, who sees to it, what was done."""
    return _fevers(request, queries.round_by_id(actor_of(request), round_id))


def _fevers(request: HttpRequest, found: Round, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    piece = piece_of(
        queries.fevers(found), ["-seen_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", "")
    )  # fmt: skip
    context = {
        "round": found,
        "fevers": queries.fever_lines(actor, found, piece.items),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "answers": FeverDone.choices if actor.may(FEVERS, found.unit_id) else [],
        **more,
    }
    return render(request, "screening/fevers.html", context, status=422 if more else 200)


@require_POST
@needs(FEVERS)
def answer_fever(request: HttpRequest, fever_id: UUID) -> HttpResponse:
    """What was done about a fever, by whoever says so."""
    found = queries.fever_by_id(actor_of(request), fever_id)
    given = {"fever": str(fever_id), "done": request.POST.get("done", ""), "note": request.POST.get("note", "")}
    try:
        commands.answer_fever.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    except DomainError as error:
        if error.is_of_access:
            raise
        return _fevers(request, found.round, refused=error, refused_id=found.pk)
    notify(request, _("Written down. Nobody is told of this fever any more."))
    return HttpResponseRedirect(reverse("screening:fevers", args=[found.round_id]))
