"""Vehicles and drivers, trips with their stops, riders and legs, what the escort saw, and who asked to be moved."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.custody.models import Handover
from lazaretto.orders.models import OrderPerson
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.protocols.choices import Category
from lazaretto.trips.choices import (
    Berth,
    Limit,
    RequestState,
    ScanKind,
    ScanOutcome,
    TripState,
    Urgency,
    VehicleKind,
    VehicleState,
)

USER = settings.AUTH_USER_MODEL


def _one_place(site: str = "site", external: str = "external") -> Q:
    """A site of ours or a place that others run: exactly one."""
    return Q(**{f"{site}__isnull": False, f"{external}__isnull": True}) | Q(
        **{f"{site}__isnull": True, f"{external}__isnull": False}
    )


class Vehicle(models.Model):
    """A vehicle. `category` is the one it is dedicated to (empty: any, but one at a time).

    `carried` is the category that it has carried since it was last disinfected; while it says anything, the vehicle is
    not ready. `base` is where it stands when it has nothing to do.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    plate = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, choices=VehicleKind)
    seats = models.PositiveSmallIntegerField(validators=[MaxValueValidator(90)])
    wheelchairs = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(20)])
    stretchers = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(10)])
    category = models.CharField(max_length=20, choices=Category, blank=True)
    base = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=VehicleState, default=VehicleState.TO_DISINFECT)
    state_since = models.DateTimeField()
    carried = models.CharField(max_length=20, choices=Category, blank=True)
    note = models.CharField(max_length=120, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(plate=""), name="vehicle_has_plate"),
            models.CheckConstraint(condition=Q(seats__gt=0) | Q(stretchers__gt=0), name="vehicle_carries_somebody"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(carried=""), name="vehicle_ready_is_disinfected"),
        ]

    def __str__(self) -> str:
        return self.plate


class VehicleStateChange(models.Model):
    """One step of a vehicle from a state to another. Append-only. The database lets only a ready one leave."""

    id = models.BigAutoField(primary_key=True)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="state_changes")
    before = models.CharField(max_length=16, choices=VehicleState)
    after = models.CharField(max_length=16, choices=VehicleState)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="vehicle_state_changes"),
            models.CheckConstraint(
                condition=~Q(after="on_trip") | Q(before="ready"), name="vehicle_leaves_disinfected"
            ),
            models.CheckConstraint(
                condition=~Q(after="ready") | Q(before="disinfecting"), name="vehicle_ready_after_disinfection"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id}: {self.before} → {self.after}"


class Driver(models.Model):
    """Somebody who drives. Their hours follow from their trips."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="driver_has_name"),
            models.UniqueConstraint(
                fields=["unit", "name", "phone"], condition=Q(ended_at__isnull=True), name="driver_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TripQuerySet(ScopedQuerySet["Trip"]):
    """Trips belong to the unit that sends them and to every site where they stop."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Trips of a unit of the actor, or that stop at one of their sites."""
        if actor.everywhere(capability):
            return self
        units = actor.units_with(capability)
        stopping = Stop.objects.filter(site__unit_id__in=units).values("trip")
        return self.filter(Q(unit__in=units) | Q(pk__in=stopping))


class Trip(models.Model):
    """A drive of one vehicle with one driver for people of one category, from the first stop to the last.

    `departs_at` and `arrives_at` are planned; `departed_at` and `ended_at` happened. `driving_minutes` and `km` are of
    the way between its stops.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="trips")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="trips")
    escort = models.CharField(max_length=80, blank=True)
    escort_phone = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=20, choices=Category)
    state = models.CharField(max_length=12, choices=TripState, default=TripState.PLANNED)
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    driving_minutes = models.PositiveIntegerField()
    km = models.FloatField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    departed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = TripQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(arrives_at__gt=F("departs_at")), name="trip_period"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "boarding", "cancelled"], departed_at__isnull=True)
                | Q(state__in=["under_way", "arrived"], departed_at__isnull=False),
                name="trip_on_the_road_has_left",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["arrived", "cancelled"], ended_at__isnull=False)
                | (~Q(state__in=["arrived", "cancelled"]) & Q(ended_at__isnull=True)),
                name="trip_ended_has_time",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(reason=""), name="trip_cancelled_with_reason"),
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(state__in=["boarding", "under_way"]), name="vehicle_on_one_trip"
            ),
            models.UniqueConstraint(
                fields=["driver"], condition=Q(state__in=["boarding", "under_way"]), name="driver_on_one_trip"
            ),
        ]
        indexes = [
            models.Index(fields=["departs_at", "id"], name="trip_departs"),
            models.Index(fields=["driver", "departs_at"], name="trip_driver"),
            models.Index(
                fields=["state"], condition=Q(state__in=["planned", "boarding", "under_way"]), name="trip_open"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Booking(models.Model):
    """A vehicle and a driver are taken for a trip; gone when the trip is cancelled, shorter when it ends early.

    The database refuses two that overlap: nobody drives two vehicles, and no vehicle is promised twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trip = models.OneToOneField(Trip, on_delete=models.PROTECT, related_name="booking")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="booking_period")]

    def __str__(self) -> str:
        return f"{self.trip_id}"


class Override(models.Model):
    """Somebody let a trip go beyond a limit, by name and with a reason, for these times and no others. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="overrides")
    limit = models.CharField(max_length=12, choices=Limit)
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason")]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.limit}"


class Stop(models.Model):
    """Where a trip stops: planned times, and when it truly came and left.

    `upset_minutes` is by how much later than promised it is reached because somebody urgent was put in.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="trip_stops")
    external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="trip_stops")
    arrives_at = models.DateTimeField()
    departs_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    upset_minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip", "position"], name="stop_in_its_place"),
            models.CheckConstraint(condition=_one_place(), name="stop_at_one_place"),
            models.CheckConstraint(condition=Q(departs_at__gte=F("arrives_at")), name="stop_period"),
            models.CheckConstraint(
                condition=Q(departed_at__isnull=True)
                | Q(arrived_at__isnull=True)
                | Q(departed_at__gte=F("arrived_at")),
                name="stop_left_after_coming",
            ),
        ]
        indexes = [models.Index(fields=["site", "trip"], name="stop_site")]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.position}"


class Leg(models.Model):
    """Everybody who rides from one stop to another: one handover, signed out when the trip leaves the first stop."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="legs")
    from_stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="legs_from")
    to_stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="legs_to")
    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, related_name="trip_leg")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_stop", "to_stop"], name="leg_once"),
            models.CheckConstraint(condition=~Q(from_stop=F("to_stop")), name="leg_between_two_stops"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.handover_id}"


class Rider(models.Model):
    """Somebody on the list of a trip. `closed_at` is set when they got off, were left behind, or the trip ended.

    `minded_by` names who looks after them on the way, where they must not be alone and nobody of theirs rides along.
    Nobody is on the lists of two open trips.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="riders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rides")
    from_stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="getting_on")
    to_stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="getting_off")
    berth = models.CharField(max_length=12, choices=Berth, default=Berth.SEAT)
    leg = models.ForeignKey(Leg, null=True, blank=True, on_delete=models.PROTECT, related_name="riders")
    seen_on_at = models.DateTimeField(null=True, blank=True)
    seen_off_at = models.DateTimeField(null=True, blank=True)
    left_behind = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    minded_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            # Of somebody who was taken off and came back the row that left stays written.
            models.UniqueConstraint(fields=["trip", "person"], condition=Q(left_behind=""), name="rider_once_a_trip"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at__isnull=True), name="rider_on_one_open_trip"
            ),
            models.CheckConstraint(condition=~Q(from_stop=F("to_stop")), name="rider_between_two_stops"),
            models.CheckConstraint(condition=Q(left_behind="") | Q(leg__isnull=True), name="rider_left_or_gone"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.person_id}"

    @property
    def aboard(self) -> bool:
        """Whether they got on and not off again, by the last that was seen."""
        return self.seen_on_at is not None and self.seen_off_at is None


class Scan(models.Model):
    """What the escort saw: a person, or a card that is nobody's. Append-only; its id is made on the device.

    `at` is the true time, corrected for the device's clock; `claimed_at` what it said, when it differed. A scan of
    somebody who was signed out is a custody fact of the same id.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="scans")
    kind = models.CharField(max_length=4, choices=ScanKind)
    outcome = models.CharField(max_length=10, choices=ScanOutcome)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    card = EncryptedTextField(null=True, blank=True)
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="unknown", person__isnull=True) | ~Q(outcome="unknown") & Q(person__isnull=False),
                name="scan_is_of_somebody_or_unknown",
            )
        ]
        indexes = [models.Index(fields=["trip", "at"], name="scan_trip")]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.kind} {self.outcome}"


class EscortLink(models.Model):
    """A secret link to the phone page of one trip. Only a keyed hash of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="escort_link_period")]

    def __str__(self) -> str:
        return f"{self.trip_id}"


class MoveRequestQuerySet(ScopedQuerySet["MoveRequest"]):
    """Requests belong to the unit that asked."""


class MoveRequest(models.Model):
    """Somebody is to be brought from where they are to a place, not before and not after a time.

    With an `order_line` a transfer order asks for it: it lives and ends with that order.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="move_requests")
    category = models.CharField(max_length=20, choices=Category)
    from_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    from_external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="+")
    to_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    to_external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="+")
    berth = models.CharField(max_length=12, choices=Berth, default=Berth.SEAT)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.ROUTINE)
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    rider = models.OneToOneField(Rider, null=True, blank=True, on_delete=models.PROTECT, related_name="request")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    order_line = models.ForeignKey(
        OrderPerson, null=True, blank=True, on_delete=models.PROTECT, related_name="ride_requests"
    )

    objects = MoveRequestQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_place("from_site", "from_external"), name="request_from_one_place"),
            models.CheckConstraint(condition=_one_place("to_site", "to_external"), name="request_to_one_place"),
            models.CheckConstraint(condition=Q(latest_at__gt=F("earliest_at")), name="request_period"),
            models.UniqueConstraint(fields=["person"], condition=Q(state="open"), name="request_open_once"),
            models.CheckConstraint(
                condition=Q(state="planned", rider__isnull=False)
                | Q(state="settled")
                | Q(state__in=["open", "withdrawn", "lapsed"], rider__isnull=True),
                name="request_planned_names_ride",
            ),
            models.UniqueConstraint(
                fields=["order_line"], condition=Q(state__in=["open", "planned"]), name="request_once_an_order"
            ),
        ]
        indexes = [models.Index(fields=["latest_at"], condition=Q(state="open"), name="request_open")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"


class TripPlan(models.Model):
    """A plan of trips for open requests: what was asked, the best answer so far, and what became of it.

    `problem` and `plan` are what `planning.trips` takes and gives, with ids of rows. `rounds` counts how often the
    solver has looked for a better one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.JSONField()
    plan = models.JSONField()
    rounds = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
