"""What was said of a round when it was prepared, and of the day of a next one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.accounts.models import Unit
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.models import Round

USER = settings.AUTH_USER_MODEL


class Plan(models.Model):
    """What held when a round was prepared. `due_on`: the local date by which it was to begin, none where nothing was
    due; `late`: it was prepared for a later one, which needs a `reason`. `cadence`: which one of the pack it follows.
    `apart`: it is none of the rounds that follow one another. `pack_tubes`: the tube rule of the pack.
    """

    round = models.OneToOneField(Round, primary_key=True, on_delete=models.PROTECT, related_name="plan")
    cadence = models.CharField(max_length=40, blank=True)
    apart = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    late = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    pack_tubes = models.CharField(max_length=10, choices=TubeRule, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(late=False) | ~Q(reason="") & Q(due_on__isnull=False), name="plan_late_for_a_reason"
            ),
            models.CheckConstraint(condition=Q(apart=False) | Q(late=False), name="plan_apart_is_never_late"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.cadence}"


class SetDay(models.Model):
    """An officer set the day of the next round of an area, or said that none follows (`on` is null). Append-only.

    It holds until a round of the area begins after it, or another is said.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="set_day_has_reason")]
        indexes = [models.Index(fields=["unit", "-at"], name="set_day_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.on}"
