"""Whether a round may close, who was not tested and why, and its report."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.people.queries import name_for
from lazaretto.screening import commands as screening
from lazaretto.screening.choices import RoundState
from lazaretto.screening.queries import organisation_in
from lazaretto.screening.rules import MANAGE as MANAGE_ROUNDS
from lazaretto.screening.rules import OVER
from lazaretto.screening.rules import READ as READ_ROUNDS
from lazaretto.tubes import commands
from lazaretto.tubes.errors import SaidBefore
from lazaretto.tubes.forms import AbsentForm, RestForm
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.agreed import agreed, every_agreement
from lazaretto.tubes.queries.balance import absences, balance_of, said_before, unanswered, unnamed
from lazaretto.tubes.queries.people import people_of
from lazaretto.tubes.report import Report, as_pdf, as_xlsx, report_of
from lazaretto.tubes.rules import MANAGE, READ
from lazaretto.tubes.views.naming import instead
from lazaretto.ui.notices import notify

PER_PAGE = 50
SOME = 12  # names of those who would be named all at once


@require_GET
@needs(READ_ROUNDS)
def closing(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Both sums, and by name what stands in the way."""
    return _closing(request, round_id)


def _closing(request: HttpRequest, round_id: UUID, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    piece = piece_of(unnamed(of), ["number"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    said = list(absences(of)[:PER_PAGE])
    known = people_of(of, [row.number for row in said])
    earlier = said_before(of, list(known))
    balance = balance_of(of)

    def name(text: str) -> str:
        return name_for(actor, text, unit_id=of.unit_id)

    context = {
        "of": of,
        "balance": balance,
        "more_absent": max(0, balance.excused + balance.missing - PER_PAGE),
        "unnamed": [(row, name(row.member.name)) for row in piece.items],
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "absent": [
            (row, name(known[row.number].name) if row.number in known else "–", earlier.get(row.number, []))
            for row in said
        ],
        "slips": list(trails.in_step(of, "slip")[:PER_PAGE]),
        "overrides": list(trails.overrides_in(of)),
        "tubes": list(unanswered(of).order_by("code")[:PER_PAGE]),
        "agreed": [(one, name(one.officer) if one.officer else "–") for one in agreed(of) if one.differs],
        "form": AbsentForm(),
        "ticked": {int(text) for text in request.POST.getlist("number") if text.isdecimal()},
        "may_manage": actor.may(MANAGE, of.unit_id) and of.state not in OVER,
        "may_close": actor.may(MANAGE_ROUNDS, of.unit_id) and of.state == RoundState.OPEN,
        **more,
    }
    return render(request, "tubes/closing.html", context, status=422 if more else 200)


@require_GET
@needs(READ)
def numbers(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What officers of enterprises signed, beside what was counted by then: what holds, or all of one enterprise."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    asked = request.GET.get("organisation")
    home = organisation_in(of, _key(asked)) if asked else None
    rows = every_agreement(of, home.pk) if home else agreed(of)
    shown = [(one, name_for(actor, one.officer, unit_id=of.unit_id) if one.officer else "") for one in rows]
    holding = agreed(of, home.pk) if home else rows
    context = {"of": of, "organisation": home, "agreed": shown, "differing": sum(one.differs for one in holding)}
    return render(request, "tubes/agreed.html", context)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@require_POST
@needs(MANAGE)
def absent(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Name those who were ticked; for everybody who is left another page asks first."""
    form = AbsentForm(request.POST)
    if not form.is_valid():
        return _closing(request, round_id, form=form)
    numbers = [int(text) for text in request.POST.getlist("number") if text.isdecimal()]
    given = {"test_round": round_id, **form.cleaned_data}
    if not numbers:
        return _closing(
            request, round_id, form=form, problem=_("Nobody is ticked. Tick whom you mean; nobody was named.")
        )
    try:
        payload = {**given, "numbers": numbers}
        done = commands.name_absent.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except SaidBefore as error:
        return instead(request, round_id, error, payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        return _closing(request, round_id, form=form, problem=str(error))
    notify(request, _("Named: {n} people.").format(n=done.people))
    return HttpResponseRedirect(reverse("tubes:closing", args=[round_id]))


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def rest(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Name everybody who is left: how many and who is said first, and only those who were shown are named."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    rows = unnamed(of)
    people = rows.count()
    form = RestForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("kind", "reason")}
        try:
            done = commands.name_rest.invoke(
                actor=actor, at=clock.now(), payload={"test_round": round_id, "people": people, **given}
            )
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error(None, str(error))
        else:
            notify(request, _("Named: {n} people.").format(n=done.people))
            return HttpResponseRedirect(reverse("tubes:closing", args=[round_id]))
    names = [(row, name_for(actor, row.member.name, unit_id=of.unit_id)) for row in rows[:SOME]]
    context = {"of": of, "people": people, "some": names, "more": max(0, people - SOME), "form": form}
    return render(request, "tubes/rest.html", context, status=422 if form.errors else 200)


@require_POST
@needs(MANAGE_ROUNDS)
def close(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Close the round; what stands in the way is said."""
    try:
        payload = {"test_round": round_id}
        screening.close_round.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        return _closing(request, round_id, refused=error)
    notify(request, _("The round is closed."))
    return HttpResponseRedirect(reverse("tubes:closing", args=[round_id]))


@require_GET
@needs(READ_ROUNDS)
def report_pdf(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The report of a round on paper."""
    found, name = _report(request, round_id, "pdf")
    return _file(as_pdf(found, get_language() or "zh-hans"), "application/pdf", f"{name}.pdf")


@require_GET
@needs(READ_ROUNDS)
def report_xlsx(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The same as Excel."""
    found, name = _report(request, round_id, "xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(as_xlsx(found), kind, f"{name}.xlsx")


def _report(request: HttpRequest, round_id: UUID, kind: str) -> tuple[Report, str]:
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    commands.read_report.invoke(actor=actor, at=clock.now(), payload={"test_round": round_id, "kind": kind})
    return report_of(actor, of, at=clock.now()), f"round-{of.number}"


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
