"""A room goes from state to state by the declared table, and each step stays written."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, ReasonRequired, StaleState, TextTooLong
from lazaretto.core.models import JournalEntry
from lazaretto.places import commands, rules
from lazaretto.places.choices import RoomState
from lazaretto.places.errors import RoomNotOccupied, RoomNotReady, SiteNotActivated
from lazaretto.places.models import Room, RoomStateChange, Site
from lazaretto.places.proofs import room_states
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=40)


def room_in(site: Site, state: str) -> Room:
    room = site.rooms.order_by("number").first()
    Room.objects.filter(pk=room.pk).update(state=state)
    room.refresh_from_db()
    return room


def test_the_way_back_from_a_guest_leads_through_disinfection(cast):
    room = room_in(cast.site, RoomState.TO_CLEAN)
    commands.change_room_state(actor=cast.hotel_staff.actor, at=NOW, room=room, after=RoomState.DISINFECTING)
    done = commands.change_room_state(actor=cast.hotel_staff.actor, at=LATER, room=room, after=RoomState.READY)
    assert (done.before, done.after) == ("disinfecting", "ready")
    room.refresh_from_db()
    assert (room.state, room.state_since) == ("ready", LATER)
    steps = [(one.before, one.after, one.by_id) for one in RoomStateChange.objects.filter(room=room).order_by("id")]
    staff = cast.hotel_staff.user.id
    assert steps == [("to_clean", "disinfecting", staff), ("disinfecting", "ready", staff)]
    assert JournalEntry.objects.filter(command="places.change_room_state", subject_id=str(room.pk)).count() == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [("to_clean", "ready"), ("out_of_service", "ready"), ("occupied", "to_clean"), ("ready", "occupied")],
)
def test_no_step_is_skipped_and_nobody_occupies_or_vacates_by_hand(cast, before, after):
    room = room_in(cast.site, before)
    with pytest.raises(IllegalTransition):
        commands.change_room_state(actor=cast.site_lead.actor, at=NOW, room=room, after=RoomState(after))
    room.refresh_from_db()
    assert room.state == before
    assert not RoomStateChange.objects.exists()


def test_the_reserve_is_the_leads_business(cast):
    room = room_in(cast.site, RoomState.READY)
    with pytest.raises(Forbidden):
        commands.change_room_state(actor=cast.clerk.actor, at=NOW, room=room, after=RoomState.RESERVE)
    commands.change_room_state(actor=cast.site_lead.actor, at=NOW, room=room, after=RoomState.RESERVE)
    room.refresh_from_db()
    assert room.state == RoomState.RESERVE


def test_a_room_goes_out_of_service_with_a_reason_only(cast):
    room = room_in(cast.site, RoomState.READY)
    with pytest.raises(ReasonRequired):
        commands.change_room_state(actor=cast.clerk.actor, at=NOW, room=room, after=RoomState.OUT_OF_SERVICE)
    commands.change_room_state(
        actor=cast.clerk.actor, at=NOW, room=room, after=RoomState.OUT_OF_SERVICE, reason="空调漏水"
    )
    assert RoomStateChange.objects.get().reason == "空调漏水"


def test_a_step_from_a_state_that_changed_meanwhile_is_refused(cast):
    room = room_in(cast.site, RoomState.DISINFECTING)
    with pytest.raises(StaleState):
        commands.change_room_state(
            actor=cast.clerk.actor, at=NOW, room=room, before="to_clean", after=RoomState.DISINFECTING
        )


def test_rooms_go_together_all_or_none(cast):
    rooms = list(cast.site.rooms.order_by("number")[:3])
    Room.objects.filter(pk__in=[room.pk for room in rooms]).update(state=RoomState.TO_CLEAN)
    ids = [room.pk for room in rooms]
    done = commands.change_room_states(
        actor=cast.hotel_staff.actor, at=NOW, site=cast.site, rooms=ids, after=RoomState.DISINFECTING
    )
    assert done.rooms == 3
    other = cast.site.rooms.exclude(pk__in=ids).first()
    with pytest.raises(IllegalTransition):
        commands.change_room_states(
            actor=cast.hotel_staff.actor, at=NOW, site=cast.site, rooms=[*ids, other.pk], after=RoomState.READY
        )
    assert set(Room.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"disinfecting"}


def test_a_room_of_another_site_is_not_found(cast):
    strange = cast.other_site.rooms.first()
    with pytest.raises(NotFound):
        commands.change_room_states(
            actor=cast.clerk.actor, at=NOW, site=cast.site, rooms=[strange.pk], after=RoomState.TO_CLEAN
        )
    with pytest.raises(NotFound):
        commands.change_room_state(actor=cast.clerk.actor, at=NOW, room=strange, after=RoomState.TO_CLEAN)


@pytest.fixture
def moves(monkeypatch):
    """A command as the stays app has them: it takes and leaves rooms in its own transaction."""
    monkeypatch.setattr("lazaretto.core.commands.REGISTRY", {})

    @command("tests.move", capability="stays.admit")
    def move(
        *, actor: Actor, at: object, room: Room, leave: bool = False, entered: bool = True, fail: bool = False
    ) -> bool:
        record(room, unit_id=room.site.unit_id)
        if leave:
            commands.vacate_room(actor=actor, at=NOW, room=room, entered=entered)
            return True
        taken = commands.occupy_room(actor=actor, at=NOW, room=room)
        if fail:
            raise RuntimeError
        return taken

    return move


def test_a_stay_takes_a_ready_room_and_leaves_it_to_be_cleaned(cast, moves):
    room = room_in(cast.site, RoomState.READY)
    assert moves(actor=cast.clerk.actor, at=NOW, room=room) is True
    assert moves(actor=cast.clerk.actor, at=NOW, room=room) is False, "the rest of the household joins"
    moves(actor=cast.clerk.actor, at=NOW, room=room, leave=True)
    steps = RoomStateChange.objects.filter(room=room).order_by("id").values_list("before", "after")
    assert list(steps) == [("ready", "occupied"), ("occupied", "to_clean")]


def test_a_room_nobody_entered_is_ready_again(cast, moves):
    room = room_in(cast.site, RoomState.OCCUPIED)
    moves(actor=cast.clerk.actor, at=NOW, room=room, leave=True, entered=False)
    room.refresh_from_db()
    assert room.state == RoomState.READY


@pytest.mark.parametrize("state", ["to_clean", "disinfecting", "reserve", "out_of_service"])
def test_a_guest_is_never_put_into_a_room_that_is_not_ready(cast, moves, state):
    room = room_in(cast.site, state)
    with pytest.raises(RoomNotReady):
        moves(actor=cast.clerk.actor, at=NOW, room=room)


@pytest.mark.parametrize("state", ["planned", "paused", "closed"])
def test_nobody_is_brought_to_a_site_that_is_not_active(cast, moves, state):
    Site.objects.filter(pk=cast.site.pk).update(state=state)
    with pytest.raises(SiteNotActivated):
        moves(actor=cast.clerk.actor, at=NOW, room=cast.site.rooms.first())


def test_an_empty_room_cannot_be_left_and_a_failed_admission_takes_none(cast, moves):
    room = room_in(cast.site, RoomState.READY)
    with pytest.raises(RoomNotOccupied):
        moves(actor=cast.clerk.actor, at=NOW, room=room, leave=True)
    with pytest.raises(RuntimeError):
        moves(actor=cast.clerk.actor, at=NOW, room=room, fail=True)
    room.refresh_from_db()
    assert room.state == RoomState.READY
    assert not RoomStateChange.objects.exists()


def test_rooms_are_not_taken_outside_a_command(cast):
    with pytest.raises(RuntimeError, match="inside a command"), transaction.atomic():
        commands.occupy_room(actor=cast.clerk.actor, at=NOW, room=cast.site.rooms.first())


def test_what_happened_to_a_room_cannot_be_unwritten(cast):
    room = room_in(cast.site, RoomState.READY)
    commands.change_room_state(actor=cast.clerk.actor, at=NOW, room=room, after=RoomState.TO_CLEAN)
    with pytest.raises(DatabaseError), transaction.atomic():
        RoomStateChange.objects.update(after="ready")


def test_the_table_of_steps_reaches_every_state_and_returns_from_it():
    reach = {RoomState.READY}
    for _turn in RoomState:
        reach |= {edge.after for edge in rules.ROOM_EDGES if edge.before in reach}
    assert reach == set(RoomState)
    assert {edge.before for edge in rules.ROOM_EDGES} == set(RoomState), "no state is a dead end"


def test_the_same_request_of_a_device_steps_once(cast):
    room = room_in(cast.site, RoomState.TO_CLEAN)
    payload, client_id = {"room": str(room.pk), "after": "disinfecting"}, uuid.uuid4()
    for _turn in range(2):
        answer = commands.change_room_state.invoke(
            actor=cast.hotel_staff.actor, at=NOW, payload=payload, client_id=client_id
        )
        assert answer.after == "disinfecting"
    assert RoomStateChange.objects.count() == 1


def test_verify_names_a_room_whose_history_does_not_fit(cast):
    room = room_in(cast.site, RoomState.TO_CLEAN)
    commands.change_room_state(actor=cast.clerk.actor, at=NOW, room=room, after=RoomState.DISINFECTING)
    assert room_states(NOW).offenders == []
    Room.objects.filter(pk=room.pk).update(state=RoomState.READY)
    assert [one.id for one in room_states(NOW).offenders] == [str(room.pk)]
    Room.objects.filter(pk=room.pk).update(state=RoomState.OCCUPIED)
    RoomStateChange.objects.create(room=room, before="ready", after="occupied", at=NOW)
    assert [one.kind for one in room_states(NOW).offenders] == ["room_state_change"]


def test_factories_and_table_agree():
    assert factories.room.__kwdefaults__["state"] in {edge.before for edge in rules.ROOM_EDGES}


def test_a_reason_that_does_not_fit_is_refused_and_not_cut(cast):
    room = cast.site.rooms.first()
    with pytest.raises(TextTooLong) as refused:
        commands.change_room_state(
            actor=cast.site_lead.actor, at=NOW, room=room, after=RoomState.OUT_OF_SERVICE, reason="水" * 201
        )
    assert refused.value.context == {"most": 200, "given": 201}
    room.refresh_from_db()
    assert room.state == RoomState.READY
