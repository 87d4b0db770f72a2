"""Reads of families: who must be thought of, who belongs together, how many. For whoever may read that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.headcounts.choices import Concern, OrganisationKind
from lazaretto.headcounts.models import Household, Member, MemberConcern, Organisation
from lazaretto.headcounts.queries import CARE, PERSON, members
from lazaretto.people.queries import name_for

OPEN = Q(ended_at__isnull=True)


@dataclass(frozen=True)
class Figures:
    """People by what must be thought of; families of which two work, and those of them with a small child."""

    kinds: list[tuple[Concern, int]]
    dual: int
    dual_with_child: int


@dataclass(frozen=True)
class FamilyLine:
    """Somebody with what must be thought of, and the others of their household."""

    member: Member
    name: str
    concerns: list[MemberConcern]
    others: list[tuple[Member, str]]

    @property
    def key(self) -> str:
        """Names the dialogue about them."""
        return str(self.member.pk)


def figures(rows: QuerySet[Member]) -> Figures:
    """Of these members, who are on headcounts now. Three queries."""
    mine = rows.order_by().values("pk")
    there = MemberConcern.objects.filter(OPEN, member__in=mine)
    counted = dict(there.values_list("kind").annotate(n=Count("id")).order_by())
    said = there.filter(kind=Concern.DUAL).annotate(
        family=Coalesce(F("member__household"), -F("member")),
        child=Exists(_concerns(Concern.CHILD).filter(member=OuterRef("member")))
        | Exists(_concerns(Concern.CHILD).filter(member__household=OuterRef("member__household"))),
    )
    told = said.aggregate(n=Count("family", distinct=True), c=Count("family", distinct=True, filter=Q(child=True)))
    employed = Member.objects.filter(OPEN, household__isnull=False, organisation__kind=OrganisationKind.ENTERPRISE)
    several = employed.order_by().values("household").annotate(n=Count("document_digest", distinct=True))
    by_link = (
        Household.objects.filter(pk__in=several.filter(n__gte=2).values("household"))
        .filter(pk__in=rows.order_by().filter(household__isnull=False).values("household"))
        .exclude(Exists(_concerns(Concern.DUAL).filter(member__household=OuterRef("pk"))))
        .annotate(child=Exists(_concerns(Concern.CHILD).filter(member__household=OuterRef("pk"))))
        .aggregate(n=Count("pk"), c=Count("pk", filter=Q(child=True)))
    )
    kinds = [(concern, counted[concern.value]) for concern in Concern if counted.get(concern.value)]
    return Figures(kinds, told["n"] + by_link["n"], told["c"] + by_link["c"])


def _concerns(kind: Concern) -> QuerySet[MemberConcern]:
    return MemberConcern.objects.filter(OPEN, kind=kind, member__ended_at__isnull=True)


def two_work() -> QuerySet[Household]:
    """Households of whom two are on headcounts of enterprises, of one or of two."""
    employed = Member.objects.filter(
        OPEN, household=OuterRef("pk"), organisation__kind=OrganisationKind.ENTERPRISE
    ).order_by()
    counted = employed.values("household").annotate(n=Count("document_digest", distinct=True)).values("n")
    return Household.objects.annotate(working=Subquery(counted)).filter(working__gte=2)


class _LookedUp(Exists):
    """Asked of each row by its key until the page is full: PostgreSQL would count all families beforehand."""

    template = "EXISTS(%(subquery)s OFFSET 0)"  # Django ends the subquery with LIMIT 1


def to_care_for(
    actor: Actor, *, kind: str = "", unit: UUID | None = None, organisation: UUID | None = None
) -> QuerySet[Member]:
    """People about whom something must be thought of, whom the actor may look after; of one kind or any.

    Of families of which both work there are those that say so, and those of whom two are on headcounts.
    """
    rows = Member.objects.visible_to(actor, CARE).filter(OPEN).select_related("organisation")
    found = MemberConcern.objects.filter(OPEN)
    said = Q(pk__in=(found.filter(kind=kind) if kind else found).values("member"))
    if kind == Concern.DUAL:
        said |= Q(_LookedUp(two_work().filter(pk=OuterRef("household"))))
    rows = rows.filter(said)
    if unit is not None:
        rows = rows.filter(organisation__unit=unit)
    return rows.filter(organisation=organisation) if organisation is not None else rows


def family_lines(actor: Actor, rows: Sequence[Member]) -> list[FamilyLine]:
    """With names as the actor reads them. Two queries, however many they are."""
    concerns: dict[int, list[MemberConcern]] = {}
    for one in MemberConcern.objects.filter(OPEN, member__in=rows).order_by("started_at", "id"):
        concerns.setdefault(one.member_id, []).append(one)
    kin: dict[int, list[Member]] = {}
    households = {row.household_id for row in rows if row.household_id}
    family = Member.objects.visible_to(actor, CARE).filter(OPEN, household__in=households)
    family = family.select_related("organisation")
    for other in family.order_by("name", "id"):
        kin.setdefault(other.household_id or 0, []).append(other)
    return [
        FamilyLine(
            row, _name(actor, row), concerns.get(row.pk, []),
            [(other, _name(actor, other)) for other in _others(row, kin.get(row.household_id or 0, []))],
        )
        for row in rows
    ]  # fmt: skip


def _others(row: Member, family: Sequence[Member]) -> list[Member]:
    same = row.document_digest
    return [other for other in family if other.pk != row.pk and not (same and other.document_digest == same)]


def _name(actor: Actor, row: Member) -> str:
    return name_for(actor, row.name, unit_id=row.organisation.unit_id)


def member_by_id(actor: Actor, pk: int) -> Member:
    """Somebody on a headcount, or who was; raises `NotFound`."""
    rows = Member.objects.visible_to(actor, PERSON).select_related("organisation__unit", "from_list")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="headcounts.member", id=pk)
    return found


def candidates(actor: Actor, member: Member, q: str) -> list[Member]:
    """Whose household somebody may be of: people of the area by name, initials or the end of a document; ten."""
    if not q.strip():
        return []
    rows = members(actor, q=q).filter(organisation__unit=member.organisation.unit_id).exclude(pk=member.pk)
    if member.document_digest:
        rows = rows.exclude(document_digest=member.document_digest)
    return list(rows.select_related("organisation").order_by("name", "pk")[:10])


def areas(actor: Actor, capability: str) -> list[Unit]:
    """Units with headcounts where the actor has a capability, by name."""
    there = Exists(Organisation.objects.filter(unit=OuterRef("pk"), ended_at__isnull=True))
    return list(Unit.objects.visible_to(actor, capability).filter(there).order_by("name", "code"))


def plain(concerns: Sequence[MemberConcern]) -> str:
    """In one line, as a printed list has it."""
    return "；".join(_said(one) for one in concerns)


def _said(one: Any) -> str:
    return f"{one.get_kind_display()}（{one.note}）" if one.note else str(one.get_kind_display())
