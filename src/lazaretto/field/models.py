"""Phones at the tables, who is expected at a point, and what phones of one point tell each other."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.field.choices import Ending
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import Point

USER = settings.AUTH_USER_MODEL


class Device(models.Model):
    """A phone (or a laptop) at one table of a point: enrolled by a code, claimed once, ended.

    Of code and token only digests are kept. `queue` and `skew_seconds` are what the phone said last: scans it has not
    sent, and how far its clock is behind ours. `takes_over`: the phone whose table it took.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="devices")
    table = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    code_digest = models.CharField(max_length=64, unique=True)
    code_expires_at = models.DateTimeField()
    token_digest = models.CharField(max_length=64, unique=True, null=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    takes_over = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    queue = models.PositiveIntegerField(default=0)
    skew_seconds = models.BigIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "point__round__unit_id"
    FETCHED_WITH = ("point__round",)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label="") & Q(table__gte=1), name="device_has_place"),
            models.CheckConstraint(condition=Q(code_expires_at__gt=F("made_at")), name="device_code_period"),
            models.CheckConstraint(
                condition=Q(token_digest__isnull=True, claimed_at__isnull=True, expires_at__isnull=True)
                | Q(token_digest__isnull=False, claimed_at__isnull=False, expires_at__isnull=False)
                & Q(expires_at__gt=F("claimed_at")),
                name="device_claimed_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | Q(ended_at__isnull=False, ended_at__gte=F("made_at")) & ~Q(ending=""),
                name="device_ended_why",
            ),
            models.CheckConstraint(condition=~Q(takes_over=F("id")), name="device_takes_over_another"),
            models.UniqueConstraint(
                fields=["takes_over"], condition=Q(claimed_at__isnull=False), name="device_taken_over_once"
            ),
        ]
        indexes = [models.Index(fields=["point", "table", "made_at"], name="device_of_point")]

    def __str__(self) -> str:
        return f"{self.label} · {self.table}"

    def open_at(self, at: datetime) -> bool:
        """Whether it may capture at that moment."""
        return self.expires_at is not None and self.ended_at is None and at < self.expires_at


class Expected(models.Model):
    """An enterprise whose people come to a point. A point without any has the whole roster of its round."""

    id = models.BigAutoField(primary_key=True)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="expected")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["point", "organisation"], name="expected_at_point_once")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.organisation_id}"


class Told(models.Model):
    """What a phone brought, for the other phones of its point: numbers tested and tubes used. Never changed.

    So that somebody tested at table 1 is said at table 2 at once. `upload` is the batch it came in. Deleted two weeks
    after the round is over (`duties`): a copy that serves nobody any more.
    """

    id = models.BigAutoField(primary_key=True)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="told")
    upload = models.UUIDField(unique=True)
    numbers = models.JSONField()
    tubes = models.JSONField()
    told_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["point", "told_at", "id"], name="told_at_point")]

    def __str__(self) -> str:
        return str(self.upload)
