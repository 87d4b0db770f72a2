"""Facts about where people are, what they say (holdings), handovers, and questions that the facts raise."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.custody.choices import Conflict, FactKind, Outcome
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site

USER = settings.AUTH_USER_MODEL


def _one_of(*names: str) -> Q:
    """Exactly one of these relations is set."""
    ways = [Q(**{f"{name}__isnull": name != chosen for name in names}) for chosen in names]
    whole = ways[0]
    for way in ways[1:]:
        whole |= way
    return whole


class HandoverQuerySet(ScopedQuerySet["Handover"]):
    """Handovers belong to both ends; one between others to the site that they were to come to before, if any."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Handovers from or to a unit of the actor."""
        if actor.everywhere(capability):
            return self
        units = actor.units_with(capability)
        ends = Q(from_site__unit_id__in=units) | Q(to_site__unit_id__in=units)
        between_others = Q(from_site__isnull=True, to_site__isnull=True)
        return self.filter(ends | between_others & Q(instead_of__to_site__unit_id__in=units))


class Handover(models.Model):
    """A group of people handed from one place to another: signed out, under way with a deadline, signed in one by one.

    `carrier` is the vehicle in words (plate, ambulance, on foot), `escort` who goes with them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    from_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="handovers_out")
    from_external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="handovers_out")
    to_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="handovers_in")
    to_external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="handovers_in")
    carrier = models.CharField(max_length=80, blank=True)
    escort = models.CharField(max_length=80, blank=True)
    escort_phone = models.CharField(max_length=40, blank=True)
    signed_out_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # On the way somewhere else, a new handover takes over those still under way.
    instead_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="diverted")

    objects = HandoverQuerySet.as_manager()
    FETCHED_WITH = ("from_site", "to_site")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("from_site", "from_external"), name="handover_from_one_place"),
            models.CheckConstraint(condition=_one_of("to_site", "to_external"), name="handover_to_one_place"),
            models.CheckConstraint(
                condition=Q(from_site__isnull=True) | Q(to_site__isnull=True) | ~Q(from_site=F("to_site")),
                name="handover_between_two_places",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("signed_out_at")), name="handover_due_after_start"),
        ]
        indexes = [
            models.Index(fields=["to_site", "due_at"], condition=Q(closed_at__isnull=True), name="handover_coming"),
            models.Index(fields=["from_site", "due_at"], condition=Q(closed_at__isnull=True), name="handover_gone"),
        ]

    def __str__(self) -> str:
        return self.number


class HandedOver(models.Model):
    """One person of a handover, with what goes along. `outcome` follows from the facts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handed_over")
    papers = models.CharField(max_length=200, blank=True)
    medicines = EncryptedTextField(null=True, blank=True)
    luggage = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.UNDER_WAY)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "person"], name="handed_over_once"),
            models.CheckConstraint(
                condition=Q(outcome="under_way", settled_at__isnull=True)
                | (~Q(outcome="under_way") & Q(settled_at__isnull=False)),
                name="handed_over_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id}: {self.person_id}"


class Fact(models.Model):
    """Somebody was seen or did something, at a place, at a moment. Append-only; late ones take their place in time.

    `occurred_at` is the true time, corrected for a device's clock; `claimed_at` what the device said, when it differed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="custody_facts")
    kind = models.CharField(max_length=12, choices=FactKind)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="+")
    handover = models.ForeignKey(Handover, null=True, on_delete=models.PROTECT, related_name="facts")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["signed_out", "boarded", "alighted"]) | Q(handover__isnull=False),
                name="fact_of_a_leg_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["taken_in", "signed_in", "let_go"])
                | Q(site__isnull=False, external__isnull=True)
                | Q(site__isnull=True, external__isnull=False),
                name="fact_at_one_place",
            ),
            models.CheckConstraint(condition=~Q(kind="settled") | ~Q(note=""), name="fact_settled_with_reason"),
        ]
        indexes = [models.Index(fields=["person", "occurred_at"], name="fact_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"


class Holding(models.Model):
    """Who holds a person for a period: one place, or a handover under way. Follows from the facts alone.

    The database refuses two open holdings of a person and two that overlap: nobody is at two places.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="holdings")
    external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="holdings")
    handover = models.ForeignKey(Handover, null=True, on_delete=models.PROTECT, related_name="holdings")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("site", "external", "handover"), name="holding_by_one"),
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="holding_open_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at")), name="holding_period"
            ),
        ]
        indexes = [
            models.Index(fields=["site", "started_at"], condition=Q(ended_at__isnull=True), name="holding_site"),
            models.Index(fields=["handover"], condition=Q(ended_at__isnull=True), name="holding_under_way"),
            models.Index(fields=["person", "started_at"], name="holding_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} since {self.started_at:%Y-%m-%d %H:%M}"


NOWHERE = models.Value(UUID(int=0), output_field=models.UUIDField())


class QuestionQuerySet(ScopedQuerySet["Question"]):
    """Questions belong to every unit that is asked."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Questions put to a unit of the actor."""
        if actor.everywhere(capability):
            return self
        units = actor.units_with(capability)
        return self.filter(Q(first_site__unit_id__in=units) | Q(second_site__unit_id__in=units))


class Question(models.Model):
    """A fact contradicts what is known: both places are asked, and somebody decides. Nobody was moved by it.

    `first_site` is thought to hold the person (or sent them), `second_site` is where the fact comes from. It closes by
    a decision, or by a late fact that explains it (`explained`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="custody_questions")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="questions")
    conflict = models.CharField(max_length=20, choices=Conflict)
    first_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    second_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    explained = models.BooleanField(default=False)
    answer = models.CharField(max_length=300, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fact"], condition=Q(closed_at__isnull=True), name="question_of_a_fact_open_once"
            ),
            # Of two places one may be unknown or with others; a null is no other place than a null.
            models.UniqueConstraint(
                F("person"),
                F("conflict"),
                Coalesce(F("first_site"), NOWHERE),
                Coalesce(F("second_site"), NOWHERE),
                condition=Q(closed_at__isnull=True),
                name="question_of_a_doubt_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(explained=True) | ~Q(answer=""), name="question_answered"
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(closed_at__isnull=True), name="question_open")]

    def __str__(self) -> str:
        return f"{self.conflict} {self.person_id}"
