"""What laboratories sent, line by line, what somebody decided about it, and what counts."""

from django.db import models
from django.db.models import Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import Decision, FileState, LineState, Outcome, Source, Stage
from lazaretto.tubes.models.custody import Laboratory
from lazaretto.tubes.models.keys import USER, named


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
    round = named(Round, index=True)
    tube = models.CharField(max_length=40)
    stage = models.PositiveSmallIntegerField(choices=Stage)
    outcome = models.CharField(max_length=8, choices=Outcome)
    ct_n = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    ct_orf = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    laboratory = named(Laboratory)
    line = named(ResultLine)
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
