"""Whom the phones of a point keep follows from the slots that stand there: accepted, planned anew, moved, cancelled."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.core.models import JournalEntry
from lazaretto.field import commands
from lazaretto.field.errors import RosterTooLarge
from lazaretto.field.queries import names_in
from lazaretto.field.tests.phones import Phone, enrolled, phone, swab
from lazaretto.headcounts.models import Member
from lazaretto.screening import commands as screening
from lazaretto.screening.models import Point, RosterEntry, Round, Scan, Stranger
from lazaretto.screening.tests.rounds import enterprise, open_one, opened
from lazaretto.slots import commands as slots
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.queries import free_starts
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, standing
from lazaretto.slots.tests.plans import slots as standing_now

pytestmark = pytest.mark.django_db

MOST = "lazaretto.field.queries.rosters.MOST_ROSTER"


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def by(cast) -> dict:
    return {"actor": cast.duty_officer.actor, "at": BEFORE}


def kept_by(made: Phone) -> set[str]:
    """Enterprises of the people whom a phone fetches."""
    return {row[3] for row in made.ask("roster").json()["rows"]}


def version(made: Phone) -> str:
    """Of the roster that the phone is to keep."""
    return made.ask("state").json()["roster"]["version"]


def at_points(of: Round) -> dict[str, set[str]]:
    """Enterprises by the code of the point that they were given."""
    found: dict[str, set[str]] = {}
    for row in standing_now(of):
        found.setdefault(row.point.code, set()).add(str(row.organisation_id))
    return found


def moved(cast, row: Slot, to: Point) -> None:
    """A slot goes to another point by hand, at the first time that is free there."""
    start = next(one for one in free_starts(row, at=BEFORE) if one.point == to)
    slots.move(**by(cast), slot=row, point=to, starts_at=start.starts_at, reason="停电")


def test_slots_reach_the_phones_and_a_new_plan_changes_them(cast, monkeypatch):
    """Accepted → enrolled → exactly these enterprises → planned anew → another version → another roster."""
    monkeypatch.setattr(MOST, 60)
    of, homes, (first, second) = planned(cast, 30, 20, 12, 8)
    with pytest.raises(RosterTooLarge):
        enrolled(cast, first)
    standing(cast, of)
    told = at_points(of)
    one, two = phone(cast, first), phone(cast, second, nth=1, label="8")
    assert (kept_by(one), kept_by(two)) == (told["P1"], told["P2"])
    before = [version(one), version(two)]
    assert [version(one), version(two)] == before, "nothing has changed"

    monkeypatch.setattr(MOST, 70)
    screening.add_point(
        **by(cast), test_round=of, code="P3", name="P3体育馆", tables=1, opens=first.opens, closes=first.closes
    )
    screening.close_point(**by(cast), point=first)
    made = slots.replan(**by(cast), test_round=of)
    assert [version(one), version(two)] == before, "what is only proposed changes nothing"
    slots.accept(**by(cast), proposal=Proposal.objects.get(pk=made.proposal_id))
    now = at_points(of)
    assert "P1" not in now
    assert now["P2"] != told["P2"]
    assert version(two) != before[1]
    assert kept_by(two) == now["P2"]
    assert kept_by(phone(cast, of.points.get(code="P3"), nth=2, label="9")) == now["P3"]
    assert {str(home.pk) for home in homes} == now["P2"] | now["P3"]

    monkeypatch.setattr(MOST, 60)
    assert one.ask("state?names=").json()["roster"] is None, "nobody comes any more: it keeps the roster it has"
    assert one.ask("state").json()["code"] == RosterTooLarge.code, "as pages that know nothing of it were told before"


def test_a_slot_moved_by_hand_moves_the_names_and_one_at_another_time_moves_none(cast):
    of, _homes, (first, second) = planned(cast, 30, 20)
    rows = standing(cast, of)
    here = next(row for row in rows if row.point_id == first.pk)
    made = phone(cast, first)
    before, whose = version(made), kept_by(made)
    later = [one for one in free_starts(here, at=BEFORE) if one.point == first][-1]
    slots.move(**by(cast), slot=here, point=first, starts_at=later.starts_at, reason="停电")
    assert version(made) == before
    moved(cast, next(row for row in standing_now(of) if row.point_id == first.pk), second)
    other = phone(cast, second, nth=1, label="8")
    assert whose < kept_by(other)
    assert version(made) != before


def test_who_was_moved_away_and_comes_anyway_is_tested_under_their_own_number(cast):
    of, _homes, (first, second) = planned(cast, 30, 20)
    here = next(row for row in standing(cast, of) if row.point_id == first.pk)
    for row in standing_now(of):
        if row.point_id == second.pk:
            moved(cast, row, first)
    moved(cast, Slot.objects.get(pk=here.pk), second)
    screening.open_round(**by(cast), test_round=of)
    made = phone(cast, Point.objects.get(pk=first.pk))
    assert str(here.organisation_id) not in kept_by(made)
    entry = RosterEntry.objects.filter(round=of.pk, organisation=here.organisation_id).select_related("member").first()
    assert entry is not None
    document = {"document": entry.member.document, "name": entry.member.name}
    answer = made.send(swab(None, stranger=document)).json()["answer"]
    assert [one["number"] for one in answer["numbers"]] == [entry.number]
    assert Scan.objects.get().number == entry.number
    assert not Stranger.objects.exists()


def test_who_was_added_by_hand_stays_whatever_the_slots_do(cast):
    of, _homes, (first, _second) = planned(cast, 30, 20)
    rows = standing(cast, of)
    other = next(row for row in rows if row.point_id != first.pk)
    made = phone(cast, first)
    before, whose = version(made), kept_by(made)
    commands.expect_also(**by(cast), point=first, organisation=other.organisation_id)
    commands.expect_also(**by(cast), point=first, organisation=other.organisation_id)
    assert kept_by(made) == whose | {str(other.organisation_id)}
    assert version(made) != before
    for row in rows:
        if row.point_id == first.pk:
            slots.cancel(**by(cast), slot=row, reason="停电")
    assert kept_by(made) == {str(other.organisation_id)}
    assert commands.expect_no_more(**by(cast), point=first, organisation=other.organisation_id).organisations == 0
    assert len(kept_by(made)) == 2, "neither slot nor hand: everybody of the round"
    with pytest.raises(InvalidInput):
        commands.expect_also(**by(cast), point=first, organisation=first.pk)
    said = (
        JournalEntry.objects.filter(command__startswith="field.expect").order_by("id").values_list("command", flat=True)
    )
    assert list(said) == ["field.expect_also", "field.expect_also", "field.expect_no_more"]


def test_of_an_enterprise_in_parts_a_phone_keeps_the_parts_that_come(cast):
    home = enterprise(cast.site.unit, "大公司", range(1, 131))
    enterprise(cast.site.unit, "小公司", range(200, 220))
    people = list(Member.objects.filter(organisation=home).order_by("id"))
    for nth, one in enumerate(people):
        one.section = ("", "一车间", "二车间")[nth % 3]
    Member.objects.bulk_update(people, ["section"])
    of, place = open_one(cast)
    places = [place, add_point(cast, of, "P2")]
    standing(cast, of, parts="section")
    for place in places:
        parts = {(row.organisation_id, row.part) for row in standing_now(of) if row.point_id == place.pk}
        expected = {
            entry.number
            for entry in RosterEntry.objects.filter(round=of.pk)
            if (entry.organisation_id, entry.section if entry.organisation_id == home.pk else "") in parts
        }
        made = phone(cast, place, nth=places.index(place), label=place.code)
        assert {row[0] for row in made.ask("roster").json()["rows"]} == expected
        assert made.ask("state").json()["roster"]["people"] == len(expected)
    assert {row.part for row in standing_now(of) if row.organisation_id == home.pk} == {"", "一车间", "二车间"}


def test_names_of_enterprises_are_sent_where_they_changed(cast, monkeypatch):
    of, place = opened(cast)
    made = phone(cast, place)
    told = made.ask("state?names=").json()["roster"]
    assert sorted(told["organisations"].values()) == ["A公司", "B公司"]
    same = made.ask(f"state?names={told['names']}").json()["roster"]
    assert "organisations" not in same
    assert same["version"] == told["version"]
    assert made.ask("state").json()["roster"]["organisations"] == told["organisations"], "a page kept since before"
    home = of.shares.get(people=1).organisation
    home.name = "B公司（北区）"
    home.save()
    later = BEFORE + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    anew = made.ask(f"state?names={told['names']}").json()["roster"]
    assert anew["organisations"][str(home.pk)] == "B公司（北区）"
    assert anew["version"] == told["version"]


def test_asking_again_costs_the_same_however_many_enterprises_come(cast, django_assert_num_queries):
    of, _homes, (first, _second) = planned(cast, 10, 8, 6, 4, 3, 2)
    made = phone(cast, first)
    names = names_in(Point.objects.select_related("round").get(pk=first.pk), at=BEFORE).version
    standing(cast, of)
    made.ask(f"state?names={names}")  # counted once
    with django_assert_num_queries(
        6
    ):  # the phone, what was told, other tables, who is called back, who has a slot, who was added
        made.ask(f"state?names={names}")


def test_the_page_of_enterprises_finds_one_of_many_and_goes_on_in_pages(cast, django_assert_max_num_queries):
    for nth in range(60):
        enterprise(cast.site.unit, f"企业{nth:02}", [1000 + nth])
    of, first = open_one(cast)
    client, address = cast.duty_officer.client, reverse("field:enterprises", args=[first.pk])
    assert client.get(address).context["lines"] == [], "nobody is named: everybody of the round"
    standing(cast, of)
    with django_assert_max_num_queries(14):
        page = client.get(address).context
    assert (len(page["lines"]), bool(page["next_url"])) == (50, True)
    assert all(line.slots and not line.added for line in page["lines"])
    seen, more = set(), "?q=企业"
    while more:
        page = client.get(address + more).context
        seen |= {line.organisation.name for line in page["lines"]}
        more = page["next_url"]
    assert len(seen) == 60
    found = client.get(address, {"q": "企业07"}).context["lines"]
    assert [line.organisation.name for line in found] == ["企业07"]
    assert client.get(address, {"q": "没有"}).context["lines"] == []
