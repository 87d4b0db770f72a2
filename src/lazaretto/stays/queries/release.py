"""Who is to be released when, each criterion with its evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.clock import day_bounds
from lazaretto.core.signing import BadSignature, read_signed
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.rules import Assessment
from lazaretto.stays.models import Certificate, Observation, Occupancy, Stay
from lazaretto.stays.queries.courses import assessment_of


@dataclass(frozen=True)
class Candidate:
    """Somebody whose order ends on the day asked for, or has ended: room, and how the criteria stand."""

    stay: Stay
    name: str
    room: str
    due_at: datetime
    overdue: bool
    assessment: Assessment


@dataclass(frozen=True)
class CertificateFound:
    """What a certificate's token says, whether the signature holds, and whether it still counts."""

    genuine: bool
    payload: dict[str, object]
    revoked_at: datetime | None
    known: bool


def with_evidence(stays: QuerySet[Stay]) -> QuerySet[Stay]:
    """Stays with everything that an assessment looks at, in a fixed number of queries."""
    valid = Observation.objects.filter(superseded_at__isnull=True).order_by("taken_at")
    here = Occupancy.objects.filter(ended_at__isnull=True).select_related("room")
    related = stays.select_related("person", "order", "site").prefetch_related("order__changes", "specimens__results")
    return related.prefetch_related(Prefetch("observations", queryset=valid)).prefetch_related(
        Prefetch("occupancies", queryset=here)
    )


def release_list(actor: Actor, site: Site, day: date, *, at: datetime) -> list[Candidate]:
    """Everybody whose order ends by the end of that local day, most overdue first."""
    _start, end = day_bounds(day, ZoneInfo(site.time_zone))
    due = Stay.objects.filter(site=site, ended_at__isnull=True, order__ends_at__lt=end)
    return [_candidate(actor, stay, at) for stay in with_evidence(due).order_by("order__ends_at", "id")]


def _candidate(actor: Actor, stay: Stay, at: datetime) -> Candidate:
    taken = next(iter(stay.occupancies.all()), None)
    return Candidate(
        stay=stay,
        name=display_name(actor, stay.person, unit_id=stay.site.unit_id),
        room=taken.room.number if taken else "",
        due_at=stay.order.ends_at,
        overdue=stay.order.ends_at <= at,
        assessment=assessment_of(stay, at=at),
    )


def read_certificate(token: str) -> CertificateFound:
    """Check a certificate: the signature first, then whether it was revoked. Anybody may ask."""
    try:
        payload = read_signed(token)
    except BadSignature:
        return CertificateFound(False, {}, None, known=False)
    found = Certificate.objects.filter(number=str(payload.get("n", ""))).first()
    return CertificateFound(True, payload, found.revoked_at if found else None, known=found is not None)
