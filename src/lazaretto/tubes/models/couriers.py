"""Who carries bags from the tables to the laboratories."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.tubes.models.keys import USER


class Courier(models.Model):
    """A courier of a unit's area, called by `code` on their badge: what hands over and takes is compared by it.

    `user`: whose sign-in opens their phone, if they have one. Of the phone's key only a digest is kept; a new key takes
    the place of the old one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    plate = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key_digest = models.CharField(max_length=64, unique=True, null=True)
    key_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="courier_of_one_user"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="courier_has_name"),
            models.CheckConstraint(
                condition=Q(key_digest__isnull=True, key_until__isnull=True)
                | Q(key_digest__isnull=False, key_until__isnull=False),
                name="courier_key_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at"), key_digest__isnull=True),
                name="courier_ended_has_no_key",
            ),
        ]
        indexes = [models.Index(fields=["unit", "code"], name="courier_of_unit")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def carries_at(self, at: datetime) -> bool:
        """Whether their phone may send at that moment."""
        return self.ended_at is None and self.key_until is not None and at < self.key_until
