"""The tree of units and the table of roles."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lazaretto.accounts import commands, queries
from lazaretto.accounts.doors import SIGNED_IN, actor_of, needs
from lazaretto.accounts.forms import NewUnitForm, UnitForm
from lazaretto.accounts.models import Unit
from lazaretto.accounts.roles import roles
from lazaretto.accounts.views.tools import tell_form
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.commands import REGISTRY
from lazaretto.core.errors import DomainError
from lazaretto.ui.notices import notify


@needs("accounts.read")
def units(request: HttpRequest) -> HttpResponse:
    """The tree."""
    actor = actor_of(request)
    context = {"branches": queries.tree(actor, at=clock.now()), "may_manage": actor.may("accounts.manage")}
    return render(request, "accounts/units.html", context)


@needs("accounts.manage")
def new_unit(request: HttpRequest) -> HttpResponse:
    """Add a unit below another."""
    actor = actor_of(request)
    initial = {"parent": request.GET.get("parent")}
    form = NewUnitForm(request.POST or None, units=queries.managed_units(actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.open_unit(actor=actor, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            tell_form(form, error)
        else:
            notify(request, _("The unit is there; now give people roles in it."))
            return redirect("accounts:unit", pk=made.unit_id)
    return render(request, "accounts/unit_new.html", {"form": form})


@needs("accounts.read")
def unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One unit: its people, its name and place."""
    actor, now = actor_of(request), clock.now()
    shown = queries.unit(actor, pk)
    initial = {"name": shown.name, "parent": shown.parent_id, "dispatch_phone": shown.dispatch_phone}
    form = UnitForm(request.POST or None, units=queries.managed_units(actor).exclude(pk=pk), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _change(actor, shown, form, close="close" in request.POST)
        except DomainError as error:
            tell_form(form, error)
        else:
            notify(request, _("The unit is closed.") if "close" in request.POST else _("Saved."))
            return redirect("accounts:units")
    held = queries.members(actor, at=now).filter(unit=shown)
    may_manage = actor.may("accounts.manage", shown.pk)
    phone = queries.dispatch_phone(shown.pk)
    context = {"shown": shown, "form": form, "members": held, "may_manage": may_manage, "phone": phone}
    return render(request, "accounts/unit.html", context)


def _change(actor: Actor, shown: Unit, form: forms.Form, *, close: bool) -> None:
    """One page, up to three commands; each finds what the ones before did."""
    now, parent = clock.now(), form.cleaned_data["parent"]
    if close:
        commands.close_unit(actor=actor, at=now, unit=shown)
        return
    if parent is not None and parent.pk != shown.parent_id:
        commands.move_unit(actor=actor, at=now, unit=shown, parent=parent)
    phone = form.cleaned_data["dispatch_phone"]
    if phone != shown.dispatch_phone:
        commands.set_dispatch_phone(actor=actor, at=now, unit=shown, phone=phone)
    if form.cleaned_data["name"] != shown.name:
        commands.rename_unit(actor=actor, at=now, unit=shown, name=form.cleaned_data["name"])


@needs(SIGNED_IN)
def role_table(request: HttpRequest) -> HttpResponse:
    """Who may do what: the table of roles beside the commands."""
    columns = list(roles().values())
    every = sorted(set().union(*(role.capabilities for role in columns)))
    behind = {capability: sorted(_commands(capability)) for capability in every}
    rows = [(code, behind[code], [code in role.capabilities for role in columns]) for code in every]
    return render(request, "accounts/roles.html", {"roles": columns, "rows": rows})


def _commands(capability: str) -> list[str]:
    return [row.name for row in REGISTRY.values() if row.capability == capability and not row.internal]
