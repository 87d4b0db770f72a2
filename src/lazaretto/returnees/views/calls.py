"""My calls, for a telephone in the hand: one person after another, big buttons."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Answer
from lazaretto.returnees.forms import SaidForm, ShiftForm
from lazaretto.returnees.queries.cases import call_areas, case_lines, case_of, mine, my_shift, waiting_now
from lazaretto.returnees.rules import CALL
from lazaretto.returnees.views.common import invoke, page
from lazaretto.ui.notices import notify

SHOWN = 30


@require_GET
@needs(CALL)
def calls(request: HttpRequest) -> HttpResponse:
    """Whoever I have and is due, else the queue; who is next after that."""
    actor, at = actor_of(request), clock.now()
    rows = list(mine(actor)[:SHOWN])
    first = rows[0] if rows and rows[0].due_at and rows[0].due_at <= at else None
    case = case_of(actor, first) if first else None
    context = {
        "shift": my_shift(actor, at=at),
        "case": case,
        "row": first,
        "later": case_lines(actor, rows[1:] if first else rows),
        "waiting": waiting_now(actor, at=at),
        "answers": [(one.value, one.label) for one in Answer],
        "said_form": SaidForm.about(case.usable if case else []),
        "calls_may": {"call": True},
        "shift_form": ShiftForm(units=call_areas(actor)),
    }
    return page(request, "returnees/calls.html", context)


@require_POST
@needs(CALL)
def shift(request: HttpRequest) -> HttpResponse:
    """I am here, or I go."""
    actor, at = actor_of(request), clock.now()
    standing = my_shift(actor, at=at)
    if request.POST.get("do") == "end":
        if standing is not None:
            told = invoke(request, commands.end_shift, shift=standing.pk)
            notify(request, _("Thank you. {n} of yours are in the queue again.").format(n=told.returned))
        return HttpResponseRedirect(reverse("returnees:calls"))
    form = ShiftForm(request.POST, units=call_areas(actor))
    if form.is_valid():
        until = at + timedelta(hours=int(form.cleaned_data["hours"]))
        invoke(request, commands.begin_shift, unit=form.cleaned_data["unit"].pk, until=until.isoformat())
    else:
        notify(request, _("Choose the area and how long you are here."), tone="red")
    return HttpResponseRedirect(reverse("returnees:calls"))


@require_POST
@needs(CALL)
def next_one(request: HttpRequest) -> HttpResponse:
    """Give me the next one who is due."""
    standing = my_shift(actor_of(request), at=clock.now())
    try:
        if standing is not None:
            invoke(request, commands.take_next, unit=standing.unit_id)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="blue")
    return HttpResponseRedirect(reverse("returnees:calls"))
