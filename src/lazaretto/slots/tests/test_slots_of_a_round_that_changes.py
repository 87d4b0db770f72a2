"""A round or a point changes under slots that stand: they are named, nobody is moved by it, nothing breaks."""

from datetime import time as hours
from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.screening import commands as screening
from lazaretto.screening.errors import PointInUse
from lazaretto.screening.models import Point, Round
from lazaretto.slots import commands, queries
from lazaretto.slots.errors import PointsChanged, ProposalStale
from lazaretto.slots.models import Proposal
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, proposed, slots, standing


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def change(cast, place: Point, **more) -> screening.PointEdited:
    """What is known of it, said anew."""
    known = {name: getattr(place, name) for name in ("code", "name", "tables", "opens", "closes")}
    return screening.change_point(actor=cast.duty_officer.actor, at=BEFORE, point=place, **{**known, **more})


def until(cast, of: Round, minutes: int) -> screening.RoundEdited:
    """The round ends so soon after its beginning."""
    return screening.change_round(
        actor=cast.duty_officer.actor, at=BEFORE, test_round=of, name=of.name,
        deadline_at=of.opens_at + timedelta(minutes=minutes), reason="台风",
    )  # fmt: skip


def test_slots_after_an_earlier_deadline_are_said_and_stay(cast):
    of, _homes, _places = planned(cast, 30, 30)  # fifteen in a quarter of an hour at each of two points
    before = standing(cast, of)
    assert until(cast, of, 30).follows == []
    said = until(cast, of, 15).follows
    assert len(said) == 1
    assert said[0].startswith("2 ")
    assert slots(of) == before
    page = cast.duty_officer.client.get(reverse("slots:slots", args=[of.pk])).content.decode()
    assert "请重新安排尚未开始的时段" in page


def test_what_was_said_once_is_not_said_again_after_the_next_step(cast):
    of, _homes, (one, _two) = planned(cast, 30, 30)
    standing(cast, of)
    assert len(until(cast, of, 15).follows) == 1
    of.refresh_from_db()
    known = {"actor": cast.duty_officer.actor, "at": BEFORE, "test_round": of, "deadline_at": of.deadline_at}
    assert screening.change_round(**known, name="另一个名字").follows == []
    one.refresh_from_db()
    assert change(cast, one, address="东门路 8 号").follows == []
    assert until(cast, of, 30).follows == []
    closed = screening.close_point(actor=cast.duty_officer.actor, at=BEFORE, point=one)
    assert len(closed.follows) == 1, "that is new"
    assert change(cast, one, address="东门路 10 号").follows == []


@pytest.mark.parametrize("other", [{"opens": hours(22)}, {"tables": 1}])
def test_slots_that_their_point_takes_no_more_are_said(cast, other):
    of, _homes, (one,) = planned(cast, 30, points=("P1",))
    screening.change_point(
        actor=cast.duty_officer.actor, at=BEFORE, point=one, code="P1", name="体育馆", tables=2, opens=one.opens,
        closes=one.closes,
    )  # fmt: skip
    standing(cast, of)
    one.refresh_from_db()
    assert change(cast, one, address="东门路 8 号").follows == []
    assert len(change(cast, one, **other).follows) == 1


def test_slots_at_a_point_that_closes_are_said(cast):
    of, _homes, (one, _two) = planned(cast, 30, 30)
    n = sum(row.point_id == one.pk for row in standing(cast, of))
    client, home = cast.duty_officer.client, reverse("screening:round", args=[of.pk])
    client.post(reverse("screening:point_step", args=[one.pk, "close"]))
    assert f"{n} 个时段已不再适用" in client.get(home).content.decode()
    client.post(reverse("screening:point_step", args=[one.pk, "open"]))
    assert "已不再适用" not in client.get(home).content.decode()


def test_a_point_with_slots_is_not_removed_and_one_without_is(cast):
    of, _homes, (one, _two) = planned(cast, 30, 5)
    standing(cast, of)
    spare = add_point(cast, of, "P3")
    with pytest.raises(PointInUse):
        screening.remove_point(actor=cast.duty_officer.actor, at=BEFORE, point=one)
    screening.remove_point(actor=cast.duty_officer.actor, at=BEFORE, point=spare)
    assert of.points.count() == 2


def test_what_was_proposed_over_a_point_that_is_gone_is_shown_and_not_accepted(cast):
    of, _homes, (one, two) = planned(cast, 30, 30)
    found = proposed(cast, of)
    screening.remove_point(actor=cast.duty_officer.actor, at=BEFORE, point=two)
    assert {line.point for line in queries.proposal_view(found).lines} == {f"{one.code} {one.name}", "–"}
    page = reverse("slots:proposal", args=[found.pk])
    assert cast.duty_officer.client.get(page).status_code == 200
    with pytest.raises(ProposalStale):
        commands.accept(actor=cast.duty_officer.actor, at=BEFORE, proposal=found)


@pytest.mark.parametrize("other", [{"opens": hours(11)}, {"closes": hours(12)}, {"tables": 2}, None])
@pytest.mark.parametrize("anew", [False, True])
def test_what_was_proposed_for_other_points_is_not_accepted(cast, other, anew):
    of, _homes, (_one, two) = planned(cast, 30, 30)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    before = standing(cast, of)
    found = Proposal.objects.get(pk=commands.replan(**who, test_round=of).proposal_id) if anew else proposed(cast, of)
    change(cast, two, **other) if other else screening.close_point(**who, point=two)
    page = cast.duty_officer.client.get(reverse("slots:proposal", args=[found.pk])).content.decode()
    assert reverse("slots:accept", args=[found.pk]) not in page
    assert "截止时间已有变动" in page
    with pytest.raises(PointsChanged):
        commands.accept(**who, proposal=found)
    assert slots(of) == before


def test_what_was_proposed_until_another_deadline_is_not_accepted(cast):
    of, _homes, _places = planned(cast, 30, 30)
    found = proposed(cast, of)
    until(cast, of, 30)
    with pytest.raises(PointsChanged):
        commands.accept(actor=cast.duty_officer.actor, at=BEFORE, proposal=found)


def test_a_point_that_is_only_called_otherwise_hinders_nobody(cast):
    of, _homes, (one, _two) = planned(cast, 30, 30)
    found = proposed(cast, of)
    change(cast, one, name="东门", address="东门路 8 号")
    assert commands.accept(actor=cast.duty_officer.actor, at=BEFORE, proposal=found).made


def test_what_was_proposed_anew_at_another_pace_is_not_accepted(cast):
    of, _homes, _places = planned(cast, 5, 5)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    before = standing(cast, of)
    anew = Proposal.objects.get(pk=commands.replan(**who, test_round=of).proposal_id)
    assert standing(cast, of, at=BEFORE + timedelta(minutes=1), per_table_hour=40) == before
    with pytest.raises(PointsChanged):
        commands.accept(**who, proposal=anew)
