"""Cases as lists and pages show them: who, who named them, what is due, what happened."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit, User
from lazaretto.accounts.queries import holder_ids
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.people.queries import name_for
from lazaretto.places.queries import AT_HOME
from lazaretto.returnees.choices import LineOutcome, Result, State, StepKind
from lazaretto.returnees.models import ListedLine, OwedTest, Phone, Returnee, Shift
from lazaretto.returnees.rules import CALL, READ, folded

SHOWS = ("queue", "handed_up", "owned", "watched", "late", "open", "closed")


def cases(actor: Actor) -> QuerySet[Returnee]:
    """Cases the actor may read."""
    return Returnee.objects.visible_to(actor, READ).select_related("unit", "owner")


def listed(
    actor: Actor, *, show: str = "open", q: str = "", unit: UUID | None = None, at: datetime
) -> QuerySet[Returnee]:
    """Open cases by how they stand, or closed ones; `q` begins a name, its initials, a number, or ends a document."""
    rows = cases(actor).filter(closed_at__isnull=show != "closed")
    if unit is not None:
        rows = rows.filter(unit=unit)
    if q.strip():
        rows = rows.filter(_sought(q.strip()))
    if show == "queue":
        return rows.filter(owner__isnull=True, due_at__lte=at)
    if show == "late":
        late = OwedTest.objects.filter(returnee=OuterRef("pk"), result="", waived_at__isnull=True, due_at__lt=at)
        return rows.filter(Exists(late))
    narrow = {
        "handed_up": Q(handed_up_at__isnull=False), "owned": Q(owner__isnull=False), "watched": Q(state=State.WATCHED),
    }  # fmt: skip
    return rows.filter(narrow.get(show, Q()))


def _sought(q: str) -> Q:
    by_name = Q(folded__startswith=folded(q)) | Q(initials__startswith=q.lower())
    return by_name | Q(number__iexact=q) | Q(document_tail=q.upper())


def order_of(show: str) -> list[str]:
    """The longest due first; of closed ones the last first."""
    return ["-closed_at", "-id"] if show == "closed" else ["due_at", "id"]


def case_by_number(actor: Actor, number: str) -> Returnee:
    """One of them; raises `NotFound`."""
    found = cases(actor).select_related("closed_by", "person").filter(number=number).first()
    if found is None:
        raise NotFound(kind="returnees.returnee", number=number)
    return found


@dataclass(frozen=True)
class CaseLine:
    """A case as a list shows it. `agencies` are those that named them, each once; `test_due` the next test owed."""

    row: Returnee
    name: str
    agencies: tuple[str, ...] = ()
    test_due: datetime | None = None


def case_lines(actor: Actor, rows: Sequence[Returnee]) -> list[CaseLine]:
    """With names as the actor reads them; two queries."""
    named = agencies_of(rows)
    owed = OwedTest.objects.filter(returnee__in=rows, result="", waived_at__isnull=True).order_by("-due_at")
    due = dict(owed.values_list("returnee", "due_at"))
    return [
        CaseLine(row, shown_name(actor, row), tuple(named[row.pk]), due.get(row.pk)) for row in rows
    ]  # fmt: skip


def shown_name(actor: Actor, row: Returnee) -> str:
    """As the actor's role reads it there."""
    return name_for(actor, row.name, unit_id=row.unit_id)


def agencies_of(rows: Sequence[Returnee]) -> dict[UUID, list[str]]:
    """Who named them, in the order in which they did, each once; one query."""
    found: dict[UUID, list[str]] = defaultdict(list)
    lines = ListedLine.objects.filter(returnee__in=rows).select_related("returnee_list").order_by("id")
    for line in lines.defer("payload"):
        name = line.returnee_list.from_whom
        if line.returnee_id and name not in found[line.returnee_id]:
            found[line.returnee_id].append(name)
    return found


# ---- one case


@dataclass(frozen=True)
class Event:
    """Something that happened to a case."""

    at: datetime
    what: str
    who: str = ""
    words: str = ""
    tone: str = "grey"


@dataclass(frozen=True)
class Case:
    """All that the page of one shows."""

    row: Returnee
    name: str
    address: str
    agencies: tuple[str, ...]
    phones: tuple[Phone, ...]
    tests: tuple[OwedTest, ...]
    history: tuple[Event, ...] = field(default=())

    @property
    def owed(self) -> list[OwedTest]:
        """Tests without a result."""
        return [test for test in self.tests if test.owed]

    @property
    def usable(self) -> list[Phone]:
        """Numbers that nobody found wrong."""
        return [phone for phone in self.phones if phone.wrong_at is None]

    @property
    def positive(self) -> bool:
        """Whether a test of theirs is."""
        return any(test.result == Result.POSITIVE for test in self.tests)


def case_of(actor: Actor, row: Returnee) -> Case:
    """In five queries."""
    whole = actor.may("people.names", row.unit_id)
    lines = list(row.lines.select_related("returnee_list__received_by").order_by("id").defer("payload"))
    tests = tuple(row.tests.select_related("noted_by").filter(waived_at__isnull=True).order_by("due_at", "day"))
    return Case(
        row=row,
        name=shown_name(actor, row),
        address=(row.address or "") if whole else "",
        agencies=tuple(dict.fromkeys(line.returnee_list.from_whom for line in lines)),
        phones=tuple(row.phones.order_by("wrong_at", "id")),
        tests=tests,
        history=tuple(_history(row, lines, tests, words=whole)),
    )


def _history(row: Returnee, lines: Sequence[ListedLine], tests: Sequence[OwedTest], *, words: bool) -> list[Event]:
    """The last first. What was told is for who reads names there."""
    found = [
        Event(
            line.returnee_list.received_at,
            _("Named by {agency}, line {line}").format(agency=line.returnee_list.from_whom, line=line.place)
            if line.outcome == LineOutcome.MADE
            else _("Named by {agency} too, line {line}").format(agency=line.returnee_list.from_whom, line=line.place),
            str(line.returnee_list.received_by or ""),
        )
        for line in lines
    ]
    for attempt in row.attempts.select_related("by", "phone"):
        what = f"{attempt.get_means_display()}: {attempt.get_answer_display()}"
        what += f" (…{attempt.phone.last_four})" if attempt.phone else ""
        tone = "green" if attempt.answer == "reached" else "amber"
        found.append(Event(attempt.at, what, str(attempt.by or ""), (attempt.words or "") if words else "", tone))
    for test in tests:
        if test.tested_at:
            what = _("Test of day {day}: {result}").format(day=test.day, result=test.get_result_display())
            found.append(Event(test.tested_at, what, str(test.noted_by or ""), test.evidence if words else ""))
    for step in row.steps.select_related("by").exclude(step=StepKind.TESTED):  # told by the tests
        what = str(step.get_step_display())
        found.append(Event(step.at, what, str(step.by or ""), (step.words or "") if words else ""))
    return sorted(found, key=lambda event: event.at, reverse=True)


def callers_on_shift(unit_id: UUID, *, at: datetime) -> list[User]:
    """Who can be given somebody of an area now, by name."""
    here = Shift.objects.filter(ended_at__isnull=True, until__gt=at, user__in=holder_ids(CALL, unit_id, at=at))
    return list(User.objects.filter(pk__in=here.values("user")).order_by("display_name", "id"))


# ---- figures


@dataclass(frozen=True)
class AreaFigures:
    """How it stands in an area. `waiting`: nobody has them and something is due."""

    unit: Unit
    waiting: int = 0
    owned: int = 0
    handed_up: int = 0
    watched: int = 0
    tests_today: int = 0
    tests_late: int = 0
    closed: int = 0

    @property
    def open(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.waiting or self.owned or self.handed_up or self.watched)


NONE = (0, 0)


def area_figures(actor: Actor, *, at: datetime) -> list[AreaFigures]:
    """By area, in three queries."""
    opened = Q(closed_at__isnull=True)
    counts = {
        "waiting": Count("id", filter=opened & Q(owner__isnull=True, due_at__lte=at)),
        "owned": Count("id", filter=opened & Q(owner__isnull=False)),
        "handed_up": Count("id", filter=opened & Q(handed_up_at__isnull=False)),
        "watched": Count("id", filter=opened & Q(state=State.WATCHED)),
        "closed": Count("id", filter=~opened),
    }
    rows = {row["unit"]: row for row in Returnee.objects.visible_to(actor, READ).values("unit").annotate(**counts)}
    tests = _tests_of(list(rows), at)
    units = Unit.objects.filter(pk__in=rows).order_by("name", "code")
    return [
        AreaFigures(
            unit, tests_today=tests.get(unit.pk, NONE)[0], tests_late=tests.get(unit.pk, NONE)[1],
            **{name: rows[unit.pk][name] for name in counts},
        )
        for unit in units
    ]  # fmt: skip


def _tests_of(units: Sequence[UUID], at: datetime) -> dict[UUID, tuple[int, int]]:
    zone = clock.zone(AT_HOME.zone)
    _begin, end = clock.day_bounds(clock.local_date(at, zone), zone)
    owed = OwedTest.objects.filter(
        returnee__unit__in=units, returnee__closed_at__isnull=True, result="", waived_at__isnull=True, due_at__lt=end
    )
    counted = owed.values("returnee__unit").annotate(
        today=Count("id", filter=Q(due_at__gte=at)), late=Count("id", filter=Q(due_at__lt=at))
    )
    return {row["returnee__unit"]: (row["today"], row["late"]) for row in counted}


# ---- calls


def my_shift(actor: Actor, *, at: datetime) -> Shift | None:
    """The shift one is on."""
    rows = Shift.objects.filter(user=actor.user_id, ended_at__isnull=True, until__gt=at)
    return rows.select_related("unit").first()


def mine(actor: Actor) -> QuerySet[Returnee]:
    """Those one has, the longest due first."""
    rows = Returnee.objects.visible_to(actor, CALL).filter(owner=actor.user_id, closed_at__isnull=True)
    return rows.select_related("unit", "owner").order_by("due_at", "id")


def waiting_now(actor: Actor, *, at: datetime) -> int:
    """How many nobody has and who are due, where one may call; up to a hundred."""
    rows = Returnee.objects.visible_to(actor, CALL).filter(closed_at__isnull=True, owner__isnull=True, due_at__lte=at)
    return len(rows.values_list("pk", flat=True)[:100])


def call_areas(actor: Actor) -> list[Unit]:
    """Areas for which one may call, by name."""
    return list(Unit.objects.visible_to(actor, CALL).filter(ended_at__isnull=True).order_by("name", "code"))
