"""Couriers on the desk: who carries bags, their badges, the code that makes a phone theirs."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lazaretto.accounts.asking import answer_of
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.errors import NotFound
from lazaretto.field.forms import CourierDataForm, CourierForm
from lazaretto.tubes import commands
from lazaretto.tubes.models import Courier
from lazaretto.tubes.queries import couriers as queries
from lazaretto.tubes.rules import COURIER_CODE, HANDLE, MANAGE, READ
from lazaretto.ui.notices import notify

MOST = 200


@require_http_methods(["GET", "POST"])
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Couriers of the actor's areas; a POST names one."""
    actor = actor_of(request)
    units = list(Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True))
    rows = list(queries.couriers(actor)[:MOST])
    form = CourierForm(request.POST or None, units=units, initial={"code": queries.free_code()})
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "unit": form.cleaned_data["unit"].pk}
        made = answer_of(request, form, commands.add_courier, **given)
        if made is not None:
            notify(request, _("Named."))
            return HttpResponseRedirect(reverse("field:courier", args=[made.courier_id]))
    context = {"couriers": rows, "form": form, "may_manage": bool(units)}
    return render(request, "field/couriers.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@needs(READ)
def one(request: HttpRequest, courier_id: UUID) -> HttpResponse:
    """Somebody's badge; a POST makes a code for their phone, shown once."""
    actor = actor_of(request)
    found = queries.courier_by_id(actor, courier_id)
    if request.method != "POST":
        return _card(request, found)
    made = commands.make_courier_key(actor=actor, at=clock.now(), courier=found)
    return _card(request, found, link=_address(made.key), until=made.until)


@require_POST
@needs(MANAGE)
def change(request: HttpRequest, courier_id: UUID) -> HttpResponse:
    """Put right how somebody is called and reached; the code on their badge stays."""
    found = queries.courier_by_id(actor_of(request), courier_id)
    form = CourierDataForm(request.POST)
    made = form.is_valid() and answer_of(
        request, form, commands.change_courier, courier=str(found.pk), **form.cleaned_data
    )
    if not made:
        return _card(request, found, form=form)
    notify(request, _("Put right."))
    return HttpResponseRedirect(reverse("field:courier", args=[found.pk]))


def _card(request: HttpRequest, found: Courier, *, form: CourierDataForm | None = None, **more: Any) -> HttpResponse:
    known = {
        "name": found.name, "plate": found.plate, "phone": found.phone,
        "username": found.user.username if found.user else "",
    }  # fmt: skip
    context = {
        "courier": found,
        "badge": COURIER_CODE.format(code=found.code),
        "form": form or CourierDataForm(initial=known),
        "may_manage": actor_of(request).may(MANAGE, found.unit_id),
        **more,
    }
    return render(request, "field/courier_card.html", context, status=422 if form else 200)


@require_POST
@needs(MANAGE)
def end(request: HttpRequest, courier_id: UUID) -> HttpResponse:
    """They carry nothing any more."""
    actor = actor_of(request)
    found = queries.courier_by_id(actor, courier_id)
    payload = {"courier": str(found.pk), "reason": request.POST.get("reason", "").strip()}
    commands.end_courier.invoke(actor=actor, at=clock.now(), payload=payload)
    notify(request, _("Ended. Their phone opens nothing any more."))
    return HttpResponseRedirect(reverse("field:couriers"))


@require_http_methods(["GET", "POST"])
@never_cache
@needs(HANDLE)
def own(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in opens their own phone page: it goes on without a network and without a session."""
    actor = actor_of(request)
    found = queries.own_courier(actor)
    if request.method == "POST":
        if found is None:
            raise NotFound(kind="tubes.courier")
        return HttpResponseRedirect(_address(commands.make_courier_key(actor=actor, at=clock.now(), courier=found).key))
    return render(request, "field/courier_own.html", {"courier": found})


def _address(key: str) -> str:
    return f"{settings.BASE_URL}{reverse('field:carrying')}#key={key}"  # a fragment is sent to no server
