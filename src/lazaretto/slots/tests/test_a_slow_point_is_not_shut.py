"""Planned anew, an open point never counts as shut: too little counted is not believed, slow points recover."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.field.models import Device
from lazaretto.planning import points as planner
from lazaretto.screening import commands as screening
from lazaretto.screening.models import Round
from lazaretto.screening.tests.rounds import scan, send
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import PaceFrom
from lazaretto.slots.models import Proposal
from lazaretto.slots.queries.problem import problem_of
from lazaretto.slots.rules.paces import assumed
from lazaretto.slots.tests.plans import planned, standing
from tests.factories import NOW

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def rule(counted, *, silent=False):
    return assumed(counted, planned=60, least=4, believed_percent=25, silent=silent, at=NOW, recovers=HOUR)


def test_so_little_that_it_cannot_be_true_is_not_believed_and_what_is_believed_ends():
    assert (rule(None).per_table_hour, rule(None).why) == (60, PaceFrom.PLANNED)
    for counted in (0, 1, 14):
        assert (rule(counted).per_table_hour, rule(counted).why) == (60, PaceFrom.UNBELIEVED)
    believed = rule(15)
    assert (believed.per_table_hour, believed.why, believed.until) == (15, PaceFrom.COUNTED, NOW + HOUR)
    assert rule(90).per_table_hour == 60
    for counted in (None, 0, 30):
        assert (rule(counted, silent=True).per_table_hour, rule(counted, silent=True).why) == (60, PaceFrom.SILENT)


def test_a_stretch_of_hours_may_have_a_pace_of_its_own():
    openings = (planner.Opening(0, 60, 1, 20), planner.Opening(60, 120, 1))
    place = planner.Point("p", None, None, openings, 60)
    problem = planner.Problem((place,), (planner.Group("a", "a", 90, None, None, ((0, 120),)),), 120)
    plan = planner.propose(problem)
    assert planner.validate(plan, problem) == []
    assert (sum(one.people for one in plan.bookings), plan.unserved) == (80, 10)


def going(cast, *sizes: int) -> tuple[Round, list]:
    """A round that runs; its slots stand."""
    of, _homes, places = planned(cast, *sizes)
    standing(cast, of)
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    return Round.objects.get(pk=of.pk), places


def replanned(cast, of: Round, at, **given) -> Proposal:
    made = commands.replan(actor=cast.duty_officer.actor, at=at, test_round=of, **given)
    return Proposal.objects.get(pk=made.proposal_id)


def paces(found: Proposal) -> dict[str, tuple[int, str]]:
    return {one.point.code: (one.per_table_hour, one.why) for one in queries.proposal_view(found).paces}


def test_a_point_where_nearly_nobody_was_counted_keeps_its_people_by_slots(cast):
    of, (one, two) = going(cast, 90, 90)
    send(cast, one, *[scan(number, tube="T1", slot=number) for number in range(1, 11)], at=NOW + 5 * MINUTE)
    send(cast, two, scan(101, tube="T2", slot=1), at=NOW + 5 * MINUTE)  # then the phones fall silent
    found = replanned(cast, of, NOW + HOUR)
    assert queries.proposal_view(found).left == [], "the round goes on for hours: everybody finds room"
    assert {pace for pace, _why in paces(found).values()} == {60}
    assert PaceFrom.UNBELIEVED in {why for _pace, why in paces(found).values()}


def test_phones_that_are_not_heard_from_are_said(cast):
    of, (one, two) = going(cast, 60, 60)
    for place, heard in ((one, NOW + HOUR), (two, NOW + 5 * MINUTE)):
        Device.objects.create(
            point=place, table=1, label="1", made_at=NOW, code_digest=str(place.pk), code_expires_at=NOW + HOUR,
            token_digest=f"t{place.pk}", claimed_at=NOW, expires_at=NOW + 9 * HOUR, last_seen_at=heard,
        )  # fmt: skip
    found = paces(replanned(cast, of, NOW + HOUR))
    assert found["P2"] == (60, PaceFrom.SILENT)
    assert found["P1"][1] != PaceFrom.SILENT


def test_a_slow_pace_holds_for_an_hour_and_not_until_the_deadline(cast, monkeypatch):
    of, (_one, two) = going(cast, 90, 90)
    monkeypatch.setattr("lazaretto.slots.queries.paces.slow_points", lambda _of, **_at: {two.pk: 20})
    problem = problem_of(replanned(cast, of, NOW + HOUR))
    openings = next(point.openings for point in problem.points if point.id == str(two.pk))
    assert [one.per_table_hour for one in openings] == [20, None]
    assert openings[0].closes == openings[1].opens == 120


def test_an_officer_sees_the_pace_of_each_point_and_overrules_it(cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW + HOUR)
    of, (one, two) = going(cast, 90, 90)
    client = cast.duty_officer.client
    first = replanned(cast, of, NOW + HOUR)
    page = client.get(reverse("slots:proposal", args=[first.pk])).content.decode()
    assert f'name="pace-{two.pk}"' in page
    sent = {f"pace-{one.pk}": "60", f"was-{one.pk}": "60", f"pace-{two.pk}": "8", f"was-{two.pk}": "60"}
    answer = client.post(reverse("slots:anew", args=[of.pk]), sent)
    second = Proposal.objects.exclude(pk=first.pk).get(round=of, accepted_at=None)
    assert answer.headers["Location"] == reverse("slots:proposal", args=[second.pk])
    found = paces(second)
    assert found["P2"] == (8, PaceFrom.SAID)
    assert found["P1"][1] != PaceFrom.SAID, "what was not touched is counted again"
    with pytest.raises(InvalidInput):
        replanned(cast, of, NOW + HOUR, paces=((two.pk, 0),))


def test_why_somebody_has_no_slot_names_the_slow_point(cast, monkeypatch):
    of, (one, two) = going(cast, 240, 240)
    monkeypatch.setattr("lazaretto.slots.queries.paces.slow_points", lambda _of, **_at: {one.pk: 20, two.pk: 20})
    Round.objects.filter(pk=of.pk).update(deadline_at=NOW + 3 * HOUR)
    of.refresh_from_db()
    left = queries.proposal_view(replanned(cast, of, NOW + HOUR)).left
    assert left
    assert all("P2" in one.why and "20" in one.why for one in left)
