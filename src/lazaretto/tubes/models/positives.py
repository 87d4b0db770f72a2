"""Positive tubes, and the people of them who are called back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext

from lazaretto.cases.choices import ChangeState
from lazaretto.cases.models import Change
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import CallSaid, RecallState, Standing
from lazaretto.tubes.models.keys import USER

ENDED = (ChangeState.REFUSED, ChangeState.WITHDRAWN)


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

    @property
    def change_ended(self) -> bool:
        """Whether the change of status that took it over came to nothing: refused, withdrawn, refuted."""
        return self.change is not None and (self.change.state in ENDED or hasattr(self.change, "refuted_by"))

    @property
    def change_ended_as(self) -> str:
        """How it came to nothing, in words."""
        if self.change is None or not self.change_ended:
            return ""
        confirmed = self.change.state == ChangeState.CONFIRMED
        return pgettext("change of status", "refuted") if confirmed else self.change.get_state_display()


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
