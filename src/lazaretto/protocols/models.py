"""Which rule pack is in force where, from when. The packs themselves are data files."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.ids import new_id


class PackAdoption(models.Model):
    """A jurisdiction follows a rule pack or overlay from a date on; `ends_on` is the first day it no longer does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pack = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "jurisdiction", "starts_on"], name="adoption_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="adoption_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction}: {self.pack} from {self.starts_on}"
