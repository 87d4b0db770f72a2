"""What a supervisor put right about the scans of a round."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.core.ids import new_id
from lazaretto.screening.choices import Put
from lazaretto.screening.models.captured import DuplicateScan, Upload
from lazaretto.screening.models.rounds import Round
from lazaretto.screening.rules import LARGEST_TUBE

USER = settings.AUTH_USER_MODEL
ANOTHER = (Put.RECOGNISED, Put.CHANGED)


class Correction(models.Model):
    """Somebody named says, with a reason, how a scan really was. Append-only.

    `number` is whom it is about; None where nobody knows who is to be swabbed again. A kept scan counts after all
    (`counted`: in this place of this tube), or never will (`again`: they are swabbed again). A scan that counted was of
    somebody else (`recognised`: a stranger who stands on the roster; `changed`: a wrong number picked): `before` is the
    number that it was captured under, and this row is the scan as it was captured. It lets the row of `before` leave
    the scans that count, which nothing else does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="corrections")
    put = models.CharField(max_length=10, choices=Put)
    number = models.PositiveIntegerField(null=True)
    before = models.PositiveIntegerField(null=True)
    kept = models.ForeignKey(DuplicateScan, null=True, on_delete=models.PROTECT, related_name="corrections")
    scan = models.UUIDField()
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+", db_index=False)
    tube = models.CharField(max_length=40)
    slot = models.PositiveSmallIntegerField()
    table = models.PositiveSmallIntegerField(default=1)
    taken_at = models.DateTimeField()
    temperature = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason"),
            models.CheckConstraint(
                condition=Q(number__gte=1) | Q(number__isnull=True, put=Put.AGAIN), name="correction_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(put__in=[Put.COUNTED, Put.AGAIN], kept__isnull=False, before__isnull=True)
                | Q(put__in=ANOTHER, kept__isnull=True, before__isnull=False) & ~Q(before=models.F("number")),
                name="correction_of_one_scan",
            ),
            models.CheckConstraint(
                condition=~Q(tube="") & Q(slot__gte=1, slot__lte=LARGEST_TUBE), name="correction_is_in_a_tube"
            ),
            models.UniqueConstraint(fields=["kept", "put"], name="correction_of_kept_once"),
            models.UniqueConstraint(
                fields=["round", "before"], condition=Q(put=Put.RECOGNISED), name="stranger_recognised_once"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "number"], name="correction_number"),
            models.Index(fields=["round", "before"], name="correction_before"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number} {self.put}"
