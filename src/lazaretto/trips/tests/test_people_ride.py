"""Nobody is lost on a trip: who got on, who did not, who is a stranger, and what the phone tells late."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from lazaretto.core import deadlines
from lazaretto.core.errors import NotFound, ReasonRequired
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm, Deadline
from lazaretto.custody.models import Fact, HandedOver, Handover, Holding, Question
from lazaretto.places.models import ExternalPlace, Room
from lazaretto.stays.models import Stay
from lazaretto.transfers.commands import sign_in
from lazaretto.trips import commands, rules
from lazaretto.trips.commands import Halt, Passenger
from lazaretto.trips.errors import NotAccountedFor, RiderElsewhere, StopNotNext
from lazaretto.trips.models import Driver, Rider, Scan, Trip, Vehicle
from lazaretto.trips.queries.board import lines, manifest, trips
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from tests import factories
from tests.cast import member
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LEAVES = NOW + HOUR


def holder(person) -> str:
    held = Holding.objects.select_related("site", "handover", "external").get(person=person, ended_at__isnull=True)
    return held.site.code if held.site else "under way" if held.handover else held.external.name


def test_a_trip_signs_everybody_out_with_its_own_time_of_arrival(fleet, cast):
    people = fleet.guests("甘小雨", "石大山")
    trip = fleet.leave(fleet.board(fleet.trip(people, escort="范护士", escort_phone="13800000000")))
    handover = Handover.objects.get()
    assert (handover.carrier, handover.escort, handover.escort_phone) == ("粤A12345", "范护士", "13800000000")
    assert handover.due_at == trip.arrives_at + timedelta(minutes=30)
    assert {holder(person) for person in people} == {"under way"}
    assert not Stay.objects.filter(person__in=people, ended_at__isnull=True).exists()
    assert trip.legs.get().handover == handover
    assert Deadline.objects.filter(kind="custody.handover", subject_id=str(handover.pk), state="open").count() == 2


def test_several_pick_ups_and_drop_offs_are_a_handover_each(fleet, cast):
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院", latitude=23.14, longitude=113.28)
    airport = ExternalPlace.objects.create(kind="entry", name="机场", latitude=23.39, longitude=113.30)
    (guest,) = fleet.guests("甘小雨")
    traveller = factories.person("高远")
    Fact.objects.create(person=traveller, kind="taken_in", external=airport, occurred_at=NOW, recorded_at=NOW)
    made = commands.plan_trip(
        actor=fleet.dispatcher.actor, at=NOW, vehicle=fleet.bus, driver=fleet.driver, category="inbound",
        departs_at=LEAVES, stops=(Halt(place=airport.pk), Halt(site="H01"), Halt(site="H02"), Halt(place=hospital.pk)),
        riders=(Passenger(traveller.pk, 0, 2), Passenger(guest.pk, 1, 3)),
    )  # fmt: skip
    trip = fleet.board(Trip.objects.get(pk=made.trip_id))
    actor = fleet.dispatcher.actor
    commands.depart(actor=actor, at=LEAVES, trip=trip, stop=0, seen=(traveller.pk,))
    with pytest.raises(StopNotNext):
        commands.arrive(actor=actor, at=LEAVES + HOUR, trip=trip, stop=2)
    commands.arrive(actor=actor, at=LEAVES + HOUR, trip=trip, stop=1)
    commands.depart(actor=actor, at=LEAVES + HOUR, trip=trip, stop=1, seen=(guest.pk,))
    assert (holder(traveller), holder(guest)) == ("under way", "under way")
    ends = {
        (one.from_site_id or one.from_external_id, one.to_site_id or one.to_external_id)
        for one in Handover.objects.all()
    }
    assert ends == {(airport.pk, cast.other_site.pk), (cast.site.pk, hospital.pk)}
    commands.arrive(actor=actor, at=LEAVES + 2 * HOUR, trip=trip, stop=2)
    commands.depart(actor=actor, at=LEAVES + 2 * HOUR, trip=trip, stop=2)
    assert commands.arrive(actor=actor, at=LEAVES + 3 * HOUR, trip=trip, stop=3).state == "arrived"


def test_nobody_is_sent_off_whom_nobody_saw_get_on(fleet):
    seen, missing = fleet.guests("甘小雨", "石大山")
    trip = fleet.board(fleet.trip([seen, missing]))
    with pytest.raises(NotAccountedFor) as refused:
        fleet.leave(trip, seen=[seen])
    assert refused.value.context["people"] == str(missing.pk)
    with pytest.raises(ReasonRequired):
        fleet.leave(trip, seen=[seen], left_behind=(missing.pk,))
    fleet.leave(trip, seen=[seen], left_behind=(missing.pk,), reason="突发高热，留观")
    assert (holder(seen), holder(missing)) == ("under way", "H01")
    assert Stay.objects.filter(person=missing, ended_at__isnull=True).exists()
    assert Rider.objects.get(person=missing).left_behind == "突发高热，留观"


def test_whoever_gets_off_again_before_it_leaves_is_not_aboard(fleet):
    first, second = fleet.guests("甘小雨", "石大山")
    trip = fleet.board(fleet.trip([first, second]))
    for person, kind, before in ((first, "on", 6), (second, "on", 5), (second, "off", 4)):
        fleet.scan(trip, str(person.pk), kind, LEAVES - before * MINUTE, scan_id=new_id())
    assert [one.mark for one in manifest(fleet.dispatcher.actor, trip).people] == ["on", "off_again"]
    assert lines(trips(fleet.dispatcher.actor), at=LEAVES)[0].aboard == 1
    with pytest.raises(NotAccountedFor) as refused:
        fleet.leave(trip, seen=[])
    assert refused.value.context["people"] == str(second.pk)

    fleet.leave(trip, seen=[], left_behind=(second.pk,), reason="又下车了")
    assert (holder(first), holder(second)) == ("under way", "H01")
    assert not Fact.objects.filter(person=second, kind="boarded").exists()


def test_whoever_gets_on_once_more_is_aboard(fleet):
    (person,) = fleet.guests("甘小雨")
    trip = fleet.board(fleet.trip([person]))
    outcomes = [
        fleet.scan(trip, str(person.pk), kind, LEAVES - before * MINUTE, scan_id=new_id()).outcome
        for kind, before in (("on", 9), ("off", 8), ("off", 7), ("on", 6), ("on", 5))
    ]
    assert outcomes == ["expected", "expected", "again", "expected", "again"]
    rider = Rider.objects.get(person=person)
    assert (rider.seen_on_at, rider.aboard) == (LEAVES - 6 * MINUTE, True)
    fleet.leave(trip, seen=[])
    assert holder(person) == "under way"


def test_a_getting_off_before_the_departure_that_is_told_late_is_said_in_red(fleet):
    (person,) = fleet.guests("甘小雨")
    trip = fleet.board(fleet.trip([person]))
    fleet.scan(trip, str(person.pk), "on", LEAVES - 2 * MINUTE, scan_id=new_id())
    trip = fleet.leave(trip, seen=[])
    fleet.scan(trip, str(person.pk), "off", LEAVES - MINUTE, at=LEAVES + 5 * MINUTE, scan_id=new_id())
    told = manifest(fleet.dispatcher.actor, Trip.objects.get(pk=trip.pk))
    assert [one.rider.person_id for one in told.missing] == [person.pk]


def test_bus_with_one_missing_and_one_stranger(fleet, cast):
    first, second = fleet.guests("甘小雨", "石大山")
    (stranger,) = fleet.guests("柯安")
    trip = fleet.board(fleet.trip([first, second]))

    # At the door the escort is told at once.
    on = fleet.scan(trip, f"https://example.test/people/{first.pk}", "on", LEAVES - 5 * MINUTE, scan_id=new_id())
    odd = fleet.scan(trip, str(stranger.pk), "on", LEAVES - 4 * MINUTE, scan_id=new_id())
    assert (on.outcome, on.person_id) == ("expected", first.pk)
    assert (odd.outcome, odd.person_id) == ("stranger", None)
    assert not Fact.objects.filter(kind="boarded").exists(), "nobody has been sent off yet"
    with pytest.raises(NotAccountedFor):
        fleet.leave(trip, seen=[])
    fleet.leave(trip, seen=[second])  # the clerk swears that they saw the other one

    # The stranger rode along: both places are asked, nobody is moved by it.
    question = Question.objects.get()
    assert (question.person, question.conflict, question.closed_at) == (stranger, "aboard_unsigned", None)
    assert holder(stranger) == "H01"
    assert Alarm.objects.filter(kind="custody.question").exists()

    # At the other end one of the two does not get off.
    arrived = LEAVES + HOUR
    fleet.scan(trip, str(first.pk), "off", arrived, scan_id=new_id())
    commands.arrive(actor=fleet.dispatcher.actor, at=arrived, trip=trip, stop=1)
    handover = Handover.objects.get()
    sign_in(actor=cast.outsider.actor, at=arrived, handover=handover, person=first)
    assert (holder(first), holder(second)) == ("H02", "under way")
    handover.refresh_from_db()
    assert handover.closed_at is None
    deadlines.sweep(at=handover.due_at + MINUTE)
    told = Alarm.objects.filter(kind="custody.handover").values_list("unit_id", flat=True)
    assert set(told) == {cast.site.unit_id, cast.other_site.unit_id}


def test_phone_offline_for_six_hours(fleet, cast):
    first, second, stranger = fleet.guests("甘小雨", "石大山", "柯安")
    trip = fleet.board(fleet.trip([first, second]))
    trip = fleet.leave(trip)  # the desk saw both get on; the phone has no network
    arrived = LEAVES + 40 * MINUTE
    commands.arrive(actor=fleet.dispatcher.actor, at=arrived, trip=trip, stop=1)
    for person in (first, second):
        sign_in(actor=cast.outsider.actor, at=arrived + 5 * MINUTE, handover=Handover.objects.get(), person=person)

    # Six hours later it has network again. Its clock is twenty minutes ahead, and it sends the last scan first.
    sent, ahead = NOW + 7 * HOUR, 20 * MINUTE
    taken = [
        (first, "off", arrived + MINUTE), (second, "off", arrived + 2 * MINUTE), (first, "on", LEAVES - 6 * MINUTE),
        (second, "on", LEAVES - 5 * MINUTE), (stranger, "on", LEAVES - 4 * MINUTE),
    ]  # fmt: skip
    ids = [new_id() for _scan in taken]
    for _twice in range(2):  # and sends everything twice, because the first answer was lost
        for scan_id, (person, kind, moment) in zip(ids, taken, strict=True):
            fleet.scan(trip, str(person.pk), kind, moment + ahead, scan_id=scan_id, at=sent, sent_at=sent + ahead)

    assert Scan.objects.count() == 5
    story = list(Fact.objects.filter(person=first).order_by("occurred_at", "id").values_list("kind", "occurred_at"))
    assert story[1:] == [
        ("boarded", LEAVES - 6 * MINUTE), ("signed_out", LEAVES), ("alighted", arrived + MINUTE),
        ("signed_in", arrived + 5 * MINUTE),
    ]  # fmt: skip
    late = Fact.objects.get(person=first, kind="boarded")
    assert (late.recorded_at, late.claimed_at) == (sent, LEAVES - 6 * MINUTE + ahead)
    assert {holder(first), holder(second)} == {"H02"}
    assert [question.person for question in Question.objects.filter(closed_at__isnull=True)] == [stranger]
    assert Rider.objects.get(person=second).seen_off_at == arrived + 2 * MINUTE
    assert set(HandedOver.objects.values_list("outcome", flat=True)) == {"arrived"}


@pytest.mark.parametrize(
    ("skew", "claimed"), [(timedelta(), None), (timedelta(seconds=30), None), (20 * MINUTE, True), (-3 * HOUR, True)]
)
def test_the_true_moment_of_a_scan_is_found_from_the_skew_of_the_clock(skew, claimed):
    truly, now = NOW, NOW + HOUR
    found = rules.true_moment(truly + skew, now + skew, now)
    assert abs(found.at - truly) < timedelta(minutes=1)
    assert (found.claimed_at is not None) == bool(claimed)


def test_nothing_is_scanned_in_the_future():
    found = rules.true_moment(NOW + HOUR, None, NOW)
    assert (found.at, found.claimed_at) == (NOW, NOW + HOUR)


def test_what_was_scanned_stays_written_and_counts_once(fleet):
    (person,) = fleet.guests("甘小雨")
    trip = fleet.board(fleet.trip([person]))
    fleet.scan(trip, str(person.pk), "on", LEAVES, scan_id=new_id())
    again = fleet.scan(trip, str(person.pk), "on", LEAVES + MINUTE, scan_id=new_id())
    assert again.outcome == "again"
    unknown = fleet.scan(trip, "no such card", "on", LEAVES + MINUTE, scan_id=new_id())
    assert (unknown.outcome, unknown.person_id) == ("unknown", None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Scan.objects.update(outcome="expected")


def test_the_last_four_of_the_stay_card_are_enough_for_somebody_of_the_list(fleet):
    (person,) = fleet.guests("甘小雨")
    Stay.objects.filter(person=person).update(number="H01-004711")
    trip = fleet.board(fleet.trip([person]))
    assert fleet.scan(trip, "4711", "on", LEAVES, scan_id=new_id()).person_id == person.pk


def test_nobody_is_on_the_lists_of_two_trips(fleet):
    people = fleet.guests("甘小雨")
    fleet.trip(people)
    with pytest.raises(RiderElsewhere):
        fleet.trip(
            people, departs_at=NOW + 8 * HOUR, vehicle=fleet.vehicle("粤B1"), driver=fleet.driver_named("冯师傅")
        )


def test_a_site_sees_the_trips_that_stop_there_and_no_others(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"))
    assert Trip.objects.visible_to(cast.clerk.actor, "trips.read").get() == trip
    third = factories.site("H03")
    stranger = member("clerk", third.unit)
    assert not Trip.objects.visible_to(stranger.actor, "trips.read").exists()
    with pytest.raises(NotFound):
        commands.begin_boarding(actor=stranger.actor, at=NOW, trip=trip)


def test_nobody_is_put_on_a_list_by_somebody_who_does_not_see_them(fleet, cast):
    elsewhere = factories.person("邻区人", at_site=factories.site("H03"))
    here = member("dispatcher", cast.site.unit)
    vehicle, driver = fleet.vehicle("粤B1"), fleet.driver_named("冯师傅")
    Vehicle.objects.filter(pk=vehicle.pk).update(unit=cast.site.unit)
    Driver.objects.filter(pk=driver.pk).update(unit=cast.site.unit)
    with pytest.raises(NotFound):
        commands.plan_trip(
            actor=here.actor, at=NOW, vehicle=vehicle, driver=driver, category="inbound", departs_at=NOW + HOUR,
            stops=(commands.Halt(site="H01"), commands.Halt(site="H02")),
            riders=(commands.Passenger(person=elsewhere.pk, from_stop=0, to_stop=1),),
        )  # fmt: skip
    assert not Trip.objects.exists()


def test_a_trip_that_does_not_leave_calls_the_dispatcher(fleet):
    trip = fleet.trip(fleet.guests("甘小雨"))
    deadlines.sweep(at=trip.departs_at + 14 * MINUTE)
    assert not Alarm.objects.exists()
    deadlines.sweep(at=trip.departs_at + 16 * MINUTE)
    assert Alarm.objects.get().role == "dispatcher"
    fleet.leave(fleet.board(trip, at=trip.departs_at), at=trip.departs_at + 20 * MINUTE)
    assert Alarm.objects.get().answered_at is not None


def test_a_postponed_trip_postpones_what_both_ends_wait_for(fleet):
    trip = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    before = Handover.objects.get().due_at
    commands.postpone(actor=fleet.dispatcher.actor, at=LEAVES + MINUTE, trip=trip, minutes=40, reason="广园路塞车")
    assert Handover.objects.get().due_at == before + 40 * MINUTE
    trip.refresh_from_db()
    assert trip.stops.get(position=1).arrives_at == trip.arrives_at


def test_rooms_wait_for_cleaning_once_their_people_have_left(fleet):
    (person,) = fleet.guests("甘小雨")
    room = Room.objects.get(occupancies__stay__person=person)
    fleet.leave(fleet.board(fleet.trip([person])))
    room.refresh_from_db()
    assert room.state == "to_clean"
