"""What the escort sees: who gets on and off, in its true time, whenever the phone tells it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.custody.commands import Seen, write_facts
from lazaretto.custody.models import Fact
from lazaretto.custody.rules import FactKind
from lazaretto.trips import rules
from lazaretto.trips.choices import ScanKind, ScanOutcome
from lazaretto.trips.commands.vehicles import RIDE
from lazaretto.trips.models import Leg, Rider, Scan, Stop, Trip
from lazaretto.trips.queries.cards import person_of

FACTS = {ScanKind.ON: FactKind.BOARDED, ScanKind.OFF: FactKind.ALIGHTED}
CARD = 200


@dataclass(frozen=True)
class Scanned:
    """What a scan came to. `person_id` only of somebody on the list: reading a stranger's card opens no record."""

    scan_id: UUID
    outcome: str
    person_id: UUID | None


@command("trips.scan", capability=RIDE)
def scan(
    *,
    actor: Actor,
    at: datetime,
    trip: Trip,
    scan_id: UUID,
    kind: ScanKind,
    card: str,
    taken_at: datetime,
    sent_at: datetime | None = None,
) -> Scanned:
    """Somebody got on or off. `card` is what was read or tapped; `scan_id` is made on the device and counts once.

    `taken_at` and `sent_at` are by the device's clock; from the latter its skew is known. Nothing is ever refused
    here: who is not on the list is a stranger, and once the trip has left both places are asked about them.
    """
    known = Scan.objects.filter(pk=scan_id, trip=trip).first()
    if known is not None:
        record(trip, unit_id=trip.unit_id, data={"scan": str(scan_id), "again": True})
        return _told(known)
    moment = rules.true_moment(taken_at, sent_at, at)
    person = person_of(trip, card)
    rider = _rider(trip, person) if person else None
    outcome = _outcome(person, rider, kind, moment.at)
    made = Scan.objects.create(
        id=scan_id, trip=trip, kind=kind, outcome=outcome, person_id=person, card=None if person else card[:CARD],
        at=moment.at, claimed_at=moment.claimed_at, recorded_at=at, by_id=actor.user_id,
    )  # fmt: skip
    if rider is not None and outcome == ScanOutcome.EXPECTED:
        _see(rider, kind, moment.at)
    _tell([made], actor=actor, at=at)
    record(trip, unit_id=trip.unit_id, person_id=person, data={"scan": str(scan_id), "kind": kind, "outcome": outcome})
    return _told(made)


def tell_custody(trip: Trip, stop: Stop, *, actor: Actor, at: datetime) -> None:
    """What was scanned before the trip left this stop becomes facts, now that there are handovers to belong to."""
    told = set(Fact.objects.filter(pk__in=trip.scans.values("pk")).values_list("pk", flat=True))
    _tell([scan for scan in trip.scans.order_by("at", "id") if scan.pk not in told], actor=actor, at=at)


def _tell(scans: list[Scan], *, actor: Actor, at: datetime) -> None:
    """Write custody facts for scans whose handover is known; a stranger's names one that left with them."""
    facts = [fact for fact in map(_fact, scans) if fact is not None]
    if facts:
        write_facts(facts, actor=actor, at=at)


def _fact(scan: Scan) -> Seen | None:
    if scan.person_id is None or scan.outcome == ScanOutcome.AGAIN:
        return None
    leg = _leg(scan)
    if leg is None:
        return None
    kind = FACTS[ScanKind(scan.kind)]
    return Seen(scan.person_id, kind, scan.at, handover=leg.handover, claimed_at=scan.claimed_at, id=scan.pk)


def _leg(scan: Scan) -> Leg | None:
    """The leg somebody rides on; of a stranger who got on, the last that had left by then, else the first."""
    if scan.outcome == ScanOutcome.EXPECTED:
        known = Rider.objects.filter(trip=scan.trip_id, person=scan.person_id, left_behind="")
        rider = known.select_related("leg__handover").first()
        return rider.leg if rider else None
    if scan.kind == ScanKind.OFF:  # their getting on has asked the question already
        return None
    legs = list(
        Leg.objects.filter(trip=scan.trip_id).select_related("handover", "from_stop").order_by("from_stop__position")
    )
    since = [leg for leg in legs if leg.from_stop.arrived_at is not None and leg.from_stop.arrived_at <= scan.at]
    return since[-1] if since else legs[0] if legs else None


def _rider(trip: Trip, person: UUID) -> Rider | None:
    """Their row of the list; of somebody who was taken off and came back the one that counts."""
    rows = Rider.objects.select_for_update().filter(trip=trip, person=person)
    return rows.order_by("left_behind", "id").first()


def _outcome(person: UUID | None, rider: Rider | None, kind: ScanKind, moment: datetime) -> ScanOutcome:
    if person is None:
        return ScanOutcome.UNKNOWN
    if rider is None or rider.left_behind:
        return ScanOutcome.STRANGER
    seen = Scan.objects.filter(trip=rider.trip_id, person=person, outcome=ScanOutcome.EXPECTED)
    before = seen.filter(at__lte=moment).order_by("at", "id").last()
    after = seen.filter(at__gt=moment).order_by("at", "id").first()
    return ScanOutcome.AGAIN if kind in {one.kind for one in (before, after) if one} else ScanOutcome.EXPECTED


def _see(rider: Rider, kind: ScanKind, moment: datetime) -> None:
    """The last that was seen counts: on, off at the same stop, on again is aboard; a late scan takes its place."""
    if kind == ScanKind.OFF:
        on_since = rider.seen_on_at is not None and rider.seen_on_at > moment
        rider.seen_off_at = rider.seen_off_at if on_since else moment
    elif rider.seen_off_at is None or moment < rider.seen_off_at:
        rider.seen_on_at = moment
    else:
        rider.seen_on_at, rider.seen_off_at = moment, None
    rider.save(update_fields=["seen_on_at", "seen_off_at"])


def _told(scan: Scan) -> Scanned:
    listed = scan.outcome in {ScanOutcome.EXPECTED, ScanOutcome.AGAIN}
    return Scanned(scan.pk, scan.outcome, scan.person_id if listed else None)
