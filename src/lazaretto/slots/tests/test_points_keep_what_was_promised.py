"""What points were promised by now and what came of it: on the page of the round, on the wall, over the API."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from lazaretto.core import clock
from lazaretto.screening import commands as screening
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.screening.queries import progress
from lazaretto.screening.tests.rounds import scan, send
from lazaretto.slots import commands, queries
from lazaretto.slots.models import Proposal
from lazaretto.slots.queries.problem import slow_points
from lazaretto.slots.rules.coming import Kept, Promise, done_at, due_of, is_behind, kept, present_of
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, slots, standing
from lazaretto.tubes import commands as tubes
from lazaretto.tubes.choices import AbsenceKind
from tests.factories import NOW

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
A, B = UUID(int=1), UUID(int=2)
P, Q, R = UUID(int=11), UUID(int=12), UUID(int=13)


# ---- rules


def test_a_step_is_due_when_it_is_over():
    slot = ((15, 15, 5), NOW, NOW + 3 * QUARTER)
    moments = [NOW - QUARTER, NOW, NOW + QUARTER, NOW + QUARTER * 2.5, NOW + 3 * QUARTER, NOW + HOUR * 9]
    assert [due_of(*slot, at=at) for at in moments] == [0, 0, 15, 30, 35, 35]
    assert [present_of(*slot, at=at) for at in moments] == [0, 15, 15, 5, 0, 0]


def test_who_was_tested_elsewhere_is_not_looked_for():
    promises = [Promise(A, Q, 20, 0, NOW + HOUR), Promise(A, P, 30, 30, NOW), Promise(B, P, 10, 10, NOW)]
    found = kept(promises, {(A, P): 10, (A, R): 25, (B, P): 12}, {A: 50, B: 12})
    assert found == {(A, P): Kept(30, 30, 30), (A, Q): Kept(20, 0, 5), (B, P): Kept(10, 10, 10)}
    assert [one.missing for one in found.values()].count(0) == 2
    assert found[A, Q].missing_now == 0


def test_who_missed_a_slot_and_was_given_another_is_expected_there_alone():
    promises = [Promise(A, P, 20, 20, NOW), Promise(A, Q, 20, 0, NOW + HOUR)]
    assert kept(promises, {(A, P): 5}, {A: 25}) == {(A, P): Kept(5, 5, 5), (A, Q): Kept(20, 0, 0)}
    done = kept(promises, {(A, P): 5, (A, Q): 20}, {A: 25})
    assert [one.missing for one in done.values()] == [0, 0]


def test_a_point_that_keeps_up_is_done_with_its_last_slot_and_one_behind_by_its_pace():
    given = {"at": NOW, "last": NOW + 2 * HOUR}
    assert done_at(**given, remaining=100, per_hour=10, behind=False) == NOW + 2 * HOUR
    assert done_at(**given, remaining=100, per_hour=20, behind=True) == NOW + 5 * HOUR
    assert done_at(**given, remaining=10, per_hour=60, behind=True) == NOW + 2 * HOUR
    assert done_at(**given, remaining=10, per_hour=0, behind=True) is None
    assert [is_behind(100, missing, percent=20) for missing in (20, 21)] == [False, True]
    assert not is_behind(0, 0, percent=20)


# ---- pages


def going(cast) -> tuple[Round, list]:
    """Two points, one table each, 60 and 30 people; of the first fifty minutes' promises some have come."""
    of, _homes, places = planned(cast, 60, 30)
    standing(cast, of)
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    return Round.objects.get(pk=of.pk), places


def people_at(of: Round, place, most: int) -> list[int]:
    """Numbers of those promised to a point first."""
    found: list[int] = []
    for row in slots(of):
        if row.point_id == place.pk:
            own = RosterEntry.objects.filter(round=of.pk, organisation=row.organisation_id).order_by("number")
            found += [number for number in own.values_list("number", flat=True) if number not in found][: row.people]
    return found[:most]


def test_points_say_expected_tested_missing_and_strangers(cast, monkeypatch, django_assert_num_queries):
    of, (one, two) = going(cast)
    at = NOW + 50 * timedelta(minutes=1)
    came = people_at(of, one, 40)
    for nth, numbers in enumerate((came[:20], came[20:])):
        swabs = [scan(number, tube=f"T{nth}{place // 10}", slot=place % 10 + 1) for place, number in enumerate(numbers)]
        send(cast, one, *swabs, at=at)
    send(cast, one, scan(tube="S1", slot=1), at=at)
    monkeypatch.setattr(clock, "now", lambda: at)
    address = f"/api/v1/screening/rounds/{of.pk}/coverage"
    rows = {row["code"]: row for row in cast.site_lead.client.get(address).json()["points"]}
    promised = {
        place.code: (
            sum(row.people for row in slots(of) if row.point_id == place.pk),
            sum(
                due_of(row.portions, row.starts_at, row.ends_at, at=at) for row in slots(of) if row.point_id == place.pk
            ),
        )
        for place in (one, two)
    }
    assert promised["P1"][1] == promised["P2"][1] == 45, "three quarters of an hour at one table each"
    assert {code: (row["expected"], row["due"]) for code, row in rows.items()} == promised
    assert (rows["P1"]["tested"], rows["P1"]["strangers"]) == (41, 1)
    assert sum(row["missing"] for row in rows.values()) == 50
    assert rows["P2"]["missing_now"] > rows["P1"]["missing_now"] >= 0
    lines = {row.point.code: row for row in progress(of, at=at).points}
    assert (lines["P1"].behind, lines["P2"].behind) == (False, True)
    assert set(slow_points(of, at=at)) == {two.pk}
    page = cast.site_lead.client.get(reverse("screening:round", args=[of.pk]))
    assert [row.promised.due for row, _doors in page.context["points"]] == [45, 45]
    wall = cast.site_lead.client.get(reverse("screening:wall", args=[of.pk])).content.decode()
    assert "45" in wall
    with django_assert_num_queries(10):
        progress(of, at=at)


def test_before_anything_is_due_nobody_is_behind_and_a_point_without_a_promise_never(cast):
    of, (one, _two) = going(cast)
    spare = add_point(cast, of, "P3")
    send(cast, spare, scan(1), at=NOW)
    rows = progress(of, at=NOW + timedelta(minutes=10)).points
    assert [row.behind for row in rows] == [False, False, False]
    later = {row.point.pk: row for row in progress(of, at=NOW + HOUR).points}
    assert later[one.pk].behind
    assert (later[spare.pk].behind, later[spare.pk].promised) == (False, None)


def test_a_round_without_slots_compares_its_points_with_each_other(cast):
    of, _homes, places = planned(cast, 60)
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    of = Round.objects.get(pk=of.pk)
    send(cast, places[0], *[scan(number, tube="T1", slot=number) for number in range(1, 11)], at=NOW)
    rows = progress(of, at=NOW + HOUR / 2 + QUARTER).points
    assert [(row.promised, row.behind) for row in rows] == [(None, False), (None, True)]
    row = cast.site_lead.client.get(f"/api/v1/screening/rounds/{of.pk}/coverage").json()["points"][0]
    assert (row["expected"], row["due"], row["missing"], row["missing_now"]) == (None, None, None, None)


def test_who_is_given_another_point_is_expected_there_alone(cast):
    of, (one, two) = going(cast)
    at = NOW + 20 * timedelta(minutes=1)
    duty = cast.duty_officer.actor
    screening.close_point(actor=duty, at=at, point=two)
    made = commands.replan(actor=duty, at=at, test_round=of)
    commands.accept(actor=duty, at=at, proposal=Proposal.objects.get(pk=made.proposal_id))
    found = queries.promises(of, at + HOUR)
    assert sum(row.missing for row in found.values()) == 90, "nobody is counted at two points"
    assert found[one.pk].expected > 45
    assert at > BEFORE


def test_whoever_is_excused_is_not_expected_at_a_point(cast):
    of, places = going(cast)
    at = NOW + 50 * timedelta(minutes=1)
    assert sum(row.promised.expected for row in progress(of, at=at).points) == 90
    tubes.name_absent(
        actor=cast.duty_officer.actor, at=at, test_round=of, numbers=[1, 2, 61], kind=AbsenceKind.EXCUSED, reason="出差"
    )
    assert sum(row.promised.expected for row in progress(of, at=at).points) == 87
    send(cast, places[0], scan(1), at=at)  # came after all
    assert sum(row.promised.expected for row in progress(of, at=at).points) == 88
