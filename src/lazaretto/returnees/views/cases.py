"""Figures by area, the queue, one case and what is done about it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput, NotFound
from lazaretto.core.paging import page as piece_of
from lazaretto.protocols.choices import Setting
from lazaretto.protocols.queries import title_of_pack
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Answer, Outcome, State
from lazaretto.returnees.forms import CloseForm, GiveForm, MoveForm, ReasonForm, ResultForm, SaidForm
from lazaretto.returnees.models import Returnee
from lazaretto.returnees.numbers import number as our_number
from lazaretto.returnees.numbers import source
from lazaretto.returnees.queries.cases import (
    SHOWS,
    Case,
    area_figures,
    callers_on_shift,
    case_by_number,
    case_lines,
    case_of,
    listed,
    order_of,
)
from lazaretto.returnees.queries.lists import accounts_of, open_lists
from lazaretto.returnees.queries.owing import OURS
from lazaretto.returnees.rules import CALL, MANAGE, READ
from lazaretto.returnees.sheets import open_cases
from lazaretto.returnees.views.common import done, invoke, page
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE, LISTS_SHOWN = 50, 8
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """By area: who waits, who is not reached, tests due and late, what is closed; lists with lines to decide."""
    actor = actor_of(request)
    areas = area_figures(actor, at=clock.now())
    names = ("waiting", "owned", "handed_up", "watched", "tests_today", "tests_late", "closed")
    waiting = list(open_lists(actor)[:LISTS_SHOWN])
    accounts = accounts_of(waiting)
    context = {
        "areas": areas,
        "sum": {name: sum(getattr(area, name) for area in areas) for name in names},
        "lists": [(row, accounts[row.pk]) for row in waiting],
        "may": {"call": actor.may(CALL), "manage": actor.may(MANAGE)},
        "shares": {area.unit.pk for area in areas if actor.may(MANAGE, area.unit.pk)},
    }
    return page(request, "returnees/overview.html", context)


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """The queue and every other view of the cases, the longest due first."""
    actor, at = actor_of(request), clock.now()
    show = asked_for(request, "show", SHOWS, otherwise="queue")
    asked = {"q": request.GET.get("q", ""), "unit": request.GET.get("unit", "")}
    rows = listed(actor, show=show, q=asked["q"], unit=_uuid(asked["unit"]), at=at)
    piece = piece_of(rows, order_of(show), limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "lines": case_lines(actor, piece.items),
        "show": show,
        **asked,
        "units": Unit.objects.visible_to(actor, READ).filter(ended_at__isnull=True).order_by("name", "code"),
        "tabs": [(text, f"?{urlencode({'show': key, **kept})}", key == show) for key, text in _shows()],
        "next_url": f"?{urlencode({'show': show, **kept, 'cursor': piece.next})}" if piece.next else "",
        "may_export": actor.may(CALL),
    }
    return page(request, "returnees/cases.html", context)


def _shows() -> list[tuple[str, str]]:
    return [
        ("queue", _("Waiting, nobody has them")), ("handed_up", _("Handed up")), ("owned", _("Somebody has them")),
        ("watched", _("Being watched")), ("late", _("Tests late")), ("open", _("All open")),
        ("closed", _("Closed cases")),
    ]  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound(unit=text) from error


@require_POST
@needs(CALL)
def export(request: HttpRequest) -> HttpResponse:
    """Open cases as Excel, with their numbers, for those who call; the journal says who took it."""
    told = invoke(request, commands.export)
    headers = {"Content-Disposition": 'attachment; filename="returnees.xlsx"', "Cache-Control": "no-store"}
    return HttpResponse(open_cases(told), content_type=EXCEL, headers=headers)


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Who they are, who named them, tries, tests, what happened."""
    return show_case(request, number)


def show_case(request: HttpRequest, number: str, **forms: Any) -> HttpResponse:
    """The page of a case; a form that was refused stands there with its errors."""
    actor, at = actor_of(request), clock.now()
    row = case_by_number(actor, number)
    case = case_of(actor, row)
    may = {"call": actor.may(CALL, row.unit_id), "manage": actor.may(MANAGE, row.unit_id)}
    people = callers_on_shift(row.unit_id, at=at) if may["manage"] and row.state != State.CLOSED else []
    context = {
        "case": case,
        "row": row,
        "may": may,
        "open": row.state != State.CLOSED,
        "mine": row.owner_id is not None and row.owner_id == actor.user_id,
        "answers": [(one.value, one.label) for one in Answer],
        "setting": Setting(row.setting).label if row.setting else "",
        "rule": _rule(row),
        "tries_most": our_number("contact.tries"),
        "said_form": SaidForm.about(case.usable),
        "result_form": ResultForm(initial={"day": case.owed[0].day}) if case.owed else None,
        "close_form": CloseForm(initial={"outcome": _likely(case)}),
        "move_form": MoveForm(units=_other_areas(row)),
        "give_form": GiveForm(people=people) if people else None,
        "reason_form": ReasonForm(),
        **forms,
    }
    refused = any(getattr(form, "errors", None) for form in forms.values())
    return page(request, "returnees/one.html", context, 422 if refused else 200)


def _rule(row: Returnee) -> str:
    if not row.rule:
        return ""
    return source("watch.days", get_language() or "") if row.rule == OURS else title_of_pack(row.rule)


def _likely(case: Case) -> str:
    """What a case that stands so mostly ends in."""
    if case.positive:
        return Outcome.QUARANTINE
    if case.row.handed_up_at is not None:
        return Outcome.UNREACHED
    return Outcome.WATCHED_OUT if case.row.state == State.WATCHED else Outcome.GONE


def _other_areas(row: Returnee) -> list[Unit]:
    return list(Unit.objects.filter(ended_at__isnull=True).exclude(pk=row.unit_id))


def _back(number: str, anchor: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("returnees:one", args=[number]) + anchor)


@require_POST
@needs(CALL)
def number(request: HttpRequest, number: str, phone_id: UUID) -> HttpResponse:
    """A telephone number to call; the journal keeps who read it."""
    row = case_by_number(actor_of(request), number)
    shown = invoke(request, commands.show_number, returnee=row.pk, phone_id=phone_id)
    template = "returnees/number.html" if request.headers.get("HX-Request") else "returnees/number_page.html"
    answer = page(request, template, {"value": shown.value, "row": row})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@needs(CALL)
def attempt(request: HttpRequest, number: str) -> HttpResponse:
    """A try and what came of it. Whoever calls goes on with the next; whoever was reached is told what they owe."""
    row = case_by_number(actor_of(request), number)
    form = SaidForm(request.POST)
    if not form.is_valid():
        return show_case(request, number, said_form=form)
    given = {name: value for name, value in form.cleaned_data.items() if value}
    if "phone_id" in request.POST:
        given["phone_id"] = request.POST["phone_id"]
    answer = request.POST.get("answer", "")
    told = done(request, form, commands.note_attempt, returnee=row.pk, answer=answer, **given)
    if told is None:
        return show_case(request, number, said_form=form)
    notify(request, _("Handed up to a leader.") if told.handed_up else _("Written down."))
    calls_on = request.POST.get("from") == "calls" and answer not in {Answer.REACHED, Answer.MOVED}
    return HttpResponseRedirect(reverse("returnees:calls")) if calls_on else _back(number)


@require_POST
@needs(CALL)
def test(request: HttpRequest, number: str) -> HttpResponse:
    """What a test said."""
    row, form = case_by_number(actor_of(request), number), ResultForm(request.POST)
    if form.is_valid() and done(request, form, commands.note_test, returnee=row.pk, **form.cleaned_data):
        notify(request, _("The result is noted."))
        return _back(number)
    return show_case(request, number, result_form=form)


@require_POST
@needs(CALL)
def close(request: HttpRequest, number: str) -> HttpResponse:
    """End the case."""
    row, form = case_by_number(actor_of(request), number), CloseForm(request.POST)
    if form.is_valid() and done(request, form, commands.close, returnee=row.pk, **form.cleaned_data):
        notify(request, _("The case is closed."))
        return _back(number)
    return show_case(request, number, close_form=form)


@require_POST
@needs(CALL)
def hands(request: HttpRequest, number: str) -> HttpResponse:
    """I take them, put them back, or hand them to another area."""
    row, what = case_by_number(actor_of(request), number), request.POST.get("do", "")
    form: Any = ReasonForm(request.POST)
    if what == "take":
        form = ReasonForm({"reason": "-"})
        form.is_valid()
        name, told = "said_form", done(request, form, commands.take, returnee=row.pk)
    elif what == "back":
        name, told = "reason_form", _with(request, form, commands.put_back, row)
    elif what == "move":
        form = MoveForm(request.POST, units=_other_areas(row))
        name, told = "move_form", _with(request, form, commands.move, row)
        if told:
            notify(request, _("The other area has them in its queue."))
            return HttpResponseRedirect(reverse("returnees:cases"))
    else:
        raise InvalidInput(fields={"do": _("Choose what is to be done.")})
    if told:
        notify(request, _("Kept."))
        return _back(number)
    return show_case(request, number, **{name: form})


@require_POST
@needs(MANAGE)
def lead(request: HttpRequest, number: str) -> HttpResponse:
    """Give them to a colleague on shift, or open the case again."""
    row, what = case_by_number(actor_of(request), number), request.POST.get("do", "")
    form: Any = ReasonForm(request.POST)
    if what == "reopen":
        name, told = "reason_form", _with(request, form, commands.reopen, row)
    elif what == "give":
        form = GiveForm(request.POST, people=callers_on_shift(row.unit_id, at=clock.now()))
        name, told = "give_form", _with(request, form, commands.assign, row)
    else:
        raise InvalidInput(fields={"do": _("Choose what is to be done.")})
    if told:
        notify(request, _("Kept."))
        return _back(number)
    return show_case(request, number, **{name: form})


def _with(request: HttpRequest, form: Any, command: Any, row: Returnee) -> Any:
    """What the command answers to what was typed; None when the form or the command refuses it."""
    if not form.is_valid():
        return None
    given = {name: getattr(value, "pk", value) for name, value in form.cleaned_data.items()}
    return done(request, form, command, returnee=row.pk, **given)


@require_POST
@needs(MANAGE)
def share_out(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Share whoever waits among those on shift."""
    told = invoke(request, commands.share_out, unit=unit_id)
    text = _("{given} given to {people} people; {left} wait on.")
    notify(request, text.format(given=told.given, people=told.people, left=told.left))
    return HttpResponseRedirect(reverse("returnees:overview"))
