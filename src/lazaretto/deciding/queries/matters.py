"""The list, its filters, and one matter with what is known of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import NotFound
from lazaretto.core.paging import Page, page
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.models import Matter
from lazaretto.deciding.queries.sources import KEYS, unanswered
from lazaretto.deciding.rules import READ
from lazaretto.people.queries import name_for
from lazaretto.screening.models import Point, RosterEntry, Round, Scan, Stranger, Tube
from lazaretto.screening.queries.at_points import Question

SHOWN = ("", "none", "mine", "overdue")
ORDER = ("due_at", "id")


def open_matters(actor: Actor) -> QuerySet[Matter]:
    """What waits. Whoever has done what it asks finds it gone at once, where its deadline tells."""
    rows = Matter.objects.visible_to(actor, READ).filter(closed_at__isnull=True)
    rows = rows.filter(Q(deadline__isnull=True) | Q(deadline__state=DeadlineState.OPEN))
    return rows.select_related("round__unit", "point", "owner")


def chosen(actor: Actor, *, of: UUID | None = None, kind: str = "", show: str = "", at: datetime) -> QuerySet[Matter]:
    """Of one round, of one kind; those of nobody, mine, or overdue."""
    rows = open_matters(actor)
    if of is not None:
        rows = rows.filter(round=of)
    if kind:
        rows = rows.filter(kind=kind)
    if show == "none":
        return rows.filter(owner__isnull=True)
    if show == "mine":
        return rows.filter(owner=actor.user_id)
    return rows.filter(due_at__lte=at) if show == "overdue" else rows


def listed(rows: QuerySet[Matter], *, limit: int, cursor: str) -> Page[Matter]:
    """What is due first stands first, so what is overdue does. Raises `BadCursor`. One query."""
    return page(rows, ORDER, limit=limit, cursor=cursor)


def rounds_waiting(actor: Actor) -> list[Round]:
    """Rounds of which something waits, the last first."""
    waiting = Matter.objects.filter(round=OuterRef("pk"), closed_at__isnull=True)
    return list(Round.objects.visible_to(actor, READ).filter(Exists(waiting)).order_by("-opens_at", "-id"))


def open_at(actor: Actor, point: Point) -> list[Question]:
    """Questions of a point by their kind; fevers stand there by themselves. One query, or none who may not see them."""
    rows = open_matters(actor).filter(round=point.round_id, point=point).exclude(kind=Kind.FEVER)
    sums = rows.order_by().values("kind").annotate(n=Count("id")) if actor.may(READ, point.round.unit_id) else ()
    url = reverse("deciding:matters")
    return [Question(Kind(row["kind"]).label, row["n"], f"{url}?round={point.round_id}") for row in sums]


def count_unowned(actor: Actor, most: int = 100) -> int:
    """How many wait for somebody; counting stops at `most`, so that the sidebar costs the same on a bad day."""
    waiting = Matter.objects.visible_to(actor, READ).filter(closed_at__isnull=True, owner__isnull=True)
    return waiting.order_by()[:most].count()


def matter_by_id(actor: Actor, pk: UUID) -> Matter:
    """One of any state; raises `NotFound`."""
    rows = Matter.objects.visible_to(actor, READ).select_related("round__unit", "point", "owner", "closed_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="deciding.matter", id=pk)
    return found


# ---- what is known of one


@dataclass(frozen=True)
class Somebody:
    """Somebody of the round, named as the reader may read names; where their scan that counts was taken."""

    number: int
    name: str
    organisation: str
    scan: Scan | None
    stranger: bool


def people_of(actor: Actor, matter: Matter) -> list[Somebody]:
    """Whom it is about: those it names, and who is in the place of the tube that two people are in. Four queries."""
    of, said = matter.round, matter.said
    numbers = [number for number in (said.get("number"), *said.get("numbers", ())) if number]
    if matter.kind == Kind.PLACE:
        there = Scan.objects.filter(round=of.pk, tube=said["tube"], slot=said["slot"])
        numbers += list(there.values_list("number", flat=True))
    scans = {row.number: row for row in Scan.objects.filter(round=of.pk, number__in=numbers)}
    listed_ = RosterEntry.objects.filter(round=of.pk, number__in=numbers).select_related("member", "organisation")
    known = {row.number: (row.member.name, row.organisation.name, False) for row in listed_}
    strangers = Stranger.objects.filter(round=of, number__in=numbers)
    known |= {row.number: (row.name, row.organisation, True) for row in strangers}
    return [
        Somebody(number, name_for(actor, name, unit_id=of.unit_id) if name else "", home, scans.get(number), stranger)
        for number in dict.fromkeys(numbers)
        for name, home, stranger in [known.get(number, ("", "", False))]
    ]


def kept_of(matter: Matter) -> list[int]:
    """Scans that do not count which it is about and of which nobody has said how they were. One query."""
    reasons = [reason for reason, (kind, _key) in KEYS.items() if kind == matter.kind]
    rows = unanswered(matter.round).filter(reason__in=reasons) if reasons else ()
    return [row.pk for row in rows if KEYS[row.reason][1](row) == matter.subject]


def tube_of(matter: Matter) -> Tube | None:
    """The tube it is about, with the round and the point where it was first used."""
    code = matter.said.get("tube")
    return Tube.objects.filter(pk=code).select_related("round", "point").first() if code else None
