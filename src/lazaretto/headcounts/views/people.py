"""The page of somebody on a headcount: where they are, whose household they are of, what must be thought of."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.headcounts import commands
from lazaretto.headcounts.forms import ConcernForm
from lazaretto.headcounts.models import Member
from lazaretto.headcounts.queries import CARE, MANAGE, PERSON, READ, member_lines
from lazaretto.headcounts.queries.changes import history
from lazaretto.headcounts.queries.families import candidates, family_lines, member_by_id
from lazaretto.headcounts.views.common import done, was_read
from lazaretto.people.queries import name_for
from lazaretto.ui.notices import notify


@require_GET
@needs(PERSON)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody on a headcount."""
    return _person(request, pk)


def _person(request: HttpRequest, pk: int, **forms: Any) -> HttpResponse:
    actor = actor_of(request)
    member = member_by_id(actor, pk)
    unit, q = member.organisation.unit_id, request.GET.get("q", "")
    cares, manages = actor.may(CARE, unit), actor.may(MANAGE, unit) and member.ended_at is None
    found = candidates(actor, member, q) if cares and manages else []
    line = family_lines(actor, [member])[0] if cares else None
    if line is not None:
        was_read(request, [line])
    context = {
        "member": member,
        "name": name_for(actor, member.name, unit_id=unit),
        "line": line,
        "changes": history(actor, member),
        "may_care": cares,
        "may_manage": manages,
        "may_read": actor.may(READ, unit),
        "q": q,
        "candidates": member_lines(actor, found, unit_id=unit),
        "concern_form": ConcernForm(),
        **forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "headcounts/person.html", context, status=422 if refused else 200)


@require_POST
@needs(MANAGE)
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """Say to whose household they belong, or that it is none we know."""
    beside, actor, at = request.POST.get("beside", ""), actor_of(request), clock.now()
    if beside:
        commands.share_household.invoke(actor=actor, at=at, payload={"member": pk, "beside": beside})
    else:
        commands.leave_household.invoke(actor=actor, at=at, payload={"member": pk})
    notify(request, _("Written down."))
    return _back(pk)


@require_POST
@needs(CARE)
def concern(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what must be thought of."""
    form = ConcernForm(request.POST)
    if form.is_valid() and done(request, form, commands.note_concern, member=pk, **form.cleaned_data):
        notify(request, _("Written down."))
        return _back(pk)
    return _person(request, pk, concern_form=form)


@require_POST
@needs(CARE)
def end_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """It need not be thought of any more."""
    given = {"member": pk, **{name: request.POST.get(name, "") for name in ("kind", "reason")}}
    commands.end_concern.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    notify(request, _("Written down."))
    return _back(pk)


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("headcounts:person", args=[Member.objects.get(pk=pk).pk]))
