"""Who is to be released when, each criterion with its evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.core.clock import day_bounds
from lazaretto.core.signing import BadSignature, read_signed
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.choices import CriterionRemark, EarlyGround, MissingForRelease, ReleaseCriterion
from lazaretto.protocols.queries import Calendar, calendar
from lazaretto.protocols.rules import Assessment
from lazaretto.stays.errors import NoRulePack, NotIsolated
from lazaretto.stays.models import Certificate, Observation, Occupancy, Stay
from lazaretto.stays.queries.courses import assessment_of


@dataclass(frozen=True)
class CriterionShown:
    """One criterion in words: what, whether met, the evidence as texts, what is missing, from when it can be met."""

    label: str
    met: bool
    evidence: tuple[str, ...]
    missing: str
    remark: str
    earliest_at: datetime | None


@dataclass(frozen=True)
class Candidate:
    """Somebody whose order ends on the day asked for, or has ended: room, and how the criteria stand.

    `assessment` is None where no rules say what to assess; `fault` then says why, and what to do about it.
    """

    stay: Stay
    name: str
    room: str
    due_at: datetime
    overdue: bool
    assessment: Assessment | None
    criteria: tuple[CriterionShown, ...]
    fault: str = ""

    @property
    def may_release(self) -> bool:
        """Every condition is met."""
        return self.assessment is not None and self.assessment.may_release

    @property
    def missing(self) -> tuple[CriterionShown, ...]:
        """What stands in the way."""
        return tuple(item for item in self.criteria if not item.met)


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
    related = stays.select_related("person", "order", "site").prefetch_related(
        "order__changes", "order__stays__specimens__results", "order__stays__excuses__excused_by"
    )
    seen = related.prefetch_related(Prefetch("order__stays__observations", queryset=valid))
    return seen.prefetch_related(Prefetch("occupancies", queryset=here))


def release_list(actor: Actor, site: Site, day: date, *, at: datetime) -> list[Candidate]:
    """Everybody whose order ends by the end of that local day, most overdue first."""
    _start, end = day_bounds(day, ZoneInfo(site.time_zone))
    due = Stay.objects.filter(site=site, ended_at__isnull=True, order__ends_at__lt=end)
    rules = calendar()
    return [_candidate(actor, stay, at, rules) for stay in with_evidence(due).order_by("order__ends_at", "id")]


def _candidate(actor: Actor, stay: Stay, at: datetime, rules: Calendar) -> Candidate:
    taken = next(iter(stay.occupancies.all()), None)
    found, fault = _assessed(stay, at, rules)
    return Candidate(
        stay=stay,
        name=display_name(actor, stay.person, unit_id=stay.site.unit_id),
        room=taken.room.number if taken else "",
        due_at=stay.order.ends_at,
        overdue=stay.order.ends_at <= at,
        assessment=found,
        criteria=criteria_shown(stay, found) if found else (),
        fault=fault,
    )


def _assessed(stay: Stay, at: datetime, rules: Calendar) -> tuple[Assessment | None, str]:
    """How the criteria stand; one stay without rules says so and leaves the others their list."""
    try:
        return assessment_of(stay, at=at, calendar=rules), ""
    except (NoRulePack, NotIsolated) as error:
        return None, str(error)


def criteria_shown(stay: Stay, found: Assessment) -> tuple[CriterionShown, ...]:
    """The criteria in the reader's language, evidence by what it says rather than by its id."""
    words = _evidence_words(stay)
    return tuple(
        CriterionShown(
            label=" ".join(filter(None, [str(ReleaseCriterion(item.code).label), _subject(item.subject)])),
            met=item.satisfied,
            evidence=tuple(words.get(piece, piece) for piece in item.evidence),
            missing=str(MissingForRelease(item.missing).label) if item.missing else "",
            remark=str(CriterionRemark(item.remark).label) if item.remark else "",
            earliest_at=item.earliest_at,
        )
        for item in found.criteria
    )


def _subject(subject: str) -> str:
    """`central-7` is the test of day 7; the ground of an early release reads as its words."""
    if subject in EarlyGround.values:
        return str(EarlyGround(subject).label)
    day = subject.rpartition("-")[2]
    return gettext("day {day}").format(day=day) if day.isdigit() else subject


def _evidence_words(stay: Stay) -> dict[str, str]:
    zone = ZoneInfo(stay.site.time_zone)
    words = {
        str(taken.id): f"{taken.collected_at.astimezone(zone):%m-%d %H:%M} {taken.tube} {taken.get_state_display()}"
        for part in stay.order.stays.all()
        for taken in part.specimens.all()
    }
    for seen in (seen for part in stay.order.stays.all() for seen in part.observations.all()):
        value = "" if seen.temperature is None else f"{seen.temperature} °C"
        words[str(seen.id)] = f"{seen.taken_at.astimezone(zone):%m-%d %H:%M} {value}".strip()
    return words


def certificates_of(actor: Actor, site: Site, day: date) -> QuerySet[Certificate]:
    """Certificates issued on that local day, by number; each with the `room` its person left."""
    start, end = day_bounds(day, ZoneInfo(site.time_zone))
    issued = Certificate.objects.visible_to(actor, "stays.read").filter(issued_at__gte=start, issued_at__lt=end)
    found = issued.filter(release__stay__site=site).select_related("release__stay__person", "release__stay__site")
    left = Occupancy.objects.filter(stay=OuterRef("release__stay")).order_by("-started_at").values("room__number")[:1]
    return found.annotate(room=Subquery(left)).order_by("number")


@dataclass(frozen=True)
class Issued:
    """A certificate of a day: whose it is and the room they left."""

    certificate: Certificate
    name: str
    room: str


def certificates_issued(actor: Actor, site: Site, day: date) -> list[Issued]:
    """The certificates of a day with names as the reader may see them."""
    return [
        Issued(one, display_name(actor, one.release.stay.person, unit_id=site.unit_id), getattr(one, "room", "") or "")
        for one in certificates_of(actor, site, day)
    ]


def read_certificate(token: str) -> CertificateFound:
    """Check a certificate: the signature first, then whether it was revoked. Anybody may ask."""
    try:
        payload = read_signed(token)
    except BadSignature:
        return CertificateFound(False, {}, None, known=False)
    found = Certificate.objects.filter(number=str(payload.get("n", ""))).first()
    return CertificateFound(True, payload, found.revoked_at if found else None, known=found is not None)
