"""People of a round who were not tested, by name."""

from django.db import models
from django.db.models import Q

from lazaretto.screening.models import Round
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.models.keys import USER, named


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """What is said of people not tested, and what was said of them before."""

    def holding(self) -> "AbsenceQuerySet":
        """What holds now: one row a person."""
        return self.filter(superseded_at__isnull=True)

    def excusing(self) -> "AbsenceQuerySet":
        """Who is excused now."""
        return self.holding().filter(kind=AbsenceKind.EXCUSED)


class Absence(models.Model):
    """Somebody on the roster who was not tested, by name, with a reason and who says so: excused, or missing.

    Whoever is tested after all counts as tested; the row stays as it was said. A reason said anew supersedes the
    earlier one, which stays beside it.
    """

    id = models.BigAutoField(primary_key=True)
    round = named(Round)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=AbsenceKind)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"], condition=Q(superseded_at__isnull=True), name="absence_holds_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="absence_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
