"""Reads of headcounts, within what an actor may see. Never writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.prepared import prepared
from lazaretto.headcounts.choices import Issue, LineOutcome, ListState, OrganisationKind, Resolution
from lazaretto.headcounts.models import HeadcountList, Household, ListLine, Member, MemberConcern, Organisation
from lazaretto.headcounts.rules import folded
from lazaretto.people.models import Person
from lazaretto.people.queries import document_digest, name_for
from lazaretto.people.rules import fold, tidy_name

LABELS = {
    "organisation": _("Enterprise"), "community": _("Community"), "building": _("Building"), "stair": _("Staircase"),
    "room": _("Room"), "section": _("Department"), "name": _("Name"), "document": _("Document number"),
    "phone": _("Telephone"), "dormitory": _("Where they sleep"), "inside": _("Sleeps inside"),
    "family": _("Family"), "household": _("Number of the household"),
    "remark": pgettext_lazy("column", "Remarks"),
}  # fmt: skip
SENSITIVE = {"family", "household", "remark"}
READ = "headcounts.read"
PERSON = "headcounts.person"  # the page of one person, without the lists they stand on
MANAGE = "headcounts.manage"
CARE = "headcounts.care"  # families and what must be thought of about them


def organisations(actor: Actor, *, q: str = "") -> QuerySet[Organisation]:
    """Those that go on, by name; `q` is part of the name."""
    rows = Organisation.objects.visible_to(actor, READ).filter(ended_at__isnull=True).select_related("unit")
    return rows.filter(folded__contains=folded(q)) if q.strip() else rows


def sizes(rows: Sequence[Organisation]) -> dict[UUID, tuple[int, int]]:
    """People on the headcount of each, and how many of them sleep inside; one query."""
    counted = Member.objects.filter(organisation__in=rows, ended_at__isnull=True).values("organisation")
    found = counted.annotate(people=Count("id"), inside_too=Count("id", filter=Q(inside=True)))
    return {row["organisation"]: (row["people"], row["inside_too"]) for row in found}


def organisation_by_id(actor: Actor, pk: UUID) -> Organisation:
    """One of them; raises `NotFound`."""
    found = Organisation.objects.visible_to(actor, READ).select_related("unit").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="headcounts.organisation", id=pk)
    return found


def members(actor: Actor, *, q: str = "", section: str = "") -> QuerySet[Member]:
    """People on headcounts the actor may read; `q` begins a name or its initials, or ends a document number."""
    rows = Member.objects.visible_to(actor, READ).filter(ended_at__isnull=True)
    if section:
        rows = rows.filter(section=section)
    return rows.filter(typed(q)) if fold(q) else rows


def typed(q: str, path: str = "") -> Q:
    """Members as somebody typed them: the beginning of a name or its initials, or the end of a document.

    Full-width letters and digits count as narrow ones; blanks inside a Chinese name, initials or a document as none,
    as names were read from their lists. `path` leads to the member.
    """
    name, close = tidy_name(fold(q)), fold(q).replace(" ", "")
    own = {"name__startswith": name, "initials__startswith": close.lower(), "document_tail": close.upper()}
    found = Q(pk__in=[])
    for field, value in own.items():
        found |= Q(**{f"{path}{field}": value}) if value else Q(pk__in=[])
    return found


def sections(organisation: Organisation) -> list[tuple[str, int]]:
    """Departments with the people in them, the largest first."""
    rows = organisation.members.filter(ended_at__isnull=True).values_list("section")
    return [(name, people) for name, people in rows.annotate(n=Count("id")).order_by("-n", "section")]


@dataclass(frozen=True)
class MemberLine:
    """Somebody on a headcount as the list shows them."""

    member: Member
    name: str

    @property
    def key(self) -> str:
        """Names the dialogue about them."""
        return str(self.member.pk)


def member_lines(actor: Actor, rows: Sequence[Member], *, unit_id: UUID) -> list[MemberLine]:
    """With the names that the actor reads there."""
    return [MemberLine(row, name_for(actor, row.name, unit_id=unit_id)) for row in rows]


# ---- lists


def lists(actor: Actor) -> QuerySet[HeadcountList]:
    """Lists as they came, the last first."""
    rows = HeadcountList.objects.visible_to(actor, READ).select_related("unit", "uploaded_by")
    return rows.order_by("-uploaded_at", "-id")


def list_by_id(actor: Actor, pk: UUID) -> HeadcountList:
    """One of them; raises `NotFound`."""
    found = lists(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="headcounts.headcountlist", id=pk)
    return found


@dataclass(frozen=True)
class Account:
    """What became of every line. `leaving`: those of its enterprises who are not on a complete list any more."""

    lines: int
    ready: int
    held: int
    repeated: int
    empty: int
    made: int
    kept: int
    rejected: int
    leaving: int

    @property
    def balances(self) -> bool:
        """Every line is accounted for once."""
        parts = (self.ready, self.held, self.repeated, self.empty, self.made, self.kept, self.rejected)
        return self.lines == sum(parts)


def account_of(headcount_list: HeadcountList, *, who_leaves: bool = True) -> Account:
    """One query, and one more for who would leave by a complete list that is open, where that is asked."""
    rows = headcount_list.entries.values_list("outcome", "resolution").annotate(n=Count("id"))
    found = {(outcome, resolution): n for outcome, resolution, n in rows}

    def counted(outcome: str = "", resolution: str = "") -> int:
        return sum(n for (is_, did), n in found.items() if (not outcome or is_ == outcome) and did == resolution)

    asked = who_leaves and headcount_list.complete and headcount_list.state in {ListState.STAGED, ListState.COMMITTING}
    return Account(
        lines=headcount_list.lines,
        ready=counted(LineOutcome.READY),
        held=counted(LineOutcome.HELD),
        repeated=counted(LineOutcome.REPEATED),
        empty=counted(LineOutcome.EMPTY),
        made=counted(resolution=Resolution.MADE),
        kept=counted(resolution=Resolution.KEPT),
        rejected=counted(resolution=Resolution.REJECTED),
        leaving=leaving(headcount_list).count() if asked else headcount_list.left,
    )


def leaving(headcount_list: HeadcountList) -> QuerySet[Member]:
    """People on the headcounts of the enterprises that the list names, who are on none of its lines.

    Nobody without a document leaves by a list: who they are would be a guess. For commands and figures.
    """
    lines = ListLine.objects.filter(headcount_list=headcount_list).exclude(resolution=Resolution.REJECTED)
    named = Exists(lines.filter(organisation=OuterRef("folded")))
    there = Organisation.objects.filter(named, unit=headcount_list.unit_id, ended_at__isnull=True)
    said = Exists(
        lines.filter(document_digest=OuterRef("document_digest"), organisation=OuterRef("organisation__folded"))
    )
    rows = Member.objects.filter(organisation__in=there, ended_at__isnull=True)
    return rows.exclude(document_digest="").exclude(said)


@dataclass(frozen=True)
class ShownLine:
    """A line of a list as the page shows it: its cells and what is wrong with them, in words."""

    line: ListLine
    cells: list[tuple[str, str]]
    issues: list[str]

    @property
    def open(self) -> bool:
        """Whether somebody has to decide."""
        return self.line.outcome == LineOutcome.HELD and not self.line.resolution


def list_lines(headcount_list: HeadcountList, show: str) -> QuerySet[ListLine]:
    """Lines to decide (`held`), said again (`repeated`), with a doubt that holds nobody (`doubtful`), or all."""
    rows = headcount_list.entries.all()
    if show == "held":
        return rows.filter(outcome=LineOutcome.HELD, resolution="")
    if show == "repeated":
        return rows.filter(outcome=LineOutcome.REPEATED)
    if show == "doubtful":
        return rows.filter(outcome=LineOutcome.READY).exclude(issues=[])
    return rows


def shown_lines(actor: Actor, headcount_list: HeadcountList, rows: Sequence[ListLine]) -> list[ShownLine]:
    """Names by role, documents and telephone numbers by their ends."""
    return [
        ShownLine(
            row, _cells(actor, headcount_list.unit_id, json.loads(row.payload)), [_said(code) for code in row.issues]
        )
        for row in rows
    ]


def _cells(actor: Actor, unit_id: UUID, cells: dict[str, str]) -> list[tuple[str, str]]:
    return [(field_label(field), _shown(actor, unit_id, field, text)) for field, text in cells.items() if text]


def field_label(field: str) -> str:
    """What a column is called; one that says nothing we know, as the file calls it."""
    return str(LABELS[field]) if field in LABELS else field.lstrip("+")


def _shown(actor: Actor, unit_id: UUID, field: str, text: str) -> str:
    if field == "name":
        return name_for(actor, text, unit_id=unit_id)
    if field in {"document", "phone"}:
        return "…" + text[-4:]  # whole only through `show_line`, which the journal keeps
    if field in SENSITIVE and not actor.may(CARE, unit_id):
        return "…"
    return text


def _said(code: str) -> str:
    return str(Issue(code).label)


def managed_units(actor: Actor) -> list[Unit]:
    """Units whose headcounts the actor may change, by name."""
    return list(Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True).order_by("name", "code"))


def digest_of(kind: str, document: str) -> str:
    """Under which digest headcounts, rosters and strangers know a document; empty without one.

    Lists do not say who issued a passport: the country is left open, as `people` leaves it when it is not known.
    """
    return document_digest(kind, "", document) if document else ""


def of_unit(unit_id: Any, names: Sequence[str]) -> dict[str, Organisation]:
    """Enterprises of a unit that go on, by folded name. For commands."""
    rows = Organisation.objects.filter(unit=unit_id, folded__in=list(names), ended_at__isnull=True)
    return {row.folded: row for row in rows}


def without_employer(unit_id: UUID) -> str:
    """What the headcount of people without an employer is called in a unit: as it stands, else in words of ours."""
    rows = Organisation.objects.filter(unit=unit_id, kind=OrganisationKind.NONE, ended_at__isnull=True)
    there = rows.order_by("started_at", "pk").values_list("name", flat=True).first()
    return there or gettext("People without an employer here")


def members_of(person_id: UUID) -> QuerySet[Member]:
    """Where somebody of ours stands on headcounts now, the last one first."""
    rows = Member.objects.filter(person=person_id, ended_at__isnull=True)
    return rows.select_related("organisation").order_by("-started_at", "pk")


def on_headcounts(people: Sequence[UUID], unit_id: UUID) -> set[UUID]:
    """Who of these stands on a headcount of a unit."""
    rows = Member.objects.filter(person__in=people, organisation__unit=unit_id, ended_at__isnull=True)
    return {row for row in rows.values_list("person_id", flat=True) if row is not None}


def sleeps_at(person: Person) -> str:
    """Building and room by the headcount they are on, else what their record says; empty where nobody has said."""
    home = members_of(person.pk).exclude(building="", room="").first()
    said = " ".join(part for part in (home.building, home.room) if part) if home else ""
    return said or person.dormitory or person.address or ""


@prepared
def lines_with(list_id: Any, digests: Any) -> QuerySet[ListLine, tuple[str, str]]:
    """Lines of a list with one of these documents: document and enterprise. For commands."""
    rows = ListLine.objects.filter(headcount_list=list_id, document_digest__among=digests)
    return rows.values_list("document_digest", "organisation")


@prepared
def employers_of(unit_id: Any, digests: Any) -> QuerySet[Member, tuple[str, str]]:
    """On whose headcounts in a unit these documents are. For commands."""
    rows = Member.objects.filter(document_digest__among=digests, ended_at__isnull=True, organisation__unit=unit_id)
    return rows.values_list("document_digest", "organisation__folded")


@prepared
def members_with(digests: Any) -> QuerySet[Member, tuple[Any, ...]]:
    """Who has one of these documents, as they stand. For commands."""
    rows = Member.objects.filter(document_digest__among=digests, ended_at__isnull=True)
    return rows.values_list(
        "pk", "organisation_id", "organisation__unit_id", "document_digest", "household_id", "name", "section",
        "building", "room", "inside", "phone",
    )  # fmt: skip


@prepared
def households_with(unit_id: Any, digests: Any) -> QuerySet[Household, tuple[str, int]]:
    """Households of a unit by their number. For commands."""
    rows = Household.objects.filter(unit=unit_id, number_digest__among=digests)
    return rows.values_list("number_digest", "pk")


@prepared
def concerns_of(members: Any) -> QuerySet[MemberConcern, tuple[int, int, str, Any, UUID | None]]:
    """What stands about these members: key, member, kind, note, from which list. For commands."""
    rows = MemberConcern.objects.filter(member__among=members, ended_at__isnull=True)
    return rows.values_list("pk", "member_id", "kind", "note", "from_list_id")
