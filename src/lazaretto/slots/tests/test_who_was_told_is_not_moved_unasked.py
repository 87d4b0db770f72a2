"""Whoever accepts slots by which enterprises lose what they were told is asked for how many."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.models import JournalEntry
from lazaretto.screening import commands as screening
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import Means, NoticeState
from lazaretto.slots.errors import ToldOtherwise
from lazaretto.slots.models import Proposal
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, proposed, slots, standing

TOLD, LATER = BEFORE + timedelta(minutes=5), BEFORE + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


def tell(cast, of, home, *, at=TOLD) -> None:
    """By telephone, what stands."""
    read = queries.holder(of, home.pk, at=BEFORE).digest
    commands.tell(
        actor=cast.duty_officer.actor, at=at, test_round=of, organisation=home, read=read, who="王", means=Means.PHONE
    )


def moving(cast, *, told: int):
    """Three enterprises at two points, of which one closes; so many of those at it were told. What is proposed anew."""
    of, homes, (_one, two) = planned(cast, 15, 15, 15)
    rows = standing(cast, of)
    here = {row.organisation_id for row in rows if row.point_id == two.pk}
    add_point(cast, of, "P3")
    for home in [home for home in homes if home.pk in here][:told] + [home for home in homes if home.pk not in here]:
        tell(cast, of, home)
    screening.close_point(actor=cast.duty_officer.actor, at=LATER, point=two)
    made = commands.replan(actor=cast.duty_officer.actor, at=LATER, test_round=of)
    assert made.moved == 15
    return of, rows, Proposal.objects.get(pk=made.proposal_id)


def accept(cast, found, **more):
    return commands.accept(actor=cast.duty_officer.actor, at=LATER, proposal=found, **more)


def test_who_was_told_is_moved_only_when_somebody_agrees(cast):
    of, before, found = moving(cast, told=1)
    with pytest.raises(ToldOtherwise) as refused:
        accept(cast, found)
    assert refused.value.problem()["context"] == {"enterprises": "1"}
    assert "1 " in str(refused.value)
    assert slots(of) == before
    accept(cast, found, agreed=1)
    assert slots(of) != before
    assert JournalEntry.objects.filter(command="slots.accept").latest("id").data["told_otherwise"] == 1
    states = [one.state for one in queries.holders(of, at=BEFORE)]
    assert states.count(NoticeState.STALE) == 1


def test_who_was_not_told_is_moved_without_a_word(cast):
    _of, _before, found = moving(cast, told=0)
    assert queries.losing_by(found, LATER) == 0
    assert accept(cast, found).made


def test_who_was_told_only_after_the_page_was_read_is_asked_about_anew(cast):
    of, (home,), _places = planned(cast, 30)
    standing(cast, of)
    found = proposed(cast, of, at=LATER, per_table_hour=30)
    assert queries.losing_by(found, LATER) == 0
    tell(cast, of, home, at=LATER)
    with pytest.raises(ToldOtherwise):
        accept(cast, found)


def test_a_slot_moved_since_it_was_told_is_not_what_they_were_told(cast):
    of, (home,), (_one, two) = planned(cast, 5)
    (row,) = standing(cast, of)
    tell(cast, of, home)
    later = of.opens_at + timedelta(hours=3)
    who = {"actor": cast.duty_officer.actor, "at": LATER}
    commands.move(**who, slot=row, point=two, starts_at=later, reason="检修")
    screening.close_point(**who, point=two)
    made = commands.replan(**who, test_round=of)
    assert accept(cast, Proposal.objects.get(pk=made.proposal_id)).dropped == 1


def test_the_page_and_the_api_say_how_many_and_ask(cast):
    of, before, found = moving(cast, told=1)
    client, page = cast.duty_officer.client, reverse("slots:proposal", args=[found.pk])
    shown = client.get(page).content.decode()
    assert 'name="agreed" value="1" required' in shown
    assert "1 个企业已获通知" in shown
    assert client.get(f"/api/v1/screening/slot-proposals/{found.pk}").json()["told_otherwise"] == 1
    accepting = reverse("slots:accept", args=[found.pk])
    assert client.post(accepting).headers["Location"] == page
    assert "1 个企业已获通知" in client.get(page).content.decode()
    assert slots(of) == before
    client.post(accepting, {"agreed": "1"})
    assert slots(of) != before
    assert client.get(f"/api/v1/screening/slot-proposals/{found.pk}").json()["told_otherwise"] == 0
