"""Stranded people: a group found together, each of them with where they stand, what they were given, what happened."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.stays.models import Stay
from lazaretto.stranded.choices import CarerKind, GivenKind, State, StepKind, Why

USER = settings.AUTH_USER_MODEL
ENDED = Q(state__in=["placed", "home", "taken_over"])
NO_CARER = Q(carer_kind="", carer_since__isnull=True, carer__isnull=True, carer_until__isnull=True)


class Group(models.Model):
    """People found together, or a household left without anybody. They are kept together until each has a place.

    `unit` found them and has them until then; `where` and `words` may give somebody away and lie encrypted. The clocks
    run from `found_at`. `fed_by_us` is off where others see to every meal.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why)
    where = EncryptedTextField()
    words = EncryptedTextField(null=True, blank=True)
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=120, blank=True)
    cold = models.BooleanField(default=False)
    fed_by_us = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owned_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"
    FETCHED_WITH = ("unit",)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(where__has_words=True), name="stranded_group_says_where"),
            models.CheckConstraint(
                condition=Q(owner__isnull=True, owned_at__isnull=True) | Q(owner__isnull=False, owned_at__isnull=False),
                name="stranded_group_owned_since",
            ),
            models.CheckConstraint(
                condition=Q(registered_at__gte=F("found_at")), name="stranded_group_found_before_registered"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "found_at"], condition=Q(ended_at__isnull=True), name="stranded_group_open"),
            models.Index(fields=["-found_at", "-id"], name="stranded_group_found"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def at_home(self) -> bool:
        """A household in its own home, whom those who care for it have left."""
        return self.why == Why.HOUSEHOLD


class Stranded(models.Model):
    """One of them. `known_as` is what they are known by while name and paper are missing; `age` is as somebody guessed.

    Where they are follows from the facts of custody; `state` says what is still to be done for them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="people")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stranded")
    nameless = models.BooleanField(default=False)
    known_as = EncryptedTextField(null=True, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    to_site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_place = models.ForeignKey(ExternalPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    arrives_by = models.DateTimeField(null=True, blank=True)
    carer_kind = models.CharField(max_length=10, choices=CarerKind, blank=True)
    carer = EncryptedTextField(null=True, blank=True)
    carer_since = models.DateTimeField(null=True, blank=True)
    carer_until = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_seen_by = models.CharField(max_length=120, blank=True)
    stay = models.ForeignKey(Stay, null=True, blank=True, on_delete=models.PROTECT, related_name="stranded")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "group__unit_id"
    FETCHED_WITH = ("group__unit", "person")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "position"], name="stranded_in_its_place"),
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="stranded_open_once"),
            models.CheckConstraint(
                condition=ENDED & Q(ended_at__isnull=False) | ~ENDED & Q(ended_at__isnull=True),
                name="stranded_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="placed", stay__isnull=False) | ~Q(state="placed") & Q(stay__isnull=True),
                name="stranded_placed_by_a_stay",
            ),
            models.CheckConstraint(
                condition=~Q(state="on_the_way")
                | Q(arrives_by__isnull=False, to_site__isnull=False, to_place__isnull=True)
                | Q(arrives_by__isnull=False, to_site__isnull=True, to_place__isnull=False),
                name="stranded_on_the_way_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state="lodged") | Q(to_place__isnull=False), name="stranded_lodged_at_a_place"
            ),
            models.CheckConstraint(
                condition=~Q(state="missing") | Q(last_seen_at__isnull=False) & ~Q(last_seen_by=""),
                name="stranded_missing_was_seen",
            ),
            models.CheckConstraint(
                condition=NO_CARER | ~Q(carer_kind="") & Q(carer_since__isnull=False, carer__isnull=False),
                name="stranded_carer_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(state="minded") | ~Q(carer_kind=""), name="stranded_minded_by_somebody"
            ),
            models.CheckConstraint(condition=Q(age__isnull=True) | Q(age__lte=130), name="stranded_age_of_a_human"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.position}"


class Given(models.Model):
    """They were given something to eat, or what they needed. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="given")
    kind = models.CharField(max_length=10, choices=GivenKind)
    people = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(people__gte=1), name="stranded_given_to_somebody")]
        indexes = [models.Index(fields=["group", "at"], name="stranded_given_at")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.kind}"


class StrandedStep(models.Model):
    """A row of the history of a group, of one of them or of all. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="steps")
    stranded = models.ForeignKey(Stranded, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, choices=StepKind)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["group", "at"], name="stranded_step_at")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.step}"
