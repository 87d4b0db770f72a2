"""Changes of status and events at a place: evidence, state, what was shown and confirmed, what has to follow."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.cases.choices import (
    ChangeKind,
    ChangeState,
    ConsequenceKind,
    Destination,
    EvidenceKind,
    FollowUpState,
)
from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.people.models import Person
from lazaretto.places.models import Building, ExternalPlace, Floor, Site
from lazaretto.stays.models import Specimen, Stay

USER = settings.AUTH_USER_MODEL
EVENT = Q(kind__in=["environmental_positive", "staff_positive", "ventilation_fault"])
AT_SITE = Q(site__isnull=False, unit__isnull=True, person__isnull=True)
OUTSIDE = Q(
    site__isnull=True, unit__isnull=False, person__isnull=False, stay__isnull=True, building__isnull=True,
    floor__isnull=True, specimen__isnull=True, kind__in=["case", "contact", "lifted", "recovered"],
)  # fmt: skip


class ChangeQuerySet(ScopedQuerySet["Change"]):
    """Changes belong to the unit of their site; one of somebody who stays at none, to the unit that cares for them."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Changes in a unit of the actor."""
        if actor.everywhere(capability):
            return self
        units = actor.units_with(capability)
        return self.filter(Q(site__unit_id__in=units) | Q(unit_id__in=units))


class FollowUpQuerySet(ScopedQuerySet["FollowUp"]):
    """What follows belongs to the unit of its change."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Follow-ups in a unit of the actor."""
        if actor.everywhere(capability):
            return self
        units = actor.units_with(capability)
        return self.filter(Q(change__site__unit_id__in=units) | Q(change__unit_id__in=units))


class Change(models.Model):
    """Something was found out about a person or a place: at a site (`stay`; `building`, `floor`, neither: the whole
    site), or about somebody who stays at none of ours (`person`, whom `unit` cares for).

    `happened_at` is the exposure, the diagnosis, the discharge, or when the place was found so. `outcome` is what was
    confirmed: each consequence with its reason, as it was shown (`digest`). The words may tell about somebody's health,
    so they lie encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="status_changes")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="status_changes")
    kind = models.CharField(max_length=24, choices=ChangeKind)
    stay = models.ForeignKey(Stay, null=True, blank=True, on_delete=models.PROTECT, related_name="status_changes")
    building = models.ForeignKey(Building, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    floor = models.ForeignKey(Floor, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.CharField(max_length=10, choices=EvidenceKind)
    specimen = models.ForeignKey(
        Specimen, null=True, blank=True, on_delete=models.PROTECT, related_name="status_changes"
    )
    words = EncryptedTextField(null=True, blank=True)
    happened_at = models.DateTimeField()
    first_on = models.DateField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)
    # The confirmed case that turned out to be none: set when its recheck is confirmed.
    refutes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="refuted_by")
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(null=True, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    outcome = models.JSONField(null=True, blank=True)

    objects = ChangeQuerySet.as_manager()
    FETCHED_WITH = ("site__unit", "unit")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=AT_SITE & EVENT & Q(stay__isnull=True)
                | AT_SITE & ~EVENT & Q(stay__isnull=False, building=None, floor=None)
                | OUTSIDE,
                name="change_of_a_person_or_a_place",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", outcome__isnull=False) & ~Q(digest="")
                | ~Q(state="confirmed") & Q(outcome__isnull=True),
                name="change_confirmed_as_shown",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "confirmed"]) | Q(reason__isnull=False),
                name="change_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(evidence="specimen", specimen__isnull=False)
                | ~Q(evidence="specimen") & Q(specimen__isnull=True, words__isnull=False),
                name="change_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(kind="absence", first_on__isnull=False, last_on__gte=F("first_on"))
                | ~Q(kind="absence") & Q(first_on__isnull=True, last_on__isnull=True),
                name="change_absence_has_days",
            ),
            models.CheckConstraint(
                condition=Q(refutes__isnull=True) | Q(kind="lifted", state="confirmed"), name="change_refutes_confirmed"
            ),
            models.UniqueConstraint(
                fields=["stay", "kind"], condition=Q(state="proposed", stay__isnull=False), name="change_proposed_once"
            ),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state="proposed", person__isnull=False),
                name="change_outside_proposed_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["site", "-proposed_at", "-id"], name="change_site"),
            models.Index(
                fields=["unit", "-proposed_at", "-id"], condition=Q(unit__isnull=False), name="change_of_a_unit"
            ),
            models.Index(fields=["-proposed_at", "-id"], name="change_proposed"),
            models.Index(fields=["site"], condition=Q(state="proposed"), name="change_waiting"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def scope_id(self) -> UUID:
        """The unit it belongs to."""
        found = self.site.unit_id if self.site else self.unit_id
        if found is None:
            raise ValueError("a change belongs to a site or a unit")
        return found

    @property
    def subject_id(self) -> UUID | None:
        """Whom it is about; None of an event at a place."""
        return self.stay.person_id if self.stay else self.person_id

    @property
    def outside(self) -> bool:
        """Whether they stay at no site of ours."""
        return self.site_id is None

    @property
    def place_name(self) -> str:
        """The code of the site, or the unit that cares for them."""
        return self.site.code if self.site else str(self.unit)

    @property
    def pack(self) -> str:
        """The pack under which it was confirmed."""
        return str((self.outcome or {}).get("pack", ""))


class ChangeStep(models.Model):
    """A row of the history of a change: the state reached, by whom, with their words. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ChangeState)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "position"], name="change_step_in_its_place")]

    def __str__(self) -> str:
        return f"{self.change_id} {self.position}: {self.state}"


class FollowUp(models.Model):
    """Something that a change asks for: with an owner and a time, until it is done or dropped with a reason.

    `people` and `users` are ids of all whom it concerns; `person` is set where it is one. `to` is a kind of place,
    `from_place` where somebody who stays at no site is fetched. `number` more people, known by no name, share `where`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(max_length=14, choices=ConsequenceKind)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups")
    people = models.JSONField(default=list)
    users = models.JSONField(default=list)
    to = models.CharField(max_length=10, choices=Destination, blank=True)
    category = models.CharField(max_length=20, blank=True)
    from_place = models.ForeignKey(ExternalPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=0)
    where = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=FollowUpState, default=FollowUpState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = EncryptedTextField(null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()
    FETCHED_WITH = ("change__site__unit", "change__unit")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | ~Q(state="open") & Q(closed_at__isnull=False),
                name="follow_up_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | Q(answer__isnull=False), name="follow_up_dropped_says_why"
            ),
            models.CheckConstraint(condition=~Q(kind="move") | ~Q(to=""), name="follow_up_move_has_destination"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="follow_up_open")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.kind}"
