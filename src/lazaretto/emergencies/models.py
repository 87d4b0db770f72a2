"""Emergencies: the first word, who has it, each step with its time, the review afterwards."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.emergencies.choices import EmergencyKind, EmergencyState, StepKind
from lazaretto.people.models import Person
from lazaretto.places.models import Room, Site

USER = settings.AUTH_USER_MODEL


class EmergencyQuerySet(ScopedQuerySet["Emergency"]):
    """Emergencies of an actor's units, and those of the street that they reported or have."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """One from the street belongs to headquarters; whoever reported it must not lose it."""
        return self.visible_with(actor, capability)

    def visible_with(self, actor: Actor, *capabilities: str | None) -> Self:
        """Those that any of the capabilities opens."""
        if any(actor.everywhere(capability) for capability in capabilities):
            return self
        units = frozenset().union(*(actor.units_with(capability) for capability in capabilities))
        own = Q(reported_by=actor.user_id) | Q(owner=actor.user_id)
        seen = Q(unit__in=units)
        return self.filter(seen | Q(site__isnull=True) & own if units and actor.user_id is not None else seen)


class Emergency(models.Model):
    """Somebody needs help now. Who, where or what: one is enough, and nothing else is ever asked.

    `unit` is the site's, or headquarters' for one in the street. The clock runs from `first_word_at`. `owner` is the
    one person who sees to it; who had it before stands in the steps. The words may tell about somebody's health, so
    they lie encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="emergencies")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="emergencies")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="emergencies")
    kind = models.CharField(max_length=12, choices=EmergencyKind, default=EmergencyKind.OTHER)
    who = EncryptedTextField(null=True, blank=True)
    where = EncryptedTextField(null=True, blank=True)
    what = EncryptedTextField(null=True, blank=True)
    first_word_at = models.DateTimeField()
    reported_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=EmergencyState, default=EmergencyState.REPORTED)
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owned_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(site__isnull=False) | Q(person__isnull=False) | Q(who__isnull=False)
                | Q(where__isnull=False) | Q(what__isnull=False) | ~Q(kind="other"),
                name="emergency_says_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "cancelled"]) | Q(owner__isnull=False), name="emergency_has_owner"
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True, owned_at__isnull=True)
                | Q(owner__isnull=False, owned_at__isnull=False) & ~Q(state="reported"),
                name="emergency_owned_since",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "cancelled"], closed_at__isnull=False)
                | ~Q(state__in=["closed", "cancelled"]) & Q(closed_at__isnull=True),
                name="emergency_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(site__isnull=False), name="emergency_room_is_at_a_site"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit"], condition=Q(closed_at__isnull=True), name="emergency_open"),
            models.Index(fields=["unit", "-first_word_at", "-id"], name="emergency_unit"),
            models.Index(fields=["-first_word_at", "-id"], name="emergency_first_word"),
        ]

    def __str__(self) -> str:
        return self.number


class EmergencyStep(models.Model):
    """A row of the timeline: a state reached, another owner with the reason, or a word more. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    emergency = models.ForeignKey(Emergency, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=12, choices=StepKind)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["emergency", "position"], name="emergency_step_in_its_place"),
            models.UniqueConstraint(
                fields=["emergency", "step"], condition=~Q(step__in=["word", "taken_over"]), name="emergency_step_once"
            ),
            models.CheckConstraint(
                condition=~Q(step__in=["word", "taken_over", "cancelled"]) | Q(words__isnull=False),
                name="emergency_step_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emergency_id} {self.position}: {self.step}"


class EmergencyReview(models.Model):
    """What is learnt from an emergency: written once, kept for ever."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    emergency = models.OneToOneField(Emergency, on_delete=models.PROTECT, related_name="review")
    lessons = EncryptedTextField()
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.emergency_id} {self.at:%Y-%m-%d}"
