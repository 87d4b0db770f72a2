"""Facts about tubes and bags, and where each is by them.

`TubeEvent` is what was seen; `Trail` and `Bag` are what follows from it, one row each, written in the transaction that
takes the facts in (`verify` folds again and compares). The many rows have no foreign keys in the database, as the scans
of `screening` have none.
"""

from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.screening.models import Point, Round
from lazaretto.tubes.choices import BagState, Doubt, EventKind, Standing
from lazaretto.tubes.models.keys import USER, named


class Laboratory(models.Model):
    """Where tubes of a unit's area are tested. `hours`: within how many of receiving a tube its result is due.

    `rechecks`: a second stage may be reported by it (the laboratory of the CDC). Scans and files name it by `code`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.PositiveSmallIntegerField(default=24)
    rechecks = models.BooleanField(default=False)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="laboratory_has_name"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=240), name="laboratory_hours"),
        ]

    def __str__(self) -> str:
        return self.name


# ---- facts


class Receipt(models.Model):
    """The receipt of a batch of events that a device sent, under the number it gave: `taken` of them are new.

    `skew_seconds`: how far the device's clock was behind when it sent, 0 for a right one.
    """

    id = models.UUIDField(primary_key=True)
    body_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    skew_seconds = models.BigIntegerField(default=0)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=80, blank=True)
    received = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    answer = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)


class EventUpload(Receipt):
    """That of a point, or (of couriers and laboratories) of a round."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(Point, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(taken__lte=F("received")), name="event_upload_balances")]


class Told(models.Model):
    """A fact about a tube, a bag or a number agreed at a table, under the number that the device gave it. Append-only.

    `at` is the true time, `said_at` what the device's clock said, the upload's `received_at` when it was recorded.
    `kind` is a text, because a newer device may know kinds that are not known here. `words` is encrypted JSON: officer
    and signature.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    said_at = models.DateTimeField()
    tube = models.CharField(max_length=40, blank=True)
    to = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    organisation = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    table = models.PositiveSmallIntegerField(null=True)
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def reason_label(self) -> str:
        """The reason in words: as somebody wrote it, or what did not fit when it came."""
        return str(Doubt(self.reason).label) if self.reason in Doubt.values else self.reason

    @property
    def kind_label(self) -> str:
        """The kind in words; one that is not known here as it came."""
        return str(EventKind(self.kind).label) if self.kind in EventKind.values else self.kind


class TubeEvent(Told):
    """One told in a round."""

    upload = named(EventUpload, index=True)
    round = named(Round)
    point = named(Point, null=True)
    bag = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kind=""), name="tube_event_has_kind")]
        indexes = [
            models.Index(fields=["tube", "at"], name="tube_event_tube"),
            models.Index(fields=["bag", "tube", "at"], name="tube_event_bag"),
            models.Index(fields=["round", "kind", "at"], name="tube_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.tube or self.bag}"


# ---- where they are


class BagPlace(models.Model):
    """Where a bag is, by its facts. `holder` is one: the courier, the laboratory, or (empty) who fills it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=10, choices=BagState, default=BagState.OPEN)
    closed_at = models.DateTimeField(null=True)
    said_tubes = models.PositiveIntegerField(null=True)
    left_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=80, blank=True)
    arrived_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    laboratory = models.CharField(max_length=80, blank=True)
    counted = models.PositiveIntegerField(null=True)
    doubts = models.JSONField(default=list)

    class Meta:
        abstract = True


STATE_HAS_TIME = (
    Q(state__in=["open", "closed"], left_at__isnull=True, arrived_at__isnull=True)
    | Q(state="under_way", left_at__isnull=False)
    | Q(state="arrived", arrived_at__isnull=False)
    | Q(state="received", received_at__isnull=False)
)


class Bag(BagPlace):
    """A bag of a round. Bags are used again: B-17 of the next round is another one, and nothing said of the first says
    anything of it."""

    code = models.CharField(max_length=40, db_index=True)
    round = named(Round)
    point = named(Point, null=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="bag_once"),
            models.CheckConstraint(condition=~Q(code=""), name="bag_has_code"),
            models.CheckConstraint(condition=STATE_HAS_TIME, name="bag_state_has_time"),
        ]

    def __str__(self) -> str:
        return self.code


class TrailQuerySet(ScopedQuerySet["Trail"]):
    """Tubes, and codes that were a slip: typed at a desk, called a mistake, and named by no scan."""

    def real(self) -> "TrailQuerySet":
        """Without slips. One that a scan names after all is a tube again."""
        return self.exclude(slip_at__isnull=False, opened_at__isnull=True)

    def slips(self) -> "TrailQuerySet":
        """Slips alone."""
        return self.filter(slip_at__isnull=False, opened_at__isnull=True)


class TubePlace(models.Model):
    """Where a tube is by its facts, but for the bag."""

    sealed_at = models.DateTimeField(null=True)
    bagged_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    laboratory = models.CharField(max_length=80, blank=True)
    rejected_at = models.DateTimeField(null=True)
    slip_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    doubts = models.JSONField(default=list)

    class Meta:
        abstract = True


REJECTED_SAYS_WHY = Q(rejected_at__isnull=True, reason="") | Q(rejected_at__isnull=False) & ~Q(reason="")


class Trail(TubePlace):
    """Where a tube is, by its facts: in one bag at most. `opened_at` is its first swab; none: no scan names it yet.

    A tube that was used in a round has a row here as soon as a scan or a fact names it (`commands.follow_scans`).
    """

    code = models.CharField(max_length=40, primary_key=True)
    round = named(Round)
    point = named(Point, null=True)
    opened_at = models.DateTimeField(null=True)
    bag = models.CharField(max_length=40, blank=True, db_index=True)
    standing = models.CharField(max_length=12, choices=Standing, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = TrailQuerySet.as_manager()
    SCOPE = "round__unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="trail_has_code"),
            models.CheckConstraint(
                condition=Q(standing="", answered_at__isnull=True) | ~Q(standing="") & Q(answered_at__isnull=False),
                name="trail_answer_has_time",
            ),
            models.CheckConstraint(
                condition=Q(bag="", bagged_at__isnull=True) | ~Q(bag="") & Q(bagged_at__isnull=False),
                name="trail_bag_has_time",
            ),
            models.CheckConstraint(condition=REJECTED_SAYS_WHY, name="trail_rejected_says_why"),
        ]
        indexes = [
            models.Index(fields=["round", "code"], name="trail_of_round"),
            models.Index(fields=["round", "standing"], name="trail_standing"),
        ]

    def __str__(self) -> str:
        return self.code
