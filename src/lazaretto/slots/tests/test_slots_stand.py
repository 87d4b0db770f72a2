"""Slots are proposed, accepted, moved and cancelled, and planned anew when a point closes."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Organisation
from lazaretto.planning import points as planner
from lazaretto.screening import commands as screening
from lazaretto.screening.models import Point, RosterEntry, RosterShare
from lazaretto.screening.tests.rounds import draft, scan, send
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import Parts
from lazaretto.slots.errors import (
    NobodyExpected,
    NoRoomThen,
    NotTheirHours,
    ProposalStale,
    RoundTakesNobody,
    SlotBegun,
    SlotsHaveBegun,
    SlotsTooSoon,
)
from lazaretto.slots.models import Load, Proposal, Slot
from lazaretto.slots.proofs import slots_fit
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, proposed, slots, standing
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def balanced() -> bool:
    """The loads of every point are what its slots say."""
    return not slots_fit(BEFORE).offenders


def test_everybody_gets_a_slot_and_no_table_is_promised_twice(cast):
    of, homes, _places = planned(cast, 30, 20, 10)
    found = proposed(cast, of)
    assert Slot.objects.count() == 0  # nobody is told anything yet
    commands.accept(actor=cast.duty_officer.actor, at=BEFORE, proposal=found)
    rows = slots(of)
    assert {row.organisation_id: 0 for row in rows}.keys() == {home.pk for home in homes}
    assert sum(row.people for row in rows) == 60
    assert all(row.starts_at >= of.opens_at and row.ends_at <= of.deadline_at for row in rows)
    assert all(load.taken <= load.room == 15 for load in Load.objects.all())  # 60 an hour at one table
    assert max(row.ends_at for row in rows) == of.opens_at + 30 * MINUTE  # two tables, 60 people: two slots
    assert JournalEntry.objects.filter(command="slots.accept").count() == 1


def test_the_database_refuses_more_than_the_tables_take(cast):
    of, _homes, places = planned(cast, 15)
    standing(cast, of)
    load = Load.objects.first()
    for change in ({"taken": load.room + 1}, {"room": load.taken - 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Load.objects.filter(pk=load.pk).update(**change)
    row = slots(of)[0]
    row.id = places[0].pk  # the same part of the same enterprise again
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_who_comes_only_in_the_evening_is_planned_in_the_evening(cast):
    of, (first, second), _places = planned(cast, 5, 5)
    Organisation.objects.filter(pk=first.pk).update(comes_from=time(16), comes_until=time(6))
    begins = {row.organisation_id: row.starts_at for row in standing(cast, of)}
    assert timezone.localtime(begins[first.pk]).strftime("%H:%M") == "16:00"
    assert begins[second.pk] == of.opens_at


def test_what_cannot_be_planned_says_so(cast):
    empty = draft(cast)
    with pytest.raises(NobodyExpected):
        proposed(cast, empty)
    of, _homes, places = planned(cast, 5)
    for wrong in ({"slot_minutes": 7}, {"per_table_hour": 0}, {"farthest": 0}):
        with pytest.raises(InvalidInput):
            proposed(cast, of, **wrong)
    Point.objects.update(state="closed")
    with pytest.raises(RoundTakesNobody):
        proposed(cast, of)
    Point.objects.filter(pk=places[0].pk).update(state="open")
    standing(cast, of)
    with pytest.raises(SlotsHaveBegun):
        proposed(cast, of, at=NOW + MINUTE)


def test_a_proposal_is_accepted_once_and_not_over_others(cast):
    of, _homes, _places = planned(cast, 5)
    first, second = proposed(cast, of), proposed(cast, of)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    commands.accept(**who, proposal=first)
    for old in (first, second):
        with pytest.raises(ProposalStale):
            commands.accept(**who, proposal=old)
    late = proposed(cast, of)
    bookings = [{**one, "slot": one["slot"] + 1} for one in late.plan["bookings"]]
    Proposal.objects.filter(pk=late.pk).update(plan={**late.plan, "bookings": bookings})
    with pytest.raises(ProposalStale):  # its slots have begun meanwhile
        commands.accept(actor=cast.duty_officer.actor, at=of.deadline_at, proposal=late)


def test_who_could_not_be_told_in_time_is_not_promised_a_slot(cast):
    of, _homes, _places = planned(cast, 5)
    found = proposed(cast, of)
    first = of.opens_at
    who = {"actor": cast.duty_officer.actor, "proposal": found}
    with pytest.raises(SlotsTooSoon):
        commands.accept(**who, at=first - 14 * MINUTE)
    assert commands.accept(**who, at=first - 15 * MINUTE).made == 1


def test_planned_again_alike_everybody_keeps_the_slot_they_have(cast):
    of, _homes, _places = planned(cast, 30, 20)
    before = standing(cast, of)
    after = standing(cast, of)
    assert [row.pk for row in before] == [row.pk for row in after]


def test_a_slot_is_moved_whole_with_a_reason(cast):
    of, _homes, (one, two) = planned(cast, 30, 5)
    row = next(row for row in standing(cast, of) if row.people == 5)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    later = of.opens_at + timedelta(hours=3)
    with pytest.raises(ReasonRequired):
        commands.move(**who, slot=row, point=two, starts_at=later, reason=" ")
    commands.move(**who, slot=row, point=two, starts_at=later, reason="检修")
    moved = next(one for one in slots(of) if one.people == 5)
    assert (moved.point_id, moved.starts_at, moved.moved_for) == (two.pk, later, "检修")
    row.refresh_from_db()
    assert (row.dropped_at, row.reason) == (BEFORE, "检修")
    full = next(one for one in slots(of) if one.people > 5)
    with pytest.raises(NoRoomThen):
        commands.move(**who, slot=moved, point=full.point, starts_at=full.starts_at, reason="早些")
    Point.objects.filter(pk=one.pk).update(closes=time(12))
    with pytest.raises(NoRoomThen):
        commands.move(**who, slot=moved, point=one, starts_at=of.deadline_at - 30 * MINUTE, reason="晚些")
    Organisation.objects.filter(pk=moved.organisation_id).update(comes_from=time(3), comes_until=time(4))
    with pytest.raises(NotTheirHours):
        commands.move(**who, slot=moved, point=one, starts_at=later, reason="换点")
    with pytest.raises(SlotBegun):
        commands.cancel(actor=cast.duty_officer.actor, at=later, slot=moved, reason="x")
    assert balanced()


def test_a_cancelled_slot_leaves_its_people_without_one(cast):
    of, (home, _other), _places = planned(cast, 30, 5)
    row = next(row for row in standing(cast, of) if row.organisation_id == home.pk)
    commands.cancel(actor=cast.duty_officer.actor, at=BEFORE, slot=row, reason="停产")
    found = queries.accepted(of)
    missing = queries.unplaced(of, found, list(queries.current(of)))
    assert [(one.organisation_id, one.people) for one in missing] == [(home.pk, row.people)]
    assert balanced()


def test_when_a_point_closes_only_its_people_are_told_something_else(cast):
    of, _homes, (one, two) = planned(cast, 40, 40)
    before = standing(cast, of)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    screening.close_point(**who, point=two)
    made = commands.replan(**who, test_round=of)
    assert made.moved == sum(row.people for row in before if row.point_id == two.pk)
    found = Proposal.objects.get(pk=made.proposal_id)
    view = queries.proposal_view(found)
    assert view.told
    assert slots(of) == before  # nothing changes before it is accepted
    commands.accept(**who, proposal=found)
    assert {row.point_id for row in slots(of)} == {one.pk}
    assert sum(row.people for row in slots(of)) == 80
    stayed = {row.pk for row in before if row.point_id == one.pk}
    assert stayed & {row.pk for row in slots(of)}
    assert balanced()


def test_what_has_begun_stays_and_who_waits_goes_first(cast):
    of, (home, _other), (one, two) = planned(cast, 40, 40)
    standing(cast, of)
    duty = cast.duty_officer.actor
    screening.open_round(actor=duty, at=NOW, test_round=of)
    of.refresh_from_db()
    at = NOW + 20 * MINUTE
    send(cast, one, scan(1), scan(2), at=NOW + 10 * MINUTE)
    screening.close_point(actor=duty, at=at, point=two)
    made = commands.replan(actor=duty, at=at, test_round=of)
    commands.accept(actor=duty, at=at, proposal=Proposal.objects.get(pk=made.proposal_id))
    rows = slots(of)
    begun = [row for row in rows if row.starts_at < at]
    assert begun
    assert any(row.point_id == two.pk for row in begun)  # it was promised and has begun
    assert not [row for row in rows if row.point_id == two.pk and row.ends_at > at + 15 * MINUTE]
    assert any(row.waiting for row in rows)
    found = queries.accepted(of)
    assert queries.unplaced(of, found, rows) == []
    assert sum(row.people for row in rows if not row.waiting) > 80, "some missed a slot and have another"
    assert queries.board(of, found, rows).people == 80
    assert queries.supplies(of, found).unplaced == 0
    last = max((row for row in rows if row.starts_at > at), key=lambda row: row.starts_at)
    commands.cancel(actor=duty, at=at, slot=last, reason="停产")
    rows = slots(of)
    assert queries.board(of, found, rows).people == 80 - last.people
    assert sum(one.people for one in queries.unplaced(of, found, rows)) == last.people
    assert queries.supplies(of, found).unplaced == last.people
    assert balanced()
    assert home


def test_large_enterprises_come_by_department(cast):
    of, (home,), _places = planned(cast, 60)
    RosterEntry.objects.filter(round=of, number__lte=20).update(section="装配")
    RosterShare.objects.filter(round=of).update(people=160)
    rows = standing(cast, of, parts=Parts.SECTION)
    assert {row.part: row.organisation_id for row in rows} == {"装配": home.pk, "": home.pk}


def test_shorter_ways_are_kept_when_the_validator_agrees(cast):
    of, (first, second), (one, two) = planned(cast, 15, 15)
    here, there = {"latitude": 23.0, "longitude": 113.0}, {"latitude": 23.1, "longitude": 113.1}
    for row, where in ((first, here), (second, there), (two, here), (one, there)):
        type(row).objects.filter(pk=row.pk).update(**where)
    found = proposed(cast, of)
    plan, answered = queries.improved(found)
    assert answered
    done = commands.improve(actor=cast.duty_officer.actor, at=BEFORE, proposal=found, found=plan)
    assert done.walking == done.walking_bound == 0
    found.refresh_from_db()
    wrong = {**plan, "bookings": [{**one, "slot": 0, "people": 99} for one in plan["bookings"]]}
    kept = commands.improve(actor=cast.duty_officer.actor, at=BEFORE, proposal=found, found=wrong)
    assert not kept.better
    commands.accept(actor=cast.duty_officer.actor, at=BEFORE, proposal=found)
    rows = {row.organisation_id: row.point_id for row in slots(of)}
    assert rows == {first.pk: two.pk, second.pk: one.pk}
    assert queries.board(of, queries.accepted(of), slots(of)).mean_way == 0


def test_nobody_on_the_map_is_as_near_as_anybody():
    spot = planner.Group("a", "a", 5, None, None, ((0, 60),))
    place = planner.Point("p", 23.0, 113.0, (planner.Opening(0, 60, 1),), 60)
    plan = planner.propose(planner.Problem((place,), (spot,), 60, farthest=100))
    assert (plan.unserved, plan.walking) == (0, 0)


def test_a_slot_that_is_over_does_not_read_as_begun(cast):
    of, _homes, _places = planned(cast, 5)
    rows = standing(cast, of)
    for at, begun, over in ((BEFORE, False, False), (rows[0].starts_at, True, False), (rows[0].ends_at, True, True)):
        said = queries.lines(rows, at=at)[0]
        assert (said.begun, said.over) == (begun, over)


# ---- pages


def test_slots_are_proposed_accepted_and_moved_on_their_pages(cast):
    of, _homes, _places = planned(cast, 30, 20)
    client, home = cast.duty_officer.client, reverse("slots:slots", args=[of.pk])
    assert "还没有时段安排" in client.get(home).content.decode()
    asked = {"per_table_hour": 60, "slot_minutes": 15, "farthest": "", "parts": ""}
    assert client.post(reverse("slots:propose", args=[of.pk]), {**asked, "per_table_hour": 0}).status_code == 422
    answer = client.post(reverse("slots:propose", args=[of.pk]), asked)
    found = Proposal.objects.get()
    page = reverse("slots:proposal", args=[found.pk])
    assert answer.headers["Location"] == page
    assert "A公司" in client.get(page).content.decode()
    assert reverse("slots:proposal", args=[found.pk]) in client.get(home).content.decode()
    assert client.post(reverse("slots:improve", args=[found.pk])).json()["done"]
    assert client.post(reverse("slots:accept", args=[found.pk])).headers["Location"] == home
    assert "A公司" in client.get(home).content.decode()
    row = slots(of)[0]
    where = reverse("slots:slot", args=[row.pk])
    assert client.get(where).status_code == 200
    start = queries.free_starts(
        Slot.objects.select_related("round", "organisation", "proposal").get(pk=row.pk), at=BEFORE
    )[-1]
    given = {"place": f"{start.point.pk}|{start.starts_at.isoformat()}", "reason": "检修"}
    assert client.post(reverse("slots:move", args=[row.pk]), {**given, "reason": ""}).status_code == 422
    assert client.post(reverse("slots:move", args=[row.pk]), given).headers["Location"] == home
    assert client.get(where).status_code == 200  # what stood before can still be read
    moved = next(one for one in slots(of) if one.moved_for)
    assert client.post(reverse("slots:cancel", args=[moved.pk]), {"reason": "停产"}).headers["Location"] == home
    assert "停产" in client.get(reverse("slots:slot", args=[moved.pk])).content.decode()
    assert client.post(reverse("slots:anew", args=[of.pk])).status_code == 302
    reader = cast.medic.client
    assert reader.get(home).status_code == 200
    assert reader.post(reverse("slots:anew", args=[of.pk])).status_code == 403


def test_a_refusal_stands_on_the_page(cast):
    of = draft(cast)
    client, home = cast.duty_officer.client, reverse("slots:slots", args=[of.pk])
    assert "还没有名册" in client.get(home).content.decode()
    client.post(reverse("slots:anew", args=[of.pk]))
    assert "固定" in client.get(home).content.decode()


def test_pages_ask_as_often_for_many_as_for_few(cast):
    of, _homes, _places = planned(cast, 5, 5)
    standing(cast, of)
    pages = [reverse("slots:slots", args=[of.pk]), reverse("slots:proposal", args=[Proposal.objects.get().pk])]

    def counted() -> list[int]:
        found = []
        for address in pages:
            with CaptureQueriesContext(connection) as asked:
                assert cast.duty_officer.client.get(address).status_code == 200
            found.append(len(asked))
        return found

    before = counted()
    Organisation.objects.update(ended_at=NOW)
    more, _homes, _places = planned(cast, *([7] * 8))
    for code in ("Q1", "Q2", "Q3"):
        add_point(cast, more, code)
    standing(cast, more)
    pages = [
        reverse("slots:slots", args=[more.pk]),
        reverse("slots:proposal", args=[Proposal.objects.get(round=more).pk]),
    ]
    assert counted() == before


def test_the_api_says_what_stands_and_who_has_nothing(cast):
    of, _homes, _places = planned(cast, 30, 5)
    rows = standing(cast, of)
    client = cast.duty_officer.client
    found = client.get(f"/api/v1/screening/rounds/{of.pk}/slots").json()["items"]
    assert {one["id"] for one in found} == {str(row.pk) for row in rows}
    commands.cancel(actor=cast.duty_officer.actor, at=BEFORE, slot=rows[0], reason="停产")
    left = client.get(f"/api/v1/screening/rounds/{of.pk}/without-slot").json()
    assert [one["people"] for one in left] == [rows[0].people]
    said = client.get(f"/api/v1/screening/slot-proposals/{Proposal.objects.get().pk}").json()
    assert (said["people"], said["gap"], said["left"]) == (35, 0, [])
