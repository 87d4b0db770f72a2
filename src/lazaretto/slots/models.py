"""Slots of a round: what was proposed, what stands, how much each point is promised in each slot, who was told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import Point, Round
from lazaretto.slots.choices import Means, NoticeStep, Parts

USER = settings.AUTH_USER_MODEL


class Proposal(models.Model):
    """What the planner proposed for a round, and whether it was accepted.

    `problem` and `plan` are what `planning.points` takes and gives, with ids of rows; minutes count from `counts_from`.
    `change`: what planning anew changes, None for a plan from the beginning; once accepted also who stands `twice`.
    `standing` names the slots it was made over. `searched`: the solver has looked for shorter ways.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    counts_from = models.DateTimeField()
    slot_minutes = models.PositiveSmallIntegerField()
    per_table_hour = models.PositiveSmallIntegerField()
    farthest = models.PositiveIntegerField(null=True, blank=True)
    parts = models.CharField(max_length=8, choices=Parts, blank=True)
    problem = models.JSONField()
    plan = models.JSONField()
    change: Any = models.JSONField(null=True)
    standing = models.CharField(max_length=64)
    searched = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=120), name="proposal_slot_of_minutes"
            ),
            models.CheckConstraint(condition=Q(per_table_hour__gte=1), name="proposal_table_takes_somebody"),
        ]
        indexes = [models.Index(fields=["round", "-made_at"], name="proposal_of_round")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.made_at:%m-%d %H:%M}"


class Slot(models.Model):
    """So many of an enterprise come to a point from `starts_at` until before `ends_at`. What stood before stays.

    `part` is the department or the dormitory that comes, empty for the whole enterprise; who comes in several rows has
    several `turn`s. `portions` are its people in each step of the grid, so that they come one after the other.
    `waiting`: they had a slot that is over and wait at the point; nobody needs to be told. `dropped_at`: it stands no
    more, and `reason` says why; `moved_for` says why it was moved here by hand.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=80, blank=True)
    turn = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    portions = models.JSONField()
    waiting = models.BooleanField(default=False)
    moved_for = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round", "point", "organisation", "proposal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation", "part", "turn"],
                condition=Q(dropped_at__isnull=True),
                name="slot_once_a_part",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_runs_forwards"),
            models.CheckConstraint(condition=Q(people__gte=1), name="slot_of_somebody"),
            models.CheckConstraint(condition=Q(turn__gte=1), name="slot_turn_from_one"),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, reason="") | Q(dropped_at__isnull=False) & ~Q(reason=""),
                name="slot_dropped_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "starts_at"], condition=Q(dropped_at__isnull=True), name="slot_that_stands"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.starts_at:%m-%d %H:%M}"


class Load(models.Model):
    """How many a point is promised in a step of the grid; the database refuses more than its tables take then."""

    id = models.BigAutoField(primary_key=True)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    room = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "starts_at"], name="load_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("room")), name="load_within_tables"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.starts_at:%m-%d %H:%M} {self.taken}/{self.room}"


class Notice(models.Model):
    """Somebody at an enterprise was told its slots, or said that they know. Only ever added to.

    `who` is they, `by` is we. `digest` names the slots as they stood: once others stand, this notice is stale. `said`
    is the text they were given.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=NoticeStep)
    means = models.CharField(max_length=8, choices=Means)
    who = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    said = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "round__unit_id"
    FETCHED_WITH = ("round",)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(who=""), name="notice_to_somebody"),
            models.CheckConstraint(
                condition=Q(step="told") & ~Q(said="") | Q(step="confirmed", said=""), name="notice_says_something"
            ),
        ]
        indexes = [models.Index(fields=["round", "organisation", "at"], name="notice_of_enterprise")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.step} {self.at:%m-%d %H:%M}"
