"""Whether the parts of a proposal belong together, and whether it may be confirmed."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.accounts.models import Unit
from lazaretto.cases import rules
from lazaretto.cases.choices import EVENTS, OUTSIDE, ChangeKind, EvidenceKind
from lazaretto.cases.errors import (
    CannotBecome,
    DaysUnfit,
    EvidenceMissing,
    InTheFuture,
    NotBecauseOfIt,
    NothingSuspected,
    NotPositive,
    NotRefuted,
    PlaceElsewhere,
    StaysWithUs,
    StillContact,
    StillPositive,
    TooLongAgo,
    Unconfirmed,
)
from lazaretto.cases.models import Change
from lazaretto.cases.queries.outside import category_of, still_positive
from lazaretto.cases.queries.refuted import (
    case_of,
    confirmed_case,
    declared_by,
    others_naming,
    suspicion_about,
    suspicion_of,
    voided,
)
from lazaretto.cases.queries.scene import settled
from lazaretto.core.clock import local_date
from lazaretto.people.models import Person, PersonAccess
from lazaretto.protocols.choices import Category
from lazaretto.stays.choices import SpecimenState, StayEnd
from lazaretto.stays.models import Specimen, Stay

POSITIVES = (SpecimenState.PRELIMINARY_POSITIVE, SpecimenState.CONFIRMED_POSITIVE)
OLDEST = timedelta(days=90)  # no plan looks back as far; a slip in the year must not move anybody
C = ChangeKind


def fits(change: Change, at: datetime) -> None:
    """Whether the parts of a proposal belong together."""
    stay, specimen = change.stay, change.specimen
    if change.happened_at > at:
        raise InTheFuture
    if (change.kind in EVENTS) == (stay is not None):
        raise PlaceElsewhere
    if (change.evidence == EvidenceKind.SPECIMEN) != (specimen is not None) or not (specimen or change.words):
        raise EvidenceMissing
    places = [change.building and change.building.site_id, change.floor and change.floor.building.site_id]
    if any(place not in {None, change.site_id} for place in places):
        raise PlaceElsewhere
    if stay is not None:
        _fits_stay(change, stay, specimen, at)


def _fits_stay(change: Change, stay: Stay, specimen: Specimen | None, at: datetime) -> None:
    if stay.site_id != change.site_id or (specimen is not None and specimen.stay.person_id != stay.person_id):
        raise PlaceElsewhere
    if change.kind == C.CASE and specimen is not None and specimen.state not in POSITIVES:
        raise NotPositive(tube=specimen.tube)
    if change.happened_at < at - OLDEST:
        raise TooLongAgo
    gone = stay.ended_at is not None
    back_there = Stay.objects.filter(person=stay.person_id, ended_at__isnull=True)
    if gone and change.kind == C.LIFTED and back_there.exists():
        raise PlaceElsewhere  # they are in a room again: their present stay is what changes
    returns = change.kind in {C.RECOVERED, C.LIFTED} and (not gone or stay.end == StayEnd.HOSPITAL)
    if (gone and not returns) or not rules.may_become(change.kind, stay.category):
        raise CannotBecome(category=stay.category)
    if change.kind == C.ABSENCE:
        _fits_days(change, stay, at)
    if change.kind == C.LIFTED and not suspicion_of(stay).exists() and case_of(stay) is None:
        raise NothingSuspected
    if change.kind in {C.CONTACT, C.LIFTED, C.NO_CONTACT}:
        may_be_confirmed(change, at)


def fits_outside(change: Change, person: Person, unit: Unit, at: datetime) -> None:
    """The same of somebody who stays at no site: whom the unit sees, what they may become, what it rests on."""
    if change.happened_at > at:
        raise InTheFuture
    if change.happened_at < at - OLDEST:
        raise TooLongAgo
    if change.evidence == EvidenceKind.SPECIMEN or not change.words:
        raise EvidenceMissing
    if not PersonAccess.objects.filter(person=person, unit_id=unit.pk).exists():
        raise PlaceElsewhere
    _still_outside(person)
    category = category_of(person.pk, at=at)
    if change.kind not in OUTSIDE or not rules.may_become(change.kind, category):
        raise CannotBecome(category=category)
    if change.kind == C.LIFTED and confirmed_case(person.pk) is None and not suspicion_about(person.pk).exists():
        raise NothingSuspected
    if change.kind in {C.CONTACT, C.LIFTED}:
        may_be_confirmed(change, at)


def _still_outside(person: Person) -> None:
    """Whoever has a room by now is changed there, with their stay."""
    stay = Stay.objects.filter(person=person, ended_at__isnull=True).select_related("site").first()
    if stay is not None:
        raise StaysWithUs(site=stay.site.code, stay=stay.number)


def _fits_days(change: Change, stay: Stay, at: datetime) -> None:
    zone = ZoneInfo(stay.site.time_zone)
    first, last = local_date(stay.order.starts_at, zone), local_date(at, zone)
    if not (change.first_on and change.last_on and first <= change.first_on <= change.last_on < last):
        raise DaysUnfit


def may_be_confirmed(change: Change, at: datetime) -> None:
    """Promise 5. Raises `Unconfirmed`, `NotRefuted`, `StillPositive`, `CannotBecome`, `NotBecauseOfIt`,
    `StillContact`."""
    if not settled(change):
        raise Unconfirmed(tube=change.specimen.tube if change.specimen else "")
    if change.person is not None:
        _still_outside(change.person)
    if change.kind == C.LIFTED and change.subject_id is not None:
        _is_refuted(change, change.subject_id)
    if change.kind == C.CONTACT:
        _is_no_case(change, at)
    if change.kind == C.NO_CONTACT and change.stay is not None:
        _rests_on_it_alone(change.stay, at)


def _is_no_case(change: Change, at: datetime) -> None:
    """A case is moved as a case: the rules for contacts would send them elsewhere a second time."""
    category = change.stay.category if change.stay else category_of(change.person_id, at=at) if change.person_id else ""
    if category == Category.CASE:
        raise CannotBecome(category=category)
    found = next((one for one in still_positive(change) if one.confirmed), None)
    if found is not None:
        raise StillPositive.in_round(found.tube)


def _is_refuted(change: Change, person_id: UUID) -> None:
    """A recheck refutes what was sampled before it, and nothing after."""
    recheck = change.specimen
    if recheck and recheck.state not in {SpecimenState.REFUTED, SpecimenState.NEGATIVE}:
        raise NotRefuted
    for one in still_positive(change):  # a report does not refute what laboratories reported here
        if recheck is None or recheck.collected_at <= one.found_at:
            raise StillPositive.in_round(one.tube)
    case = confirmed_case(person_id)
    if case is None:
        return
    if recheck and case.specimen and recheck.collected_at < case.specimen.collected_at:
        raise NotRefuted
    since = recheck.collected_at if recheck else change.happened_at
    later = voided(person_id).filter(collected_at__gt=since).first()
    if later is not None:
        raise StillPositive(tube=later.tube)


def _rests_on_it_alone(stay: Stay, at: datetime) -> None:
    """Whoever was declared because of a refuted case, and of no other finding."""
    case = declared_by(stay)
    if case is None:
        raise NotBecauseOfIt
    others = others_naming(case, [str(stay.person_id)], at=at)
    if others:
        raise StillContact(changes=", ".join(others[str(stay.person_id)]))
