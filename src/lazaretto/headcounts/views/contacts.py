"""The page that names the officers of many enterprises by a list: it shows first, then takes in."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.headcounts import commands, files
from lazaretto.headcounts.choices import ContactOutcome
from lazaretto.headcounts.errors import ContactsChanged, ContactsStale, TooManyContacts
from lazaretto.headcounts.forms import ContactsForm
from lazaretto.headcounts.queries import MANAGE, managed_units
from lazaretto.headcounts.queries.contacts import TAKEN, Planned, planned, seal_of, without_whereabouts
from lazaretto.headcounts.rules_contacts import ContactLine
from lazaretto.ui.notices import notify

SHOWN = 500  # lines of each kind; what replaces something stands first
LABELS: dict[str, str | Promise] = {
    "contact": gettext_lazy("Officer"), "contact_phone": gettext_lazy("Telephone"),
    "latitude": gettext_lazy("Latitude"), "longitude": gettext_lazy("Longitude"),
    "comes_from": gettext_lazy("Its people can come from"), "comes_until": gettext_lazy("Until"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def contacts(request: HttpRequest) -> HttpResponse:
    """A POST with a file shows what it would change; one with what was shown takes it in."""
    actor = actor_of(request)
    units = managed_units(actor)
    if request.method == "POST" and "shown" in request.POST:
        return _take_in(request, units)
    form = ContactsForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            lines = files.contacts_from(given["file"].read(), given["file"].name)
            if len(lines) > commands.MOST_CONTACTS:
                raise TooManyContacts(most=commands.MOST_CONTACTS)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return _show(request, given["unit"], lines)
    return _page(request, form=form, status=422 if form.errors else 200)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    unknown = without_whereabouts(actor_of(request))
    return render(request, "headcounts/contacts.html", {"nowhere": unknown, **context}, status=status)


def _take_in(request: HttpRequest, units: Sequence[Unit]) -> HttpResponse:
    """Exactly what was shown; where something is otherwise by now, it is shown again."""
    actor, at = actor_of(request), clock.now()
    try:
        unit_id, lines, seal = files.opened(request.POST["shown"], actor=actor, at=at)
        unit = next((one for one in units if one.pk == unit_id), None)
        if unit is None:
            raise ContactsStale
    except ContactsStale as error:
        return _page(request, form=ContactsForm(units=units), problem=str(error), status=error.status)
    said = [str(text) for name, text in request.POST.items() if name.startswith("pick-")]
    picked = [int(text) for text in said if text.isdecimal() and len(text) < 10]
    try:
        found = commands.name_contacts(actor=actor, at=at, unit=unit, lines=lines, picked=picked, seal=seal)
    except ContactsChanged as error:
        return _show(request, unit, lines, picked=picked, problem=str(error), status=error.status)
    notify(request, _("Taken in: {n} enterprises are otherwise now.").format(n=found.named))
    left = [row for row in planned(unit.pk, lines, picked) if row.outcome not in {*TAKEN, ContactOutcome.EMPTY}]
    if not left:
        return HttpResponseRedirect(reverse("headcounts:contacts"))
    return _show(request, unit, lines, picked=picked, taken=True)


def _show(
    request: HttpRequest, unit: Unit, lines: Sequence[ContactLine], *, picked: Sequence[int] = (), **more: Any
) -> HttpResponse:
    """What the list would change, what it asks, and what cannot be taken."""
    rows = planned(unit.pk, lines)
    after = planned(unit.pk, lines, picked) if more.get("taken") else rows
    changes = sorted((one for one in after if one.outcome == ContactOutcome.NAMED), key=lambda one: not one.replaces)
    asked = [one for one in after if one.outcome == ContactOutcome.ASKED]
    undone = [one for one in after if one.outcome not in {*TAKEN, ContactOutcome.ASKED, ContactOutcome.EMPTY}]
    kinds = ("changes", changes), ("undone", undone)
    context = {
        "unit": unit,
        "figures": {
            "lines": len(lines), "changes": len(changes),
            "same": sum(one.outcome == ContactOutcome.SAME for one in after),
            "asked": len({one.home.pk for one in asked if one.home}), "undone": len(undone),
        },
        "changes": [(one, _words(one)) for one in changes[:SHOWN]],
        "asked": _asked(asked, picked),
        "undone": [(one, ContactOutcome(one.outcome).label) for one in undone[:SHOWN]],
        "more": {name: max(0, len(found) - SHOWN) for name, found in kinds},
        "shown": files.shut(actor_of(request), clock.now(), unit, lines, seal_of(rows)),
        **more,
    }  # fmt: skip
    return _page(request, **context)


def _words(one: Planned) -> list[tuple[str | Promise, str, str]]:
    """What is otherwise: its name, what it was, what it becomes."""
    return [(LABELS[name], _text(getattr(one.home, name)), _text(to)) for name, to in one.values.items()]


def _text(value: Any) -> str:
    return f"{value:%H:%M}" if hasattr(value, "hour") else "" if value is None else str(value)


def _asked(rows: Sequence[Planned], picked: Sequence[int]) -> list[tuple[Any, list[tuple[int, str, bool]]]]:
    """Each enterprise of which lines differ, with those lines and what each would change."""
    ordered = sorted(rows, key=lambda one: (str(one.home), one.number))
    return [
        (home, [(one.number, _line(one), one.number in picked) for one in those])
        for home, those in groupby(ordered, key=lambda one: one.home)
    ]


def _line(one: Planned) -> str:
    said = "; ".join(f"{label} {to or '–'}" for label, _was, to in _words(one))
    return said or _("as it is now")
