"""Transfer orders with their people, checks and steps; requests to admit somebody without an order.

A transfer order says who goes from where to where, why, by when, with which papers. Its state follows a declared table
(`rules.EDGES`); what happened to it and what the sources said are append-only rows. The order of another district is a
row like ours, with their number and issuer. A request for an exception is written once; its decision is another row.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.custody.models import Handover
from lazaretto.orders.choices import LineState, OrderState, Says, Source, StepKind, Urgency, Verdict
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay

USER = settings.AUTH_USER_MODEL
IN_FORCE = ["issued", "under_way"]


def _either(one: str, other: str) -> Q:
    """Exactly one of two relations is set."""
    return Q(**{f"{one}__isnull": False, f"{other}__isnull": True}) | Q(
        **{f"{one}__isnull": True, f"{other}__isnull": False}
    )


class OrderQuerySet(ScopedQuerySet["TransferOrder"]):
    """Orders belong to the unit that wrote them, to the site that sends, and once issued to the one that receives."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Orders from or written by a unit of the actor, and those to one that were ever issued."""
        if actor.everywhere(capability):
            return self
        units = actor.units_with(capability)
        ends = Q(from_site__unit_id__in=units) | Q(to_site__unit_id__in=units, issued_at__isnull=False)
        return self.filter(Q(unit_id__in=units) | ends)

    def in_force(self) -> Self:
        """Issued or under way; of issued ones the validity must be looked at too."""
        return self.filter(state__in=IN_FORCE)


class TransferOrder(models.Model):
    """Who goes from where to where under whose authority, until when it may be used.

    `issuer` is the authority that answers for it; `issuer_number` its number there, empty for ours. Each end is a site
    of ours or a place that others run. `overridden_by` let it be dispatched without two sources.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=120)
    issuer_number = models.CharField(max_length=60, blank=True)
    from_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="orders_out")
    from_external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="orders_out")
    to_site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="orders_in")
    to_external = models.ForeignKey(ExternalPlace, null=True, on_delete=models.PROTECT, related_name="orders_in")
    category = models.CharField(max_length=20, choices=Category)
    reason = EncryptedTextField()
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.TODAY)
    papers = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=OrderState)
    valid_until = models.DateTimeField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)
    overridden_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_either("from_site", "from_external"), name="order_from_one_place"),
            models.CheckConstraint(condition=_either("to_site", "to_external"), name="order_to_one_place"),
            models.CheckConstraint(
                condition=(Q(from_site__isnull=True) | Q(to_site__isnull=True) | ~Q(from_site=F("to_site")))
                & (Q(from_external__isnull=True) | Q(to_external__isnull=True) | ~Q(from_external=F("to_external"))),
                name="order_between_two_places",
            ),
            models.CheckConstraint(condition=~Q(issuer=""), name="order_has_issuer"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("written_at")), name="order_valid_for_a_while"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(issued_at__isnull=False), name="order_was_issued"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["fulfilled", "withdrawn"], ended_at__isnull=False)
                | ~Q(state__in=["fulfilled", "withdrawn"]) & Q(ended_at__isnull=True),
                name="order_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(overridden_at__isnull=True, overridden_by__isnull=True)
                | Q(overridden_at__isnull=False, overridden_by__isnull=False),
                name="order_override_has_name",
            ),
            models.UniqueConstraint(
                fields=["issuer", "issuer_number"], condition=~Q(issuer_number="") & ~Q(state="withdrawn"),
                name="order_of_others_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-written_at", "-id"], name="order_written"),
            models.Index(fields=["to_site"], condition=Q(ended_at__isnull=True), name="order_coming"),
            models.Index(fields=["from_site"], condition=Q(ended_at__isnull=True), name="order_going"),
            models.Index(fields=["valid_until"], condition=Q(state="issued"), name="order_running_out"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderPerson(models.Model):
    """One person of an order. `address` is where they are fetched; each correction of it makes a new `edition`.

    A person is on one open order at most, so nobody is fetched twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(TransferOrder, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfer_orders")
    address = EncryptedTextField(null=True, blank=True)
    edition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=LineState, default=LineState.WAITING)
    handover = models.ForeignKey(Handover, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "person"], name="order_names_a_person_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["waiting", "under_way"]), name="person_on_one_open_order"
            ),
            models.CheckConstraint(
                condition=Q(state="under_way", handover__isnull=False)
                | Q(state="waiting", handover__isnull=True)
                | Q(state__in=["arrived", "struck"]),
                name="order_person_under_way_by_handover",
            ),
            models.CheckConstraint(
                condition=Q(state="arrived", arrived_at__isnull=False)
                | ~Q(state="arrived") & Q(arrived_at__isnull=True),
                name="order_person_arrived_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.person_id}"


class SourceCheck(models.Model):
    """What one source said about a person of an order, against the edition of their line. Append-only.

    `told_by` is who spoke for the source, and how. What differs is written down in words.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(OrderPerson, on_delete=models.PROTECT, related_name="checks")
    edition = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=16, choices=Source)
    identity = models.CharField(max_length=10, choices=Says)
    identity_words = EncryptedTextField(null=True, blank=True)
    address = models.CharField(max_length=10, choices=Says)
    address_words = EncryptedTextField(null=True, blank=True)
    told_by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(~Q(identity="different") | Q(identity_words__isnull=False))
                & (~Q(address="different") | Q(address_words__isnull=False)),
                name="source_check_shows_what_differs",
            ),
            models.CheckConstraint(
                condition=~Q(identity=Says.SILENT, address=Says.SILENT), name="source_check_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.source}"


class OrderStep(models.Model):
    """Something happened to an order, with its reason in words. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(TransferOrder, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, choices=StepKind)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(step__in=["overridden", "withdrawn", "struck", "renewed", "corrected"])
                | Q(words__isnull=False),
                name="order_step_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.step}"


class ExceptionRequest(models.Model):
    """Somebody is to be admitted without a transfer order: what is missing, why now, who asks, who decides by when.

    With a `stay` they were admitted first. Append-only; the decision is a row of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="exceptions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exceptions")
    stay = models.OneToOneField(Stay, null=True, on_delete=models.PROTECT, related_name="exception")
    missing = models.JSONField(default=list)
    why_now = EncryptedTextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="exceptions_to_decide")
    due_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="exception_due_after_asked")]
        indexes = [
            models.Index(fields=["unit", "-asked_at", "-id"], name="exception_unit"),
            models.Index(fields=["-asked_at", "-id"], name="exception_asked"),
        ]

    def __str__(self) -> str:
        return self.number


class ExceptionDecision(models.Model):
    """How a request ended: granted (with `conditions`), refused (with what happens `instead`), withdrawn. Append-only.

    Whoever is inside stays inside until what happens instead has happened: a refusal puts nobody out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.OneToOneField(ExceptionRequest, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=12, choices=Verdict)
    words = EncryptedTextField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="granted") | Q(words__isnull=False), name="exception_not_granted_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.verdict}"
