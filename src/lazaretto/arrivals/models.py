"""Manifests as they came, their rows, and the people expected on a bus."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.arrivals.choices import (
    ExpectedState,
    LineKind,
    ManifestState,
    RowDecision,
    RowOutcome,
    RowResolution,
    WhyUnplaced,
)
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.people.models import Person
from lazaretto.places.models import Room, Site
from lazaretto.stays.models import Stay

USER = settings.AUTH_USER_MODEL


class Manifest(models.Model):
    """A list of people on their way to a site, as an office sent it, staged and then committed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="manifests")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    category = models.CharField(max_length=20)
    vehicle = models.CharField(max_length=60, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    mapping = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ManifestState, default=ManifestState.STAGED)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "digest"], condition=~Q(state="cancelled"), name="manifest_file_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="committed") | Q(committed_at__isnull=False), name="manifest_committed_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ManifestRow(models.Model):
    """One line of a manifest. `payload` is encrypted JSON: cells as they came, values read, mends made.

    `kind` says what the line is, `party_key` the household of the file it belongs to, `candidate` somebody known who
    may be the same person. `resolution` is empty until the row is committed or rejected.
    """

    id = models.BigAutoField(primary_key=True)
    manifest = models.ForeignKey(Manifest, on_delete=models.CASCADE, related_name="rows")
    sheet = models.SmallIntegerField()
    excel_row = models.IntegerField()
    kind = models.CharField(max_length=8, choices=LineKind, default=LineKind.PERSON)
    outcome = models.CharField(max_length=8, choices=RowOutcome)
    mends = models.PositiveSmallIntegerField(default=0)
    party_key = models.CharField(max_length=120, blank=True)
    candidate = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    issues = models.JSONField(default=list)
    payload = EncryptedTextField()
    resolution = models.CharField(max_length=10, choices=RowResolution, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="manifest_rows")
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=RowDecision, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manifest", "sheet", "excel_row"], name="manifest_row_once"),
            models.CheckConstraint(
                condition=~Q(resolution__in=["created", "matched"]) | Q(person__isnull=False),
                name="manifest_row_resolved_has_person",
            ),
        ]
        indexes = [
            models.Index(fields=["manifest", "outcome", "sheet", "excel_row"], name="manifest_row_outcome"),
            models.Index(fields=["manifest", "party_key"], condition=~Q(party_key=""), name="manifest_row_party"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet + 1}:{self.excel_row} {self.outcome}"


class MappingMemory(models.Model):
    """Which column means what, as somebody last said for headers of this wording."""

    digest = models.CharField(max_length=64, primary_key=True)
    mapping = models.JSONField()
    remembered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class ExpectedArrival(models.Model):
    """A person on a bus to a site: proposed room, on board or not, arrived or not.

    `category` is the person's own where the list says one; empty means the manifest's. `without_room_because` is why
    the last proposal found no room for them, empty before one and for whoever has a room.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="expected")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="expected")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="expected")
    party_id = models.UUIDField()
    category = models.CharField(max_length=20, blank=True)
    last_exposure_at = models.DateTimeField(null=True, blank=True)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="expected")
    room_by_hand = models.BooleanField(default=False)
    without_room_because = models.CharField(max_length=24, choices=WhyUnplaced, blank=True, default="")
    on_manifest = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=ExpectedState, default=ExpectedState.EXPECTED)
    boarded_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    stay = models.OneToOneField(Stay, null=True, blank=True, on_delete=models.PROTECT, related_name="arrival")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["expected", "boarded"]), name="expected_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="checked_in") | Q(stay__isnull=False), name="checked_in_has_stay"
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(without_room_because=""), name="with_room_or_why_without"
            ),
        ]
        indexes = [models.Index(fields=["site", "state"], name="expected_site_state")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.site_id}"
