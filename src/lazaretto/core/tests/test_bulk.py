"""Many rows go in and are changed at once, and read back as if the ORM had written them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from lazaretto.core import bulk
from lazaretto.core.errors import TextTooLong
from lazaretto.core.ids import new_id
from lazaretto.people.models import ContactPoint, DuplicateSuggestion, Person, PersonAccess
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PERSON = (
    "id", "name", "romanised", "sex", "birth_date", "nationality", "language", "employer", "dormitory", "address",
    "created_at",
)  # fmt: skip


@pytest.fixture(autouse=True, params=[1, 2, 50], ids=["many", "by two", "few"])
def _each_way(request, monkeypatch):
    monkeypatch.setattr(bulk, "FEW", request.param)


def add(names):
    rows = [
        (new_id(), name, "", "unknown", date(1991, 2, 9), "CHN", "zh-hans", "", "", "中山路 1 号\t\\n", NOW)
        for name in names
    ]
    bulk.insert_rows(Person, PERSON, rows)
    return [row[0] for row in rows]


def test_inserted_rows_read_back_as_they_were_given(monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    ids = add(["李梅", "王强", "O'Neill", "a\\b", "赵敏"])
    found = Person.objects.in_bulk(ids)
    assert [found[pk].name for pk in ids] == ["李梅", "王强", "O'Neill", "a\\b", "赵敏"]
    assert {(p.birth_date, p.address, p.created_at) for p in found.values()} == {
        (date(1991, 2, 9), "中山路 1 号\t\\n", NOW)
    }


def test_foreign_keys_lists_and_nothing_are_taken_too():
    one, two = add(["李梅", "李眉"])
    bulk.insert_rows(PersonAccess, ("id", "person", "unit_id", "started_at"), [(new_id(), one, new_id(), NOW)])
    fields = ("id", "first", "second", "reasons", "state", "created_at", "decided_at")
    bulk.insert_rows(DuplicateSuggestion, fields, [(new_id(), one, two, ["same_phone"], "open", NOW, None)])
    made = DuplicateSuggestion.objects.get()
    assert (made.first_id, made.second_id, made.reasons, made.decided_at) == (one, two, ["same_phone"], None)
    assert PersonAccess.objects.get().person_id == one


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert_rows(Person, PERSON, [])
        bulk.update_rows(Person, ("name",), [])


def test_a_row_of_another_width_is_refused():
    with pytest.raises(ValueError, match="zip"):
        bulk.insert_rows(PersonAccess, ("id", "person"), [(new_id(), new_id(), new_id())])


def test_constraints_hold():
    with pytest.raises(IntegrityError), transaction.atomic():
        add([""])


def test_updated_rows_change_only_what_is_named(monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    ids = add(["李梅", "王强", "赵敏", "钱进"])
    changes = [("李眉", date(1990, 1, 1), None, ids[0]), ("王墙", None, "x", ids[1]), ("赵铭", None, None, ids[2])]
    bulk.update_rows(Person, ("name", "birth_date", "address"), changes)
    rows = Person.objects.order_by("id").values_list("name", "birth_date", "address", "nationality")
    assert list(rows) == [
        ("李眉", date(1990, 1, 1), None, "CHN"),
        ("王墙", None, "x", "CHN"),
        ("赵铭", None, None, "CHN"),
        ("钱进", date(1991, 2, 9), "中山路 1 号\t\\n", "CHN"),
    ]


def test_encrypted_values_lie_encrypted():
    (one,) = add(["李梅"])
    fields = ("id", "person", "kind", "value", "digest", "last_four", "created_at")
    bulk.insert_rows(ContactPoint, fields, [(new_id(), one, "phone", "+8613800138000", "d", "8000", NOW)])
    with bulk.connection.cursor() as cursor:
        cursor.execute("SELECT value FROM people_contactpoint")
        (stored,) = cursor.fetchone()
    assert b"13800138000" not in bytes(stored)
    assert ContactPoint.objects.get().value == "+8613800138000"


def test_rows_are_changed_only_where_the_named_fields_are_as_they_say():
    one, two = add(["李梅", "王强"])

    changed = bulk.update_rows(Person, ("name",), [("李眉", one, "李梅"), ("王羌", two, "张三")], by=("id", "name"))

    assert changed == 1
    assert set(Person.objects.filter(pk__in=[one, two]).values_list("name", flat=True)) == {"李眉", "王强"}


def test_a_key_that_is_no_primary_key_changes_all_who_have_it():
    add(["李梅", "李梅", "王强"])

    assert bulk.update_rows(Person, ("employer",), [("江畔酒店", "李梅")], by=("name",)) == 2
    assert Person.objects.filter(employer="江畔酒店").count() == 2


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_laid_out_in_a_statement_are_read_as_they_were_given(count):
    texts = [('a\\b "{,}', "NULL"), ("", "李's"), ("\n\t", "%s")][:count]
    rows = [(new_id(), *pair, date(1991, 2, 9) if pair[0] else None, NOW) for pair in texts]
    laid = bulk.laid_out(Person, ("id", "name", "employer", "birth_date", "created_at"), rows, "fresh")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, employer FROM {laid.text} WHERE birth_date IS NULL", laid.values)
        assert cursor.fetchall() == [pair for pair in texts if not pair[0]]
        cursor.execute(f"SELECT name, employer FROM {laid.text}", laid.values)
        assert cursor.fetchall() == texts


def test_rows_of_several_tables_are_written_together():
    old, other = add(["李梅", "李眉"])
    person = Person(name="王强", birth_date=date(1991, 2, 9), created_at=NOW)
    seen = bulk.Fresh(PersonAccess, ("id", "person", "unit_id", "started_at"), [(new_id(), person.pk, new_id(), NOW)])
    renamed = bulk.Changed(Person, ("name",), [("李美", old), ("李媚", other), ("nobody", new_id())])
    assert bulk.write_together(seen, bulk.fresh(person), renamed) == 2
    assert PersonAccess.objects.get().person == person
    assert set(Person.objects.values_list("name", flat=True)) == {"王强", "李美", "李媚"}


def test_written_together_is_one_statement_where_the_database_can(django_assert_num_queries):
    (old,) = add(["李梅"])
    person = Person(name="王强", birth_date=date(1991, 2, 9), created_at=NOW)
    renamed = bulk.Changed(Person, ("name",), [("李美", old, "李梅")], by=("id", "name"))
    if bulk.FEW > 1:
        with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
            assert bulk.write_together(bulk.fresh(person), renamed) == 1
    with django_assert_num_queries(1):  # another has changed it meanwhile
        assert bulk.write_together(renamed) == 1 - (bulk.FEW > 1)
    with django_assert_num_queries(0):
        assert bulk.write_together(bulk.Fresh(Person, PERSON, [])) == 0


def test_a_key_that_is_taken_is_left_out_where_it_may_be():
    (one,) = add(["李梅"])
    row, fields = (one, "张三", "", "unknown", None, "", "zh-hans", "", "", "", NOW), PERSON
    bulk.write_together(bulk.Fresh(Person, fields, [row], unless_taken=True))
    assert Person.objects.get().name == "李梅"
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.write_together(bulk.Fresh(Person, fields, [row]))


def test_a_text_too_long_is_named_before_it_is_written():
    with pytest.raises(TextTooLong):
        bulk.fresh(Person(name="李" * 500, created_at=NOW))


def test_moments_are_texts_as_django_writes_them_to_sqlite():
    moments = [NOW, NOW + timedelta(microseconds=7), NOW.replace(microsecond=120_000), datetime(1970, 1, 1, tzinfo=UTC)]
    assert bulk.in_sqlite(moments) == [str(moment.replace(tzinfo=None)) for moment in moments]
    assert bulk.in_sqlite(moments[:1]) == [str(NOW.replace(tzinfo=None))]
    assert bulk.in_sqlite([]) == []
