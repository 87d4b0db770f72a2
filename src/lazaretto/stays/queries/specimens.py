"""Tests due, specimens under way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.prepared import prepared
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.rules import due_tests
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.deadlines import TEST
from lazaretto.stays.errors import TubeUnknown
from lazaretto.stays.models import Occupancy, Specimen, Stay
from lazaretto.stays.queries.courses import CENTRAL, course_of


@dataclass(frozen=True)
class Sampling:
    """A line of the sampling list: who, where, which test, due when (UTC)."""

    stay_id: UUID
    stay_number: str
    person_id: UUID
    name: str
    room: str
    floor: str
    test_key: str
    due_at: datetime
    overdue: bool

    @property
    def day_label(self) -> str:
        """The day of the stay the test belongs to: `central-7` is D7."""
        return f"D{self.test_key.rpartition('-')[2]}"


def test_answered_by(stay: Stay, at: datetime) -> str:
    """The key of the test a scheduled specimen taken now answers: the open one due first, empty when none is open."""
    unmet = set(_open_tests(stay=str(stay.pk)))
    if not unmet:
        return ""
    opened = [
        due for due in due_tests(course_of(stay.order, stay.site)) if due.setting == CENTRAL and due.opens_at <= at
    ]
    return next((due.key for due in opened if due.key in unmet), "")


@prepared
def _open_tests(stay: Any) -> QuerySet[Deadline, str]:
    found = Deadline.objects.filter(kind=TEST.code, subject_id=stay, state=DeadlineState.OPEN)
    return found.values_list("slot", flat=True)


def sampling_list(actor: Actor, site: Site, *, until: datetime, at: datetime) -> list[Sampling]:
    """Who is to be sampled until then, by floor and room. Four queries, whatever the number of people."""
    dues = Deadline.objects.filter(kind=TEST.code, unit_id=site.unit_id, state=DeadlineState.OPEN, due_at__lte=until)
    wanted = {due.subject_id: due for due in dues.order_by("-due_at")}
    taken = (
        Occupancy.objects.filter(stay__in=list(wanted), ended_at__isnull=True, stay__ended_at__isnull=True)
        .select_related("stay__person", "room__floor")
        .order_by("room__floor__order", "room__number", "stay_id")
    )
    return [_sampling(actor, site, place, wanted[str(place.stay_id)], at) for place in taken]


def _sampling(actor: Actor, site: Site, place: Occupancy, due: Deadline, at: datetime) -> Sampling:
    return Sampling(
        stay_id=place.stay_id,
        stay_number=place.stay.number,
        person_id=place.stay.person_id,
        name=display_name(actor, place.stay.person, unit_id=site.unit_id),
        room=place.room.number,
        floor=place.room.floor.label,
        test_key=due.slot,
        due_at=due.due_at,
        overdue=due.overdue_at <= at,
    )


def awaiting_result(site: Site) -> QuerySet[Specimen]:
    """Specimens without a result, oldest first."""
    waiting = Specimen.objects.filter(stay__site=site, state=SpecimenState.PENDING)
    return waiting.select_related("stay__person").order_by("collected_at", "id")


def with_room(specimens: QuerySet[Specimen]) -> QuerySet[Specimen]:
    """Each with the `room` its person is in, or was in last."""
    last = Occupancy.objects.filter(stay=OuterRef("stay")).order_by("-started_at").values("room__number")[:1]
    return specimens.annotate(room=Subquery(last))


def open_positives(site: Site) -> QuerySet[Specimen]:
    """Preliminary positives that nobody has confirmed or refuted, oldest first."""
    waiting = Specimen.objects.filter(stay__site=site, state=SpecimenState.PRELIMINARY_POSITIVE)
    return waiting.select_related("stay__person").order_by("collected_at", "id")


def specimen_for(site: Site, tube: str) -> Specimen:
    """A specimen of a site by its tube, with its person, room, results and confirmations; raises `TubeUnknown`."""
    rows = with_room(Specimen.objects.filter(stay__site=site, tube=tube)).select_related("stay__person")
    found = rows.prefetch_related("results", "confirmations__results").first()
    if found is None:
        raise TubeUnknown(tube=tube)
    return found
