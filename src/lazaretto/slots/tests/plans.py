"""A round with points and enterprises of known size, and slots that were accepted. Invented."""

from datetime import time as hours
from datetime import timedelta

from lazaretto.headcounts.models import Organisation
from lazaretto.screening import commands as screening
from lazaretto.screening.models import Point, RosterShare, Round
from lazaretto.screening.tests.rounds import draft, enterprise
from lazaretto.slots import commands
from lazaretto.slots.models import Proposal, Slot
from tests.factories import NOW

BEFORE = NOW - timedelta(hours=2)


def add_point(cast, of: Round, code: str, *, tables=1, opens=hours(7), closes=hours(23), **where) -> Point:
    """Where people are tested."""
    made = screening.add_point(
        actor=cast.duty_officer.actor, at=BEFORE, test_round=of, code=code, name=f"{code}体育馆", tables=tables,
        opens=opens, closes=closes, **where,
    )  # fmt: skip
    return Point.objects.get(pk=made.point_id)


def planned(cast, *sizes: int, points=("P1", "P2")) -> tuple[Round, list[Organisation], list[Point]]:
    """A round whose roster is fixed; enterprises A, B … of these sizes, points of one table each."""
    homes = [
        enterprise(cast.site.unit, f"{letter}公司", range(100 * (nth + 1), 100 * (nth + 1) + size))
        for nth, (letter, size) in enumerate(zip("ABCDEFGH", sizes, strict=False))
    ]
    of = draft(cast)
    places = [add_point(cast, of, code) for code in points]
    screening.freeze_round(actor=cast.duty_officer.actor, at=BEFORE, test_round=of)
    assert RosterShare.objects.filter(round=of).count() == len(homes)
    return Round.objects.get(pk=of.pk), homes, places


def proposed(cast, of: Round, *, at=BEFORE, **given) -> Proposal:
    """A plan that nobody has accepted."""
    made = commands.propose(actor=cast.duty_officer.actor, at=at, test_round=of, **given)
    return Proposal.objects.get(pk=made.proposal_id)


def standing(cast, of: Round, *, at=BEFORE, **given) -> list[Slot]:
    """Slots that stand, by time and point."""
    commands.accept(actor=cast.duty_officer.actor, at=at, proposal=proposed(cast, of, at=at, **given))
    return slots(of)


def slots(of: Round) -> list[Slot]:
    """What stands."""
    rows = Slot.objects.filter(round=of, dropped_at__isnull=True).select_related("organisation", "point")
    return list(rows.order_by("starts_at", "point__code", "organisation__name", "turn"))
