"""Rounds, their points and the frozen roster."""

from datetime import UTC

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.places.models import on_the_map
from lazaretto.screening.choices import PointState, RoundState, TubeRule
from lazaretto.screening.models.keys import unchecked
from lazaretto.screening.rules import edition

USER = settings.AUTH_USER_MODEL


class Round(models.Model):
    """A testing of everybody in the area of a unit. `entries` is the size of its roster, fixed at the freeze.

    Until `deadline_at` everybody should be tested; what comes in after it or after the closing counts, marked late.
    One that is cancelled has a `reason`; what was captured in it stays.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    tube_rule = models.CharField(max_length=10, choices=TubeRule, default=TubeRule.TEN)
    opens_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.DRAFT)
    entries = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="round_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="round_has_name"),
            models.CheckConstraint(condition=Q(deadline_at__gt=F("opens_at")), name="round_deadline_after_opening"),
            models.CheckConstraint(
                condition=Q(state="draft", frozen_at__isnull=True, entries=0)
                | Q(state__in=["frozen", "open", "closed"], frozen_at__isnull=False)
                | Q(state="cancelled"),
                name="round_frozen_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "frozen"], opened_at__isnull=True)
                | Q(state__in=["open", "closed"], opened_at__isnull=False)
                | Q(state="cancelled"),
                name="round_opened_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="round_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(reason="")
                | ~Q(state="cancelled") & Q(cancelled_at__isnull=True, reason=""),
                name="round_cancelled_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["-opens_at", "-id"], name="round_opens")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def edition(self) -> str:
        """Changes with whatever `screening.change_round` changes."""
        return edition([self.name, self.deadline_at.astimezone(UTC)])


class Point(models.Model):
    """Where people are tested in a round: tables, and the hours of each day.

    `folded` is the code as it is compared: "A1" and "a1 " are one point. `staff` is how many people work there at the
    same time, None where nobody has said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="points")
    code = models.CharField(max_length=20)
    folded = models.CharField(max_length=40, default="")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    tables = models.PositiveSmallIntegerField(default=1)
    staff = models.PositiveSmallIntegerField(null=True, blank=True)
    opens = models.TimeField()
    closes = models.TimeField()
    state = models.CharField(max_length=8, choices=PointState, default=PointState.OPEN)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "folded"], name="point_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(folded="") & ~Q(name=""), name="point_has_name"),
            models.CheckConstraint(condition=on_the_map(), name="point_on_the_map"),
            models.CheckConstraint(condition=Q(tables__gte=1), name="point_has_a_table"),
            models.CheckConstraint(condition=~Q(closes=F("opens")), name="point_is_open_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def edition(self) -> str:
        """Changes with whatever `screening.change_point` changes."""
        told = ("code", "name", "address", "tables", "staff", "opens", "closes", "latitude", "longitude")
        return edition(getattr(self, name) for name in told)


# ---- the roster


class RosterEntry(models.Model):
    """Somebody expected in a round, under a dense number from 1. Whoever two enterprises name is one entry.

    `household` is that of `headcounts`, null where none is known; whoever one of their headcounts links is linked.
    Without a document the digest is null, not empty: a unique key then needs no condition, which a prepared statement
    could not make use of.
    """

    pk = models.CompositePrimaryKey("round_id", "number")
    round = unchecked(Round)
    number = models.PositiveIntegerField()
    member = unchecked(Member)
    organisation = unchecked(Organisation)
    section = models.CharField(max_length=80, blank=True)
    building = models.CharField(max_length=60, blank=True)
    document_digest = models.CharField(max_length=64, null=True)
    household = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "document_digest"], name="roster_person_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="roster_number_from_one"),
        ]
        indexes = [
            models.Index(fields=["round", "organisation", "number"], name="roster_of_organisation"),
            models.Index(fields=["round", "building", "number"], name="roster_of_building"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class AlsoNamed(models.Model):
    """Another enterprise that names somebody on the roster: they count once, and both are told the same."""

    id = models.BigAutoField(primary_key=True)
    round = unchecked(Round)
    number = models.PositiveIntegerField()
    member = unchecked(Member)
    organisation = unchecked(Organisation)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number", "organisation"], name="also_named_once")]
        indexes = [models.Index(fields=["round", "organisation"], name="also_named_by")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class RosterShare(models.Model):
    """How many of a roster are counted with an enterprise; their numbers follow each other from `first` on."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    first = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="roster_share_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="roster_share_of_somebody"),
            models.CheckConstraint(condition=Q(first__gte=1), name="roster_share_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.people}"


class RosterBuilding(models.Model):
    """How many of a roster sleep in a building, as their headcounts spell it, and of how many enterprises they are."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="buildings")
    building = models.CharField(max_length=60)
    people = models.PositiveIntegerField()
    enterprises = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "building"], name="roster_building_once"),
            models.CheckConstraint(condition=~Q(building=""), name="roster_building_has_name"),
            models.CheckConstraint(condition=Q(people__gte=F("enterprises")), name="roster_building_of_somebody"),
            models.CheckConstraint(condition=Q(enterprises__gte=1), name="roster_building_of_an_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.people}"
