"""Tables that every app stands on: journal, receipts of commands, deadlines and alarms, running numbers."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.choices import DeadlineState
from lazaretto.core.ids import new_id


class Installation(models.Model):
    """The one row that names this database, so that files beside it can be matched to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    only = models.BooleanField(default=True, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="installation_is_single")]

    def __str__(self) -> str:
        return str(self.id)


class JournalEntry(models.Model):
    """Something that happened: who, for whom, when, from which device, what, why. Append-only by triggers.

    `mac` is written by the program with a key that lies outside the database, so a row put in by other hands shows.
    Personal identifiers never stand in `data`: only ids and states.
    """

    id = models.BigAutoField(primary_key=True)
    command = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    device = models.CharField(max_length=80, blank=True)
    unit_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    client_id = models.UUIDField(null=True)
    mac = models.CharField(max_length=64)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "id"], name="journal_person"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="journal_subject"),
            models.Index(fields=["unit_id", "id"], name="journal_unit"),
            models.Index(fields=["actor_id", "id"], name="journal_actor"),
            models.Index(fields=["command", "id"], name="journal_command"),
            models.Index(fields=["recorded_at"], name="journal_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.command} {self.subject_type} {self.subject_id}"


class JournalPending(models.Model):
    """Entries that wait for the sealer; a short table, so the sealer never searches the long one."""

    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="pending")

    def __str__(self) -> str:
        return str(self.entry_id)


class JournalSeal(models.Model):
    """The place of an entry in the chain: digest = HMAC(key, previous digest + position + mac of the entry)."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(position__gte=1), name="seal_position_from_one")]

    def __str__(self) -> str:
        return f"{self.position}: {self.digest[:12]}"


class CommandReceipt(models.Model):
    """The answer to a command that came with a client id; the same id gets the same answer.

    The answer is null only while the command runs; see `core.receipts`.
    """

    client_id = models.UUIDField(primary_key=True)
    command = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    body_digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.command} {self.client_id}"


class RunningNumber(models.Model):
    """The last number given out of a series such as `stay/H03`."""

    series = models.CharField(max_length=80, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class ReadyNumber(models.Model):
    """A number of a series that lies ready, so that nobody waits for whoever drew the one before (`core.numbers`)."""

    series = models.CharField(max_length=80)
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="number_lies_ready_once")]

    def __str__(self) -> str:
        return f"{self.series}: {self.number}"


class Deadline(models.Model):
    """Anything with a due time: a check, a test, a release, a decision.

    It is overdue from `due_at` + the grace of its kind (stored as `overdue_at`); `next_at` is when the sweeper looks
    again, null when nothing more can climb. `rung` counts the steps of the ladder that were taken. `version` is the
    number that claims compare and swap.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    slot = models.CharField(max_length=40, blank=True)
    unit_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, choices=DeadlineState, default=DeadlineState.OPEN)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "slot"], condition=Q(state="open"), name="deadline_open_once"
            ),
            models.CheckConstraint(condition=Q(overdue_at__gte=F("due_at")), name="deadline_grace_not_negative"),
            models.CheckConstraint(
                condition=(Q(state="open") & Q(closed_at__isnull=True))
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="deadline_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="open"), name="deadline_sweep"),
            models.Index(fields=["unit_id", "due_at"], condition=Q(state="open"), name="deadline_unit_due"),
            models.Index(fields=["subject_id", "kind"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.slot}".strip()


class Alarm(models.Model):
    """A deadline that was missed, or an event that cannot wait. It needs an owner and an answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=60)
    unit_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40)
    raised_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"
    LOCKED_AFTER = "deadline"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline"], condition=Q(answered_at__isnull=True), name="alarm_open_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | (~Q(answer="") & Q(taken_at__isnull=False)),
                name="alarm_answer_has_words_and_taker",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "raised_at"], condition=Q(answered_at__isnull=True), name="alarm_unit_open")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.raised_at:%Y-%m-%d %H:%M}"


class AlarmStep(models.Model):
    """One rung climbed: which role was told, when."""

    objects: ClassVar[models.Manager["AlarmStep"]]
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="steps")
    rung = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alarm", "rung"], name="alarm_rung_once")]

    def __str__(self) -> str:
        return f"{self.rung} → {self.role}"
