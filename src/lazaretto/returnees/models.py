"""Lists of agencies and their lines, returnees with where they stand, tries to reach them, tests owed, shifts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.models import Unit
from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.core.tables.lists import SheetStart, place_in_file
from lazaretto.people.models import Person
from lazaretto.returnees.choices import (
    Agency,
    Answer,
    Decision,
    LineOutcome,
    ListState,
    Means,
    Outcome,
    Result,
    Risk,
    State,
    StepKind,
)

USER = settings.AUTH_USER_MODEL
OWNED = Q(owner__isnull=False, owned_at__isnull=False, owner_until__isnull=False)
FREE = Q(owner__isnull=True, owned_at__isnull=True, owner_until__isnull=True)


class Desk(models.Model):
    """The queue of an area: what the deadlines of its work are about. Its row is locked while they are reckoned."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    def __str__(self) -> str:
        return str(self.unit)


class Shift(models.Model):
    """Somebody is here and takes work of an area. `until` is when they said they go; work never goes to them after."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="returnee_shift_open_once"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("started_at")), name="returnee_shift_has_an_end"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at}"


class ReturneeList(models.Model):
    """A list as an agency sent it, read in pieces, looked at, taken in in pieces.

    `declared` is how many people the agency says are on it. Every line is counted in one outcome: `lines` is their sum.
    Lines of several sheets are numbered on; `sheets` are their names, each with the number after which it begins.
    `passed` are the names of sheets that were passed over, because nobody is on them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=12, choices=Agency)
    sender = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    declared = models.PositiveIntegerField(null=True, blank=True)
    columns = models.JSONField(default=dict)
    sheets = models.JSONField(default=list)
    passed = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=ListState, default=ListState.READING)
    lines = models.PositiveIntegerField(default=0)
    read_to = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"
    FETCHED_WITH = ("unit",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "digest"], condition=~Q(state="cancelled"), name="returnee_list_once"
            ),
            models.CheckConstraint(
                condition=Q(state="committed", committed_at__isnull=False)
                | ~Q(state="committed") & Q(committed_at__isnull=True),
                name="returnee_list_committed_has_time",
            ),
            models.CheckConstraint(condition=~Q(agency="other") | ~Q(sender=""), name="returnee_list_of_somebody"),
        ]
        indexes = [models.Index(fields=["-received_at", "-id"], name="returnee_list_received")]

    def __str__(self) -> str:
        return self.file_name

    def place_of(self, number: int) -> str:
        """Where a line stands in the file: its row, with its sheet where there are several."""
        sheet, row = place_in_file([SheetStart(*one) for one in self.sheets], number)
        return f"{sheet} {row}".strip()

    @property
    def from_whom(self) -> str:
        """The agency as people read it."""
        return self.sender or str(self.get_agency_display())


class Returnee(models.Model):
    """Somebody who came back, once for each return, however many agencies name them.

    `due_at` is from when the next thing is to be done: a call, a late test asked for, the end. Whoever is `owner` has
    until `owner_until` to do it; then it is in the queue of `unit` again. Identity lies encrypted under the digest that
    `people` knows; `person` is set where we care for them by name. `counted_from` is day 0 of the watch.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=120)
    initials = models.CharField(max_length=20, blank=True)
    document_kind = models.CharField(max_length=20, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    document = EncryptedTextField(null=True, blank=True)
    document_tail = models.CharField(max_length=4, blank=True)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="returns", db_index=False
    )
    came_from = models.CharField(max_length=120, blank=True)
    risk = models.CharField(max_length=8, choices=Risk, default=Risk.UNKNOWN)
    arrived_on = models.DateField(null=True, blank=True)
    travel = models.CharField(max_length=60, blank=True)
    address = EncryptedTextField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.TO_REACH)
    due_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owned_at = models.DateTimeField(null=True, blank=True)
    owner_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    handed_up_at = models.DateTimeField(null=True, blank=True)
    counted_from = models.DateField(null=True, blank=True)
    watch_until = models.DateField(null=True, blank=True)
    setting = models.CharField(max_length=20, blank=True)
    rule = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(null=True, blank=True)
    to_where = EncryptedTextField(null=True, blank=True)
    despite = EncryptedTextField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"
    FETCHED_WITH = ("unit",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_digest"],
                condition=Q(closed_at__isnull=True) & ~Q(document_digest=""),
                name="returnee_open_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="returnee_has_name"),
            models.CheckConstraint(
                condition=Q(document_digest="", document__isnull=True)
                | ~Q(document_digest="") & Q(document__isnull=False),
                name="returnee_document_is_found",
            ),
            models.CheckConstraint(condition=OWNED | FREE, name="returnee_owned_since_and_until"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, due_at__isnull=True, reason__has_words=True)
                & ~Q(outcome="")
                & FREE
                | ~Q(state="closed") & Q(closed_at__isnull=True, due_at__isnull=False, outcome=""),
                name="returnee_open_is_due_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["gone", "quarantine", "unreached"]) | Q(to_where__has_words=True),
                name="returnee_outcome_says_where",
            ),
            models.CheckConstraint(
                condition=~Q(state="watched") & ~Q(outcome="watched_out")
                | Q(counted_from__isnull=False, watch_until__gte=F("counted_from")),
                name="returnee_watched_until_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at", "id"], condition=Q(closed_at__isnull=True), name="returnee_due"),
            models.Index(fields=["owner", "due_at"], condition=Q(owner__isnull=False), name="returnee_of_owner"),
            models.Index(fields=["document_digest", "-made_at"], name="returnee_document"),
            models.Index(fields=["-made_at", "-id"], name="returnee_made"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="returnee_person"),
        ]

    def __str__(self) -> str:
        return self.number


class Phone(models.Model):
    """A telephone number under which an agency says a returnee is reached; encrypted, found by its digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="phones")
    value = EncryptedTextField()
    digest = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    wrong_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["returnee", "digest"], name="returnee_phone_once")]
        indexes = [models.Index(fields=["digest"], name="returnee_phone_digest")]

    def __str__(self) -> str:
        return f"…{self.last_four}"


class ListedLine(models.Model):
    """A line of a list. `payload` is encrypted JSON: the cells as they came; `number` is its line in the file.

    `candidate` is whom a question is about; `returnee` is the case that the line made or joined.
    """

    id = models.BigAutoField(primary_key=True)
    returnee_list = models.ForeignKey(ReturneeList, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=LineOutcome)
    issues = models.JSONField(default=list)
    document_digest = models.CharField(max_length=64, blank=True)
    payload = EncryptedTextField()
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    candidate = models.ForeignKey(
        Returnee, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    returnee = models.ForeignKey(Returnee, null=True, blank=True, on_delete=models.PROTECT, related_name="lines")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["returnee_list", "number"], name="returnee_line_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["made", "joined"], returnee__isnull=False)
                | ~Q(outcome__in=["made", "joined"]) & Q(returnee__isnull=True),
                name="returnee_line_belongs_to_a_case",
            ),
            models.CheckConstraint(condition=~Q(outcome="rejected") | ~Q(reason=""), name="returnee_line_left_out_why"),
            models.UniqueConstraint(fields=["returnee"], condition=Q(outcome="made"), name="returnee_made_by_one_line"),
        ]
        indexes = [models.Index(fields=["returnee_list", "outcome", "number"], name="returnee_line_outcome")]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"

    @property
    def place(self) -> str:
        """Where it stands in the file."""
        return self.returnee_list.place_of(self.number)


class Attempt(models.Model):
    """Somebody tried to reach a returnee. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    means = models.CharField(max_length=8, choices=Means, default=Means.PHONE)
    phone = models.ForeignKey(Phone, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    answer = models.CharField(max_length=12, choices=Answer)
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer="wrong_number") | Q(phone__isnull=False), name="returnee_wrong_is_a_number"
            )
        ]
        indexes = [models.Index(fields=["returnee", "at"], name="returnee_attempt_at")]

    def __str__(self) -> str:
        return f"{self.returnee_id} {self.answer}"


class OwedTest(models.Model):
    """A test that a returnee owes on a day of the watch; its result with the evidence, or since when nobody asks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="tests")
    day = models.SmallIntegerField()
    due_at = models.DateTimeField()
    result = models.CharField(max_length=8, choices=Result, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["returnee", "day"], condition=Q(result="", waived_at__isnull=True), name="returnee_test_once"
            ),
            models.CheckConstraint(
                condition=Q(result="", evidence="", tested_at__isnull=True)
                | ~Q(result="") & ~Q(evidence="") & Q(tested_at__isnull=False, waived_at__isnull=True),
                name="returnee_result_has_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(result="", waived_at__isnull=True), name="returnee_test_owed")
        ]

    def __str__(self) -> str:
        return f"{self.returnee_id} {self.day}"

    @property
    def owed(self) -> bool:
        """Neither done nor given up."""
        return not self.result and self.waived_at is None


class CaseStep(models.Model):
    """A row of the history of a case. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=StepKind)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["returnee", "at"], name="returnee_step_at")]

    def __str__(self) -> str:
        return f"{self.returnee_id}: {self.step}"
