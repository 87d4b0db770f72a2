"""Objections: what somebody does not agree to and why, each conversation, what was offered, the reply they are due."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.objections.choices import About, Level, OfferAnswer, OfferKind, State, StepKind
from lazaretto.orders.models import TransferOrder
from lazaretto.stays.models import Stay

USER = settings.AUTH_USER_MODEL
REPLIED = Q(state__in=["accepted", "maintained"])


class Objection(models.Model):
    """Somebody does not agree. It is a right: a reply is due to them, whatever comes of it, and nobody is forced.

    `reason` is in their own words; `level` says who speaks with them now. What they say lies encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="objections")
    about = models.CharField(max_length=10, choices=About)
    transfer_order = models.ForeignKey(
        TransferOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="objections"
    )
    reason = EncryptedTextField()
    language = models.CharField(max_length=12, default="zh-hans")
    level = models.CharField(max_length=14, choices=Level, default=Level.SITE)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reply_due_at = models.DateTimeField()
    reply = EncryptedTextField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "stay__site__unit_id"
    FETCHED_WITH = ("stay__site__unit", "stay__person", "stay__order")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | ~Q(state="open") & Q(closed_at__isnull=False, closed_by__isnull=False),
                name="objection_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=REPLIED & Q(reply__isnull=False) | ~REPLIED & Q(reply__isnull=True, handed_at__isnull=True),
                name="objection_decided_with_a_reply",
            ),
            models.CheckConstraint(condition=Q(reason__has_words=True), name="objection_has_their_words"),
            # "Something else" may be two things at one time; everything named is one.
            models.UniqueConstraint(
                fields=["stay", "about"], condition=Q(state="open") & ~Q(about="other"), name="objection_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["reply_due_at"], condition=Q(state="open"), name="objection_reply_due"),
            models.Index(fields=["-raised_at", "-id"], name="objection_raised"),
        ]

    def __str__(self) -> str:
        return self.number


class ObjectionStep(models.Model):
    """A row of the history: raised, passed on, how it ended. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=12, choices=StepKind)
    level = models.CharField(max_length=14, choices=Level)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["objection", "position"], name="objection_step_in_its_place")]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.position}: {self.step}"


class Conversation(models.Model):
    """Somebody spoke with them: who, when, in which language, what was explained, what they said. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="conversations")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=14, choices=Level)
    language = models.CharField(max_length=12)
    with_whom = models.CharField(max_length=120, blank=True)
    explained = EncryptedTextField()
    said = EncryptedTextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(explained__has_words=True, said__has_words=True), name="conversation_has_two_sides"
            )
        ]
        indexes = [models.Index(fields=["objection", "at"], name="conversation_objection")]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.at:%Y-%m-%d %H:%M}"


class Offer(models.Model):
    """Something was offered; what they said to it is written beside it, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="offers")
    kind = models.CharField(max_length=12, choices=OfferKind)
    words = EncryptedTextField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=OfferAnswer, default=OfferAnswer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_words = EncryptedTextField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "objection__stay__site__unit_id"
    FETCHED_WITH = ("objection__stay__site__unit",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_at__isnull=True)
                | ~Q(answer="waiting") & Q(answered_at__isnull=False),
                name="offer_answered_has_time",
            ),
            models.CheckConstraint(condition=~Q(kind="other") | Q(words__isnull=False), name="offer_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.kind}"


class ObservationNotice(models.Model):
    """The medical observation notice (医学观察告知书) was issued to them in a language. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="notices")
    number = models.CharField(max_length=30, unique=True)
    language = models.CharField(max_length=12)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.number
