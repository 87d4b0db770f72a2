"""Pages of the queue: the list, and one question that is decided with words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError
from lazaretto.deciding import commands
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.models import Matter
from lazaretto.deciding.queries import matters as queries
from lazaretto.deciding.rules import READ, SETTLE, SETTLED_HERE, TAKE, deciders
from lazaretto.deciding.wording import STEPS, TONES, address_of, told
from lazaretto.screening.rules import CORRECT
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for, on_this_host

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """A question as the list shows it; `mine` and `may_take` are about the reader: taken by who may decide it."""

    row: Matter
    told: str
    address: str
    tone: str
    overdue: bool
    mine: bool
    may_take: bool


def _line(actor: Actor, row: Matter, now: datetime) -> Line:
    mine, unit = row.owner_id is not None and row.owner_id == actor.user_id, row.round.unit_id
    decides = mine or any(actor.may(one, unit) for one in deciders(row.kind, row.said))
    return Line(
        row, told(row), address_of(row), TONES.get(Kind(row.kind), "blue"), overdue=row.due_at <= now, mine=mine,
        may_take=decides and actor.may(TAKE, unit),
    )  # fmt: skip


@require_GET
@needs(READ)
def matters(request: HttpRequest) -> HttpResponse:
    """What waits in all rounds of my area, what is overdue first."""
    actor, now = actor_of(request), clock.now()
    of, kind, show = _asked(request)
    rows = queries.chosen(actor, of=of, kind=kind, show=show, at=now)
    piece = queries.listed(rows, limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    kept = {name: said for name, said in (("round", str(of) if of else ""), ("kind", kind)) if said}
    context = {
        "lines": [_line(actor, row, now) for row in piece.items],
        "rounds": queries.rounds_waiting(actor),
        "of": of,
        "kind": kind,
        "show": show,
        "kinds": Kind.choices,
        "tabs": _tabs(show, kept),
        "filtered": bool(kept or show),
        "now": now,
        "next_url": "?" + urlencode({**kept, "show": show, "cursor": piece.next}) if piece.next else "",
    }
    return render(request, "deciding/matters.html", context)


def _asked(request: HttpRequest) -> tuple[UUID | None, str, str]:
    """Round, kind and view. For others than there are there is no page: everything would pass for what was asked."""
    of, kind = request.GET.get("round", ""), asked_for(request, "kind", Kind.values)
    show = asked_for(request, "show", queries.SHOWN)
    try:
        return (UUID(of) if of else None), kind, show
    except ValueError as error:
        raise Http404 from error


def _tabs(chosen: str, kept: dict[str, str]) -> list[tuple[str, str, bool]]:
    labels = (_("All"), _("Nobody has it"), pgettext("questions", "Mine"), _("Overdue"))
    return [
        (label, "?" + urlencode({**kept, "show": show}), show == chosen)
        for show, label in zip(queries.SHOWN, labels, strict=True)
    ]


@require_GET
@needs(READ)
def one(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One question with whom and what it is about; most others lead to the page where they are put right."""
    return _one(request, queries.matter_by_id(actor_of(request), matter_id))


def _one(request: HttpRequest, found: Matter, refused: DomainError | None = None, words: str = "") -> HttpResponse:
    actor = actor_of(request)
    if found.kind not in SETTLED_HERE and refused is None:
        return HttpResponseRedirect(address_of(found))
    may_correct = actor.may(CORRECT, found.round.unit_id)
    context = {
        "line": _line(actor, found, clock.now()),
        "matter": found,
        "step": STEPS.get(found.kind, ""),
        "people": queries.people_of(actor, found),
        "tube": queries.tube_of(found),
        "may_correct": may_correct,
        "put_right": _put_right(found) if may_correct else "",
        "may_settle": actor.may(SETTLE, found.round.unit_id) and found.closed_at is None,
        "refused": refused,
        "words": words,
    }
    return render(request, "deciding/one.html", context, status=refused.status if refused else 200)


def _put_right(found: Matter) -> str:
    """Where its scans are counted, or its stranger is recognised; empty where there is nothing of that kind."""
    if found.kind == Kind.NAMESAKE:
        numbers = found.said.get("numbers", [])
        asked = "?" + urlencode({"number": numbers[0]}) if len(numbers) == 1 else ""
        return reverse("screening:whose", args=[found.round_id, found.said["number"]]) + asked
    kept = queries.kept_of(found)
    url = reverse("screening:kept", args=[found.round_id])
    return f"{url}?{urlencode({'kept': kept}, doseq=True)}" if kept else ""


@require_POST
@needs(SETTLE)
def settle(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Say what was found out; a refusal keeps what was typed."""
    found, words = queries.matter_by_id(actor_of(request), matter_id), request.POST.get("words", "")
    try:
        commands.settle.invoke(
            actor=actor_of(request), at=clock.now(), payload={"matter": str(matter_id), "words": words}
        )
    except DomainError as error:
        if error.is_of_access:
            raise
        found.refresh_from_db()
        return _one(request, found, error, words)
    notify(request, _("Decided, in your name."))
    return HttpResponseRedirect(reverse("deciding:matters"))


@require_POST
@needs(TAKE)
def take(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """I see to it; from whom it is taken the page says, as it stood there."""
    seen = request.POST.get("taken_from", "")
    payload = {"matter": str(matter_id), "taken_from": int(seen) if seen.isdecimal() else None}
    return _step(request, commands.take, payload, _("It is yours."))


@require_POST
@needs(TAKE)
def give_back(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """I do not see to it any more."""
    return _step(request, commands.give_back, {"matter": str(matter_id)}, _("It waits for somebody again."))


def _step(request: HttpRequest, command: Any, payload: dict[str, Any], said: str) -> HttpResponse:
    try:
        command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, said)
    target = request.POST.get("next", "")
    return HttpResponseRedirect(on_this_host(request, target, otherwise=reverse("deciding:matters")))
