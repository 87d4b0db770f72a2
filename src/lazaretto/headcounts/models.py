"""Enterprises and communities, who belongs to them since when, and the lists that say so."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.headcounts.choices import Concern, LineOutcome, ListState, OrganisationKind, Resolution
from lazaretto.people.models import Person
from lazaretto.places.models import on_the_map

USER = settings.AUTH_USER_MODEL


class Organisation(models.Model):
    """Who answers for people being tested in the area of a unit: an enterprise, a community, or nobody.

    `folded` is the name as it is compared; `contact` is the officer who stands at the table. From `comes_from` until
    `comes_until`, as clocks there show it, its people can come to be tested; a night shift's hours run past midnight.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=OrganisationKind, default=OrganisationKind.ENTERPRISE)
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=120)
    contact = models.CharField(max_length=80, blank=True)
    contact_phone = EncryptedTextField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    comes_from = models.TimeField(null=True, blank=True)
    comes_until = models.TimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "folded"], condition=Q(ended_at__isnull=True), name="organisation_once"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(folded=""), name="organisation_has_name"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="organisation_period"
            ),
            models.CheckConstraint(condition=on_the_map(), name="organisation_on_the_map"),
            models.CheckConstraint(
                condition=Q(comes_from__isnull=True, comes_until__isnull=True)
                | Q(comes_from__isnull=False, comes_until__isnull=False) & ~Q(comes_from=F("comes_until")),
                name="organisation_hours_are_two",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HeadcountList(models.Model):
    """A list as somebody sent it, read in pieces, looked at, taken in in pieces.

    `kind` says whether it names employees, residents, or people without an employer in the area.
    `complete` says that it names everybody: whoever of its enterprises is not on it any more has left. `passed` are the
    names of sheets that were passed over, because nobody is on them. The counts say
    what became of every line: `lines` is the sum of all outcomes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    organisation = models.CharField(max_length=120, blank=True)
    kind = models.CharField(
        max_length=12, choices=OrganisationKind, default=OrganisationKind.ENTERPRISE,
        db_default=OrganisationKind.ENTERPRISE,
    )  # fmt: skip
    complete = models.BooleanField(default=False)
    columns = models.JSONField(default=dict)
    passed = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=ListState, default=ListState.READING)
    lines = models.PositiveIntegerField(default=0)
    read_to = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)
    left = models.PositiveIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "digest"], condition=~Q(state="cancelled"), name="headcount_list_once"
            ),
            models.CheckConstraint(
                condition=Q(state="committed", committed_at__isnull=False)
                | ~Q(state="committed") & Q(committed_at__isnull=True),
                name="headcount_list_committed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ListLine(models.Model):
    """A line of a list. `payload` is encrypted JSON: the cells as they came; `number` is its line in the file.

    `organisation` is the folded name of whoever they belong to.
    """

    id = models.BigAutoField(primary_key=True)
    headcount_list = models.ForeignKey(HeadcountList, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=LineOutcome)
    issues = models.JSONField(default=list)
    organisation = models.CharField(max_length=120, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    payload = EncryptedTextField()
    resolution = models.CharField(max_length=8, choices=Resolution, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["headcount_list", "number"], name="headcount_line_once"),
            models.CheckConstraint(
                condition=~Q(resolution__in=["made", "kept"]) | Q(outcome="ready"), name="headcount_line_taken_is_ready"
            ),
        ]
        indexes = [
            models.Index(fields=["headcount_list", "outcome", "resolution", "number"], name="headcount_line_outcome"),
            # Whole, not of those with a document alone: the plan of a prepared query does not know the value yet.
            models.Index(fields=["headcount_list", "document_digest"], name="headcount_line_document"),
            models.Index(fields=["headcount_list", "organisation"], name="headcount_line_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"


class Household(models.Model):
    """People of one family in the area of a unit, wherever each of them works.

    A household that a list named is found again by `number_digest`, under which its number lies; `from_list` named it
    last. One that somebody linked by hand has neither.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = EncryptedTextField(null=True, blank=True)
    number_digest = models.CharField(max_length=64, blank=True)
    from_list = models.ForeignKey(HeadcountList, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number_digest"], condition=~Q(number_digest=""), name="household_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number_digest="", number__isnull=True) | ~Q(number_digest="") & Q(number__isnull=False),
                name="household_number_is_found",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Member(models.Model):
    """Somebody on a headcount, for a period. Most are nothing more; `person` is set where we care for them by name.

    `initials` finds them at the table ("wxm"); `document_digest` is the one under which `people` knows documents.
    `ended_by` is the complete list that did not name them any more.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    section = models.CharField(max_length=80, blank=True)
    building = models.CharField(max_length=60, blank=True)
    room = models.CharField(max_length=40, blank=True)
    inside = models.BooleanField(null=True)
    name = models.CharField(max_length=120)
    initials = models.CharField(max_length=20, blank=True)
    document_kind = models.CharField(max_length=20, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    document = EncryptedTextField(null=True, blank=True)
    document_tail = models.CharField(max_length=4, blank=True)
    phone = EncryptedTextField(null=True, blank=True)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="headcounts", db_index=False
    )
    household = models.ForeignKey(
        Household, null=True, blank=True, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    from_list = models.ForeignKey(
        HeadcountList, null=True, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    ended_by = models.ForeignKey(
        HeadcountList, null=True, blank=True, on_delete=models.PROTECT, related_name="ended", db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "organisation__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_digest", "organisation"],
                condition=Q(ended_at__isnull=True) & ~Q(document_digest=""),
                name="member_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="member_has_name"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="member_period"
            ),
            models.CheckConstraint(
                condition=Q(document_digest="", document__isnull=True)
                | ~Q(document_digest="") & Q(document__isnull=False),
                name="member_document_is_found",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False), name="member_ended_by_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "name", "id"], name="member_of_organisation"),
            models.Index(fields=["organisation", "initials"], name="member_initials"),
            models.Index(fields=["document_digest"], name="member_document"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="member_person"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="member_household"),
            models.Index(fields=["-started_at", "-id"], name="member_joined"),
            models.Index(fields=["-ended_at", "-id"], condition=Q(ended_at__isnull=False), name="member_left"),
            models.Index(fields=["ended_by"], condition=Q(ended_by__isnull=False), name="member_ended_by"),
        ]

    def __str__(self) -> str:
        return self.name


class MemberChange(models.Model):
    """What was said of a member until a list or somebody said otherwise. Append-only.

    `said` is encrypted JSON: what each field was and what it is since. `moved`: where they sleep or work is among it.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField()
    moved = models.BooleanField()
    said = EncryptedTextField()
    from_list = models.ForeignKey(HeadcountList, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "member__organisation__unit_id"

    class Meta:
        indexes = [models.Index(fields=["-changed_at", "-id"], name="member_changed")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.changed_at}"


class MemberConcern(models.Model):
    """Something about a member or their family that must be thought of, for a period.

    `note` is the cell as it came where it says more than words we know. `from_list` is null for what somebody wrote by
    hand: no list ends that.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="concerns")
    kind = models.CharField(max_length=12, choices=Concern)
    note = EncryptedTextField(null=True, blank=True)
    from_list = models.ForeignKey(HeadcountList, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "member__organisation__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"], condition=Q(ended_at__isnull=True), name="member_concern_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="member_concern_period"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "member"], condition=Q(ended_at__isnull=True), name="member_concern_kind")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"
