"""The roster of a round: everybody on the headcounts once, under dense numbers, fixed from then on."""

from datetime import time, timedelta

import pytest

from lazaretto.core.errors import Forbidden, IllegalTransition, InvalidInput, NotFound, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Household, Member
from lazaretto.screening import commands
from lazaretto.screening.errors import PointNameTaken, RosterIsFixed, RoundHasNoRoster, RoundWithoutPoint
from lazaretto.screening.models import AlsoNamed, RosterEntry, RosterShare, Upload
from lazaretto.screening.tests.rounds import DEADLINE, draft, enterprise, member, open_one, opened, point, scan, send
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_everybody_on_the_headcounts_has_a_number_without_gaps(cast):
    enterprise(cast.site.unit, "A公司", [1, 2, 3])
    enterprise(cast.site.unit.parent, "上级公司", [8])  # another area
    Member.objects.filter(name="员工002").update(ended_at=NOW)
    of, _point = open_one(cast)
    assert list(RosterEntry.objects.order_by("number").values_list("number", "member__name")) == [
        (1, "员工001"),
        (2, "员工003"),
    ]
    assert of.entries == 2
    assert JournalEntry.objects.get(command="screening.freeze_round").data == {"entries": 2, "also_named": 0}


def test_whoever_two_enterprises_name_counts_once_and_both_are_known(cast):
    first, second = enterprise(cast.site.unit, "A公司", [1, 2]), enterprise(cast.site.unit, "B公司", [2, 3])
    of, _point = open_one(cast)
    assert of.entries == 3
    both = RosterEntry.objects.get(member__name="员工002", round=of)
    assert both.organisation == first
    assert list(AlsoNamed.objects.values_list("number", "organisation")) == [(both.number, second.pk)]
    shares = RosterShare.objects.order_by("first").values_list("organisation", "people", "first")
    assert list(shares) == [(first.pk, 2, 1), (second.pk, 1, 3)]


def test_people_without_a_document_are_on_it_each_for_themselves(cast):
    first = enterprise(cast.site.unit, "A公司")
    member(first, None)
    member(first, None)
    assert open_one(cast)[0].entries == 2


def test_a_round_of_the_area_above_has_everybody_below(cast):
    enterprise(cast.site.unit, "A公司", [1])
    enterprise(cast.other_site.unit, "B公司", [2])
    of = draft(cast)
    of.unit = cast.site.unit.parent
    of.save()
    assert commands.freeze_round(actor=cast.duty_officer.actor, at=NOW, test_round=of).entries == 2


def test_the_roster_stays_as_it_was_fixed(cast):
    of, place = opened(cast, people=2)
    enterprise(cast.site.unit, "C公司", [9])
    with pytest.raises(RosterIsFixed):
        commands.freeze_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    assert RosterEntry.objects.count() == 3
    assert place.round_id == of.pk


def test_a_round_takes_its_steps_in_order(cast):
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    of = draft(cast)
    with pytest.raises(IllegalTransition):
        commands.open_round(**who, test_round=of)
    with pytest.raises(IllegalTransition):
        commands.close_round(**who, test_round=of)
    commands.freeze_round(**who, test_round=of)
    with pytest.raises(RoundWithoutPoint):
        commands.open_round(**who, test_round=of)
    place = point(cast, of)
    assert commands.close_point(**who, point=place).state == "closed"
    with pytest.raises(RoundWithoutPoint):
        commands.open_round(**who, test_round=of)
    with pytest.raises(IllegalTransition):
        commands.close_point(**who, point=place)
    commands.open_point(**who, point=place)
    assert commands.open_round(**who, test_round=of).state == "open"
    assert commands.close_round(**who, test_round=of).state == "closed"
    with pytest.raises(IllegalTransition):
        point(cast, of, code="P2")


def test_what_cannot_be_a_round_or_a_point_is_refused(cast):
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    given = {"unit": cast.site.unit, "opens_at": NOW, "tube_rule": "10"}
    with pytest.raises(InvalidInput):
        commands.draft_round(**who, **given, name=" ", deadline_at=DEADLINE)
    with pytest.raises(InvalidInput):
        commands.draft_round(**who, **given, name="第一轮", deadline_at=NOW - timedelta(hours=1))
    of = draft(cast)
    given = {"test_round": of, "code": "P1", "name": "体育馆", "tables": 2, "opens": time(7), "closes": time(20)}
    for wrong in ({"code": ""}, {"name": " "}, {"tables": 0}, {"closes": time(7)}):
        with pytest.raises(InvalidInput) as refused:
            commands.add_point(**who, **{**given, **wrong})
        assert set(refused.value.fields) == set(wrong)
    point(cast, of)
    payload = {**given, "test_round": str(of.pk), "opens": "07:00", "closes": "20:00"}
    for code in ("P1", "p 1", "Ｐ１"):
        with pytest.raises(PointNameTaken):
            commands.add_point.invoke(**who, payload={**payload, "code": code})


def test_rounds_are_numbered_by_their_area(cast):
    assert [draft(cast).number, draft(cast).number] == [1, 2]


def test_a_round_that_is_being_prepared_takes_no_scans_yet(cast):
    of = draft(cast)
    with pytest.raises(RoundHasNoRoster):
        send(cast, point(cast, of), scan(1))


def test_only_headquarters_prepares_rounds_and_no_other_site_sees_them(cast):
    of = draft(cast)
    with pytest.raises(Forbidden):
        commands.freeze_round(actor=cast.medic.actor, at=NOW, test_round=of)
    with pytest.raises(NotFound):
        send(cast, point(cast, of), scan(1), member=cast.outsider)


def test_a_mistyped_year_is_refused_with_words(cast):
    given = {"actor": cast.duty_officer.actor, "at": NOW, "unit": cast.site.unit, "name": "第一轮", "tube_rule": "10"}
    year, day = timedelta(days=365), timedelta(days=1)
    for field, opens, deadline in (
        ("opens_at", NOW - year, DEADLINE), ("deadline_at", NOW, NOW + year),
        ("deadline_at", NOW + year, NOW + year + day), ("deadline_at", DEADLINE, NOW),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            commands.draft_round(**given, opens_at=opens, deadline_at=deadline)
        assert set(refused.value.fields) == {field}
    assert commands.draft_round(**given, opens_at=NOW - day, deadline_at=NOW + 59 * day).number == 1


def test_a_round_is_cancelled_with_a_reason_and_what_was_captured_stays(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    with pytest.raises(ReasonRequired):
        commands.cancel_round(**who, test_round=of, reason=" ")
    assert commands.cancel_round(**who, test_round=of, reason="暴雨").state == "cancelled"
    send(cast, place, scan(2))
    assert list(Upload.objects.order_by("received_at", "late").values_list("late", "taken")) == [(False, 1), (True, 1)]
    with pytest.raises(IllegalTransition):
        commands.cancel_round(**who, test_round=of, reason="暴雨")
    with pytest.raises(IllegalTransition):
        point(cast, of, code="P2")


def test_the_roster_knows_the_household_by_whichever_headcount_says_it(cast):
    works = enterprise(cast.site.unit, "A公司", [1, 2])
    lives = enterprise(cast.site.unit, "幸福小区")
    household = Household.objects.create(unit=cast.site.unit, started_at=NOW)
    member(lives, 1, household=household)
    of = draft(cast)
    commands.freeze_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    rows = RosterEntry.objects.filter(round=of).values_list("organisation", "member__name", "household")
    assert set(rows) == {(works.pk, "员工001", household.pk), (works.pk, "员工002", None)}
