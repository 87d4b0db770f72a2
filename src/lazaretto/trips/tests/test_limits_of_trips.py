"""Nobody is driven at night, too far or by a tired driver, unless somebody says so by name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.trips import commands, rules
from lazaretto.trips.choices import Limit, TripState
from lazaretto.trips.errors import DepartureNotNear, DriverTired, DriveTooLong, NightBlocked, NothingToOverride, TooFar
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Override, Trip
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from tests.factories import NOW

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime.fromisoformat("2026-01-01T00:00:00")
RULES = limits()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def drive(start: str, hours: float) -> rules.Drive:
    begins = local(start)
    return rules.Drive(begins, begins + timedelta(hours=hours), 30, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("start", "hours", "blocked"),
    [
        ("2026-11-21T01:50", 0.5, True), ("2026-11-21T01:30", 0.5, False), ("2026-11-21T02:00", 0.1, True),
        ("2026-11-21T04:59", 1, True), ("2026-11-21T05:00", 1, False), ("2026-11-20T23:00", 2.9, False),
        ("2026-11-20T23:00", 3.1, True), ("2026-11-20T12:00", 30, True), ("2026-11-21T03:00", 0.5, True),
    ],
)  # fmt: skip
def test_no_trip_leaves_or_drives_in_the_blocked_hours(start, hours, blocked):
    one = drive(start, hours)
    assert (rules.night_between(one.departs_at, one.arrives_at, ZONE, RULES) is not None) == blocked


@given(start=st.datetimes(min_value=START, max_value=START + timedelta(days=330)), length=st.integers(1, 20 * 60))
def test_the_next_departure_is_never_blocked_and_never_sooner(start, length):
    begins = start.replace(tzinfo=UTC)
    one = rules.Drive(begins, begins + length * MINUTE, 10, length * MINUTE)
    following = rules.next_departure(one, ZONE, RULES)
    assert following is not None
    assert following >= begins
    assert rules.night_between(following, following + length * MINUTE, ZONE, RULES) is None


def test_a_way_that_is_longer_than_a_day_without_its_night_leaves_never():
    assert rules.next_departure(drive("2026-11-21T08:00", 22), ZONE, RULES) is None


def test_clocks_that_change_do_not_move_the_night():
    berlin = ZoneInfo("Europe/Berlin")
    begins = datetime(2026, 10, 25, 1, 30, tzinfo=berlin)  # at three it is two again
    assert rules.night_between(begins, begins + HOUR, berlin, RULES) is not None
    assert rules.night_between(datetime(2026, 10, 25, 5, 0, tzinfo=berlin), begins + 9 * HOUR, berlin, RULES) is None


def duty(start: str, hours: float) -> rules.Duty:
    return rules.duty_of(drive(start, hours), RULES)


@pytest.mark.parametrize(
    ("others", "own", "faults"),
    [
        ([], ("2026-11-21T08:00", 4), set()),
        ([("2026-11-21T08:00", 4), ("2026-11-21T14:00", 3)], ("2026-11-21T18:00", 0.5), set()),
        ([("2026-11-21T06:00", 4), ("2026-11-21T11:00", 4)], ("2026-11-21T16:30", 1), {Limit.DRIVING_DAY}),
        ([("2026-11-20T20:00", 1)], ("2026-11-21T05:00", 1), {Limit.REST}),
        ([("2026-11-20T20:00", 1)], ("2026-11-21T08:30", 1), set()),
    ],
)
def test_a_driver_drives_and_works_no_longer_than_the_day_allows(others, own, faults):
    assert rules.driver_faults([duty(*one) for one in others], duty(*own), RULES) == faults


def test_long_waits_are_duty_too():
    whole = rules.Drive(local("2026-11-21T06:00"), local("2026-11-21T19:00"), 100, 3 * HOUR)
    assert rules.driver_faults([], rules.duty_of(whole, RULES), RULES) == {Limit.DUTY_DAY}


# ---- the coach of Guizhou, September 2022: 47 people driven through the night, 27 of them dead


@pytest.mark.django_db
def test_coach_at_0150_is_refused_by_name_with_the_next_possible_time(fleet, cast):
    people = fleet.guests("甘小雨", "石大山")
    with pytest.raises(NightBlocked) as refused:
        fleet.trip(people, departs_at=local("2026-11-22T01:50"), minutes=120)
    assert refused.value.context["next_at"] == local("2026-11-22T05:00").astimezone(ZONE).isoformat()
    assert "2026-11-22 05:00" in str(refused.value)
    assert not Trip.objects.exists()

    with pytest.raises(Forbidden):  # a dispatcher alone does not decide it
        fleet.trip(people, departs_at=local("2026-11-22T01:50"), minutes=120, override_reason="上级要求连夜转运")


@pytest.mark.django_db
def test_coach_at_0150_goes_only_with_a_name_and_a_reason(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"), departs_at=local("2026-11-21T21:00"), minutes=120)
    trip = fleet.board(trip, at=local("2026-11-21T20:45"))
    late = local("2026-11-22T01:50")
    with pytest.raises(NightBlocked):  # planned for the evening, delayed into the night
        fleet.leave(trip, at=late)
    trip.refresh_from_db()
    assert (trip.state, trip.departed_at) == (TripState.BOARDING, None)

    officer = cast.duty_officer.actor
    with pytest.raises(ReasonRequired):
        commands.override(actor=officer, at=late, trip=trip, departs_at=late, reason=" ")
    with pytest.raises(Forbidden):
        commands.override(actor=fleet.dispatcher.actor, at=late, trip=trip, departs_at=late, reason="等不及")
    done = commands.override(actor=officer, at=late, trip=trip, departs_at=late, reason="酒店起火，须连夜撤离")
    assert Limit.NIGHT in done.limits

    trip = fleet.leave(trip, at=late + 5 * MINUTE)
    assert (trip.state, trip.departed_at) == (TripState.UNDER_WAY, late + 5 * MINUTE)
    night = Override.objects.get(trip=trip, limit=Limit.NIGHT)
    assert (night.by_id, night.reason) == (cast.duty_officer.user.id, "酒店起火，须连夜撤离")
    entry = JournalEntry.objects.get(command="trips.override")
    assert entry.subject_id == str(trip.pk)


@pytest.mark.django_db
def test_an_override_covers_its_own_departure_and_no_other(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"), departs_at=local("2026-11-21T21:00"), minutes=60)
    trip = fleet.board(trip, at=local("2026-11-21T20:45"))
    at = local("2026-11-22T02:00")
    commands.override(actor=cast.duty_officer.actor, at=at, trip=trip, departs_at=at, reason="撤离")
    with pytest.raises(NightBlocked):
        fleet.leave(trip, at=at + 2 * HOUR)


@pytest.mark.django_db
def test_nothing_is_overridden_that_is_within_the_limits(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"))
    with pytest.raises(NothingToOverride):
        commands.override(
            actor=cast.duty_officer.actor, at=trip.made_at, trip=trip, departs_at=trip.departs_at, reason="以防万一"
        )


@pytest.mark.django_db
def test_too_far_and_too_long_are_refused_by_name(fleet, cast):
    cast.other_site.latitude, cast.other_site.longitude = 26.58, 106.71  # Guiyang, some 760 km away
    cast.other_site.save()
    with pytest.raises(TooFar):
        fleet.trip([], departs_at=local("2026-11-21T14:00"), minutes=200)
    cast.other_site.latitude, cast.other_site.longitude = 23.2, 113.4
    cast.other_site.save()
    with pytest.raises(DriveTooLong):
        fleet.trip([], departs_at=local("2026-11-21T14:00"), minutes=300)
    made = commands.plan_trip(
        actor=cast.duty_officer.actor, at=local("2026-11-21T07:00"), vehicle=fleet.bus, driver=fleet.driver,
        category="inbound", departs_at=local("2026-11-21T08:00"), override_reason="高速封闭，绕行国道",
        stops=(commands.Halt(site="H01"), commands.Halt(site="H02", drive_minutes=300)),
    )  # fmt: skip
    assert set(Override.objects.filter(trip=made.trip_id).values_list("limit", flat=True)) == {Limit.HOURS}


@pytest.mark.django_db
def test_a_driver_who_would_rest_too_little_is_refused(fleet):
    fleet.trip([], departs_at=local("2026-11-21T20:00"), minutes=60)
    with pytest.raises(DriverTired):
        fleet.trip([], departs_at=local("2026-11-22T05:30"), minutes=60, vehicle=fleet.vehicle("粤B1"))


@pytest.mark.parametrize("departs_at", [NOW - timedelta(minutes=16), NOW + timedelta(days=14, minutes=1)])
def test_no_trip_leaves_in_the_past_or_in_years(fleet, departs_at):
    trip = fleet.trip([])
    with pytest.raises(DepartureNotNear):
        fleet.trip([], departs_at=departs_at)
    with pytest.raises(DepartureNotNear):
        commands.change_times(actor=fleet.dispatcher.actor, at=NOW, trip=trip, departs_at=departs_at)
    assert Trip.objects.count() == 1
