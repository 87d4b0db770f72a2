"""Rounds, points, the frozen roster, what phones sent and what became of each scan.

The tables that an upload writes many rows of have no foreign keys in the database: PostgreSQL would look up each row's
round, point and upload one by one, and for a roster of two million keep every one of these look-ups in memory until the
end. Their rows are written beside the very rows they name; `proofs` compares.
"""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.places.models import on_the_map
from lazaretto.screening.choices import FeverDone, FeverStep, PointState, Reason, RoundState, TubeRule
from lazaretto.screening.rules import LARGEST_TUBE, edition

USER = settings.AUTH_USER_MODEL
COLDEST, HOTTEST = 300, 450  # tenths of a degree that a human can have


def _named(model: type[models.Model], *, index: bool = False, **more: Any) -> Any:
    """A key of another table without a look-up by the database; see above."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, db_constraint=False, db_index=index, related_name="+", **more
    )


class Round(models.Model):
    """A testing of everybody in the area of a unit. `entries` is the size of its roster, fixed at the freeze.

    Until `deadline_at` everybody should be tested; what comes in after it or after the closing counts, marked late.
    One that is cancelled has a `reason`; what was captured in it stays.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    tube_rule = models.CharField(max_length=10, choices=TubeRule, default=TubeRule.TEN)
    opens_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.DRAFT)
    entries = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="round_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="round_has_name"),
            models.CheckConstraint(condition=Q(deadline_at__gt=F("opens_at")), name="round_deadline_after_opening"),
            models.CheckConstraint(
                condition=Q(state="draft", frozen_at__isnull=True, entries=0)
                | Q(state__in=["frozen", "open", "closed"], frozen_at__isnull=False)
                | Q(state="cancelled"),
                name="round_frozen_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "frozen"], opened_at__isnull=True)
                | Q(state__in=["open", "closed"], opened_at__isnull=False)
                | Q(state="cancelled"),
                name="round_opened_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="round_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(reason="")
                | ~Q(state="cancelled") & Q(cancelled_at__isnull=True, reason=""),
                name="round_cancelled_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["-opens_at", "-id"], name="round_opens")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def edition(self) -> str:
        """Changes with whatever `screening.change_round` changes."""
        return edition([self.name, self.deadline_at.astimezone(UTC)])


class Point(models.Model):
    """Where people are tested in a round: tables, and the hours of each day.

    `folded` is the code as it is compared: "A1" and "a1 " are one point. `staff` is how many people work there at the
    same time, None where nobody has said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="points")
    code = models.CharField(max_length=20)
    folded = models.CharField(max_length=40, default="")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    tables = models.PositiveSmallIntegerField(default=1)
    staff = models.PositiveSmallIntegerField(null=True, blank=True)
    opens = models.TimeField()
    closes = models.TimeField()
    state = models.CharField(max_length=8, choices=PointState, default=PointState.OPEN)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "folded"], name="point_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(folded="") & ~Q(name=""), name="point_has_name"),
            models.CheckConstraint(condition=on_the_map(), name="point_on_the_map"),
            models.CheckConstraint(condition=Q(tables__gte=1), name="point_has_a_table"),
            models.CheckConstraint(condition=~Q(closes=F("opens")), name="point_is_open_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def edition(self) -> str:
        """Changes with whatever `screening.change_point` changes."""
        told = ("code", "name", "address", "tables", "staff", "opens", "closes", "latitude", "longitude")
        return edition(getattr(self, name) for name in told)


# ---- the roster


class RosterEntry(models.Model):
    """Somebody expected in a round, under a dense number from 1. Whoever two enterprises name is one entry.

    `household` is that of `headcounts`, null where none is known; whoever one of their headcounts links is linked.
    Without a document the digest is null, not empty: a unique key then needs no condition, which a prepared statement
    could not make use of.
    """

    pk = models.CompositePrimaryKey("round_id", "number")
    round = _named(Round)
    number = models.PositiveIntegerField()
    member = _named(Member)
    organisation = _named(Organisation)
    section = models.CharField(max_length=80, blank=True)
    building = models.CharField(max_length=60, blank=True)
    document_digest = models.CharField(max_length=64, null=True)
    household = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "document_digest"], name="roster_person_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="roster_number_from_one"),
        ]
        indexes = [
            models.Index(fields=["round", "organisation", "number"], name="roster_of_organisation"),
            models.Index(fields=["round", "building", "number"], name="roster_of_building"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class AlsoNamed(models.Model):
    """Another enterprise that names somebody on the roster: they count once, and both are told the same."""

    id = models.BigAutoField(primary_key=True)
    round = _named(Round)
    number = models.PositiveIntegerField()
    member = _named(Member)
    organisation = _named(Organisation)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number", "organisation"], name="also_named_once")]
        indexes = [models.Index(fields=["round", "organisation"], name="also_named_by")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class RosterShare(models.Model):
    """How many of a roster are counted with an enterprise; their numbers follow each other from `first` on."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    first = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="roster_share_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="roster_share_of_somebody"),
            models.CheckConstraint(condition=Q(first__gte=1), name="roster_share_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.people}"


class RosterBuilding(models.Model):
    """How many of a roster sleep in a building, as their headcounts spell it, and of how many enterprises they are."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="buildings")
    building = models.CharField(max_length=60)
    people = models.PositiveIntegerField()
    enterprises = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "building"], name="roster_building_once"),
            models.CheckConstraint(condition=~Q(building=""), name="roster_building_has_name"),
            models.CheckConstraint(condition=Q(people__gte=F("enterprises")), name="roster_building_of_somebody"),
            models.CheckConstraint(condition=Q(enterprises__gte=1), name="roster_building_of_an_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.people}"


# ---- what phones send


class Upload(models.Model):
    """The receipt of a batch that a phone sent, under the number that the phone gave it.

    `received` scans are `taken` (of them so many of `strangers`), `duplicates`, or `refused` because nobody can read
    them: whoever sent those was told of each. `late`: it came after the round's deadline or closing. `skew_seconds`:
    how far the phone's clock was behind when it sent, 0 for a right one.
    """

    id = models.UUIDField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="uploads")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="+")
    body_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    skew_seconds = models.BigIntegerField(default=0)
    late = models.BooleanField(default=False)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=80, blank=True)
    received = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    strangers = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    answer = models.JSONField(null=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received=F("taken") + F("duplicates") + F("refused")), name="upload_balances"
            ),
            models.CheckConstraint(condition=Q(strangers__lte=F("taken")), name="upload_strangers_are_taken"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Tube(models.Model):
    """A tube, in the round and at the point where it was first used."""

    code = models.CharField(max_length=40, primary_key=True)
    round = _named(Round, index=True)
    point = _named(Point)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="tube_has_code")]

    def __str__(self) -> str:
        return self.code


class Scan(models.Model):
    """Somebody tested in a round: the first scan of them that came in. Never changed.

    One that turns out to be somebody else's goes beside a `Correction`, which keeps it, and counts for them.

    On PostgreSQL each round is a partition, on SQLite the table is its own index; the first migration says how.
    `scan` is the phone's own number, `taken_at` the true time, `temperature` in tenths of a degree.
    """

    pk = models.CompositePrimaryKey("round_id", "number")
    round = _named(Round)
    number = models.PositiveIntegerField()
    scan = models.UUIDField()
    upload = _named(Upload)
    tube = models.CharField(max_length=40)
    slot = models.PositiveSmallIntegerField()
    table = models.PositiveSmallIntegerField(default=1)
    taken_at = models.DateTimeField()
    temperature = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "tube", "slot"], name="scan_slot_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="scan_number_from_one"),
            models.CheckConstraint(
                condition=~Q(tube="") & Q(slot__gte=1, slot__lte=LARGEST_TUBE), name="scan_is_in_a_tube"
            ),
            models.CheckConstraint(
                condition=Q(temperature__isnull=True) | Q(temperature__gte=COLDEST, temperature__lte=HOTTEST),
                name="scan_temperature_of_a_human",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class Stranger(models.Model):
    """Somebody tested in a round whose roster does not name them; their number lies after its end.

    Whoever comes again with the same document is the same stranger; without one, each scan is another.
    """

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="strangers")
    number = models.PositiveIntegerField()
    scan = models.UUIDField()
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    document_kind = models.CharField(max_length=20, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    document = EncryptedTextField(null=True, blank=True)
    phone = EncryptedTextField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="stranger_number_once"),
            models.UniqueConstraint(fields=["round", "scan"], name="stranger_scan_once"),
            models.UniqueConstraint(
                fields=["round", "document_digest"], condition=~Q(document_digest=""), name="stranger_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class DuplicateScan(models.Model):
    """A scan that does not count, kept whole with its reason. `words`: what it said of a stranger, encrypted JSON.

    `before_at` is when the scan was taken that stands in its way. `meant`: the round that it was captured for, where
    that is another one: the number is of that round then.
    """

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="duplicates")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    scan = models.UUIDField()
    number = models.PositiveIntegerField(null=True)
    tube = models.CharField(max_length=40)
    slot = models.PositiveSmallIntegerField()
    table = models.PositiveSmallIntegerField(default=1)
    taken_at = models.DateTimeField()
    temperature = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=20, choices=Reason)
    before_at = models.DateTimeField(null=True)
    words = EncryptedTextField(null=True, blank=True)
    meant = models.UUIDField(null=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round", "upload")

    class Meta:
        indexes = [
            models.Index(fields=["round", "reason", "id"], name="duplicate_scan_reason"),
            models.Index(fields=["tube"], name="duplicate_scan_tube"),
            models.Index(fields=["round", "number"], name="duplicate_scan_number"),
        ]

    def __str__(self) -> str:
        return f"{self.scan} {self.reason}"


class CountDelta(models.Model):
    """So many more people tested at a point in an hour, of an enterprise (none: strangers).

    Counts are sums of these: a counter that every upload changed would let them all wait for each other. None is ever
    changed; many of the same point, enterprise and hour are folded into one, beside a `CountFold`.
    """

    id = models.BigAutoField(primary_key=True)
    round = _named(Round)
    point = _named(Point)
    organisation = _named(Organisation, null=True)
    hour = models.DateTimeField()
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(n__gte=1), name="count_delta_counts")]
        indexes = [
            models.Index(fields=["round", "organisation"], name="count_delta_of_round"),
            models.Index(fields=["point"], name="count_delta_at_point"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.n}"


class CountFold(models.Model):
    """The deltas of a round are being folded, in the transaction that this row begins and ends in.

    Without it the database lets no delta go, and two stewards do not fold the same.
    """

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.round_id)


class Fever(models.Model):
    """Somebody with a fever at a table, under the number that the phone gave their swab, also if none was taken.

    What was seen follows from `sightings`; somebody answers by name what was done. `name` and `phone` are of somebody
    whom no list names. `temperature` is the highest, in tenths of a degree.
    """

    id = models.UUIDField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="fevers")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="+")
    table = models.PositiveSmallIntegerField(default=1)
    number = models.PositiveIntegerField(null=True)
    name = EncryptedTextField(null=True, blank=True)
    phone = EncryptedTextField(null=True, blank=True)
    temperature = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=10, choices=FeverStep)
    tube = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    done = models.CharField(max_length=10, choices=FeverDone, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round", "point")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature__gte=COLDEST, temperature__lte=HOTTEST), name="fever_of_a_human"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, done="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(done=""),
                name="fever_answered_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(done="other") | ~Q(note=""), name="fever_other_says_what"),
        ]
        indexes = [models.Index(fields=["round", "-seen_at", "-id"], name="fever_of_round")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.degrees}"

    @property
    def degrees(self) -> str:
        """As a thermometer shows it: 39.0."""
        return f"{self.temperature / 10:.1f}"


class FeverSighting(models.Model):
    """One thing seen of a fever: measured, swabbed, sent away, taken back. Append-only; `at` is the true time."""

    id = models.UUIDField(primary_key=True)
    fever = models.ForeignKey(Fever, on_delete=models.PROTECT, related_name="sightings")
    step = models.CharField(max_length=10, choices=FeverStep)
    at = models.DateTimeField()
    temperature = models.PositiveSmallIntegerField()
    tube = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    device = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature__gte=COLDEST, temperature__lte=HOTTEST), name="fever_sighting_of_a_human"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fever_id} {self.step}"
