"""Somebody goes to hospital and their room is kept, by decision, until it is decided again."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lazaretto.core import clock
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.places.commands import change_room_state
from lazaretto.places.models import ExternalPlace, Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.commands import give_up, keep_room, move_room
from lazaretto.stays.errors import HoldEnded, KeptTooLong, KeptTooShort, RoomKept
from lazaretto.stays.models import RoomHold, Stay
from lazaretto.transfers.commands import bring_back, sign_out
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def plan_8(db):
    return PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


def to_hospital(cast, stay, *, until=NOW + 2 * DAY):
    place = ExternalPlace.objects.create(kind="hospital", name="区人民医院")
    made = sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, people=(Luggage(stay.person_id),), due_at=NOW + HOUR,
        to_place=place, keep_rooms_until=until, why_kept="两天后回来",
    )  # fmt: skip
    return Handover.objects.get(pk=made.handover_id)


def room_of(stay):
    return Room.objects.get(pk=Stay.objects.get(pk=stay.pk).occupancies.order_by("started_at").last().room_id)


def test_the_room_waits_for_them_and_they_come_back_to_it(cast):
    stay = factories.stay(cast.site)
    handover, room = to_hospital(cast, stay), room_of(stay)
    assert room.state == "held"
    hold = RoomHold.objects.get()
    assert (hold.person_id, hold.held_by, hold.reason) == (stay.person_id, cast.clerk.user, "两天后回来")
    assert Deadline.objects.get(kind="stays.room_hold", state="open").due_at == NOW + 2 * DAY
    bring_back(actor=cast.clerk.actor, at=NOW + HOUR, handover=handover, person=stay.person, room=room)
    room.refresh_from_db()
    hold.refresh_from_db()
    assert (room.state, hold.end, hold.ended_by) == ("occupied", "returned", cast.clerk.user)
    assert not Deadline.objects.filter(kind="stays.room_hold", state="open").exists()


def test_without_a_decision_the_room_waits_for_cleaning(cast):
    stay = factories.stay(cast.site)
    to_hospital(cast, stay, until=None)
    assert (room_of(stay).state, RoomHold.objects.count()) == ("to_clean", 0)


def test_nobody_else_gets_a_kept_room(cast):
    stay, other = factories.stay(cast.site), factories.stay(cast.site)
    to_hospital(cast, stay)
    with pytest.raises(RoomKept):
        move_room(actor=cast.clerk.actor, at=NOW, stay=other, room=room_of(stay), reason="换房")
    with pytest.raises(IllegalTransition):
        change_room_state(actor=cast.site_lead.actor, at=NOW, room=room_of(stay), after="to_clean")


def test_another_room_frees_the_kept_one(cast):
    stay = factories.stay(cast.site)
    handover, room = to_hospital(cast, stay), room_of(stay)
    free = Room.objects.filter(site=cast.site, state="ready").first()
    bring_back(actor=cast.clerk.actor, at=NOW + HOUR, handover=handover, person=stay.person, room=free)
    room.refresh_from_db()
    assert (room.state, RoomHold.objects.get().end) == ("to_clean", "freed")


def test_it_is_decided_again_and_an_overdue_decision_is_asked_for(cast):
    stay = factories.stay(cast.site)
    to_hospital(cast, stay)
    hold, lead = RoomHold.objects.get(), cast.site_lead.actor
    while sweep(at=NOW + 2 * DAY + HOUR):
        pass
    assert Alarm.objects.filter(deadline__kind="stays.room_hold", unit_id=cast.site.unit_id).exists()
    with pytest.raises(ReasonRequired):
        keep_room(actor=lead, at=NOW, hold=hold, until=NOW + 3 * DAY, reason=" ")
    with pytest.raises(KeptTooShort):
        keep_room(actor=lead, at=NOW, hold=hold, until=NOW + DAY, reason="还要一天")
    with pytest.raises(KeptTooLong):
        keep_room(actor=lead, at=NOW, hold=hold, until=NOW + 400 * DAY, reason="还要一天")
    keep_room(actor=lead, at=NOW + 2 * DAY, hold=hold, until=NOW + 3 * DAY, reason="还要一天")
    assert Deadline.objects.get(kind="stays.room_hold", state="open").due_at == NOW + 3 * DAY
    give_up(actor=lead, at=NOW + 2 * DAY, hold=hold, reason="转入定点医院，不再返回")
    assert room_of(stay).state == "to_clean"
    assert JournalEntry.objects.filter(command="stays.give_up_room", person_id=stay.person_id).exists()
    hold.refresh_from_db()
    with pytest.raises(HoldEnded):
        give_up(actor=lead, at=NOW + 2 * DAY, hold=hold, reason="再次")


def test_only_who_manages_stays_at_the_site_decides(cast):
    to_hospital(cast, factories.stay(cast.site))
    hold = RoomHold.objects.get()
    with pytest.raises(Forbidden):
        give_up(actor=cast.medic.actor, at=NOW, hold=hold, reason="试试")
    with pytest.raises(NotFound):
        give_up(actor=cast.outsider.actor, at=NOW, hold=hold, reason="试试")


def test_the_database_keeps_one_room_for_one_person(cast):
    to_hospital(cast, factories.stay(cast.site))
    hold = RoomHold.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomHold.objects.create(
            room=hold.room, person=hold.person, stay=hold.stay, party_id=hold.party_id, until=NOW + DAY, held_at=NOW
        )


def test_the_boards_panel_says_for_whom_and_until_when(cast):
    stay, now = factories.stay(cast.site), clock.now()
    to_hospital(cast, stay, until=now + DAY)
    hold, client = RoomHold.objects.get(), cast.site_lead.client
    address = f"/sites/{cast.site.code}/board/rooms/{hold.room.number}"
    assert "两天后回来" in client.get(address).content.decode()
    base = f"/sites/{cast.site.code}/room-holds/{hold.pk}"
    assert client.post(f"{base}/keep", {"until": "soon", "reason": "x"}).status_code == 422
    later = (now + 3 * DAY).strftime("%Y-%m-%dT%H:%M")
    assert client.post(f"{base}/keep", {"until": later, "reason": "还要一天"}).status_code == 302
    assert client.post(f"{base}/give-up", {"reason": "不再返回"}).status_code == 302
    assert room_of(stay).state == "to_clean"
