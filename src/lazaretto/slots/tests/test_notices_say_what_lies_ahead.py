"""A notice tells what still lies ahead at points that are open, and what is called off."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lazaretto.core import clock
from lazaretto.screening import commands as screening
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import Means, NoticeState
from lazaretto.slots.errors import NothingToTell
from lazaretto.slots.models import Proposal
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, slots, standing

TOLD, LATER = BEFORE + timedelta(minutes=5), BEFORE + timedelta(minutes=10)
HOUR = timedelta(hours=1)


def tell(cast, of, home, *, at=TOLD) -> None:
    """By telephone."""
    read = queries.holder(of, home.pk, at=at).digest
    commands.tell(
        actor=cast.duty_officer.actor, at=at, test_round=of, organisation=home, read=read, who="王", means=Means.PHONE
    )


def text(of, home, at, language="zh-hans") -> str:
    """What they are told then."""
    return queries.wording(queries.holder(of, home.pk, at=at), language).text


def hour(at) -> str:
    """As a notice says it."""
    return timezone.localtime(at).strftime("%H:%M–")


def reachable(*homes) -> None:
    """Officers with a number."""
    for home in homes:
        home.contact, home.contact_phone = "李", "13900000000"
        home.save()


def test_hours_gone_by_are_told_to_nobody_and_nobody_is_told_anew_for_them(cast, monkeypatch):
    of, (home, other), _places = planned(cast, 5, 5)
    reachable(home, other)
    (row,) = (one for one in standing(cast, of) if one.organisation_id == home.pk)
    tell(cast, of, home)
    assert hour(row.starts_at) in text(of, home, TOLD)
    after = row.ends_at
    found = queries.holder(of, home.pk, at=after)
    assert (found.state, found.over, found.people) == (NoticeState.TOLD, True, 0)
    assert hour(row.starts_at) not in text(of, home, after)
    assert "时段均已结束" in text(of, home, after)
    assert queries.to_tell(queries.holders(of, at=after)) == []
    with pytest.raises(NothingToTell):
        tell(cast, of, other, at=after)
    monkeypatch.setattr(clock, "now", lambda: after)
    assert cast.duty_officer.client.get(reverse("slots:papers", args=[of.pk])).status_code == 302
    page = cast.duty_officer.client.get(reverse("slots:notices", args=[of.pk])).content.decode()
    assert "时段已结束" in page
    assert hour(row.starts_at) not in page


def test_who_has_two_slots_is_told_only_the_one_to_come(cast):
    of, (home,), (_one, two) = planned(cast, 40)
    rows = standing(cast, of)
    assert len(rows) == 2
    later = of.opens_at + 3 * HOUR
    commands.move(actor=cast.duty_officer.actor, at=BEFORE, slot=rows[1], point=two, starts_at=later, reason="检修")
    between = text(of, home, of.opens_at + 2 * HOUR)
    assert hour(later) in between
    assert hour(of.opens_at) not in between.replace(hour(later), "")
    assert queries.holder(of, home.pk, at=of.opens_at + 2 * HOUR).people == rows[1].people


def test_a_slot_at_a_closed_point_is_called_off_for_who_knew_of_it_and_untold_to_the_others(cast):
    of, homes, (_one, two) = planned(cast, 15, 15, 15, 15)
    reachable(*homes)
    here = [row for row in standing(cast, of) if row.point_id == two.pk]
    knew, new = (next(home for home in homes if home.pk == row.organisation_id) for row in here[:2])
    tell(cast, of, knew)
    screening.close_point(actor=cast.duty_officer.actor, at=LATER, point=two)
    assert queries.holder(of, knew.pk, at=LATER).state == NoticeState.STALE
    lines = text(of, knew, LATER).splitlines()
    assert [line for line in lines if "P2" in line] == [line for line in lines if line.startswith("已取消，请勿前来：")]
    assert "Called off, do not come then:" in text(of, knew, LATER, "en")
    assert "P2" not in text(of, new, LATER)
    known = {one.organisation.pk for one in queries.to_tell(queries.holders(of, at=LATER))}
    assert knew.pk in known
    assert new.pk not in known
    tell(cast, of, knew, at=LATER)
    assert queries.holder(of, knew.pk, at=LATER).state == NoticeState.TOLD
    two.refresh_from_db()
    screening.open_point(actor=cast.duty_officer.actor, at=LATER, point=two)
    assert queries.holder(of, knew.pk, at=LATER).state == NoticeState.STALE, "it is on again"
    assert "请勿前来" not in text(of, knew, LATER)


def test_planned_anew_the_notice_says_what_comes_instead_and_what_is_called_off(cast):
    of, (home,), _places = planned(cast, 15)
    (row,) = standing(cast, of)
    add_point(cast, of, "P3")
    tell(cast, of, home)
    screening.close_point(actor=cast.duty_officer.actor, at=LATER, point=row.point)
    made = commands.replan(actor=cast.duty_officer.actor, at=LATER, test_round=of)
    found = Proposal.objects.get(pk=made.proposal_id)
    commands.accept(actor=cast.duty_officer.actor, at=LATER, proposal=found, agreed=1)
    (now,) = slots(of)
    said = text(of, home, LATER).splitlines()
    off = next(line for line in said if line.startswith("已取消"))
    assert row.point.code in off
    assert now.point.code in said[2]
    tell(cast, of, home, at=LATER + timedelta(minutes=1))
    assert "已取消" not in text(of, home, LATER + timedelta(minutes=2)), "they know that"
