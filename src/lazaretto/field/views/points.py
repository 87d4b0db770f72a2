"""A point as its leader sees it: how it goes, who comes; its phones, enrolled by a code, seen, revoked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.asking import answer_of
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import NotFound
from lazaretto.field import commands, queries
from lazaretto.field.forms import EnrolForm
from lazaretto.field.models import Device
from lazaretto.field.queries.silence import SILENT
from lazaretto.field.rules import GRACE, MOST_ROSTER
from lazaretto.screening.models import Point
from lazaretto.screening.rules import FEVERS, MANAGE, READ
from lazaretto.ui.notices import notify

POINTS_SHOWN = 100  # of each round; more are found by their name


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Points of the rounds that go on, with their phones; those with such a code or name."""
    q = request.GET.get("q", "")[:60]
    found = queries.open_points(actor_of(request), q=q)
    rounds = [(of, points[:POINTS_SHOWN], max(0, len(points) - POINTS_SHOWN)) for of, points in found]
    return render(request, "field/points.html", {"rounds": rounds, "q": q})


@require_GET
@needs(READ)
def point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """How one point goes, and its phones."""
    return _page(request, queries.point_by_id(actor_of(request), point_id))


def _page(request: HttpRequest, found: Point, **more: Any) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    phones = [_line(one, at) for one in queries.devices(found) if one.claimed_at or one.code_expires_at > at]
    no_phone, people = queries.no_phone_there(found), queries.expected_people(found)
    lead = queries.lead(actor, found, at=at)
    context = {
        "point": found,
        "lead": lead,
        "phones": phones,
        "working": sum(one["state"] == "working" for one in phones),
        "waiting": sum(one["device"].queue for one in phones),
        "people": people,
        "too_many": people.people > MOST_ROSTER,
        "goes_on": no_phone is None,
        "may_manage": actor.may(MANAGE, found.round.unit_id),
        "may_call": actor.may(FEVERS, found.round.unit_id),
        "may_enrol": actor.may(MANAGE, found.round.unit_id) and no_phone is None,
        "no_phone": no_phone,
        "enrol_form": EnrolForm(devices=_replaceable(phones), initial={"table": 1, "label": len(phones) + 1}),
        **more,
    }
    refused = any(getattr(form, "errors", None) for form in more.values())
    return render(request, "field/point.html", context, status=422 if refused else 200)


def _line(one: Device, at: datetime) -> dict[str, Any]:
    """A phone as the page shows it: its state in a word, and what is wrong with it."""
    if one.claimed_at is None:
        state = "code"
    elif not one.open_at(at):
        state = "ended"
    else:
        state = "silent" if one.last_seen_at is None or at - one.last_seen_at > SILENT else "working"
    ended_at = one.ended_at or one.expires_at or one.code_expires_at
    held = bool(one.queue) and at < ended_at + GRACE
    return {"device": one, "key": str(one.pk), "state": state, "held": held, "wrong": abs(one.skew_seconds) // 60}


def _replaceable(phones: list[dict[str, Any]]) -> list[Device]:
    return [one["device"] for one in phones if one["device"].claimed_at and one["device"].ending != "taken_over"]


@require_POST
@never_cache
@needs(MANAGE)
def enrol(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """A code for a phone, shown once."""
    found = queries.point_by_id(actor_of(request), point_id)
    form = EnrolForm(request.POST, devices=list(queries.devices(found).filter(claimed_at__isnull=False)))
    made = answer_of(request, form, commands.enrol_device, **_asked(found, form)) if form.is_valid() else None
    if made is None:
        return _page(request, found, enrol_form=form)
    address = f"{settings.BASE_URL}{reverse('field:app')}#code={made.code}"  # a fragment is sent to no server
    return _page(request, found, link=address, link_until=made.expires_at, link_table=form.cleaned_data["table"])


def _asked(found: Point, form: EnrolForm) -> dict[str, Any]:
    other = form.cleaned_data.get("takes_over")
    said = {name: form.cleaned_data[name] for name in ("table", "label")}
    return {"point": str(found.pk), **said, **({"takes_over": str(other.pk)} if other else {})}


@require_POST
@needs(MANAGE)
def revoke(request: HttpRequest, point_id: UUID, device_id: UUID) -> HttpResponse:
    """A phone takes nobody any more."""
    actor = actor_of(request)
    found = queries.devices(queries.point_by_id(actor, point_id)).filter(pk=device_id).first()
    if found is None:
        raise NotFound(kind="field.device", id=device_id)
    commands.revoke_device(actor=actor, at=clock.now(), device=found, reason=request.POST.get("reason", ""))
    notify(request, _("Revoked. It wipes its roster as soon as it hears of it; what it holds it may still send."))
    return HttpResponseRedirect(reverse("field:point", args=[point_id]))
