"""Facts about tubes and bags, and where each is by them.

`TubeEvent` is what was seen; `Trail` and `Bag` are what follows from it, one row each, written in the transaction that
takes the facts in (`verify` folds again and compares). The many rows have no foreign keys in the database, as the scans
of `screening` have none.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.cases.models import Change
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.screening.models import Point, Round
from lazaretto.tubes.choices import (
    AbsenceKind,
    BagState,
    CallSaid,
    Decision,
    EventKind,
    FileState,
    LineState,
    Outcome,
    RecallState,
    Source,
    Stage,
    Standing,
)

USER = settings.AUTH_USER_MODEL


def _named(model: type[models.Model], *, index: bool = False, **more: Any) -> Any:
    """A key of another table without a look-up by the database."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, db_constraint=False, db_index=index, related_name="+", **more
    )


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


class EventUpload(models.Model):
    """The receipt of a batch of events that a device sent, under the number it gave: `taken` of them are new.

    `skew_seconds`: how far the device's clock was behind when it sent, 0 for a right one.
    """

    id = models.UUIDField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(Point, null=True, on_delete=models.PROTECT, related_name="+")
    body_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    skew_seconds = models.BigIntegerField(default=0)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=80, blank=True)
    received = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    answer = models.JSONField(null=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(taken__lte=F("received")), name="event_upload_balances")]

    def __str__(self) -> str:
        return str(self.id)


class TubeEvent(models.Model):
    """A fact about a tube, a bag or a number agreed at a table, under the number that the device gave it. Append-only.

    `at` is the true time, `said_at` what the device's clock said, the upload's `received_at` when it was recorded.
    `kind` is a text, because a newer device may know kinds that are not known here. `words` is encrypted JSON: officer
    and signature.
    """

    id = models.UUIDField(primary_key=True)
    upload = _named(EventUpload, index=True)
    round = _named(Round)
    point = _named(Point, null=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    said_at = models.DateTimeField()
    tube = models.CharField(max_length=40, blank=True)
    bag = models.CharField(max_length=40, blank=True)
    to = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    organisation = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    table = models.PositiveSmallIntegerField(null=True)
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kind=""), name="tube_event_has_kind")]
        indexes = [
            models.Index(fields=["tube", "at"], name="tube_event_tube"),
            models.Index(fields=["bag", "tube", "at"], name="tube_event_bag"),
            models.Index(fields=["round", "kind", "at"], name="tube_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.tube or self.bag}"

    @property
    def kind_label(self) -> str:
        """The kind in words; one that is not known here as it came."""
        return str(EventKind(self.kind).label) if self.kind in EventKind.values else self.kind


# ---- where they are


class Bag(models.Model):
    """Where a bag of a round is, by its facts. `holder` is one: the courier, the laboratory, or (empty) the table.

    Bags are used again: B-17 of the next round is another one, and nothing said of the first says anything of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, db_index=True)
    round = _named(Round)
    point = _named(Point, null=True)
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

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="bag_once"),
            models.CheckConstraint(condition=~Q(code=""), name="bag_has_code"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed"], left_at__isnull=True, arrived_at__isnull=True)
                | Q(state="under_way", left_at__isnull=False)
                | Q(state="arrived", arrived_at__isnull=False)
                | Q(state="received", received_at__isnull=False),
                name="bag_state_has_time",
            ),
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


class Trail(models.Model):
    """Where a tube is, by its facts: in one bag at most. `opened_at` is its first swab; none: no scan names it yet.

    A tube that was used in a round has a row here as soon as a scan or a fact names it (`commands.follow_scans`).
    """

    code = models.CharField(max_length=40, primary_key=True)
    round = _named(Round)
    point = _named(Point, null=True)
    opened_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    bag = models.CharField(max_length=40, blank=True, db_index=True)
    bagged_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    laboratory = models.CharField(max_length=80, blank=True)
    rejected_at = models.DateTimeField(null=True)
    slip_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    doubts = models.JSONField(default=list)
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
            models.CheckConstraint(
                condition=Q(rejected_at__isnull=True, reason="") | Q(rejected_at__isnull=False) & ~Q(reason=""),
                name="trail_rejected_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "code"], name="trail_of_round"),
            models.Index(fields=["round", "standing"], name="trail_standing"),
        ]

    def __str__(self) -> str:
        return self.code


# ---- results


class ResultFile(models.Model):
    """Results as a laboratory sent them: a file, a call of the interface, a line typed at its desk. Staged, then taken.

    `declared_negative`: whoever sent it says that all are negative. `lines` is the sum of what became of them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="+")
    stage = models.PositiveSmallIntegerField(choices=Stage, default=Stage.FIRST)
    source = models.CharField(max_length=4, choices=Source, default=Source.FILE)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    declared_negative = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.STAGED)
    lines = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round", "laboratory")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "digest", "stage"], condition=~Q(state="cancelled"), name="result_file_once"
            ),
            models.CheckConstraint(
                condition=Q(state="committed", committed_at__isnull=False)
                | ~Q(state="committed") & Q(committed_at__isnull=True),
                name="result_file_committed_has_time",
            ),
        ]
        indexes = [models.Index(fields=["-sent_at", "-id"], name="result_file_sent")]

    def __str__(self) -> str:
        return self.file_name


class ResultLine(models.Model):
    """A line as it came: `said` is the laboratory's word, `outcome` how it was read. `payload`: all cells, encrypted.

    `accepted` are the holds that somebody decided, with their `reason`.
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(ResultFile, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    tube = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    ct_n = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    ct_orf = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    state = models.CharField(max_length=8, choices=LineState)
    holds = models.JSONField(default=list)
    accepted = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    payload = EncryptedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="result_line_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "taken"]) | ~Q(tube="") & ~Q(outcome=""),
                name="result_line_ready_says_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="left_out") | ~Q(reason="") & Q(decided_by__isnull=False),
                name="result_line_left_out_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["file", "state", "number"], name="result_line_state"),
            models.Index(fields=["file", "tube"], name="result_line_tube"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.tube} {self.said}"


class LineDecision(models.Model):
    """What somebody decided about a held line, or that they opened it again, and why. Append-only.

    `tube` and `outcome` are what the line said before; `accepted` the holds that were set aside.
    """

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(ResultLine, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=Decision)
    tube = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    accepted = models.JSONField(default=list)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="line_decision_has_reason")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.what}"


class TubeResult(models.Model):
    """What a laboratory found in a tube, at a stage. One counts; what it took the place of is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = _named(Round, index=True)
    tube = models.CharField(max_length=40)
    stage = models.PositiveSmallIntegerField(choices=Stage)
    outcome = models.CharField(max_length=8, choices=Outcome)
    ct_n = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    ct_orf = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    laboratory = _named(Laboratory)
    line = _named(ResultLine)
    reported_at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    counts = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tube", "stage"], condition=Q(counts=True), name="tube_result_once"),
            models.CheckConstraint(condition=~Q(tube="") & Q(stage__in=[1, 2]), name="tube_result_of_a_tube"),
        ]
        indexes = [models.Index(fields=["tube"], name="tube_result_tube")]

    def __str__(self) -> str:
        return f"{self.tube} {self.outcome}"


class Positive(models.Model):
    """A tube with a preliminary positive: nobody is moved by it; everybody in it is called, and a recheck decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="positives")
    tube = models.CharField(max_length=40, unique=True)
    people = models.PositiveSmallIntegerField(default=0)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.PRELIMINARY)
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(standing="preliminary", decided_at__isnull=True)
                | Q(standing__in=["confirmed", "refuted", "negative"], decided_at__isnull=False),
                name="positive_decided_has_time",
            )
        ]
        indexes = [models.Index(fields=["-raised_at", "-id"], name="positive_raised")]

    def __str__(self) -> str:
        return self.tube


class Recall(models.Model):
    """Somebody of a tube who is called back: stay where you are, you are swabbed singly. `number`: theirs in the round.

    Without `positive` their tube was invalid or rejected: they are only swabbed again. `handed_on_at`: somebody took a
    confirmed positive over, by a change of status (`change`) or as `words` say. `overridden`: ended before the recheck.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="recalls")
    positive = models.ForeignKey(Positive, null=True, blank=True, on_delete=models.PROTECT, related_name="recalls")
    tube = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=RecallState, default=RecallState.OPEN)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    retest_tube = models.CharField(max_length=40, null=True, blank=True, unique=True)
    retested_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    overridden = models.BooleanField(default=False)
    words = models.CharField(max_length=200, blank=True)
    handed_on_at = models.DateTimeField(null=True, blank=True)
    change = models.ForeignKey(Change, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "tube", "number"], name="recall_once"),
            models.CheckConstraint(
                condition=Q(state__in=["cleared", "closed"], closed_at__isnull=False)
                | ~Q(state__in=["cleared", "closed"]) & Q(closed_at__isnull=True),
                name="recall_closed_has_time",
            ),
            models.CheckConstraint(condition=~Q(state="closed") | ~Q(words=""), name="recall_closed_says_why"),
            models.CheckConstraint(
                condition=Q(overridden=False) | Q(state="closed", closed_by__isnull=False),
                name="recall_overridden_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="retested") | Q(retest_tube__isnull=False), name="recall_retested_has_tube"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "number"], name="recall_of_person"),
            models.Index(fields=["tube"], name="recall_tube"),
        ]

    def __str__(self) -> str:
        return f"{self.tube} {self.number}"


class RecallCall(models.Model):
    """Somebody called them, whether they were reached, and where they are or why not (`said`). Append-only."""

    id = models.BigAutoField(primary_key=True)
    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="calls")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField()
    said = models.CharField(max_length=12, choices=CallSaid, blank=True)
    words = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.recall_id} {self.reached}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """What is said of people not tested, and what was said of them before."""

    def holding(self) -> "AbsenceQuerySet":
        """What holds now: one row a person."""
        return self.filter(superseded_at__isnull=True)


class Absence(models.Model):
    """Somebody on the roster who was not tested, by name, with a reason and who says so: excused, or missing.

    Whoever is tested after all counts as tested; the row stays as it was said. A reason said anew supersedes the
    earlier one, which stays beside it.
    """

    id = models.BigAutoField(primary_key=True)
    round = _named(Round)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=AbsenceKind)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"], condition=Q(superseded_at__isnull=True), name="absence_holds_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="absence_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
