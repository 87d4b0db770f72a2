"""A courier stands at gate 3 at night: no name, no paper, no telephone; in our care from that moment."""

from datetime import timedelta

import pytest

from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.custody.models import Holding, Question
from lazaretto.people import commands as people
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.errors import DocumentTaken
from lazaretto.people.models import Person
from lazaretto.places.choices import ExternalKind
from lazaretto.stranded import commands
from lazaretto.stranded.choices import State, StepKind
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.errors import (
    FoundAlready,
    NobodyFound,
    NothingToKnowBy,
    NotLaterThanNow,
    PossiblyFoundBefore,
    StepNotPossible,
    WhereMissing,
)
from lazaretto.stranded.models import Group
from lazaretto.stranded.tests.stories import COURIER, HOUR, MINUTE, NIGHT, clocks, find, row_of
from lazaretto.transfers.queries.whereabouts import whereabouts
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ID_CARD = "440105198601012716"


@pytest.fixture
def unit(cast):
    return cast.site.unit


def test_a_few_words_are_enough_and_from_then_on_somebody_has_him(cast, unit):
    group = find(cast.security, unit=unit, at=NIGHT, found_by="三号门保安")

    row = row_of(group)
    held = Holding.objects.get(person=row.person, ended_at__isnull=True)
    assert (row.nameless, row.state, row.known_as) == (True, State.WAITING, COURIER.known_as)
    assert (held.external.kind, held.external.name, held.started_at) == (ExternalKind.FOUND, unit.name, NIGHT)
    assert [one.place for one in whereabouts(cast.duty_officer.actor)] == [unit.name]
    said = JournalEntry.objects.filter(command="stranded.register", person_id=row.person_id)
    assert said.exists()
    assert not any("外卖" in str(entry.data) for entry in said)
    assert verify(at=NIGHT + MINUTE)[0].figures["stranded_without_a_place"] == 1


def test_the_clocks_run_from_the_moment_he_was_found_and_climb_until_somebody_owns_him(cast, unit):
    group = find(cast.security, unit=unit, at=NIGHT)
    assert clocks(group) == {"owner": NIGHT + 15 * MINUTE, "meal": NIGHT + HOUR}
    assert clocks(row_of(group)) == {"place": NIGHT + 2 * HOUR}

    sweep(at=NIGHT + 16 * MINUTE)
    sweep(at=NIGHT + 26 * MINUTE)
    assert Alarm.objects.get(kind="stranded.owner").role == "duty_officer"
    commands.take(actor=cast.clerk.actor, at=NIGHT + 27 * MINUTE, group=group)

    group.refresh_from_db()
    assert group.owner == cast.clerk.user
    assert "owner" not in clocks(group)
    assert Alarm.objects.get(kind="stranded.owner").answered_at == NIGHT + 27 * MINUTE


def test_whoever_may_give_places_owns_what_they_register(cast, unit):
    group = find(cast.clerk, unit=unit)
    assert group.owner == cast.clerk.user
    assert clocks(row_of(group)) == {"place": NOW + 4 * HOUR}
    assert clocks(row_of(find(cast.clerk, unit=unit, cold=True)))["place"] == NOW + 2 * HOUR


def test_food_is_due_at_once_and_then_at_the_hours_of_meals_with_one_press(cast, unit):
    group = find(cast.security, unit=unit, at=NIGHT)
    told = commands.give(actor=cast.security.actor, at=NIGHT + 20 * MINUTE, group=group, kind="meal")
    breakfast = NIGHT.replace(hour=0, minute=30) + timedelta(days=1)  # half past eight in Guangzhou

    assert (told.people, told.meal_by) == (1, breakfast)
    sweep(at=breakfast + MINUTE)
    assert Alarm.objects.get(kind="stranded.meal").unit_id == unit.pk
    late = commands.give(actor=cast.security.actor, at=breakfast + 2 * HOUR, group=group, kind="meal")
    assert late.meal_by == breakfast + 4 * HOUR
    assert commands.give(actor=cast.security.actor, at=NIGHT, group=group, kind="water").meal_by == late.meal_by
    assert Alarm.objects.get(kind="stranded.meal").answered_at == breakfast + 2 * HOUR


def test_his_name_and_paper_complete_the_record_and_make_no_second_person(cast, unit):
    group = find(cast.clerk, unit=unit)
    row, before = row_of(group), Person.objects.count()
    paper = GivenDocument("id_card", ID_CARD)
    commands.complete(
        actor=cast.clerk.actor, at=NOW + HOUR, stranded=row, name="邵立冬", document=paper, phone="13800138000"
    )

    row.refresh_from_db()
    row.person.refresh_from_db()
    assert (Person.objects.count(), row.person.name, row.nameless) == (before, "邵立冬", False)
    assert [name.full for name in row.person.names.all()] == ["邵立冬"]
    assert row.person.documents.get().last_four == "2716"


def test_whoever_is_known_is_asked_about_before_anything_is_written(cast, unit):
    known = people.register_person(
        actor=cast.clerk.actor, at=NOW, unit=unit,
        person=NewPerson("邵立冬", documents=(GivenDocument("id_card", ID_CARD),)),
    ).person_id  # fmt: skip
    said = FoundPerson(name="邵立冬", document=GivenDocument("id_card", ID_CARD))
    with pytest.raises(PossiblyFoundBefore):
        find(cast.security, said, unit=unit)
    with pytest.raises(DocumentTaken):
        find(cast.security, FoundPerson(document=said.document, not_same_as=(known,)), unit=unit)
    assert not Group.objects.exists()

    group = find(cast.security, FoundPerson(document=said.document, same_as=known), unit=unit)
    assert row_of(group).person_id == known
    with pytest.raises(FoundAlready):
        find(cast.security, FoundPerson(document=said.document, same_as=known), unit=unit)


@pytest.mark.parametrize("role", ["security", "medic", "clerk"])
def test_whatever_is_typed_of_a_known_person_is_in_their_record_whoever_found_them(cast, unit, role):
    known = factories.person("邵立冬", at_site=cast.site)
    said = FoundPerson(
        name="Shao Lidong", document=GivenDocument("id_card", ID_CARD), phone="13800138000", employer="顺丰速递",
        address="海珠区南石头街", needs=(GivenNeed("dialysis", "周二周四"),), same_as=known.pk,
    )  # fmt: skip
    find(getattr(cast, role), said, unit=unit)

    known.refresh_from_db()
    assert {name.full for name in known.names.all()} == {"邵立冬", "Shao Lidong"}
    assert (known.name, known.employer, known.address) == ("邵立冬", said.employer, said.address)
    assert (known.documents.get().last_four, known.contacts.get().last_four) == ("2716", "8000")
    assert [(need.kind, need.note) for need in known.needs.all()] == [("dialysis", "周二周四")]
    by_name = JournalEntry.objects.get(command="people.add_document", person_id=known.pk)
    assert by_name.actor_id == getattr(cast, role).user.pk


def test_what_differs_from_the_record_changes_nothing_there_and_stands_in_the_history(cast, unit):
    known = factories.person("邵立冬", at_site=cast.site, employer="中通快递")
    people.record_need(actor=cast.medic.actor, at=NOW, person=known, kind="dialysis", details="左臂")
    said = FoundPerson(employer="顺丰速递", needs=(GivenNeed("dialysis", "周二周四"),), same_as=known.pk)
    group = find(cast.security, said, unit=unit)

    known.refresh_from_db()
    assert (known.employer, known.needs.get().note) == ("中通快递", "左臂; 周二周四")
    assert "顺丰速递" in group.steps.get(step=StepKind.DIFFERS, stranded=row_of(group)).words
    assert not any("顺丰" in str(entry.data) for entry in JournalEntry.objects.all())


def test_security_writes_no_other_record_than_that_of_whom_they_found(cast, unit):
    other = factories.person("高建", at_site=cast.site)
    find(cast.security, FoundPerson(known_as="穿红衣"), unit=unit)
    with pytest.raises(Forbidden):
        people.add_phone(actor=cast.security.actor, at=NOW, person=other, phone="13800138000")


def test_a_paper_of_somebody_else_is_refused_by_name_and_nothing_is_written(cast, unit):
    people.register_person(
        actor=cast.clerk.actor,
        at=NOW,
        unit=unit,
        person=NewPerson("高建", documents=(GivenDocument("id_card", ID_CARD),)),
    )
    known = factories.person("邵立冬", at_site=cast.site)
    with pytest.raises(DocumentTaken):
        find(cast.security, FoundPerson(document=GivenDocument("id_card", ID_CARD), same_as=known.pk), unit=unit)
    assert not Group.objects.exists()


def test_two_records_of_one_man_are_merged_as_everywhere_and_he_stays_in_our_care(cast, unit):
    known = factories.person("邵立冬", at_site=cast.site)
    group = find(cast.clerk, unit=unit)
    found = row_of(group)

    people.merge(actor=cast.site_lead.actor, at=NOW + HOUR, kept=known, merged=found.person, reason="本人证件")

    found.refresh_from_db()
    assert found.person_id == known.pk
    assert Holding.objects.get(person=known, ended_at__isnull=True).external.kind == ExternalKind.FOUND


def test_somebody_whom_a_site_holds_is_moved_by_nothing_and_the_site_is_asked(cast, unit):
    who = factories.person("高建", at_site=cast.other_site)
    factories.held(who, cast.other_site)
    group = find(cast.duty_officer, FoundPerson(same_as=who.pk), unit=unit)

    assert Holding.objects.get(person=who, ended_at__isnull=True).site == cast.other_site
    assert Question.objects.get(person=who).first_site == cast.other_site
    with pytest.raises(StepNotPossible):
        commands.send(
            actor=cast.duty_officer.actor, at=NOW, group=group, to_site="H01", arrives_by=NOW + HOUR
        )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "changed"),
    [
        (NothingToKnowBy, {"people": (FoundPerson(age=40),)}),
        (WhereMissing, {"where": " "}),
        (NobodyFound, {"people": ()}),
        (NotLaterThanNow, {"found_at": NOW + MINUTE}),
    ],
)
def test_what_would_help_nobody_is_refused_by_name(cast, unit, error, changed):
    given = {"why": "courier", "where": "3号门", "people": (COURIER,), **changed}
    with pytest.raises(error):
        commands.register(actor=cast.security.actor, at=NOW, unit=unit, **given)


def test_he_who_leaves_by_himself_is_a_question_that_nobody_closes_silently(cast, unit):
    group = find(cast.security, unit=unit, at=NIGHT)
    commands.report_missing(
        actor=cast.security.actor, at=NIGHT + HOUR, group=group, last_seen_by="保安小钟", words="往江边走"
    )
    row = row_of(group)
    assert (row.state, row.last_seen_by, row.ended_at) == (State.MISSING, "保安小钟", None)
    assert clocks(row) == {"search": NIGHT + 90 * MINUTE}
    sweep(at=NIGHT + 2 * HOUR)
    assert Alarm.objects.get(kind="stranded.search").answered_at is None

    commands.search(actor=cast.security.actor, at=NIGHT + 2 * HOUR, group=group, words="江边、网吧，没有")
    assert clocks(row)["search"] == NIGHT + 3 * HOUR
    commands.found_again(actor=cast.security.actor, at=NIGHT + 150 * MINUTE, group=group, words="在亲戚车里")
    assert row_of(group).state == State.WAITING
    assert clocks(row) == {"place": NIGHT + 270 * MINUTE}


def test_he_goes_home_and_our_care_ends_with_who_confirmed_it(cast, unit):
    group = find(cast.clerk, unit=unit)
    told = commands.end(
        actor=cast.clerk.actor, at=NOW + HOUR, group=group, outcome=State.HOME, where_to="南石头街", confirmed_by="其妻"
    )
    group.refresh_from_db()
    assert (told.people, told.left, group.ended_at) == (1, 0, NOW + HOUR)
    assert not Holding.objects.filter(person=row_of(group).person_id, ended_at__isnull=True).exists()
    assert (clocks(group), clocks(row_of(group))) == ({}, {})


def test_security_finds_but_does_not_give_places_and_another_site_sees_nothing(cast, unit):
    group = find(cast.security, unit=unit)
    with pytest.raises(Forbidden):
        commands.take(actor=cast.security.actor, at=NOW, group=group)
    with pytest.raises(NotFound):
        commands.take(actor=cast.outsider.actor, at=NOW, group=group)
    with pytest.raises(NotFound):
        find(cast.outsider, unit=unit)
