"""A point where people wait is slow; one whose enterprises do not turn up is not. Each is mended otherwise."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.cadence.commands import follow_rounds
from lazaretto.core import clock
from lazaretto.core.deadlines import sweep
from lazaretto.core.models import Deadline
from lazaretto.screening import commands as screening
from lazaretto.screening.models import Point, RosterEntry, Round
from lazaretto.screening.queries import progress
from lazaretto.screening.tests.rounds import scan, send
from lazaretto.slots import commands
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.queries.problem import slow_points
from lazaretto.slots.rules.coming import Kept, Promise, absent_from, over_at, pace_with_queue, stands_idle
from lazaretto.slots.tests.plans import planned, standing
from tests.factories import NOW

HOUR, QUARTER, MINUTE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)


# ---- rules


def absent(lines: dict, *, here: dict, idle=(), at=NOW + 2 * HOUR) -> set:
    """Of two enterprises at one point: A from the opening on for an hour, B after it for half an hour."""
    promises = [Promise("A", "P", 60, 60, NOW, NOW + HOUR), Promise("B", "P", 30, 30, NOW + HOUR, NOW + 1.5 * HOUR)]
    counted = {(home, "P"): people for home, people in here.items()}
    return {home for home, _point in absent_from(promises, lines, counted, idle, at=at, late=QUARTER)}


def lines_of(a: int, b: int) -> dict:
    return {("A", "P"): Kept(60, 60, a), ("B", "P"): Kept(30, 30, b)}


def test_who_was_overtaken_did_not_turn_up_and_who_came_last_still_waits():
    assert absent(lines_of(10, 30), here={"A": 10, "B": 30}) == {"A"}
    assert absent(lines_of(60, 5), here={"A": 60, "B": 5}) == set(), "a queue is served in turn"
    assert absent(lines_of(10, 3), here={"A": 10, "B": 3}) == set(), "a few who came early say nothing of the others"
    assert absent(lines_of(10, 30), here={"A": 10}) == set(), "tested elsewhere, B overtook nobody here"
    assert absent(lines_of(10, 30), here={"A": 10, "B": 30}, at=NOW + HOUR + QUARTER / 2) == set(), "they may be late"
    assert absent(lines_of(60, 30), here={"A": 60, "B": 30}, idle={"P"}) == set(), "nobody is missing"


def test_at_a_point_that_stands_idle_nobody_waits():
    assert absent(lines_of(60, 5), here={"A": 60, "B": 5}, idle={"P"}) == {"B"}
    assert absent(lines_of(60, 5), here={"A": 60}, idle={"P"}, at=NOW + HOUR + 20 * MINUTE) == {"B"}, "their slot runs"
    assert absent(lines_of(60, 5), here={"A": 60}, idle={"P"}, at=NOW + HOUR + 10 * MINUTE) == set(), "they may be late"
    given = {"takes": 60, "worked_before": True}
    hours = {NOW: 50, NOW + HOUR: 4}
    assert stands_idle(hours, at=NOW + HOUR + HOUR / 2, **given)
    assert not stands_idle({NOW: 50, NOW + HOUR: 20}, at=NOW + HOUR + HOUR / 2, **given)
    assert not stands_idle({NOW: 20, NOW + HOUR: 10}, at=NOW + HOUR + HOUR / 2, **given), "it never was faster"
    assert not stands_idle({}, at=NOW + HOUR + HOUR / 2, **given), "of a point where nobody was tested nothing is known"
    assert not stands_idle({NOW: 200, NOW + HOUR: 20}, at=NOW + HOUR + HOUR / 2, **given | {"takes": 60}), (
        "fewer tables"
    )
    assert stands_idle(hours, at=NOW + 2 * HOUR + QUARTER, **given), "early in an hour the one before it is judged"
    assert not stands_idle(hours, at=NOW + 2 * HOUR + QUARTER, takes=60, worked_before=False)


def test_pace_is_reckoned_while_people_wait():
    due = [(NOW + nth * QUARTER, 15) for nth in range(-3, 9)]  # sixty an hour, forty-five before it opened
    queue = {NOW: 30, NOW + HOUR: 20}
    assert pace_with_queue(due, queue, at=NOW + 2 * HOUR) == 25
    assert pace_with_queue(due, queue, at=NOW + 1.5 * HOUR) == 33, "of the hour that runs only what is over"
    early = [(NOW + nth * QUARTER, 15) for nth in range(1, 9)]
    assert pace_with_queue(early, {NOW: 60, NOW + HOUR: 20}, at=NOW + 2 * HOUR) is None, "no queue stood all the hour"
    assert pace_with_queue(early, {NOW: 40, NOW + HOUR: 30}, at=NOW + 2 * HOUR) == 30, "in the first hour people came"
    assert pace_with_queue(due, {}, at=NOW) is None


def test_the_last_step_that_is_over_is_known():
    slot = ((15, 15, 5), NOW, NOW + 3 * QUARTER)
    assert [over_at(*slot, at=NOW + minutes * MINUTE) for minutes in (0, 14, 15, 40, 99)] == [
        None, None, NOW + QUARTER, NOW + 2 * QUARTER, NOW + 3 * QUARTER,
    ]  # fmt: skip


# ---- a round


@pytest.fixture
def one_point(cast) -> tuple[Round, Point, list[Slot]]:
    """A point with one table: three enterprises of thirty, each for half an hour, one after another."""
    of, _homes, (place,) = planned(cast, 30, 30, 30, 60, points=("P1",))
    rows = standing(cast, of)
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    return Round.objects.get(pk=of.pk), place, rows


def come(cast, of: Round, place: Point, row: Slot, people: int, *, at) -> None:
    """So many of an enterprise who are not tested yet."""
    own = RosterEntry.objects.filter(round=of.pk, organisation=row.organisation_id).order_by("number")
    numbers = list(own.values_list("number", flat=True))[:people]
    for first in range(0, people, 10):
        tube = f"{row.organisation.name}{first}"
        swabs = [scan(n, tube=tube, slot=nth + 1, at=at) for nth, n in enumerate(numbers[first : first + 10])]
        send(cast, place, *swabs, at=at)


def test_an_enterprise_that_does_not_turn_up_is_called_and_no_table_is_slowed_for_it(
    cast, one_point, monkeypatch, django_assert_num_queries
):
    of, place, rows = one_point
    at = rows[1].ends_at + 10 * MINUTE
    come(cast, of, place, rows[1], 30, at=rows[1].ends_at - MINUTE)
    (row,) = progress(of, at=at).points
    assert (row.behind, row.stays_away, row.promised.away) == (False, True, 30)
    assert slow_points(of, at=at) == {}
    follow_rounds(at=at)
    assert set(Deadline.objects.values_list("kind", flat=True)) >= {"cadence.away"}
    assert not Deadline.objects.filter(kind="cadence.point").exists()
    sweep(at=at + 20 * MINUTE)
    monkeypatch.setattr(clock, "now", lambda: at)
    duty = cast.duty_officer.client
    page = duty.get(reverse("screening:round", args=[of.pk])).content.decode()
    assert "30 人应到未到" in page
    assert "联系" in page
    alarms = duty.get(reverse("headquarters:alarms")).content.decode()
    assert reverse("field:point", args=[place.pk]) in alarms
    lead = duty.get(reverse("field:point", args=[place.pk]))
    first = lead.context["lead"].slots.not_come[0]
    assert (first.organisation, first.away) == (rows[0].organisation, True)
    (told,) = duty.get(f"/api/v1/screening/rounds/{of.pk}/coverage").json()["points"]
    assert told["not_turned_up"] == 30
    with django_assert_num_queries(10):
        progress(of, at=at)


def test_planned_anew_who_did_not_turn_up_gets_another_slot_and_pushes_nobody_away(cast, one_point):
    of, place, rows = one_point
    at = rows[1].ends_at + 10 * MINUTE
    come(cast, of, place, rows[1], 30, at=rows[1].ends_at - MINUTE)
    made = commands.replan(actor=cast.duty_officer.actor, at=at, test_round=of)
    assert (made.moved, made.left) == (0, 0)
    change = Proposal.objects.get(pk=made.proposal_id).change
    assert [one for one in change["waiting"] if one["group"].startswith(str(rows[0].organisation_id))] == []
    commands.accept(actor=cast.duty_officer.actor, at=at, proposal=Proposal.objects.get(pk=made.proposal_id))
    later = Slot.objects.filter(dropped_at__isnull=True, organisation=rows[0].organisation, starts_at__gt=at)
    assert sum(later.values_list("people", flat=True)) == 30
    kept = Slot.objects.filter(dropped_at__isnull=True, organisation=rows[-1].organisation, waiting=False)
    assert kept.filter(pk=rows[-1].pk).exists(), "whoever was promised a time keeps it"


def test_where_people_wait_the_point_is_slow_by_what_it_did_while_they_waited(cast, one_point):
    of, place, rows = one_point
    come(cast, of, place, rows[0], 20, at=rows[0].ends_at)
    at = rows[1].ends_at + 5 * MINUTE
    (row,) = progress(of, at=at).points
    assert (row.behind, row.stays_away, row.promised.away) == (True, False, 0)
    assert slow_points(of, at=at)[place.pk] <= 20
    follow_rounds(at=at)
    assert Deadline.objects.filter(kind="cadence.point").exists()
    assert not Deadline.objects.filter(kind="cadence.away").exists()
