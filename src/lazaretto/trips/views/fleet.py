"""Vehicles and drivers: the lists, adding, correcting, disinfected."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, InvalidInput, NotFound
from lazaretto.core.states import steps_by_hand
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.trips import commands, rules
from lazaretto.trips.choices import STEP_WORDS, VehicleKind, VehicleState
from lazaretto.trips.forms import DriverForm, VehicleForm
from lazaretto.trips.models import Driver, Vehicle
from lazaretto.trips.queries import board as queries
from lazaretto.trips.queries.board import MANAGE, READ
from lazaretto.trips.views.common import back
from lazaretto.ui.notices import notify

RIDE = "trips.ride"


@require_GET
@needs(READ)
def fleet(request: HttpRequest) -> HttpResponse:
    """Vehicles with their states, drivers."""
    actor = actor_of(request)
    vehicles = list(queries.vehicles(actor))
    rows = [(one, [(step, STEP_WORDS[step]) for step in _steps(actor, one)]) for one in vehicles]
    context = {"rows": rows, "drivers": queries.drivers(actor), "may_manage": actor.may(MANAGE), "form": DriverForm()}
    return render(request, "trips/fleet.html", context)


def _steps(actor: Actor, vehicle: Vehicle) -> list[str]:
    held = [name for name in (RIDE, MANAGE) if actor.may(name, vehicle.unit_id)]
    return [step for step in steps_by_hand(rules.VEHICLE_EDGES, vehicle.state, held) if step not in rules.REASON_NEEDED]


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def new_vehicle(request: HttpRequest) -> HttpResponse:
    """A vehicle is put on the list."""
    actor = actor_of(request)
    form = VehicleForm(request.POST or None, sites=_sites(actor))
    return _form(
        request, form, lambda given: commands.add_vehicle(actor=actor, at=clock.now(), unit=unit_of(actor), **given)
    )


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def vehicle(request: HttpRequest, vehicle_id: UUID) -> HttpResponse:
    """What is written about a vehicle is corrected."""
    actor, found = actor_of(request), _vehicle(actor_of(request), vehicle_id, MANAGE)
    initial = {name: getattr(found, name) for name in VehicleForm.base_fields}
    form = VehicleForm(request.POST or None, sites=_sites(actor), initial=initial)
    return _form(
        request, form,
        lambda given: commands.change_vehicle(actor=actor, at=clock.now(), vehicle=found, **given), vehicle=found,
    )  # fmt: skip


def _form(request: HttpRequest, form: VehicleForm, save: Any, **context: Any) -> HttpResponse:
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        category = Category(given["category"]) if given["category"] else None
        try:
            save({**given, "kind": VehicleKind(given["kind"]), "category": category})
        except DomainError as error:
            form.add_error("plate", str(error))
        else:
            notify(request, _("Saved."))
            return HttpResponseRedirect(reverse("trips:fleet"))
    return render(request, "trips/vehicle.html", {"form": form, **context}, status=422 if form.errors else 200)


@require_POST
@needs(RIDE)
def vehicle_state(request: HttpRequest, vehicle_id: UUID) -> HttpResponse:
    """The next state: disinfected, ready."""
    actor, after = actor_of(request), request.POST.get("after", "")
    found = _vehicle(actor, vehicle_id, RIDE)
    if after not in VehicleState.values:
        raise InvalidInput(fields={"after": after[:20]})
    reason = request.POST.get("reason", "")
    return back(
        request, reverse("trips:fleet"),
        lambda: commands.change_vehicle_state(
            actor=actor, at=clock.now(), vehicle=found, after=VehicleState(after), reason=reason
        ),
        _("Saved."),
    )  # fmt: skip


@require_POST
@needs(MANAGE)
def new_driver(request: HttpRequest) -> HttpResponse:
    """A driver is put on the list."""
    actor, form = actor_of(request), DriverForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(fields={name: " ".join(map(str, texts)) for name, texts in form.errors.items()})
    return back(
        request, reverse("trips:fleet"),
        lambda: commands.add_driver(actor=actor, at=clock.now(), unit=unit_of(actor), **form.cleaned_data), _("Saved."),
    )  # fmt: skip


@require_POST
@needs(MANAGE)
def end_driver(request: HttpRequest, driver_id: UUID) -> HttpResponse:
    """Somebody drives here no longer."""
    actor = actor_of(request)
    found = Driver.objects.visible_to(actor, MANAGE).filter(pk=driver_id).first()
    if found is None:
        raise NotFound(kind="trips.driver", id=driver_id)
    return back(
        request, reverse("trips:fleet"),
        lambda: commands.end_driver(actor=actor, at=clock.now(), driver=found), _("Taken off the list."),
    )  # fmt: skip


def _vehicle(actor: Actor, vehicle_id: UUID, capability: str) -> Vehicle:
    found = Vehicle.objects.visible_to(actor, capability).filter(pk=vehicle_id).first()
    if found is None:
        raise NotFound(kind="trips.vehicle", id=vehicle_id)
    return found


def _sites(actor: Actor) -> Any:
    return Site.objects.visible_to(actor, "places.read").order_by("code")


def unit_of(actor: Actor) -> Unit:
    """The highest unit where the actor manages trips."""
    found = Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True)
    top = found.filter(parent__isnull=True).first() or found.order_by("started_at", "code").first()
    if top is None:
        raise NotFound(kind="accounts.unit")
    return top
