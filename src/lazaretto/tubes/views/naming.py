"""People excused on the list of who is missing; who said it before, and how it is taken back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, ReasonRequired, Text, TextTooLong
from lazaretto.people.queries import name_for
from lazaretto.screening.views.coverage import who_is_missing
from lazaretto.tubes import commands
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.errors import SaidBefore
from lazaretto.tubes.forms import ReasonForm
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.balance import absence_by_id, said_before
from lazaretto.tubes.queries.people import people_of
from lazaretto.tubes.rules import MANAGE
from lazaretto.ui.notices import notify

BACK = ("organisation", "section", "building", "q", "cursor")  # what the list of who is missing was asked for


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def excuse(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Name people from the list of who is missing: one of them, or those who are ticked; and back to where it stood.

    What cannot be written is shown again, with everything that was ticked and typed.
    """
    if request.method == "GET":  # back from a change of language
        return HttpResponseRedirect(_list(request, round_id))
    chosen = [request.POST["one"]] if request.POST.get("one") else request.POST.getlist("number")
    left = set(request.POST.getlist("standing")) if "only" in request.POST else set()
    numbers = [int(text) for text in chosen if text.isdecimal() and text not in left]
    if not numbers:
        fault = _("Nobody is ticked. Tick whom you mean; nobody was named.")
        return who_is_missing(request, round_id, faults={"number": fault})
    kind = AbsenceKind.MISSING if request.POST.get("kind") == AbsenceKind.MISSING else AbsenceKind.EXCUSED
    payload = {
        "test_round": round_id, "numbers": numbers, "kind": kind.value, "reason": request.POST.get("reason", ""),
        "instead_of": [int(text) for text in request.POST.getlist("instead_of") if text.isdecimal()],
    }  # fmt: skip
    try:
        done = commands.name_absent.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except SaidBefore as error:
        return instead(request, round_id, error, payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        of_reason = isinstance(error, ReasonRequired | TextTooLong)
        return who_is_missing(request, round_id, faults={"reason" if of_reason else "number": str(error)})
    notify(request, _("Named: {n} people.").format(n=done.people))
    return HttpResponseRedirect(_list(request, round_id))


def _list(request: HttpRequest, round_id: UUID) -> str:
    said = request.POST if request.method == "POST" else request.GET
    asked = {name: said[name] for name in BACK if name in said and (said[name] or name in ("section", "building"))}
    return f"{reverse('screening:missing', args=[round_id])}?{urlencode(asked)}"


def instead(request: HttpRequest, round_id: UUID, error: SaidBefore, given: dict[str, Any]) -> HttpResponse:
    """Ask whether what is said now takes the place of what others said: who, what, when."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    known = people_of(of, [row.number for row in error.said])
    standing = [(row, _name(request, known, row.number, of.unit_id)) for row in error.said]
    context = {
        "of": of,
        "error": error,
        "standing": standing,
        "numbers": given["numbers"],
        "others": len(set(given["numbers"]) - {row.number for row in error.said}),
        "kind": AbsenceKind(given["kind"]),
        "reason": given["reason"],
        "asked": {name: request.POST[name] for name in BACK if name in request.POST},
        "back_url": _list(request, round_id),
    }
    return render(request, "tubes/instead.html", context, status=error.status)


def _name(request: HttpRequest, known: dict[int, Any], number: int, unit_id: UUID) -> str:
    return name_for(actor_of(request), known[number].name, unit_id=unit_id) if number in known else "–"


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def take_back(request: HttpRequest, round_id: UUID, absence_id: int) -> HttpResponse:
    """Take back that somebody is excused or named as missing, with a reason; what was said before stands beside."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    row = absence_by_id(of, absence_id)
    form = ReasonForm(request.POST or None)
    problem: Text = ""
    if request.method == "POST" and form.is_valid():
        payload = {"test_round": round_id, "said": absence_id, **form.cleaned_data}
        try:
            commands.take_back_absence.invoke(actor=actor, at=clock.now(), payload=payload)
        except DomainError as error:
            if error.is_of_access:
                raise
            problem = str(error)
        else:
            notify(request, _("Taken back. They are expected again."))
            return HttpResponseRedirect(f"{reverse('screening:missing', args=[round_id])}?q={row.number}")
    known = people_of(of, [row.number])
    earlier = [one for one in said_before(of, [row.number]).get(row.number, []) if one.pk != row.pk]
    context = {
        "of": of, "row": row, "name": _name(request, known, row.number, of.unit_id), "who": known.get(row.number),
        "earlier": earlier, "form": form, "problem": problem,
    }  # fmt: skip
    return render(request, "tubes/take_back.html", context, status=422 if problem or form.errors else 200)
