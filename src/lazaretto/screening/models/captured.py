"""What phones sent and what became of each scan."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.choices import FeverDone, FeverStep, Reason
from lazaretto.screening.models.keys import unchecked
from lazaretto.screening.models.rounds import Point, Round
from lazaretto.screening.rules import LARGEST_TUBE

USER = settings.AUTH_USER_MODEL
COLDEST, HOTTEST = 300, 450  # tenths of a degree that a human can have


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
    round = unchecked(Round, index=True)
    point = unchecked(Point)
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
    round = unchecked(Round)
    number = models.PositiveIntegerField()
    scan = models.UUIDField()
    upload = unchecked(Upload)
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
    round = unchecked(Round)
    point = unchecked(Point)
    organisation = unchecked(Organisation, null=True)
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
