"""Where everyone is, since when, with whom: now, or at any past moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import HandedOver, Handover, Holding, Question
from lazaretto.people.masking import mask
from lazaretto.people.queries import display_names, names_visible
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.stays.models import Stay
from lazaretto.transfers.errors import MomentAhead

READ = "transfers.read"


@dataclass(frozen=True)
class Whereabouts:
    """One person: the place in words, the handover when they are under way, and who has them."""

    person_id: UUID
    name: str
    place: str
    handover: str
    holder: str
    since: datetime


def past(at: datetime, *, now: datetime) -> datetime:
    """A moment of which it is known where people were. Raises `MomentAhead`."""
    if at > now:
        raise MomentAhead(at=at.isoformat())
    return at


def holdings(actor: Actor, *, at: datetime | None = None) -> QuerySet[Holding]:
    """Who is held where, now or at that moment, within what the actor may read: one query."""
    return with_ends(_held(actor, at)).order_by("person_id")


def _held(actor: Actor, at: datetime | None) -> QuerySet[Holding]:
    rows = Holding.objects.all()
    if at is None:
        rows = rows.filter(ended_at__isnull=True)
    else:
        rows = rows.filter(started_at__lte=at).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))
    if actor.everywhere(READ):
        return rows
    units = actor.units_with(READ)
    return rows.filter(
        Q(site__unit_id__in=units) | Q(handover__from_site__unit_id__in=units) | Q(handover__to_site__unit_id__in=units)
    )


def holding_of(person_id: UUID) -> Holding | None:
    """Who holds this person now, whoever asks; for a page that has checked who may."""
    return with_ends(Holding.objects.filter(person=person_id, ended_at__isnull=True)).first()


def with_ends(rows: QuerySet[Holding]) -> QuerySet[Holding]:
    """With the person, and with everything that the words for a place need."""
    return rows.select_related(
        "person", "site", "external", "handover__from_site", "handover__from_external",
        "handover__to_site", "handover__to_external",
    )  # fmt: skip


def whereabouts(
    actor: Actor,
    *,
    at: datetime | None = None,
    site: str = "",
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Whereabouts]:
    """The same as sentences for the reader, of everybody or of one site (its code); names whole or masked.

    In the order of their ids, from the one behind `after` on. Plain values, because it is thousands of people: five
    queries at most, whatever their number.
    """
    held = _held(actor, at).order_by("person_id")
    if site:
        held = held.filter(site__code=site)
    if after is not None:
        held = held.filter(person_id__gt=after)
    rows = list(
        held.values_list("person_id", "person__name", "started_at", "site_id", "external_id", "handover_id")[:limit]
    )
    reads = names_visible(actor, [row[0] for row in rows])
    words = _words(rows)
    return [
        Whereabouts(person, name if person in reads else mask(name), *words[place or outside or going], since)
        for person, name, since, place, outside, going in rows
    ]


def _words(rows: Sequence[tuple[Any, ...]]) -> dict[UUID, tuple[str, str, str]]:
    """By what holds somebody: the place in words, the handover's number, and who has them."""
    sites, outside, going = ({row[place] for row in rows} - {None} for place in (3, 4, 5))
    found: dict[UUID, tuple[str, str, str]] = {}
    for site in Site.objects.filter(pk__in=sites) if sites else ():
        found[site.pk] = (_spoken(site, None), "", site.code)
    for place in ExternalPlace.objects.filter(pk__in=outside) if outside else ():
        found[place.pk] = (_spoken(None, place), "", "")
    ends = "from_site", "from_external", "to_site", "to_external"
    for leg in Handover.objects.filter(pk__in=going).select_related(*ends) if going else ():
        way = f"{origin_of(leg)} → {destination_of(leg)}"
        found[leg.pk] = (way, leg.number, " · ".join(filter(None, [leg.carrier, leg.escort])))
    return found


def place_of(row: Holding) -> str:
    """The place in words; of somebody under way both ends."""
    if row.handover is not None:
        return f"{origin_of(row.handover)} → {destination_of(row.handover)}"
    return _spoken(row.site, row.external)


def origin_of(handover: Handover) -> str:
    """Where a handover began, in words."""
    return _spoken(handover.from_site, handover.from_external)


def destination_of(handover: Handover) -> str:
    """Where a handover goes, in words."""
    return _spoken(handover.to_site, handover.to_external)


def _spoken(site: Site | None, external: object) -> str:
    if site is not None:
        return f"{site.code} {site.spoken_name}"
    return str(getattr(external, "spoken_name", ""))


@dataclass(frozen=True)
class OnTheMove:
    """A handover that is open: who is still missing, and how late they are."""

    handover: Handover
    origin: str
    destination: str
    people: int
    under_way: int
    overdue: bool
    incoming: bool


def on_the_move(actor: Actor, *, at: datetime) -> list[OnTheMove]:
    """Every open handover from or to the actor's places, the most overdue first; two queries."""
    rows = list(
        Handover.objects.visible_to(actor, READ)
        .filter(closed_at__isnull=True)
        .select_related("from_site", "from_external", "to_site", "to_external")
        .order_by("due_at", "id")
    )
    lines = HandedOver.objects.filter(handover__in=[row.id for row in rows]).values_list("handover_id", "outcome")
    all_of: dict[UUID, int] = {}
    going: dict[UUID, int] = {}
    for handover, outcome in lines:
        all_of[handover] = all_of.get(handover, 0) + 1
        going[handover] = going.get(handover, 0) + (outcome == Outcome.UNDER_WAY)
    return [
        OnTheMove(
            handover=row,
            origin=origin_of(row),
            destination=destination_of(row),
            people=all_of.get(row.id, 0),
            under_way=going.get(row.id, 0),
            overdue=row.due_at < at,
            incoming=row.to_site is not None and actor.may(READ, row.to_site.unit_id),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Line:
    """One person of a handover as its page shows them; what goes along only to those who hand over."""

    row: HandedOver
    name: str
    since: datetime | None


def lines_of(actor: Actor, handover: Handover) -> list[Line]:
    """Everybody of a handover, those under way first."""
    rows = list(handover.people.select_related("person").order_by("settled_at", "person__name", "id"))
    rows.sort(key=lambda row: (row.settled_at is not None, row.settled_at))
    names = display_names(actor, [row.person for row in rows])
    return [Line(row, names[row.person_id], row.settled_at) for row in rows]


def questions(actor: Actor) -> QuerySet[Question]:
    """Open questions put to the actor's places, the oldest first."""
    return all_questions(actor).filter(closed_at__isnull=True)


def all_questions(actor: Actor) -> QuerySet[Question]:
    """The same with those that were answered: whoever comes second reads who decided what."""
    rows = Question.objects.visible_to(actor, READ)
    return rows.select_related("person", "fact", "first_site", "second_site", "closed_by").order_by("opened_at", "id")


def places(actor: Actor) -> QuerySet[ExternalPlace]:
    """Places that others run and that can be chosen."""
    return ExternalPlace.objects.visible_to(actor, READ).filter(closed_at__isnull=True)


def people_under_way_to(sites: Collection[UUID]) -> dict[UUID, int]:
    """How many people have been signed out to these sites and are not there yet; one query."""
    coming = HandedOver.objects.filter(handover__to_site__in=sites, outcome=Outcome.UNDER_WAY)
    return dict(coming.order_by().values_list("handover__to_site").annotate(n=Count("id")))


def without_room(actor: Actor) -> QuerySet[Holding]:
    """People whom a site of the actor's holds and who have no stay there: they need a room, or to be admitted."""
    rows = Holding.objects.filter(ended_at__isnull=True, site__isnull=False)
    if not actor.everywhere(READ):
        rows = rows.filter(site__unit_id__in=actor.units_with(READ))
    staying = Stay.objects.filter(ended_at__isnull=True)
    rows = rows.exclude(person__in=staying.values("person"))
    return rows.select_related("person", "site").order_by("started_at", "id")
