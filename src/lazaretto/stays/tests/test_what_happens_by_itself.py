"""What stays do by themselves: rounds get deadlines and alarm when missed; running orders follow a new edition."""

from datetime import timedelta

import pytest

from lazaretto.core.deadlines import sweep
from lazaretto.core.models import Alarm, Deadline
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands
from lazaretto.stays.duties import editions, rounds
from lazaretto.stays.models import OrderChange, Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def adopt(pack: str, *, days_ago: int) -> None:
    day = (NOW - timedelta(days=days_ago)).date()
    PackAdoption.objects.create(pack=pack, jurisdiction="CN", starts_on=day, reason="全国", created_at=NOW)


@pytest.fixture
def stay(cast) -> Stay:
    """Somebody who came five days ago under the ninth edition: seven days."""
    adopt("cn-plan-9", days_ago=60)
    entered = NOW - timedelta(days=5)
    done = commands.admit(
        actor=cast.clerk.actor, at=entered, person=factories.person(at_site=cast.site), site=cast.site,
        room=Room.objects.get(site=cast.site, number="0301"), category="inbound",
        last_exposure_at=entered - timedelta(hours=6), authority="区疾控中心", legal_basis="传染病防治法",
        reason="入境",
    )  # fmt: skip
    return Stay.objects.get(pk=done.stay_id)


def test_rounds_are_planned_once_and_a_missed_one_alarms(cast, stay):
    assert rounds(NOW) == 1
    assert rounds(NOW) == 0
    slots = list(Deadline.objects.filter(kind="stays.round").values_list("slot", flat=True))
    assert "2026-11-22-morning" in slots
    late = NOW + timedelta(days=1)
    sweep(at=late)
    alarm = Alarm.objects.filter(kind="stays.round").first()
    assert (alarm.unit_id, alarm.role) == (cast.site.unit_id, "medic")


def test_a_site_without_people_has_no_rounds(cast):
    assert rounds(NOW) == 0


def test_a_test_that_was_sampled_this_morning_does_not_fall_due_again_under_the_new_edition(cast, stay):
    for tube in ("T-1", "T-2", "T-3", "T-4"):  # those of days 1, 2, 3 and of today
        commands.collect_specimen(actor=cast.medic.actor, at=NOW - timedelta(hours=1), stay=stay, tube=tube)
    adopt("cn-measures-20", days_ago=0)
    assert editions(NOW) == 1
    todays = Deadline.objects.filter(kind="stays.test", subject_id=str(stay.pk), slot="central-5")
    assert [deadline.state for deadline in todays] == ["met"]


def test_a_running_order_follows_a_shorter_edition_and_only_once(stay):
    before = stay.order.ends_at
    adopt("cn-measures-20", days_ago=0)
    assert editions(NOW) == 1
    stay.order.refresh_from_db()
    assert stay.order.ends_at < before
    change = OrderChange.objects.get()
    assert (change.kind, change.ends_before, change.ends_after) == ("edition_change", before, stay.order.ends_at)
    assert Deadline.objects.get(kind="stays.release", state="open").due_at == stay.order.ends_at
    assert editions(NOW) == 0


def test_nothing_changes_while_the_edition_stays(stay):
    assert editions(NOW) == 0
    assert not OrderChange.objects.exists()
