"""What is known of a person changes, with a word in the journal and nothing said twice."""

from datetime import date, timedelta

import pytest

from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.ids import new_id
from lazaretto.core.models import CommandReceipt, JournalEntry
from lazaretto.people import commands
from lazaretto.people.choices import DocumentKind, NeedKind, PartyKind, RevealPurpose, Sex
from lazaretto.people.commands import GivenDocument
from lazaretto.people.errors import (
    AlreadyInParty,
    BirthDateImpossible,
    DocumentInvalid,
    DocumentTaken,
    NameInUse,
    NeedUnknown,
    PersonMerged,
    SamePerson,
)
from lazaretto.people.models import IdentityDocument, PartyMember
from lazaretto.people.needs import what_to_do
from lazaretto.people.queries import find, party_ids
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CARD = GivenDocument(DocumentKind.ID_CARD, "11010519491231002X")
PASSPORT = GivenDocument(DocumentKind.PASSPORT, "E12345678", "chn")


@pytest.fixture
def guest(cast):
    return factories.person("曾小明", at_site=cast.site)


@pytest.fixture
def run(cast):
    """Runs a command as the clerk."""

    def call(command, person, member="clerk", **values):
        return command(actor=getattr(cast, member).actor, at=NOW, person=person, **values)

    return call


def said(person):
    return JournalEntry.objects.filter(person_id=person.id).latest("id")


def test_details_change_and_the_journal_names_the_fields_without_their_values(guest, run):
    run(commands.change_details, guest, sex=Sex.MALE, birth_date=date(1980, 2, 3), address="建设路1号")
    guest.refresh_from_db()
    assert (guest.sex, guest.birth_date, guest.address) == ("male", date(1980, 2, 3), "建设路1号")
    assert said(guest).data == {"changed": ["sex", "birth_date", "address"]}
    assert run(commands.change_details, guest, sex=Sex.MALE).changed == []
    run(commands.change_details, guest, address="")
    guest.refresh_from_db()
    assert guest.address is None


@pytest.mark.parametrize("born", [NOW.date() + timedelta(days=2), date(NOW.year - 131, 12, 31)])
def test_nobody_is_born_ahead_of_today_or_more_than_130_years_ago(guest, run, born):
    with pytest.raises(BirthDateImpossible):
        run(commands.change_details, guest, birth_date=born, address="建设路1号")
    guest.refresh_from_db()
    assert (guest.birth_date, guest.address) == (None, None)


def test_a_birth_date_that_an_import_brought_does_not_keep_the_rest_from_being_put_right(guest, run):
    born = guest.birth_date = date(1850, 1, 1)
    guest.save()
    assert run(commands.change_details, guest, birth_date=born, address="建设路1号").changed == ["address"]


def test_a_new_name_is_found_at_once_and_an_old_one_no_more(cast, guest, run):
    run(commands.add_name, guest, name="Zeng Daming", shown=True)
    guest.refresh_from_db()
    assert (guest.name, guest.romanised) == ("Zeng Daming", "Zeng Daming")
    assert [hit.person_id for hit in find(cast.clerk.actor, "daming")] == [guest.id]
    old, shown = guest.names.get(full="曾小明"), guest.names.get(full="Zeng Daming")
    with pytest.raises(NameInUse):
        run(commands.remove_name, guest, name_id=shown.id, reason="错")
    run(commands.remove_name, guest, name_id=old.id, reason="登记错误")
    assert find(cast.clerk.actor, "xiaoming") == []
    assert said(guest).reason == "登记错误"


def test_a_wrong_name_in_latin_letters_leaves_neither_lists_nor_certificates_behind(guest, run):
    run(commands.add_name, guest, name="Wang Erni")
    guest.refresh_from_db()
    assert guest.romanised == "Wang Erni"
    run(commands.remove_name, guest, name_id=guest.names.get(full="Wang Erni").id, reason="登记错误")
    guest.refresh_from_db()
    assert guest.romanised == "ZENG Xiaoming"


def test_a_document_is_added_corrected_and_removed_each_with_its_reason(guest, run):
    document_id = run(commands.add_document, guest, document=PASSPORT).document_id
    right = GivenDocument(DocumentKind.PASSPORT, "E12345679", "CHN")
    with pytest.raises(ReasonRequired):
        run(commands.correct_document, guest, document_id=document_id, document=right, reason=" ")
    run(commands.correct_document, guest, document_id=document_id, document=right, reason="末位看错")
    document = IdentityDocument.objects.get(pk=document_id)
    assert (document.number, document.country, document.last_four) == ("E12345679", "CHN", "5679")
    assert (said(guest).reason, said(guest).subject_id) == ("末位看错", str(document_id))
    run(commands.remove_document, guest, document_id=document_id, reason="同伴的护照")
    assert not guest.documents.exists()
    assert "E1234" not in str(JournalEntry.objects.values_list("data", "reason"))


def test_a_wrong_or_taken_document_leaves_everything_as_it_was(cast, guest, run):
    other = factories.person("李伟", at_site=cast.site)
    run(commands.add_document, other, document=CARD)
    mine = run(commands.add_document, guest, document=PASSPORT).document_id
    with pytest.raises(DocumentTaken) as taken:
        run(commands.correct_document, guest, document_id=mine, document=CARD, reason="换证")
    assert taken.value.context == {"person": other.id}
    wrong = GivenDocument(DocumentKind.ID_CARD, "110105194912310021")
    with pytest.raises(DocumentInvalid) as invalid:
        run(commands.add_document, guest, document=wrong)
    assert invalid.value.context["reason"] == "id_checksum"
    assert guest.documents.get().number == "E12345678"


def test_the_holder_of_a_taken_document_stays_unnamed_to_another_site(cast, run):
    hidden = factories.person("李伟", at_site=cast.other_site)
    commands.add_document(actor=cast.outsider.actor, at=NOW, person=hidden, document=CARD)
    mine = factories.person("曾小明", at_site=cast.site)
    with pytest.raises(DocumentTaken) as taken:
        run(commands.add_document, mine, document=CARD)
    assert taken.value.context == {}


def test_a_phone_is_added_once_and_removed_with_a_reason(guest, run):
    run(commands.add_phone, guest, phone="138 0000 1234")
    assert run(commands.add_phone, guest, phone="+8613800001234").changed == []
    contact = guest.contacts.get()
    run(commands.remove_phone, guest, contact_id=contact.id, reason="空号")
    assert not guest.contacts.exists()


def test_a_need_opens_once_says_more_ends_and_may_come_back(guest, run):
    first = run(commands.record_need, guest, kind=NeedKind.DIALYSIS, member="medic")
    again = run(commands.record_need, guest, kind=NeedKind.DIALYSIS, details="周二、四、六", member="medic")
    assert first.need_id == again.need_id
    assert guest.needs.get().note == "周二、四、六"
    run(commands.end_need, guest, need_id=first.need_id)
    with pytest.raises(NeedUnknown):
        run(commands.end_need, guest, need_id=first.need_id)
    assert run(commands.record_need, guest, kind=NeedKind.DIALYSIS).need_id != first.need_id
    assert "周二" not in str(list(JournalEntry.objects.values_list("data", "reason")))


@pytest.mark.parametrize("kind", NeedKind.values)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_need_says_what_to_do_in_both_languages(kind, language):
    words = what_to_do(kind, language)
    assert all((words.on_arrival, words.each_round, words.in_fire))
    assert all(text.isascii() for text in vars(words).values()) == (language == "en")


def test_a_household_forms_grows_and_ends_with_its_last_two(cast, guest, run):
    child, aunt = (factories.person(name, at_site=cast.site) for name in ("曾一", "曾二"))
    party = run(commands.join_party, child, other=guest, relation="子").party_id
    assert run(commands.join_party, aunt, other=child).party_id == party
    assert set(party_ids([guest.id, child.id, aunt.id]).values()) == {party}
    run(commands.leave_party, aunt, party_id=party)
    assert party_ids([aunt.id]) == {aunt.id: aunt.id}
    run(commands.leave_party, child, party_id=party)
    assert not PartyMember.objects.filter(ended_at=None).exists()


def test_two_households_do_not_run_into_one_by_accident(cast, guest, run):
    others = [factories.person(name, at_site=cast.site) for name in ("王一", "王二", "王三")]
    run(commands.join_party, guest, other=others[0])
    run(commands.join_party, others[1], other=others[2])
    with pytest.raises(AlreadyInParty):
        run(commands.join_party, guest, other=others[1])
    with pytest.raises(SamePerson):
        run(commands.join_party, guest, other=guest)
    run(commands.join_party, guest, other=others[1], kind=PartyKind.COMPANIONS)


def test_a_sensitive_read_gives_the_value_and_says_who_read_it_and_why(cast, guest, run):
    document_id = run(commands.add_document, guest, document=PASSPORT).document_id
    read = run(commands.reveal_document, guest, document_id=document_id, purpose=RevealPurpose.IDENTITY, member="medic")
    assert read.value == "E12345678"
    entry = said(guest)
    assert (entry.command, entry.actor_id, entry.reason) == (
        "people.reveal_document", cast.medic.user.id, "identity",
    )  # fmt: skip
    assert "E12345678" not in str(entry.data)


def test_phone_note_and_address_are_revealed_alike(guest, run):
    run(commands.add_phone, guest, phone="13800001234")
    run(commands.change_details, guest, address="建设路1号")
    need_id = run(commands.record_need, guest, kind=NeedKind.MEDICATION, details="胰岛素").need_id
    why = {"purpose": RevealPurpose.CARE}
    assert run(commands.reveal_phone, guest, contact_id=guest.contacts.get().id, **why).value == "+8613800001234"
    assert run(commands.reveal_note, guest, need_id=need_id, **why).value == "胰岛素"
    assert run(commands.reveal_address, guest, **why).value == "建设路1号"
    assert JournalEntry.objects.filter(command__startswith="people.reveal", person_id=guest.id).count() == 3


def test_what_was_revealed_is_not_kept_in_the_receipt(cast, guest, run):
    run(commands.change_details, guest, address="建设路1号")
    payload = {"person": str(guest.id), "purpose": "care"}
    commands.reveal_address.invoke(actor=cast.clerk.actor, at=NOW, payload=payload, client_id=new_id())
    assert "建设路" not in str(CommandReceipt.objects.get().answer)


def test_nothing_of_one_person_is_read_through_another(cast, guest, run):
    other = factories.person("李伟", at_site=cast.site)
    document_id = run(commands.add_document, other, document=CARD).document_id
    with pytest.raises(NotFound):
        run(commands.reveal_document, guest, document_id=document_id, purpose=RevealPurpose.CARE)


@pytest.mark.parametrize(
    ("member", "error"), [("outsider", NotFound), ("security", Forbidden), ("hotel_staff", Forbidden)]
)
def test_who_may_not_read_or_write_is_refused(run, guest, member, error):
    with pytest.raises(error):
        run(commands.reveal_address, guest, purpose=RevealPurpose.CARE, member=member)
    with pytest.raises(error):
        run(commands.change_details, guest, employer="x", member=member)


def test_a_merged_record_is_no_longer_written(cast, guest, run):
    kept = factories.person("曾小明", at_site=cast.site)
    commands.merge(actor=cast.site_lead.actor, at=NOW, kept=kept, merged=guest)
    for command, values in ((commands.change_details, {"employer": "x"}), (commands.add_phone, {"phone": "1"})):
        with pytest.raises(PersonMerged):
            command(actor=cast.duty_officer.actor, at=NOW, person=guest, **values)
