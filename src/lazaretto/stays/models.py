"""Isolation orders, stays, rooms taken, observations, specimens, releases, certificates, breaches."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.people.models import Person
from lazaretto.places.models import Bed, Room, Site
from lazaretto.stays.choices import (
    BreachKind,
    DoorFinding,
    HoldEnd,
    OrderChangeKind,
    ReleaseKind,
    Slot,
    SpecimenPurpose,
    SpecimenSite,
    SpecimenState,
    StayEnd,
)

USER = settings.AUTH_USER_MODEL


class IsolationOrder(models.Model):
    """The legal ground of an isolation: authority, legal basis, reason, start, end, rule pack."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="orders")
    category = models.CharField(max_length=20)
    authority = models.CharField(max_length=120)
    legal_basis = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    pack = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=20)
    last_exposure_at = models.DateTimeField()
    served_elsewhere = models.JSONField(default=list)
    # Dates that were not spent in isolation and are made up: `protocols.rules.Absence`, as `served_elsewhere` is kept.
    absences = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    # The order whose place this one took when the person's status or clock changed.
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(lifted_at__isnull=True), name="order_in_force_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="order_period"),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(legal_basis="") & ~Q(reason="") & ~Q(pack=""), name="order_has_grounds"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderChange(models.Model):
    """The end of an order was moved by a named approver, with a reason that the guest gets in writing. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(IsolationOrder, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=OrderChangeKind)
    ends_before = models.DateTimeField()
    ends_after = models.DateTimeField()
    reason = models.TextField()
    approved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="order_change_has_reason"),
            models.CheckConstraint(
                condition=~Q(kind="extension") | (Q(ends_after__gt=F("ends_before")) & Q(approved_by__isnull=False)),
                name="order_extension_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class Stay(models.Model):
    """Somebody's time at one site under one order. A person has one open stay at most, and stays never overlap."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stays")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stays")
    order = models.ForeignKey(IsolationOrder, on_delete=models.PROTECT, related_name="stays")
    category = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=12, choices=StayEnd, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"
    FETCHED_WITH = ("site", "order")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="stay_open_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="stay_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="stay_end_has_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "id"], condition=Q(ended_at__isnull=True), name="stay_site_open"),
            models.Index(fields=["person", "started_at"], name="stay_person"),
        ]

    def __str__(self) -> str:
        return self.number


class Occupancy(models.Model):
    """A stay takes a room (and a bed) for a period.

    `party_id` is the household or companions who may share, or the person's own id: people of different parties never
    have one room at one time. `shares_bed` is for an infant with a parent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="occupancies")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="occupancies")
    bed = models.ForeignKey(Bed, null=True, blank=True, on_delete=models.PROTECT, related_name="occupancies")
    party_id = models.UUIDField()
    shares_bed = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "room__site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stay"], condition=Q(ended_at__isnull=True), name="occupancy_open_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="occupancy_period"
            ),
        ]
        indexes = [models.Index(fields=["room"], condition=Q(ended_at__isnull=True), name="occupancy_room_open")]

    def __str__(self) -> str:
        return f"{self.stay_id} in {self.room_id}"


class RoomHold(models.Model):
    """A room is kept for somebody who is in hospital, by decision and until a moment, when it is decided again.

    `party_id` is that of the occupancy: whoever may share with them may have the room as well.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="holds")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="room_holds")
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="room_holds")
    party_id = models.UUIDField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    held_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    end = models.CharField(max_length=10, choices=HoldEnd, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "room__site__unit_id"
    FETCHED_WITH = ("room__site", "stay")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="room_hold_open_once"),
            models.CheckConstraint(condition=Q(until__gt=F("held_at")), name="room_hold_until_later"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="room_hold_end_has_kind",
            ),
        ]
        indexes = [models.Index(fields=["room"], condition=Q(ended_at__isnull=True), name="room_hold_open")]

    def __str__(self) -> str:
        return f"{self.room_id} for {self.person_id}"


class Observation(models.Model):
    """Temperature (°C) and symptoms at the door, or nobody answered. A correction supersedes, never overwrites."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="observations")
    day = models.DateField()
    slot = models.CharField(max_length=8, choices=Slot)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    symptoms = models.JSONField(default=list)
    no_answer = models.BooleanField(default=False)
    note = EncryptedTextField(null=True, blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "stay__site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "day", "slot"],
                condition=Q(superseded_at__isnull=True) & ~Q(slot="extra"),
                name="observation_slot_once",
            ),
            models.CheckConstraint(
                condition=Q(no_answer=True, temperature__isnull=True) | Q(no_answer=False, temperature__isnull=False),
                name="observation_temperature_or_no_answer",
            ),
            models.CheckConstraint(
                condition=Q(temperature__isnull=True) | (Q(temperature__gte=30) & Q(temperature__lte=45)),
                name="observation_plausible",
            ),
        ]
        indexes = [models.Index(fields=["stay", "-taken_at"], name="observation_stay")]

    def __str__(self) -> str:
        return f"{self.day} {self.slot}: {self.temperature or '—'}"


class Specimen(models.Model):
    """One swab of one person in one tube. `test_key` names the test of the rule pack it was taken for, such as
    `central-14`; empty when it was none of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="specimens")
    tube = models.CharField(max_length=40, unique=True)
    purpose = models.CharField(max_length=14, choices=SpecimenPurpose, default=SpecimenPurpose.SCHEDULED)
    test_key = models.CharField(max_length=20, blank=True)
    confirms = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="confirmations")
    swab = models.CharField(max_length=14, choices=SpecimenSite, default=SpecimenSite.NASOPHARYNX)
    collected_at = models.DateTimeField()
    collected_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=SpecimenState, default=SpecimenState.PENDING)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "stay__site__unit_id"
    FETCHED_WITH = ("stay__site",)

    class Meta:
        indexes = [
            models.Index(fields=["stay", "collected_at"], name="specimen_stay"),
            models.Index(fields=["collected_at"], condition=Q(state="pending"), name="specimen_pending"),
        ]

    def __str__(self) -> str:
        return self.tube


class SpecimenResult(models.Model):
    """What a laboratory reported of a specimen. Append-only; the specimen's state follows by the declared table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="results")
    state = models.CharField(max_length=24, choices=SpecimenState)
    laboratory = models.CharField(max_length=80, blank=True)
    reagent = models.CharField(max_length=80, blank=True)
    ct_value = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    reported_at = models.DateTimeField()
    entered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state="pending"), name="result_says_something")]

    def __str__(self) -> str:
        return f"{self.specimen_id}: {self.state}"


class TestExcuse(models.Model):
    """Somebody was excused from one scheduled test, by name and with a reason (promise 5). Append-only."""

    __test__ = False  # not a test case

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="excuses")
    test_key = models.CharField(max_length=40)
    reason = models.TextField()
    excused_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stay", "test_key"], name="test_excused_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="excuse_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.stay_id}: {self.test_key}"


class Release(models.Model):
    """The decision to release, with each criterion and its evidence as it stood."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stay = models.OneToOneField(Stay, on_delete=models.PROTECT, related_name="release")
    kind = models.CharField(max_length=10, choices=ReleaseKind)
    criteria = models.JSONField()
    destination = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "stay__site__unit_id"

    def __str__(self) -> str:
        return f"{self.stay_id} {self.decided_at:%Y-%m-%d}"


class Certificate(models.Model):
    """A certificate of release. `token` carries its words under the installation's signature."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=30, unique=True)
    token = models.TextField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "release__stay__site__unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_reason=""), name="certificate_revoked_with_reason"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Breach(models.Model):
    """Somebody or something crossed a line of the closed loop: noticed, acted on, closed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="breaches")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="breaches")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="breaches")
    kind = models.CharField(max_length=12, choices=BreachKind)
    noticed_at = models.DateTimeField()
    noticed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    description = models.TextField()
    action = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(action=""), name="breach_closed_with_action"
            )
        ]
        indexes = [models.Index(fields=["site", "-noticed_at"], name="breach_site")]

    def __str__(self) -> str:
        return f"{self.kind} {self.noticed_at:%Y-%m-%d %H:%M}"


class DoorCheck(models.Model):
    """A patrol stood at a door and saw this. Append-only; a wrong entry is followed by the one that corrects it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="door_checks")
    finding = models.CharField(max_length=12, choices=DoorFinding)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    breach = models.ForeignKey(Breach, null=True, blank=True, on_delete=models.PROTECT, related_name="door_checks")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "room__site__unit_id"

    class Meta:
        # With a condition SQLite makes an index and leaves the table, and its guards, alone.
        constraints = [
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(corrects__isnull=False), name="door_check_corrected_once"
            )
        ]
        indexes = [models.Index(fields=["room", "-checked_at"], name="door_check_room")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.finding}"
