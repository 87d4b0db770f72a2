"""People who sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from lazaretto.accounts import commands, queries
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.forms import FirstPasswordForm, GrantForm, NewUserForm, ReasonForm
from lazaretto.accounts.models import Unit, User
from lazaretto.accounts.views.tools import next_page, tell_form
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, Forbidden, NotFound
from lazaretto.core.paging import page
from lazaretto.ui.notices import notify


@needs("accounts.read")
def users(request: HttpRequest) -> HttpResponse:
    """Everyone with a role in the actor's units, by user name."""
    actor, q = actor_of(request), request.GET.get("q", "").strip()[:80]
    found = page(queries.users(actor, q=q), ("username",), cursor=request.GET.get("cursor", ""))
    roles = queries.roles_held(actor, [user.pk for user in found.items], at=clock.now())
    rows = [(user, roles.get(user.pk, [])) for user in found.items]
    context = {"rows": rows, "q": q, "next_url": next_page(request, found.next), "may_manage": _may(actor)}
    return render(request, "accounts/users.html", context)


@needs("accounts.manage")
@never_cache
@sensitive_post_parameters()
def new_user(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role; the answer shows the first password once, to be told."""
    actor = actor_of(request)
    initial = {"language": actor.language, "unit": request.GET.get("unit")}
    form = NewUserForm(request.POST or None, units=queries.managed_units(actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = commands.create_user(actor=actor, at=clock.now(), **values)
        except DomainError as error:
            tell_form(form, error)
        else:
            return render(request, "accounts/user_new.html", {"form": form, "made": made})
    return render(request, "accounts/user_new.html", {"form": form})


@dataclass(frozen=True)
class Action:
    """Something that can be done on the page of a user: its form, the command behind it, the word afterwards."""

    form: Callable[..., forms.Form]
    run: Callable[[Actor, datetime, User, dict[str, Any]], object]
    done: Any


def _plain(*args: Any, units: Any, **more: Any) -> forms.Form:
    del units
    return forms.Form(*args, **more)


def _reason(*args: Any, units: Any, **more: Any) -> forms.Form:
    del units
    return ReasonForm(*args, **more)


def _password(*args: Any, units: Any, **more: Any) -> forms.Form:
    del units
    return FirstPasswordForm(*args, **more)


def _grant(actor: Actor, at: datetime, user: User, values: dict[str, Any]) -> object:
    return commands.grant_role(actor=actor, at=at, username=user.username, **values)


def _end(actor: Actor, at: datetime, user: User, values: dict[str, Any]) -> object:
    held = queries.memberships_of(actor, user).filter(pk=values["membership"]).first()
    if held is None:
        raise NotFound(kind="membership")
    return commands.end_role(actor=actor, at=at, membership=held)


def _of_member(command: Callable[..., object]) -> Callable[[Actor, datetime, User, dict[str, Any]], object]:
    """A command on a member of a unit, run in a unit that the actor manages."""

    def run(actor: Actor, at: datetime, user: User, values: dict[str, Any]) -> object:
        values.pop("membership", None)
        return command(actor=actor, at=at, unit=_unit_of(actor, user), username=user.username, **values)

    return run


ACTIONS = {
    "grant": Action(GrantForm, _grant, gettext_lazy("The role is given.")),
    "end": Action(_plain, _end, gettext_lazy("The role has ended.")),
    "password": Action(_password, _of_member(commands.reset_password), gettext_lazy("The password is replaced.")),
    "unlock": Action(_plain, _of_member(commands.unlock_user), gettext_lazy("Signing in is possible again.")),
    "suspend": Action(_reason, _of_member(commands.suspend_user), gettext_lazy("The account is suspended.")),
    "restore": Action(_plain, _of_member(commands.restore_user), gettext_lazy("The account is restored.")),
}


@needs("accounts.read")
@never_cache
@sensitive_post_parameters("password")
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: roles with their periods, password, lock, suspension."""
    actor, now = actor_of(request), clock.now()
    shown = queries.user(actor, pk)
    units = queries.managed_units(actor)
    chosen = request.POST.get("action", "")
    bound = {name: action.form(units=units) for name, action in ACTIONS.items()}
    if request.method == "POST" and chosen in ACTIONS:
        form = bound[chosen] = ACTIONS[chosen].form(request.POST, units=units)
        if form.is_valid() and _done(request, chosen, form, shown, now):
            return redirect("accounts:user", pk=pk)
    context = {
        "shown": shown,
        "memberships": [(held, _in_force(held, now)) for held in queries.memberships_of(actor, shown)],
        "forms": bound,
        "chosen": chosen,
        "may_manage": _may(actor),
        "locked": queries.is_locked_out(shown.username, at=now),
        "tokens": queries.tokens_of(shown.pk, at=now),
    }
    return render(request, "accounts/user.html", context)


def _done(request: HttpRequest, chosen: str, form: forms.Form, shown: User, now: datetime) -> bool:
    values = dict(form.cleaned_data)
    if chosen == "end":
        values["membership"] = _uuid(request.POST.get("membership", ""))
    try:
        ACTIONS[chosen].run(actor_of(request), now, shown, values)
    except Forbidden:
        raise
    except DomainError as error:
        tell_form(form, error)
        if not form.fields:
            notify(request, str(error), tone="red")
        return False
    notify(request, ACTIONS[chosen].done)
    return True


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(kind="membership") from error


def _in_force(held: Any, now: datetime) -> bool:
    return held.started_at <= now and (held.ended_at is None or held.ended_at > now)


def _unit_of(actor: Actor, user: User) -> Unit:
    held = queries.memberships_of(actor, user).filter(unit__in=queries.managed_units(actor)).first()
    if held is None:
        raise Forbidden(capability="accounts.manage")
    return held.unit


def _may(actor: Actor) -> bool:
    return actor.may("accounts.manage")
