"""Staff and supplies of a round: never fewer than needed, rounded up; its page, paper, Excel and API."""

from dataclasses import replace
from datetime import time as hours
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lazaretto.core import clock
from lazaretto.headcounts.models import Organisation
from lazaretto.planning.points import Tubes
from lazaretto.screening import commands as screening
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.models import Point, Round
from lazaretto.screening.tests.rounds import draft
from lazaretto.slots import queries
from lazaretto.slots.numbers import number
from lazaretto.slots.queries.supplies import norms_of
from lazaretto.slots.rules import Norms, Station, apportioned, by_shift, needs, shared, spread, together
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, standing
from tests.factories import NOW

NORMS = Norms(
    tubes=Tubes.TEN, people_per_table_hour=60, people_per_sampler=360, registrars_per_table=1, samplers_per_table=1,
    tables_per_guide=2, shift_minutes=240, suit_minutes=240, swabs_per_person=1, people_per_100_households=262,
    reserve_percent=0,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def hall(*people: int, tables=2, minutes=600, **more) -> Station:
    """A point that is open for ten hours; enterprises come one after the other, each in an hour of its own."""
    arrivals = tuple((60 * nth, count) for nth, count in enumerate(people))
    return Station("P", tables, ((0, minutes),), arrivals, people, **more)


# ---- rules


@pytest.mark.parametrize(
    ("rule", "tubes"),
    [(Tubes.ONE, 100), (Tubes.FIVE, 20), (Tubes.TEN, 10), (Tubes.TWENTY, 5), (Tubes.HOUSEHOLD, 39)],
)
def test_tubes_by_their_rule(rule, tubes):
    assert needs(hall(100, tables=1), replace(NORMS, tubes=rule)).needs.tubes == tubes


def test_two_enterprises_share_no_tube():
    assert needs(hall(1, 1, 1), NORMS).needs.tubes == 3


def test_the_reserve_is_added_and_rounded_up():
    found = needs(hall(100), replace(NORMS, reserve_percent=10)).needs
    assert (found.people, found.swabs, found.bare_tubes, found.tubes) == (100, 110, 11, 13)
    assert needs(hall(1), replace(NORMS, reserve_percent=10)).needs.swabs == 2


def test_a_shift_has_staff_for_its_tables_and_a_suit_for_each():
    found = needs(hall(10, 10, 10, 10, 10, tables=3), NORMS)
    assert [(shift.begins, shift.ends, shift.people) for shift in found.shifts] == [(0, 240, 40), (240, 480, 10)]
    first = found.shifts[0]
    assert (first.registrars, first.samplers, first.guides, first.staff) == (3, 3, 2, 8)
    assert (found.staff, found.needs.suits) == (8, 16)


def test_a_long_shift_needs_a_second_suit():
    assert needs(hall(10, tables=1, minutes=300), replace(NORMS, shift_minutes=300)).needs.suits == 2 * 3


def test_nobody_needs_nothing():
    found = needs(hall(), NORMS)
    assert (found.shifts, found.staff, found.tables) == ((), 0, 0)
    assert (found.needs.swabs, found.needs.tubes, found.needs.suits) == (0, 0, 0)
    assert together([]).people == 0
    assert by_shift([found]) == []


def test_who_comes_while_it_is_closed_is_counted_all_the_same():
    late = Station("P", 1, ((0, 240),), ((900, 7),), (7,))
    shut = Station("P", 1, (), ((900, 7),), (7,))
    assert [needs(one, NORMS).shifts[0].people for one in (late, shut)] == [7, 7]


def test_all_points_together_by_shift():
    early, later = hall(10, tables=1), Station("Q", 1, ((120, 360),), ((120, 5),), (5,))
    found = by_shift([needs(early, NORMS), needs(later, NORMS)])
    assert [(shift.begins, shift.ends, shift.staff) for shift in found] == [(0, 120, 3), (120, 360, 6)]
    assert [shift.people for shift in found] == [5, 10], "nobody twice: ten in four hours, five in the last two"


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 500)), min_size=1, max_size=5))
def test_all_points_together_are_as_many_as_come_to_them(points):
    rows = [needs(Station(str(at), 1, ((at, at + 240),), ((at, people),), (people,)), NORMS) for at, people in points]
    found = by_shift(rows)
    assert sum(shift.people for shift in found) == sum(people for _at, people in points)
    assert all(one.ends <= other.begins for one, other in pairwise(found))


def test_whoever_has_no_slot_comes_from_the_opening_on_as_fast_as_tables_take_them():
    full = spread(hall(tables=1, minutes=480), [200, 100], NORMS)
    assert [shift.people for shift in needs(full, NORMS).shifts] == [240, 60]
    over = needs(spread(hall(tables=1, minutes=240), [500], NORMS), NORMS)
    assert (over.needs.people, over.tables) == (500, 3)


SOME = st.integers(1, 400)
STATIONS = st.builds(
    lambda tables, groups, minutes: hall(*groups, tables=tables, minutes=minutes),
    st.integers(1, 12), st.lists(SOME, max_size=8), st.integers(60, 3000),
)  # fmt: skip
ANY = st.builds(
    replace, st.just(NORMS), tubes=st.sampled_from(Tubes), reserve_percent=st.integers(0, 50),
    shift_minutes=st.integers(60, 600), suit_minutes=st.integers(60, 600), people_per_sampler=st.integers(1, 400),
)  # fmt: skip


@given(STATIONS, st.lists(SOME, max_size=6), ANY)
def test_never_fewer_than_needed(station, more, norms):
    asked = spread(station, more, norms)
    found = needs(asked, norms)
    people = sum(station.groups) + sum(more)
    assert found.needs.people == people == sum(shift.people for shift in found.shifts)
    assert found.needs.swabs * 100 >= people * (100 + norms.reserve_percent)
    assert found.needs.tubes * 100 >= found.needs.bare_tubes * (100 + norms.reserve_percent)
    for shift in found.shifts:
        assert shift.registrars >= asked.tables
        assert shift.samplers >= asked.tables
        assert shift.samplers * norms.people_per_sampler >= shift.people
        assert shift.guides * norms.tables_per_guide >= asked.tables
        assert shift.suits * norms.suit_minutes >= shift.staff * (shift.ends - shift.begins)
        assert shift.tables * norms.people_per_table_hour * (shift.ends - shift.begins) >= shift.people * 60
    assert found.needs.suits >= sum(shift.staff for shift in found.shifts)


@given(st.integers(1, 90), st.integers(1, 6), st.sampled_from([5, 10, 20]), st.data())
def test_tubes_are_enough_however_people_spread_over_the_tables(people, tables, holds, data):
    at = data.draw(st.lists(st.integers(0, tables - 1), min_size=people, max_size=people))
    used = sum(-(-at.count(table) // holds) for table in range(tables))
    assert used <= needs(hall(people, tables=tables), replace(NORMS, tubes=Tubes(str(holds)))).needs.tubes


@given(st.integers(0, 5000), st.lists(st.integers(0, 900), min_size=1, max_size=8))
def test_people_are_shared_out_whole_and_all(people, weights):
    found = apportioned(people, weights)
    assert sum(found) == (people if any(weights) else 0)
    for share, weight in zip(found, weights, strict=True):
        assert abs(share * sum(weights) - people * weight) < max(1, sum(weights)) or not any(weights)


@given(st.lists(st.integers(0, 300), max_size=8), st.data())
def test_a_line_is_cut_into_places_that_have_their_size(groups, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, sum(groups)), max_size=4)))
    sizes = [last - first for first, last in zip([0, *cuts], [*cuts, sum(groups)], strict=True)]
    found = shared(groups, sizes)
    assert [sum(own) for own in found] == sizes
    assert sum(len(own) for own in found) <= len([one for one in groups if one]) + len(cuts)
    assert all(one > 0 for own in found for one in own)


def test_every_round_is_counted_by_the_numbers_that_are_written_down():
    for rule in TubeRule:
        norms = norms_of(Round(tube_rule=rule), None)
        assert norms.shift_minutes == number("staff.shift_minutes")
        assert norms.tubes.value in {rule.value, "1"}
        if norms.tubes not in {Tubes.HOUSEHOLD, Tubes.ONE}:
            assert int(norms.tubes) == number(f"tubes.{rule.value}")
        assert all("{" not in one.how and one.sources for one in queries.formulas(Round(tube_rule=rule), None))


# ---- of a round


def counted(of: Round) -> queries.Supplies:
    """As its page counts it."""
    return queries.supplies(of, queries.accepted(of))


def test_before_slots_stand_the_roster_is_shared_out_by_what_tables_take(cast):
    of, _homes, (one, _two) = planned(cast, 30, 20)
    Point.objects.filter(pk=one.pk).update(tables=4)
    found = counted(of)
    assert [row.needed.needs.people for row in found.points] == [40, 10]
    assert (found.needs.people, found.unplaced, found.nowhere) == (50, 50, 0)
    screening.close_point(actor=cast.duty_officer.actor, at=BEFORE, point=Point.objects.get(pk=one.pk))
    assert [row.needed.needs.people for row in counted(of).points] == [0, 50]
    Point.objects.update(state="closed")
    assert (counted(of).needs.people, counted(of).nowhere) == (0, 50)


def test_slots_that_stand_say_who_comes_where(cast):
    of, _homes, _places = planned(cast, 30, 20)
    rows = standing(cast, of)
    found = counted(of)
    for row in found.points:
        assert row.needed.needs.people == sum(slot.people for slot in rows if slot.point_id == row.point.pk)
        for line in row.shifts:
            assert any(line.begins_at <= slot.starts_at < line.ends_at for slot in rows)
    assert (found.needs.people, found.unplaced) == (50, 0)


def test_too_few_people_or_tables_are_said(cast):
    of, _homes, (one, _two) = planned(cast, 30, 20)
    standing(cast, of)
    Point.objects.filter(pk=one.pk).update(staff=1)
    row = next(row for row in counted(of).points if row.point.pk == one.pk)
    assert row.needed.staff > 1
    assert row.fewer_staff == row.needed.staff - 1
    page = cast.duty_officer.client.get(reverse("slots:supplies", args=[of.pk])).content.decode()
    assert f"缺 {row.fewer_staff} 人" in page
    Point.objects.filter(pk=one.pk).update(staff=row.needed.staff)
    assert not counted(of).short


def test_the_page_says_how_everything_is_counted(cast):
    of, _homes, _places = planned(cast, 30)
    client, page = cast.medic.client, reverse("slots:supplies", args=[of.pk])
    said = client.get(page).content.decode()
    for one in queries.formulas(of, None):
        assert one.sources[0].split("，")[0] in said
    assert page in client.get(reverse("screening:round", args=[of.pk])).content.decode()
    assert reverse("screening:edit_point", args=[Point.objects.first().pk]) not in said
    client.cookies["django_language"] = "en"
    assert "How it is counted" in client.get(page).content.decode()


def test_a_round_without_roster_or_points_says_what_is_missing(cast):
    of = draft(cast)
    page = reverse("slots:supplies", args=[of.pk])
    assert "还没有名册" in cast.duty_officer.client.get(page).content.decode()
    screening.freeze_round(actor=cast.duty_officer.actor, at=BEFORE, test_round=of)
    assert "还没有采样点" in cast.duty_officer.client.get(page).content.decode()
    add_point(cast, of, "P1")
    assert "没有应采人员" in cast.duty_officer.client.get(page).content.decode()


def test_it_is_printed_and_goes_to_excel(cast):
    of, _homes, _places = planned(cast, 30, 20)
    client = cast.duty_officer.client
    assert client.get(reverse("slots:supplies_pdf", args=[of.pk])).content.startswith(b"%PDF")
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("slots:supplies_xlsx", args=[of.pk])).content))
    rows = book.get_sheet_by_index(0).to_python()
    box = counted(of).needs
    assert rows[-1][4:] == ["未说明", box.tubes, box.swabs, box.suits]
    assert len(book.sheet_names) == 3


def sheets_of(client, of: Round) -> list[list[list[object]]]:
    """What stands in the file, sheet by sheet."""
    file = client.get(reverse("slots:supplies_xlsx", args=[of.pk])).content
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    return [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]


def test_paper_and_excel_say_what_is_there_and_what_is_too_little(cast):
    of, _homes, (one, two) = planned(cast, 30, 20)
    standing(cast, of)
    Point.objects.filter(pk=one.pk).update(staff=1)
    Point.objects.filter(pk=two.pk).update(staff=90)
    first, boxes, *_others = sheets_of(cast.duty_officer.client, of)
    row = next(row for row in counted(of).points if row.point.pk == one.pk)
    assert f"缺 {row.fewer_staff} 人" in first[1][0]
    assert first[1][0].startswith("P1: ")
    assert [line[4] for line in boxes] == [boxes[0][4], 1, 90, 91]
    said = cast.medic.client.get(f"/api/v1/screening/rounds/{of.pk}/supplies").json()
    assert [(row["tables_there"], row["there"]) for row in said["points"]] == [(one.tables, 1), (two.tables, 90)]
    assert said["state"] == "frozen"


def test_of_a_round_that_is_over_nothing_is_needed(cast):
    of, _homes, (one, _two) = planned(cast, 30, 20)
    Point.objects.filter(pk=one.pk).update(staff=1)
    screening.cancel_round(actor=cast.duty_officer.actor, at=BEFORE, test_round=of, reason="台风")
    client = cast.duty_officer.client
    page = client.get(reverse("slots:supplies", args=[of.pk])).content.decode()
    assert "不再需要" in page
    assert "alert-triangle" not in page[page.index("<main") : page.index("</main>")]
    assert [row[0] for row in sheets_of(client, of)[0][1:]] == ["本轮已结束：这些都不再需要，此处为当时的测算。"]
    assert client.get(f"/api/v1/screening/rounds/{of.pk}/supplies").json()["state"] == "cancelled"


def test_the_api_says_the_same(cast):
    of, _homes, _places = planned(cast, 30, 20)
    said = cast.medic.client.get(f"/api/v1/screening/rounds/{of.pk}/supplies").json()
    found = counted(of)
    assert (said["people"], said["tubes"], said["staff"]) == (50, found.needs.tubes, found.staff)
    assert [len(row["shifts"]) for row in said["points"]] == [len(row.shifts) for row in found.points]


def test_it_asks_as_often_for_many_as_for_few(cast):
    def asked(of: Round) -> int:
        with CaptureQueriesContext(connection) as questions:
            assert cast.duty_officer.client.get(reverse("slots:supplies", args=[of.pk])).status_code == 200
        return len(questions)

    few, _homes, _places = planned(cast, 5)
    standing(cast, few)
    before = asked(few)
    Organisation.objects.update(ended_at=NOW)
    more, _homes, _places = planned(cast, *([7] * 8), points=("Q1", "Q2", "Q3"))
    standing(cast, more)
    assert asked(more) == before


def test_a_round_of_several_days_has_shifts_on_each(cast):
    of, _homes, (one, two) = planned(cast, 30)
    Point.objects.filter(pk__in=[one.pk, two.pk]).update(opens=hours(8), closes=hours(9), tables=1)
    Round.objects.filter(pk=of.pk).update(opens_at=NOW, deadline_at=NOW + timedelta(days=2))
    found = counted(Round.objects.get(pk=of.pk))
    assert found.needs.people == 30
    assert all(line.ends_at - line.begins_at == timedelta(hours=1) for line in found.shifts)
