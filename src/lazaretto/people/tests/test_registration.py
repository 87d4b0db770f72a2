"""People come into our care, and nobody twice."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lazaretto.core.commands import REGISTRY, command, record
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import JournalEntry
from lazaretto.people.choices import DocumentKind, NeedKind, PartyKind
from lazaretto.people.commands import (
    GivenDocument,
    GivenNeed,
    NewPerson,
    add_people,
    close_access,
    form_parties,
    open_access,
    register_person,
)
from lazaretto.people.digests import document_digest
from lazaretto.people.errors import DocumentInvalid, DocumentTaken, NameInvalid, PhoneInvalid
from lazaretto.people.models import (
    ContactPoint,
    IdentityDocument,
    PartyMember,
    Person,
    PersonAccess,
    SearchToken,
)
from lazaretto.people.queries import known_people, party_ids
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db

CARD = GivenDocument(DocumentKind.ID_CARD, "11010519491231002X")
ZENG = NewPerson(
    name="曾 小明",
    documents=(GivenDocument(DocumentKind.ID_CARD, "1101 0519 4912 3100 2x"),),
    phones=("138 0000 1234 / 13900005678",),
    needs=(GivenNeed(NeedKind.DIALYSIS, "周二、周四、周六"),),
    address="建设路1号",
)


def register(cast, person=ZENG, member="clerk", site=None):
    actor = getattr(cast, member).actor
    return register_person(actor=actor, at=NOW, unit=(site or cast.site).unit, person=person)


@pytest.fixture
def in_a_command(cast):
    """Runs a plain bulk function as another app's command would."""

    def run(name, function):
        @command(name, capability="people.manage")
        def body(*, actor, at) -> int:
            body.result_of = function()
            return 1

        try:
            body(actor=cast.clerk.actor, at=NOW)
        finally:
            del REGISTRY[name]
        return body.result_of

    return run


def test_what_was_typed_is_stored_in_normal_form_and_sex_and_birth_follow_from_the_card(cast):
    person = Person.objects.get(pk=register(cast).person_id)
    assert (person.name, person.romanised) == ("曾小明", "ZENG Xiaoming")
    assert (person.birth_date, person.sex) == (date(1949, 12, 31), "female")
    assert person.documents.get().number == "11010519491231002X"
    assert sorted(person.contacts.values_list("value", flat=True)) == ["+8613800001234", "+8613900005678"]
    assert person.needs.get().note == "周二、周四、周六"
    entry = JournalEntry.objects.get(person_id=person.id)
    assert (entry.command, entry.unit_id) == ("people.register_person", cast.site.unit_id)
    assert "小明" not in str(entry.data)


def test_numbers_notes_and_addresses_lie_unreadable_in_the_database(cast):
    register(cast)
    with connection.cursor() as cursor:
        for table, column in (
            ("people_identitydocument", "number"),
            ("people_contactpoint", "value"),
            ("people_need", "note"),
            ("people_person", "address"),
        ):
            cursor.execute(f"SELECT {column} FROM {table}")
            blobs = [bytes(row[0]) for row in cursor.fetchall()]
            assert blobs
            assert not any(plain in blob for blob in blobs for plain in (b"1101", b"138", "周".encode(), "路".encode()))


def test_the_same_document_under_the_same_name_is_the_same_person_and_opens_the_record_to_the_new_site(cast):
    first = register(cast)
    again = register(cast, member="outsider", site=cast.other_site)
    assert again.known
    assert again.person_id == first.person_id
    assert Person.objects.count() == 1
    assert Person.objects.visible_to(cast.outsider.actor).exists()


@needs_server
@pytest.mark.django_db(transaction=True)
def test_two_desks_that_register_the_same_person_at_the_same_moment_find_one_record(cast):
    desks = [lambda: register(cast), lambda: register(cast, member="outsider", site=cast.other_site)]
    answers = at_once(desks * 2)
    assert len({answer.person_id for answer in answers}) == 1
    assert [answer.known for answer in answers].count(False) == 1


def test_a_document_of_somebody_with_another_name_is_refused_and_nothing_is_opened(cast):
    register(cast)
    with pytest.raises(DocumentTaken):
        register(cast, replace(ZENG, name="李伟"), member="outsider", site=cast.other_site)
    assert not Person.objects.visible_to(cast.outsider.actor).exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": " "}, NameInvalid),
        ({"name": "12345"}, NameInvalid),
        ({"documents": (GivenDocument(DocumentKind.ID_CARD, "110105194912310021"),)}, DocumentInvalid),
        ({"phones": ("1380000",)}, PhoneInvalid),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(cast, wrong, error):
    with pytest.raises(error):
        register(cast, replace(ZENG, **wrong))
    assert not Person.objects.exists()


def test_nobody_registers_for_a_unit_of_others_or_without_the_role(cast):
    with pytest.raises(NotFound):
        register(cast, site=cast.other_site)
    with pytest.raises(Forbidden):
        register(cast, member="medic")


def test_a_manifest_is_added_in_order_with_a_note_for_each(cast, in_a_command):
    new = [NewPerson(name="王一", party_key="7"), NewPerson(name="王二", party_key="7"), NewPerson(name="王三")]
    ids = in_a_command("test.bulk", lambda: add_people(new, unit_id=cast.site.unit_id, at=NOW))
    assert list(Person.objects.order_by("id").values_list("id", flat=True)) == ids
    assert [Person.objects.get(pk=pk).name for pk in ids] == ["王一", "王二", "王三"]
    assert JournalEntry.objects.filter(command="test.bulk", person_id__in=ids).count() == 3
    parties = party_ids(ids)
    assert parties[ids[0]] == parties[ids[1]] != ids[0]
    assert parties[ids[2]] == ids[2]


def test_a_bulk_with_a_document_that_is_taken_adds_nobody(cast, in_a_command):
    register(cast)
    with pytest.raises(DocumentTaken):
        in_a_command(
            "test.bulk", lambda: add_people([replace(ZENG, documents=(CARD,))], unit_id=cast.site.unit_id, at=NOW)
        )
    assert Person.objects.count() == 1


def test_documents_find_known_people_though_the_country_was_not_written(cast):
    passport = GivenDocument(DocumentKind.PASSPORT, "E12345678", "CHN")
    made = register(cast, NewPerson(name="Anna Berg", documents=(passport,))).person_id
    bare = GivenDocument(DocumentKind.PASSPORT, "e 1234 5678")
    other = GivenDocument(DocumentKind.PASSPORT, "E12345678", "DEU")
    found = known_people([bare, other])
    assert found == {document_digest(bare.kind, "", bare.number): made}


def test_a_number_that_fits_two_people_matches_neither(cast):
    for country in ("CHN", "DEU"):
        given = GivenDocument(DocumentKind.PASSPORT, "E12345678", country)
        register(cast, NewPerson(name=f"Anna {country}", documents=(given,)))
    assert known_people([GivenDocument(DocumentKind.PASSPORT, "E12345678")]) == {}
    assert IdentityDocument.objects.count() == 2


def test_access_opens_once_closes_and_leaves_what_was_seen(cast, in_a_command):
    person = register(cast).person_id
    unit = cast.other_site.unit_id
    assert in_a_command("test.open", lambda: _noted(cast, open_access([person, person], unit, NOW))) == 1
    assert in_a_command("test.open", lambda: _noted(cast, open_access([person], unit, NOW))) == 0
    assert SearchToken.objects.filter(unit_id=unit, token="zxm").count() == 1
    assert in_a_command("test.close", lambda: _noted(cast, close_access([person], unit, NOW))) == 1
    assert PersonAccess.objects.get(unit_id=unit).ended_at == NOW
    assert Person.objects.visible_to(cast.outsider.actor).filter(pk=person).exists()


def _noted(cast, value):
    record(cast.site, unit_id=cast.site.unit_id)
    return value


def test_new_and_known_people_form_one_party(cast, in_a_command):
    people = [register(cast, NewPerson(name=name)).person_id for name in ("王一", "王二", "王三")]

    def form(group):
        return in_a_command("test.p", lambda: _noted(cast, form_parties(group, at=NOW, kind=PartyKind.HOUSEHOLD)))

    one, two = form({"a": people[:2]}), form({"b": people})
    assert one["a"] == two["b"]
    assert PartyMember.objects.filter(party=one["a"], ended_at=None).count() == 3


def test_a_bulk_takes_a_fixed_number_of_queries_for_each_batch(cast, in_a_command):
    def queries(count, first):
        signs = [chr(0x4E00 + first + n) for n in range(count)]
        new = [NewPerson(name=f"王{sign}", phones=("+8613800001234",)) for sign in signs]
        with CaptureQueriesContext(connection) as captured:
            in_a_command("test.many", lambda: add_people(new, unit_id=cast.site.unit_id, at=NOW))
        return len(captured)

    assert queries(40, 0) == queries(4, 100)
    assert ContactPoint.objects.count() == 44
