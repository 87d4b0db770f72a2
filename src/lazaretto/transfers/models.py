"""What places of others tell about our people."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.custody.models import Handover
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace
from lazaretto.transfers.choices import WordKind


class PlaceWordQuerySet(ScopedQuerySet["PlaceWord"]):
    """Words belong to the site that sent the person."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Words about people sent from a unit of the actor."""
        if actor.everywhere(capability):
            return self
        return self.filter(handover__from_site__unit_id__in=actor.units_with(capability))


class PlaceWord(models.Model):
    """What a place of others told about somebody who is there, by whom and when. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="words")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="words_of_places")
    place = models.ForeignKey(ExternalPlace, on_delete=models.PROTECT, related_name="words")
    kind = models.CharField(max_length=10, choices=WordKind)
    text = EncryptedTextField()
    told_by = models.CharField(max_length=80)
    told_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PlaceWordQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(told_by=""), name="place_word_has_teller")]
        indexes = [models.Index(fields=["handover", "told_at"], name="place_word_handover")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
