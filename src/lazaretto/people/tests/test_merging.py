"""Two records become one without losing a link, and two again exactly as they were."""

from datetime import date, timedelta

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.people import commands
from lazaretto.people.choices import DocumentKind, NeedKind, SuggestionState
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.errors import AlreadyDecided, BothInCare, MergeBuiltUpon, PersonMerged, SamePerson
from lazaretto.people.links import NOT_MOVED, links
from lazaretto.people.models import DuplicateSuggestion, Merge, Need, Person, PersonAccess, SearchToken
from lazaretto.people.proofs import (
    identity_sealed,
    merged_people_hold_nothing,
    no_number_in_the_open,
    people_can_be_found,
)
from lazaretto.people.queries import find
from lazaretto.people.queries.duplicates import suggestions
from lazaretto.stays.models import Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def register(cast, name="曾小明", *, site=None, **fields):
    unit = (site or cast.site).unit
    new = NewPerson(name=name, **fields)
    made = commands.register_person(actor=cast.duty_officer.actor, at=NOW, unit=unit, person=new)
    commands.compare_new(NOW)  # what the duty does a moment later
    return Person.objects.get(pk=made.person_id)


def merge(cast, kept, merged, member="duty_officer"):
    return commands.merge(actor=getattr(cast, member).actor, at=NOW, kept=kept, merged=merged, reason="同一人")


def undo(cast, merge_id, member="duty_officer"):
    return commands.undo_merge(actor=getattr(cast, member).actor, at=NOW + timedelta(hours=1), merge=merge_id)


def picture():
    """Every row of every table that knows people, bookkeeping left out, encrypted fields as their plain text."""
    found = {}
    for model in {Person, *(model for model, _field in links())}:
        skipped = {"compared_at"}
        fields = [field for field in model._meta.concrete_fields if field.name not in skipped]
        for row in model._base_manager.all():
            found[(model.__name__, str(row.pk))] = {field.attname: getattr(row, field.attname) for field in fields}
    found["tokens"] = set(SearchToken.objects.values_list("unit_id", "token", "person_id"))
    return found


def rich_pair(cast):
    """Two records of one person, with rows in many tables and with everything that can collide inside people."""
    kept = register(
        cast,
        documents=(GivenDocument(DocumentKind.ID_CARD, "11010519491231002X"),),
        phones=("13800001234",),
        needs=(GivenNeed(NeedKind.MEDICATION, "降压药"), GivenNeed(NeedKind.ELDERLY)),
    )
    merged = register(
        cast,
        other_names=("Zeng Xiaoming",),
        site=cast.site,
        documents=(GivenDocument(DocumentKind.PASSPORT, "E12345678", "CHN"),),
        phones=("13800001234", "13900005678"),
        needs=(GivenNeed(NeedKind.MEDICATION, "胰岛素"), GivenNeed(NeedKind.DIET, "忌海鲜")),
        employer="远航物流",
        address="建设路1号",
        birth_date=date(1949, 12, 31),
    )
    companion = register(cast, "李伟")
    for person in (kept, merged):
        commands.join_party(actor=cast.duty_officer.actor, at=NOW, person=person, other=companion)
    factories.stay(cast.other_site, who=merged)
    return kept, merged


def test_every_link_of_the_merged_record_stands_on_the_kept_one(cast):
    kept, merged = rich_pair(cast)
    stay = Stay.objects.get()
    merge(cast, kept, merged)
    stay.refresh_from_db()
    assert (stay.person, stay.order.person) == (kept, kept)
    assert {document.last_four for document in kept.documents.all()} == {"002X", "5678"}
    assert sorted(kept.contacts.values_list("value", flat=True)) == ["+8613800001234", "+8613900005678"]
    assert sorted(kept.names.values_list("full", flat=True)) == ["Zeng Xiaoming", "曾小明"]
    open_needs = kept.needs.filter(ended_at=None)
    assert {need.kind: need.note for need in open_needs} == {
        "medication": "降压药; 胰岛素", "elderly": None, "diet": "忌海鲜",
    }  # fmt: skip
    kept.refresh_from_db()
    assert (kept.employer, kept.address, kept.romanised) == ("远航物流", "建设路1号", "ZENG Xiaoming")
    assert PersonAccess.objects.filter(person=kept, ended_at=None).count() == 2
    assert kept.parties.filter(ended_at=None).count() == 1
    assert merged_people_hold_nothing(NOW).offenders == []


def test_the_kept_record_is_found_by_both_names_and_the_other_not_at_all(cast):
    kept, merged = rich_pair(cast)
    merge(cast, kept, merged)
    for text in ("zeng xiaoming", "曾", "E12345678", "002X", "13900005678"):
        assert [hit.person_id for hit in find(cast.duty_officer.actor, text)] == [kept.id]
    assert [hit.person_id for hit in find(cast.outsider.actor, "zxm")] == [kept.id]


def test_a_merge_undone_leaves_everything_as_it_was(cast):
    kept, merged = rich_pair(cast)
    before = picture()
    done = merge(cast, kept, merged)
    assert picture() != before
    undo(cast, done.merge_id)
    assert picture() == before
    assert merged_people_hold_nothing(NOW).offenders == []


def test_merge_and_undo_are_in_the_journal_of_both_records(cast):
    kept, merged = rich_pair(cast)
    undo(cast, merge(cast, kept, merged).merge_id)
    for person in (kept, merged):
        said = list(JournalEntry.objects.filter(person_id=person.id).values_list("command", flat=True))
        assert said.count("people.merge") == said.count("people.undo_merge") == 1
    assert "胰岛素" not in str(list(Merge.objects.values_list("moved", flat=True)))
    assert "建设路" not in str(list(Merge.objects.values_list("moved", flat=True)))


NEEDS = st.dictionaries(st.sampled_from(NeedKind.values), st.sampled_from(["", "甲", "乙"]), max_size=4)
PHONES = st.sets(st.sampled_from(["13800001234", "13900005678", "13700009999"]), max_size=3)
RECORD = st.fixed_dictionaries({
    "name": st.sampled_from(["曾小明", "曾晓明", "ZENG Xiaoming"]),
    "others": st.sets(st.sampled_from(["曾小明", "Xiaoming Z", "Цзэн"]), max_size=2),
    "needs": NEEDS,
    "phones": PHONES,
    "employer": st.sampled_from(["", "甲厂", "乙厂"]),
    "sites": st.sets(st.sampled_from(["site", "other_site"]), min_size=1),
    "stay": st.booleans(),
    "party": st.booleans(),
})  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORD, RECORD)
def test_whatever_two_records_hold_no_link_is_lost_and_undo_is_exact(cast, one, other):
    with transaction.atomic():
        people = [_record(cast, one), _record(cast, other)]
        if one["stay"]:
            _past_stay(cast, people[0])
        if other["stay"]:
            factories.stay(cast.other_site, who=people[1])
        before = picture()
        done = merge(cast, *people)
        assert before.keys() == picture().keys()
        assert merged_people_hold_nothing(NOW).offenders == []
        notes = {note for told in (one, other) for note in told["needs"].values() if note}
        kept = Need.objects.filter(person=people[0], ended_at=None)
        assert notes <= {part for need in kept for part in (need.note or "").split("; ")}
        undo(cast, done.merge_id)
        assert picture() == before
        assert people_can_be_found(NOW).offenders == []
        transaction.set_rollback(True)


def _record(cast, told):
    person = register(
        cast,
        told["name"],
        other_names=tuple(sorted(told["others"])),
        phones=tuple(sorted(told["phones"])),
        needs=tuple(GivenNeed(NeedKind(kind), note) for kind, note in told["needs"].items()),
        employer=told["employer"],
        site=getattr(cast, min(told["sites"])),
    )
    if told["party"]:
        companion = Person.objects.filter(name="李伟").first() or register(cast, "李伟")
        commands.join_party(actor=cast.duty_officer.actor, at=NOW, person=person, other=companion)
    return person


def _past_stay(cast, who):
    made = factories.stay(cast.site, who=who, day=20)
    made.occupancies.update(ended_at=NOW - timedelta(days=10))
    Stay.objects.filter(pk=made.pk).update(ended_at=NOW - timedelta(days=10), end="released")
    who.holdings.update(ended_at=NOW - timedelta(days=10))
    type(made.order).objects.filter(pk=made.order_id).update(lifted_at=NOW - timedelta(days=10))


def test_two_people_in_care_at_once_are_not_merged_and_nothing_moves(cast):
    kept, merged = register(cast), register(cast)
    factories.stay(cast.site, who=kept)
    factories.stay(cast.other_site, who=merged)
    before = picture()
    with pytest.raises(BothInCare) as refused:
        merge(cast, kept, merged)
    assert refused.value.context["kind"] in {"custody.holding", "stays.stay", "stays.isolationorder"}
    assert picture() == before
    assert not Merge.objects.exists()


def test_open_deadlines_follow_the_person(cast):
    kept, merged = register(cast), register(cast)
    row = Deadline.objects.create(
        kind="test", subject_type="x", subject_id="1", person_id=merged.id, due_at=NOW, overdue_at=NOW, created_at=NOW
    )
    done = merge(cast, kept, merged)
    row.refresh_from_db()
    assert row.person_id == kept.id
    undo(cast, done.merge_id)
    row.refresh_from_db()
    assert row.person_id == merged.id


def test_merges_on_merges_are_undone_in_turn_only(cast):
    first, second, third = (register(cast) for _ in range(3))
    before = picture()
    inner = merge(cast, second, third)
    outer = merge(cast, first, second)
    assert merged_people_hold_nothing(NOW).offenders == []
    with pytest.raises(MergeBuiltUpon):
        undo(cast, inner.merge_id)
    undo(cast, outer.merge_id)
    undo(cast, inner.merge_id)
    assert picture() == before
    with pytest.raises(AlreadyDecided):
        undo(cast, inner.merge_id)


def test_a_moved_link_that_is_gone_refuses_the_undo_and_leaves_the_merge(cast):
    kept, merged = rich_pair(cast)
    done = merge(cast, kept, merged)
    passport = kept.documents.get(kind="passport")
    commands.remove_document(
        actor=cast.clerk.actor, at=NOW, person=kept, document_id=passport.id, reason="不是本人证件"
    )
    after = picture()
    with pytest.raises(MergeBuiltUpon):
        undo(cast, done.merge_id)
    assert picture() == after


def test_what_was_edited_after_the_merge_keeps_its_edit(cast):
    kept, merged = rich_pair(cast)
    done = merge(cast, kept, merged)
    commands.change_details(actor=cast.clerk.actor, at=NOW, person=kept, employer="新公司")
    undo(cast, done.merge_id)
    kept.refresh_from_db()
    assert kept.employer == "新公司"


def test_one_record_is_not_merged_with_itself_or_twice(cast):
    one, two, three = (register(cast) for _ in range(3))
    with pytest.raises(SamePerson):
        merge(cast, one, one)
    merge(cast, one, two)
    with pytest.raises(PersonMerged):
        merge(cast, three, two)


def test_only_who_may_merge_and_sees_both_merges(cast):
    mine, theirs = register(cast), register(cast, site=cast.other_site)
    with pytest.raises(NotFound):
        merge(cast, mine, theirs, "site_lead")
    with pytest.raises(Forbidden):
        merge(cast, mine, register(cast), "clerk")
    done = merge(cast, mine, theirs)
    assert undo(cast, done.merge_id, "site_lead").kept_id == mine.id


def test_registering_a_likely_duplicate_puts_the_pair_into_the_queue_of_who_sees_both(cast):
    born = date(1980, 1, 2)
    first, second = register(cast, birth_date=born), register(cast, "ZENG Xiaoming", birth_date=born)
    far = register(cast, birth_date=born, site=cast.other_site)
    pairs = {(row.first_id, row.second_id) for row in suggestions(cast.site_lead.actor)}
    assert pairs == {(first.id, second.id)}
    assert suggestions(cast.duty_officer.actor).count() == 3
    row = suggestions(cast.site_lead.actor).get()
    assert row.reasons == ["same_sound_birth"]
    assert JournalEntry.objects.filter(command="people.suggest_duplicates", person_id=far.id).count() == 2


def test_the_background_duty_finds_duplicates_of_a_change_once(cast):
    first, second = register(cast, phones=("13800001234",)), register(cast, phones=("13900005678",))
    assert not DuplicateSuggestion.objects.exists()
    assert commands.compare_new(NOW) == 0
    commands.add_phone(actor=cast.clerk.actor, at=NOW, person=second, phone="13800001234")
    assert commands.compare_new(NOW) == 1
    assert DuplicateSuggestion.objects.get().reasons == ["same_phone"]
    assert commands.compare_new(NOW) == 0
    assert first.id == DuplicateSuggestion.objects.get().first_id


def test_a_pair_that_is_different_leaves_the_queue_and_can_come_back(cast):
    born = date(1980, 1, 2)
    pair = {"first": register(cast, birth_date=born), "second": register(cast, birth_date=born)}
    actor = cast.site_lead.actor
    commands.decide_different(actor=actor, at=NOW, **pair, reason="双胞胎重名")
    assert not suggestions(actor).exists()
    with pytest.raises(AlreadyDecided):
        commands.decide_different(actor=actor, at=NOW, **pair)
    Person.objects.update(compared_at=None)
    commands.compare_new(NOW)
    assert not suggestions(actor).exists()
    commands.reopen_suggestion(actor=actor, at=NOW, **pair)
    assert suggestions(actor).count() == 1


def test_a_merge_closes_its_suggestion_and_undoing_opens_it_again(cast):
    born = date(1980, 1, 2)
    kept, merged = register(cast, birth_date=born), register(cast, birth_date=born)
    done = merge(cast, kept, merged)
    assert DuplicateSuggestion.objects.get().state == SuggestionState.MERGED
    undo(cast, done.merge_id)
    row = DuplicateSuggestion.objects.get()
    assert (row.state, row.decided_at) == (SuggestionState.OPEN, None)


def test_every_model_that_points_at_people_is_moved(cast):
    pointing = {
        relation.related_model
        for relation in Person._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel)
    }
    assert {model for model, _field in links()} == pointing - set(NOT_MOVED)
    assert Stay in pointing


def test_verify_names_a_link_left_on_a_merged_record(cast):
    kept, merged = register(cast), register(cast)
    merge(cast, kept, merged)
    PersonAccess.objects.create(person=merged, unit_id=cast.site.unit_id, started_at=NOW)
    assert [row.kind for row in merged_people_hold_nothing(NOW).offenders] == ["people.personaccess"]


def test_verify_names_what_does_not_open_what_does_not_match_and_what_lies_open(cast):
    kept, _merged = rich_pair(cast)
    assert identity_sealed(NOW).offenders == no_number_in_the_open(NOW).offenders == []
    kept.documents.update(digest="0" * 64)
    kept.contacts.update(value=b"\x01" + b"x" * 40)
    Person.objects.filter(pk=kept.pk).update(employer="证件 11010519491231002X")
    assert {row.kind for row in identity_sealed(NOW).offenders} == {"people.identitydocument", "people.contactpoint"}
    assert [row.id for row in no_number_in_the_open(NOW).offenders] == [str(kept.pk)]
