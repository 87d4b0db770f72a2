"""The names behind a figure, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.paging import Page, page
from lazaretto.headquarters.choices import RELEASE_KIND, TEST_KIND, Figure
from lazaretto.headquarters.queries.overview import due_before, end_of_today
from lazaretto.people.queries import display_names
from lazaretto.places.models import Site
from lazaretto.places.queries import sites
from lazaretto.stays.models import Occupancy, Stay

READ = "stays.read"
KIND_OF = {Figure.RELEASE_TODAY: RELEASE_KIND, Figure.RELEASE_OVERDUE: RELEASE_KIND, Figure.TESTS_DUE: TEST_KIND}


@dataclass(frozen=True)
class NameLine:
    """Somebody behind a figure: where, which stay, and when what is due is due."""

    person_id: UUID
    name: str
    site: Site
    room: str
    stay_number: str
    started_at: datetime
    due_at: datetime
    overdue: bool


def names_behind(actor: Actor, figure: Figure, *, at: datetime, site: str = "", cursor: str = "") -> Page[NameLine]:
    """People counted by the figure, of one site or of all. Raises `BadCursor`. At most five queries."""
    places = [found for found in sites(actor) if site in {"", found.code}]
    if figure == Figure.IN_HOUSE:
        return _in_house(actor, places, at, cursor)
    return _due(actor, figure, places, at, cursor)


def _in_house(actor: Actor, places: Sequence[Site], at: datetime, cursor: str) -> Page[NameLine]:
    stays = Stay.objects.visible_to(actor, READ).filter(ended_at__isnull=True, site__in=places)
    found = page(_with_all(stays), ("site__code", "number", "id"), cursor=cursor)
    return Page(_lines(actor, found.items, {}, at), found.next)


def _due(actor: Actor, figure: Figure, places: Sequence[Site], at: datetime, cursor: str) -> Page[NameLine]:
    waiting = Deadline.objects.visible_to(actor, READ).filter(state=DeadlineState.OPEN, kind=KIND_OF[figure])
    waiting = waiting.filter(due_before(end_of_today(places, at)))
    if figure == Figure.RELEASE_OVERDUE:
        waiting = waiting.filter(due_at__lte=at)
    found = page(waiting, ("due_at", "id"), cursor=cursor)
    due = {UUID(deadline.subject_id): deadline.due_at for deadline in found.items}
    stays = _with_all(Stay.objects.visible_to(actor, READ).filter(pk__in=due))
    lines = _lines(actor, stays, due, at)
    return Page(sorted(lines, key=lambda line: (line.due_at, line.site.code, line.room)), found.next)


def _with_all(stays: QuerySet[Stay]) -> QuerySet[Stay]:
    here = Occupancy.objects.filter(ended_at__isnull=True).select_related("room")
    people = stays.select_related("site", "person", "order").defer("person__address")
    return people.prefetch_related(Prefetch("occupancies", queryset=here))


def _lines(actor: Actor, stays: Iterable[Stay], due: dict[UUID, datetime], at: datetime) -> list[NameLine]:
    rows = list(stays)
    names = display_names(actor, [row.person for row in rows])
    return [_line(row, names[row.person_id], due.get(row.pk, row.order.ends_at), at) for row in rows]


def _line(stay: Stay, name: str, due_at: datetime, at: datetime) -> NameLine:
    taken = next(iter(stay.occupancies.all()), None)
    return NameLine(
        person_id=stay.person_id,
        name=name,
        site=stay.site,
        room=taken.room.number if taken else "",
        stay_number=stay.number,
        started_at=stay.started_at,
        due_at=due_at,
        overdue=due_at <= at,
    )
