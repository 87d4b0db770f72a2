"""The couple both at work and the child at home; the pregnant woman at night; workers whose employer is gone."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, IllegalTransition
from lazaretto.core.models import Alarm, Deadline
from lazaretto.core.promises import verify
from lazaretto.custody.models import Handover, Holding
from lazaretto.orders.models import ExceptionRequest
from lazaretto.people.commands import GivenNeed
from lazaretto.people.models import PartyMember
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stranded import commands
from lazaretto.stranded.choices import State
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.duties import stays as follow_stays
from lazaretto.stranded.errors import ChildAlone, NotLaterThanNow, OnePlace, StepNotPossible, WayTooLong
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import lodgings_for, sites_for
from lazaretto.stranded.tests.stories import HOUR, MINUTE, NIGHT, ORDER, adopt, clocks, find, park, row_of
from lazaretto.transfers import commands as transfers
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CHILD = FoundPerson(name="林小禾", age=4)
WORKERS = tuple(FoundPerson(name=f"工人{name}", age=30) for name in "甲乙丙丁戊己庚辛壬癸子")
PREGNANT = FoundPerson(known_as="孕妇，米色大衣", age=29, needs=(GivenNeed("pregnant", "孕34周"),))


@pytest.fixture
def hostel() -> ExternalPlace:
    return ExternalPlace.objects.create(kind=ExternalKind.LODGING, name="园区职工之家")


@pytest.fixture
def household(cast):
    return find(
        cast.clerk, CHILD, unit=cast.site.unit, why="household", where="园区宿舍3栋501", words="父母均在闭环内上班"
    )


def do(command, group, member, at=NOW, **given):
    told = command(actor=member.actor, at=at, group=group, **given)
    group.refresh_from_db()
    return told


def test_a_four_year_old_at_home_is_never_without_somebody(cast, household):
    child = row_of(household)
    assert clocks(child) == {"care": NOW + 30 * MINUTE}  # a home is there; somebody is not

    until = NOW + 9 * HOUR
    do(commands.name_carer, household, cast.security, kind="neighbour", carer="邻居何姐 13800000000", until=until)
    child.refresh_from_db()
    assert (child.state, child.carer) == (State.MINDED, "邻居何姐 13800000000")
    assert clocks(child) == {"care": until}  # the next one is due when she leaves

    do(commands.end_carer, household, cast.security, at=NOW + HOUR, reason="何姐发热")
    child.refresh_from_db()
    assert (child.state, child.carer_kind) == (State.WAITING, "")
    assert clocks(child) == {"care": NOW + HOUR + 30 * MINUTE}
    sweep(at=NOW + 2 * HOUR)
    assert Alarm.objects.get(kind="stranded.care").person_id == child.person_id


def test_the_child_goes_to_the_mother_in_her_room_and_not_alone_anywhere(cast, household, hostel):
    adopt()
    mother = factories.stay(cast.site, who=factories.person("林岚", at_site=cast.site, birth_date="1992-03-01"))
    with pytest.raises(ChildAlone):
        do(commands.arrived, household, cast.clerk, place=hostel, confirmed_by="值班员")
    with pytest.raises(ChildAlone):
        do(commands.end, household, cast.clerk, outcome=State.HOME, where_to="外婆家", confirmed_by="电话")
    with pytest.raises(ChildAlone):
        do(commands.admit, household, cast.clerk, site=cast.site, **ORDER)

    told = do(
        commands.admit, household, cast.clerk, site=cast.site, **ORDER, companion=mother, assessment="何医生：母子同住"
    )
    child = Stay.objects.get(number=told.stays[0])
    rooms = Occupancy.objects.filter(stay__in=[child, mother]).values_list("room", flat=True)
    assert len(set(rooms)) == 1
    assert (row_of(household).state, household.ended_at) == (State.PLACED, NOW)


def test_the_grandmother_fetches_the_child_and_it_is_written_who(cast, household):
    do(
        commands.end, household, cast.clerk, outcome=State.TAKEN_OVER, where_to="外婆家", confirmed_by="社区小何",
        with_whom="外婆本人到场",
    )  # fmt: skip
    assert "外婆本人到场" in household.steps.get(step="taken_over").words
    assert clocks(row_of(household)) == {}


def test_a_pregnant_woman_found_at_night_has_the_short_clock_and_a_room_before_it_ends(cast):
    adopt()
    group = find(cast.security, PREGNANT, unit=cast.site.unit, at=NIGHT, why="walker", where="江边步道")
    assert clocks(row_of(group))["place"] == NIGHT + 30 * MINUTE
    with pytest.raises(Forbidden):
        do(commands.admit, group, cast.security, at=NIGHT, site=cast.site, **ORDER)

    order = {**ORDER, "last_exposure_at": NIGHT - HOUR}
    told = do(commands.admit, group, cast.clerk, at=NIGHT + 20 * MINUTE, site=cast.site, **order)

    row = row_of(group)
    assert (row.state, row.stay.number, clocks(row)) == (State.PLACED, told.stays[0], {})
    assert Holding.objects.get(person=row.person, ended_at__isnull=True).site == cast.site
    assert ExceptionRequest.objects.get(person=row.person).stay == row.stay  # admitted first, decided after


def test_a_family_found_together_gets_one_room_and_keeps_together(cast):
    adopt()
    group = find(
        cast.clerk, FoundPerson(name="程雨", age=33), FoundPerson(name="程果", age=6), unit=cast.site.unit,
        why="resident", family=True,
    )  # fmt: skip
    assert clocks(row_of(group, 2)) == {"place": NOW + HOUR}  # with the mother it is not alone
    assert PartyMember.objects.filter(party__label=group.number, party__kind="household").count() == 2
    child = row_of(group, 2)
    with pytest.raises(ChildAlone):
        do(commands.send, group, cast.clerk, people=(child.pk,), to_site="H02", arrives_by=NOW + HOUR)

    told = do(commands.admit, group, cast.clerk, site=cast.site, **ORDER, assessment="值班医生：母子同住")
    assert len(set(told.rooms)) == 1
    assert group.ended_at == NOW


def test_when_the_mother_goes_alone_the_child_left_behind_is_watched_at_once(cast):
    group = find(
        cast.clerk, FoundPerson(name="程雨", age=33), FoundPerson(name="程果", age=6), unit=cast.site.unit, family=True
    )
    mother, child = row_of(group), row_of(group, 2)
    do(commands.report_missing, group, cast.clerk, people=(mother.pk,), last_seen_by="保安")
    assert clocks(child)["care"] == NOW + 30 * MINUTE


def test_eleven_workers_whose_employer_is_gone_go_to_another_site_by_a_handover(cast):
    adopt()
    unit = park()
    group = find(cast.duty_officer, *WORKERS, unit=unit, why="worker", where="园区B区工地")
    assert (len(clocks(group)), group.people.count()) == (1, 11)

    told = do(commands.send, group, cast.duty_officer, to_site="H02", arrives_by=NOW + 2 * HOUR, escort="转运组小车")
    handover = Handover.objects.get(number=told.handovers[0])
    assert (handover.from_external.name, handover.to_site, handover.people.count()) == (unit.name, cast.other_site, 11)
    assert {row.state for row in group.people.all()} == {State.ON_THE_WAY}

    first, second = row_of(group), row_of(group, 2)
    at = NOW + HOUR
    transfers.sign_in(actor=cast.outsider.actor, at=at, handover=handover, person=first.person)
    assert clocks(first)  # there, and still without a room
    done = do(commands.admit, group, cast.duty_officer, at=at, people=(first.pk,), site=cast.other_site, **ORDER)
    assert len(done.stays) == 1
    do(commands.turned_back, group, cast.duty_officer, at=at, people=(second.pk,), reason="晕车，原地休息")
    second.refresh_from_db()
    assert second.state == State.WAITING
    assert Holding.objects.get(person=second.person, ended_at__isnull=True).external.name == unit.name


def test_whoever_is_admitted_at_the_desk_waits_for_no_place_any_more(cast):
    group = find(cast.clerk, unit=cast.site.unit)
    row = row_of(group)
    stay = factories.stay(cast.site, who=factories.person("别人", at_site=cast.site))
    Stay.objects.filter(pk=stay.pk).update(person=row.person, started_at=NOW + HOUR)

    assert follow_stays(NOW + HOUR) == 1
    assert follow_stays(NOW + HOUR) == 0
    row.refresh_from_db()
    assert (row.state, row.stay) == (State.PLACED, stay)


def test_a_hostel_has_them_once_it_says_so_and_meals_go_on_until_others_see_to_them(cast, hostel):
    group = find(cast.clerk, *WORKERS[:3], unit=cast.site.unit, why="worker")
    arrives_by = NOW + 5 * HOUR
    do(commands.send, group, cast.clerk, to_place=hostel, arrives_by=arrives_by)
    row = row_of(group)
    assert clocks(row) == {"place": arrives_by}
    assert Holding.objects.get(person=row.person, ended_at__isnull=True).external.kind == ExternalKind.FOUND

    do(commands.arrived, group, cast.clerk, at=NOW + HOUR, confirmed_by="宿管小黎 电话")
    row.refresh_from_db()
    assert (row.state, clocks(row)) == (State.LODGED, {})
    assert Holding.objects.get(person=row.person, ended_at__isnull=True).external == hostel
    assert lodgings_for([row])[0].ours == 3
    assert "meal" in clocks(group)
    do(commands.feed_elsewhere, group, cast.clerk, by_us=False, reason="职工之家食堂")
    assert "meal" not in clocks(group)
    do(commands.end, group, cast.clerk, outcome=State.TAKEN_OVER, where_to="新雇主", confirmed_by="人事小邓")
    assert group.ended_at is not None


def test_places_are_proposed_by_need_and_free_rooms(cast, hostel):
    step_free = ExternalPlace.objects.create(kind=ExternalKind.LODGING, name="一楼学校", abilities=["accessible"])
    one = FoundPerson(name="邓婆婆", age=80, needs=(GivenNeed("cannot_walk"),))
    group = find(cast.clerk, one, unit=cast.site.unit)
    rows = list(group.people.all())
    assert [lodging.place for lodging in lodgings_for(rows)] == [step_free, hostel]
    assert sites_for(rows) == []  # no accessible room anywhere
    cast.other_site.rooms.update(accessible=True)
    assert [site.key for site in sites_for(rows)] == ["site:H02"]


def test_a_way_is_one_place_within_twelve_hours(cast, hostel):
    group = find(cast.clerk, unit=cast.site.unit)
    with pytest.raises(OnePlace):
        do(commands.send, group, cast.clerk, arrives_by=NOW + HOUR)
    with pytest.raises(WayTooLong):
        do(commands.send, group, cast.clerk, to_place=hostel, arrives_by=NOW + 13 * HOUR)
    with pytest.raises(StepNotPossible):
        do(commands.arrived, group, cast.clerk, confirmed_by="x")
    with pytest.raises(IllegalTransition):
        do(commands.end, group, cast.clerk, outcome=State.PLACED, where_to="x", confirmed_by="y")
    with pytest.raises(NotLaterThanNow):
        do(commands.name_carer, group, cast.clerk, kind="staff", carer="x", until=NOW)


def test_whoever_was_lost_on_the_way_and_is_home_is_waited_for_by_no_site(cast):
    group = find(cast.duty_officer, FoundPerson(name="刘强", age=41), unit=park())
    row = row_of(group)
    do(commands.send, group, cast.duty_officer, to_site="H02", arrives_by=NOW + HOUR)
    do(commands.report_missing, group, cast.duty_officer, last_seen_by="司机")
    told = do(
        commands.end, group, cast.duty_officer, at=NOW + 2 * HOUR, outcome=State.HOME, where_to="家中",
        confirmed_by="妻子电话",
    )  # fmt: skip
    assert told.left == 0
    assert not Holding.objects.filter(person=row.person, ended_at__isnull=True).exists()
    assert Handover.objects.get().closed_at == NOW + 2 * HOUR
    assert not Deadline.objects.filter(state="open").exists()


def broken(at) -> list[str]:
    """What `verify` holds against stranded people."""
    found = [row for one in verify(at=at) for row in one.offenders if row["check"].startswith("stranded")]
    return sorted(row["why"] for row in found)


def test_verify_says_whom_nobody_holds_and_which_clock_nothing_watches(cast):
    group = find(cast.security, PREGNANT, unit=cast.site.unit, at=NIGHT)
    assert broken(NIGHT + MINUTE) == []
    assert broken(NIGHT + HOUR) == ["a clock of somebody stranded is over and has raised no alarm"] * 2
    sweep(at=NIGHT + HOUR)
    assert broken(NIGHT + HOUR) == []

    Deadline.objects.filter(kind__startswith="stranded.").update(state="cancelled", closed_at=NIGHT, next_at=None)
    Holding.objects.filter(person=row_of(group).person).delete()
    assert broken(NIGHT + HOUR) == [
        f"{group.number}: nobody owns it and nothing watches that",
        f"{group.number}: nothing watches their next meal",
        "no place holds them",
        "nothing watches that they get a place",
    ]
    Group.objects.update(ended_at=NIGHT)
    assert "its end is not what its people say" in broken(NIGHT + HOUR)


def test_verify_names_a_child_whom_nobody_watches(cast, household):
    Deadline.objects.filter(kind="stranded.care").update(state="cancelled", closed_at=NOW, next_at=None)
    assert broken(NOW + MINUTE) == ["must not be alone, is, and nothing watches it"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "home"},
        {"ended_at": NOW},
        {"state": "placed", "ended_at": NOW},
        {"state": "on_the_way"},
        {"state": "on_the_way", "arrives_by": NOW},
        {"state": "lodged"},
        {"state": "missing"},
        {"state": "missing", "last_seen_at": NOW},
        {"state": "minded"},
        {"carer_kind": "staff"},
        {"carer_since": NOW},
        {"age": 131},
    ],
)
def test_the_database_refuses_what_must_not_be(cast, wrong):
    row = row_of(find(cast.clerk, unit=cast.site.unit))
    with pytest.raises(IntegrityError), transaction.atomic():
        Stranded.objects.filter(pk=row.pk).update(**wrong)


def test_the_database_refuses_a_second_open_entry_an_owner_without_a_time_and_a_changed_history(cast):
    group = find(cast.clerk, unit=cast.site.unit)
    row = row_of(group)
    commands.give(actor=cast.clerk.actor, at=NOW, group=group, kind="water")
    for refused in (
        lambda: Stranded.objects.create(group=group, position=2, person=row.person),
        lambda: Stranded.objects.create(group=group, position=1, person=factories.person("别人")),
        lambda: Group.objects.filter(pk=group.pk).update(owned_at=None),
        lambda: Group.objects.filter(pk=group.pk).update(found_at=NOW + HOUR),
        lambda: group.given.create(kind="meal", people=0, at=NOW),
        lambda: group.given.update(kind="meal"),
        lambda: group.given.all().delete(),
        lambda: group.steps.update(words="别的"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()
