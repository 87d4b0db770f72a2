"""Two people act on one room at the same moment: one step is taken, the other is refused by name."""

from __future__ import annotations

import pytest

from lazaretto.core.errors import DomainError
from lazaretto.places import commands
from lazaretto.places.models import Room, RoomStateChange
from lazaretto.places.proofs import room_states
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]


def test_a_room_is_taken_one_step_on_once(cast):
    room = Room.objects.filter(site=cast.site).first()
    Room.objects.filter(pk=room.pk).update(state="to_clean")

    def begin():
        actor = cast.hotel_staff.actor
        return commands.change_room_state(actor=actor, at=NOW, room=room, before="to_clean", after="disinfecting")

    answers = at_once([begin] * 6)
    assert sum(not isinstance(one, Exception) for one in answers) == 1
    assert all(isinstance(one, DomainError) for one in answers if isinstance(one, Exception)), answers
    assert RoomStateChange.objects.filter(room=room).count() == 1
    assert room_states(NOW).offenders == []


def test_blocks_of_rooms_in_any_order_neither_deadlock_nor_step_twice(cast):
    ids = list(Room.objects.filter(site=cast.site).values_list("pk", flat=True))
    Room.objects.filter(pk__in=ids).update(state="to_clean")

    def begin(order):
        actor = cast.hotel_staff.actor
        return commands.change_room_states(actor=actor, at=NOW, site=cast.site, rooms=order, after="disinfecting")

    answers = at_once([lambda: begin(ids), lambda: begin(ids[::-1]), lambda: begin(ids[3:] + ids[:3])])
    assert sum(not isinstance(one, Exception) for one in answers) == 1, answers
    assert RoomStateChange.objects.count() == len(ids)
