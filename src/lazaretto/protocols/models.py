"""Which rule pack is in force where, from when. The packs themselves are data files."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import Actor
from lazaretto.core.ids import new_id
from lazaretto.protocols.choices import Transition


class AdoptionQuerySet(models.QuerySet["PackAdoption"]):
    """Adoptions belong to jurisdictions, not to units: whoever may read rule packs reads all of them."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """All rows when the actor holds the capability anywhere, else none."""
        return self if actor.may(capability or "protocols.read") else self.none()


class PackAdoption(models.Model):
    """A jurisdiction follows a rule pack or overlay from a date on; `ends_on` is the first day it no longer does.

    `transition` is the rule for running stays when the adopting notice says another one than the pack.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pack = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    transition = models.CharField(max_length=20, choices=Transition, blank=True)
    reason = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    end_reason = models.TextField(blank=True)
    end_approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end_decided_at = models.DateTimeField(null=True, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "jurisdiction", "starts_on"], name="adoption_once"),
            models.UniqueConstraint(
                fields=["pack", "jurisdiction"], condition=Q(ends_on__isnull=True), name="adoption_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="adoption_period"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="adoption_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, end_decided_at__isnull=True, end_reason="")
                | (Q(ends_on__isnull=False, end_decided_at__isnull=False) & ~Q(end_reason="")),
                name="adoption_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction}: {self.pack} from {self.starts_on}"
