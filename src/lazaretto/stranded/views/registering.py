"""Somebody was found: one form, quick with gloves on; who they may be is shown before anything is written."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError
from lazaretto.core.ids import new_id
from lazaretto.stays.navigation import site_code
from lazaretto.stranded import commands
from lazaretto.stranded.commands import FoundPerson, alike_to
from lazaretto.stranded.forms import MOST_ROWS, FoundForm, FoundFormSet, GroupForm
from lazaretto.stranded.queries import known, units_to_register_at
from lazaretto.stranded.rules import REGISTER
from lazaretto.ui.notices import notify

PREFIX = "people"


@require_http_methods(["GET", "POST"])
@needs(REGISTER)
def new(request: HttpRequest) -> HttpResponse:
    """The form. Posted with `more` it only has more rows; with somebody alike it asks first who it is."""
    actor = actor_of(request)
    units = [(str(unit.pk), str(unit)) for unit in units_to_register_at(actor)]
    if request.method != "POST":
        begun = {"client_id": new_id(), "unit": _own(request, actor)}
        return _page(request, GroupForm(initial=begun, units=units), FoundFormSet(prefix=PREFIX))
    group, people = GroupForm(request.POST, units=units), FoundFormSet(_with_rows(request.POST), prefix=PREFIX)
    if "more" in request.POST:
        return _page(request, group, people)
    if not (group.is_valid() & people.is_valid()):
        return _page(request, group, people, status=422)
    rows = [form for form in people.forms if not form.is_empty] or list(people.forms[:1])
    try:
        asked = _ask(actor, rows)
        if asked:
            return _page(request, group, people, asked=True)
        number = _register(actor, group, rows)
    except DomainError as error:
        if error.is_of_access:
            raise
        group.add_error(None, str(error))
        return _page(request, group, people, status=422)
    notify(request, _("They are in our care now. The clock until they have a place is running."))
    return HttpResponseRedirect(reverse("stranded:one", args=[number]))


def _own(request: HttpRequest, actor: Actor) -> str:
    """The unit of the site where one works, else the first."""
    units = list(units_to_register_at(actor))
    code = site_code(request)
    return next((str(unit.pk) for unit in units if unit.code == code), str(units[0].pk) if units else "")


def _with_rows(data: QueryDict) -> QueryDict:
    """As many rows more as a button asked for."""
    more = data.get("more", "")
    if not more.isdecimal():
        return data
    copy, key = data.copy(), f"{PREFIX}-TOTAL_FORMS"
    total = copy.get(key, "1")
    copy[key] = str(min(int(total if total.isdecimal() else 1) + min(int(more), MOST_ROWS), MOST_ROWS))
    return copy


def _ask(actor: Actor, rows: list[FoundForm]) -> bool:
    """Put beside each row who it may be; whether somebody has still to say so."""
    undecided = False
    for form in rows:
        found = _found(form)
        likely = alike_to(found, found.cleaned(at=clock.now()))
        form.matches = known(actor, likely, found.name.strip())
        undecided |= bool(likely) and found.same_as is None and not set(likely) <= set(found.not_same_as)
    return undecided


def _found(form: FoundForm) -> FoundPerson:
    """As the command will read it; raises `InvalidInput`."""
    parsed = commands.register.parse({
        "unit": str(new_id()), "why": "other", "where": "-", "people": [form.found()],
    })  # fmt: skip
    one: FoundPerson = parsed["people"][0]
    return one


def _register(actor: Actor, group: GroupForm, rows: list[FoundForm]) -> str:
    said = dict(group.cleaned_data)
    client_id, unit = said.pop("client_id") or new_id(), said.pop("unit") or group["unit"].initial
    payload: dict[str, Any] = {**said, "unit": unit, "people": [form.found() for form in rows]}
    made = commands.register.invoke(actor=actor, at=clock.now(), payload=payload, client_id=client_id)
    return made.number


def _page(
    request: HttpRequest, group: GroupForm, people: Any, *, status: int = 200, asked: bool = False
) -> HttpResponse:
    context = {"form": group, "people": people, "asked": asked, "full": len(people.forms) >= MOST_ROWS}
    return render(request, "stranded/new.html", context, status=status)
