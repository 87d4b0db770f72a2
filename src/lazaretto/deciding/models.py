"""What waits for a decision in rounds of testing; follows from the facts of the apps below."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.core.models import Deadline
from lazaretto.deciding.choices import Kind
from lazaretto.screening.models import Point, Round

USER = settings.AUTH_USER_MODEL


class Matter(models.Model):
    """Something that somebody must decide, once while it is open. Who has it is `owner`.

    `subject` says of its kind which one; `said` holds numbers and codes, never names. Where what it is about has a
    deadline of its own, `deadline` is that, and `due_at` the same, or when an alarm that began at once must be
    answered. Closed with `closed_by` and `words` it was decided
    here; without, its facts were put right, or later ones explained it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(Point, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.CharField(max_length=200)
    said = models.JSONField(default=dict)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    deadline = models.ForeignKey(Deadline, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owned_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "kind", "subject"], condition=Q(closed_at__isnull=True), name="matter_open_once"
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="matter_is_about_something"),
            models.CheckConstraint(
                condition=Q(owner__isnull=True, owned_at__isnull=True) | Q(owner__isnull=False, owned_at__isnull=False),
                name="matter_owned_since",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, words="") | Q(closed_at__isnull=False) & ~Q(words=""),
                name="matter_decided_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="matter_due"),
            models.Index(fields=["round", "kind", "subject"], name="matter_of_round"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
