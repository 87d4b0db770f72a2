"""The demonstration district keeps every promise, shows every stage, and is the same for the same day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lazaretto.accounts.models import User
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.config.cli import main
from lazaretto.config.demo import district, history, run
from lazaretto.config.demo.guests import Guests
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.promises import BROKEN, verify
from lazaretto.emergencies.models import Emergency
from lazaretto.orders.models import ExceptionRequest, TransferOrder
from lazaretto.orders.queries.agreement import unready
from lazaretto.places.choices import SiteCategory, SiteState
from lazaretto.places.models import Room, Site
from lazaretto.returnees.choices import Outcome
from lazaretto.returnees.models import Returnee
from lazaretto.stays.models import Certificate, Observation, Specimen, Stay
from lazaretto.stranded.models import Stranded
from lazaretto.tubes.models import Bag, SiteBag
from tests import factories

NOON = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)  # half past one in the afternoon in Guangzhou
SMALL = (district.Plan("H01", SiteCategory.INBOUND, 6, 12), district.Plan("H02", SiteCategory.CLOSE_CONTACT, 5, 10))


@pytest.fixture
def _small(monkeypatch):
    """Two small hotels with few staff, but every stage of a stay."""
    monkeypatch.setattr(district, "PLANS", SMALL)
    monkeypatch.setattr(history, "A_DAY", Decimal("0.03"))
    monkeypatch.setattr(district, "SITE_STAFF", tuple((role, 3) for role, _count in district.SITE_STAFF))


@pytest.mark.django_db
@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("hours", [0, 17])  # in the afternoon, and at half past six in the morning
def test_the_district_keeps_its_promises_at_any_hour(hours):
    now = NOON + timedelta(hours=hours)
    run.make(now=now)

    assert [verdict for verdict in verify(at=now) if verdict.state == BROKEN] == []
    assert set(Site.objects.values_list("state", flat=True)) == {SiteState.ACTIVE}
    here, gone = Stay.objects.filter(ended_at__isnull=True), Stay.objects.filter(end="released")
    assert here.count() > 40
    assert Certificate.objects.count() == gone.count() > 5
    assert here.filter(order__ends_at__lt=now).exists()
    assert Observation.objects.filter(temperature__gte=38).exists()
    assert Specimen.objects.filter(state="preliminary_positive").exists()
    assert set(Stranded.objects.values_list("state", flat=True)) == {"waiting", "lodged", "minded", "placed"}
    assert set(Returnee.objects.values_list("outcome", flat=True)) == {"", *Outcome.values}
    assert {"to_reach", "watched"} <= set(Returnee.objects.values_list("state", flat=True))
    assert {"stays.release", "stays.fever", "stays.positive"} <= set(Alarm.objects.values_list("kind", flat=True))
    assert [(bag.holder, bag.doubts) for bag in Bag.objects.filter(state="under_way")] == [("C07", [])]
    waiting = Specimen.objects.filter(state="pending", collected_at__lt=now - timedelta(minutes=20)).exists()
    assert SiteBag.objects.filter(state="under_way", holder="C07").exists() == waiting  # at noon none of a site waits
    assert {"ready", "occupied", "reserve", "disinfecting"} <= set(Room.objects.values_list("state", flat=True))
    assert set(Manifest.objects.values_list("state", flat=True)) == {"staged", "committed"}
    assert ExpectedArrival.objects.filter(state="expected", room__isnull=False).exists()
    ended, going = Emergency.objects.filter(state="closed"), Emergency.objects.get(closed_at__isnull=True)
    assert [row.review.reviewer.username for row in ended] == ["duty", "duty"]
    assert (going.site.code, going.state, going.owner is None, going.person is None) == ("H01", "called", False, False)
    promise = next(verdict for verdict in verify(at=now) if verdict.promise == 3)
    assert promise.figures == {
        "emergencies_open": 1, "emergencies_without_owner": 0, "median_minutes_to_owner": 1,
        "median_minutes_to_care": 26,
    }  # fmt: skip
    states = sorted(TransferOrder.objects.values_list("state", flat=True))
    assert states == ["issued", "issued", "issued", "under_way"]
    waiting = TransferOrder.objects.filter(issuer_number="", state="issued")
    lady = ExceptionRequest.objects.get(stay__stranded__isnull=True)
    assert sorted(len(unready(order)) for order in waiting) == [0, 1]
    assert (lady.approver.username, lady.stay.ended_at, lady.due_at > now) == ("approver", None, True)
    written = set(JournalEntry.objects.values_list("command", flat=True))
    assert {"stays.admit", "stays.observe", "stays.record_result", "stays.release"} <= written
    assert User.objects.get(username="clerk").check_password(district.PASSWORD)


@pytest.mark.django_db
@pytest.mark.usefixtures("_small")
def test_little_is_overdue_and_somebody_sees_to_it():
    run.make(now=NOON)

    late = Deadline.objects.filter(state="open", overdue_at__lt=NOON - timedelta(hours=36))
    assert not late.exists()
    unowned = Alarm.objects.filter(answered_at__isnull=True, owner__isnull=True)
    at_sites = unowned.exclude(kind="tubes.positive")  # a positive of the round waits to be taken
    assert set(at_sites.values_list("unit_id", flat=True)) == {Site.objects.get(code="H01").unit_id}
    assert all(alarm.raised_at > NOON - timedelta(hours=1) for alarm in unowned)
    taken = Alarm.objects.filter(kind="stays.release", owner__isnull=False)
    assert taken.exists()
    assert all(alarm.raised_at < NOON - timedelta(hours=1) for alarm in taken)  # when it fell due, not all at once


def test_the_same_day_has_the_same_guests():
    def names(seed):
        guests = Guests(NOON.date(), seed)
        return [person.name for _n in range(200) for person in guests.party().people]

    assert names(1) == names(1)
    assert names(1) != names(2)


def test_no_two_guests_have_one_identity_card():
    guests = Guests(NOON.date(), 1)
    people = [person for _n in range(3000) for person in guests.party().people]
    cards = [document.number for person in people for document in person.documents]
    assert len(cards) == len(set(cards))


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone(capsys):
    factories.user("administrator")
    assert main(["demo", "--no-serve"]) == 1
    assert "LAZARETTO_DATA_DIR" in capsys.readouterr().err
    assert not Site.objects.exists()
