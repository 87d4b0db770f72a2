"""The journal proves that it says what was written."""

import threading
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.db import DatabaseError, connection, transaction

from lazaretto.core import journal, secrets
from lazaretto.core.access import Actor
from lazaretto.core.models import JournalEntry, JournalPending, JournalSeal
from lazaretto.core.promises import BROKEN, verify
from tests import factories
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
WRITER = Actor.system("test")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def write(count: int = 1, **more) -> list[JournalEntry]:
    notes = [
        journal.Note("test.thing", str(number), uuid4(), uuid4(), {"n": number}, **more) for number in range(count)
    ]
    journal.write(notes, command="test.write", actor=WRITER, at=NOW, recorded_at=NOW, client_id=None)
    return list(reversed(JournalEntry.objects.order_by("-id")[:count]))


def sealed(count: int) -> list[JournalEntry]:
    entries = write(count)
    assert journal.seal(at=NOW) == count
    return entries


def past_the_guards(sql: str, *values: object) -> None:
    """What somebody does who owns the database but not the program's key."""
    tables = ("core_journalentry", "core_journalseal")
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
        cursor.execute(sql, values)


def flaws() -> list[tuple[str, str]]:
    return [(flaw.kind, flaw.where) for flaw in journal.prove()]


def test_an_untouched_journal_has_no_flaw_sealed_or_waiting():
    sealed(5)
    write(3)
    assert flaws() == []
    assert JournalPending.objects.count() == 3
    assert journal.seal(at=NOW) == 3
    assert list(JournalSeal.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 9))


def test_the_database_refuses_to_change_or_remove_an_entry():
    entry = sealed(1)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).update(reason="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalSeal.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_journalentry")


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'other'",
        "actor_name = 'other'",
        "unit_id = NULL",
        "person_id = NULL",
        "command = 'other'",
        "subject_id = 'other'",
        "data = '{}'",
        "device = 'other'",
        "actor_id = 7",
        "occurred_at = '2020-01-01 00:00:00+00:00'",
        "recorded_at = '2020-01-01 00:00:00+00:00'",
        "client_id = '018f0000000070008000000000000000'",
    ],
)
def test_a_changed_entry_is_named_whatever_was_changed(change):
    entry = sealed(3)[1]
    past_the_guards(f"UPDATE core_journalentry SET {change} WHERE id = %s", entry.pk)
    assert flaws() == [("changed", f"entry {entry.pk}")]


def test_an_entry_whose_mac_was_changed_too_breaks_the_chain():
    entry = sealed(3)[1]
    past_the_guards("UPDATE core_journalentry SET reason = 'x', mac = %s WHERE id = %s", "0" * 64, entry.pk)
    assert flaws() == [("changed", f"entry {entry.pk}"), ("chain", f"entry {entry.pk}")]


def test_a_removed_entry_is_named_by_its_place():
    entry = sealed(4)[1]
    past_the_guards("DELETE FROM core_journalseal WHERE entry_id = %s", entry.pk)
    past_the_guards("DELETE FROM core_journalentry WHERE id = %s", entry.pk)
    assert ("removed", "position 2") in flaws()


def test_a_removed_entry_is_found_even_when_the_places_were_closed_up():
    first, second, third = sealed(3)
    past_the_guards("DELETE FROM core_journalseal WHERE entry_id = %s", second.pk)
    past_the_guards("DELETE FROM core_journalentry WHERE id = %s", second.pk)
    past_the_guards("UPDATE core_journalseal SET position = 2 WHERE entry_id = %s", third.pk)
    assert ("chain", f"entry {third.pk}") in flaws()
    assert not any(str(first.pk) in where for _kind, where in flaws())


def test_a_cut_tail_is_named_by_the_file_beside_the_database(django_capture_on_commit_callbacks):
    factories.headquarters()
    with django_capture_on_commit_callbacks(execute=True):
        entries = sealed(3)
    assert journal.read_head()["position"] == 3
    past_the_guards("DELETE FROM core_journalseal WHERE position > 1")
    past_the_guards("DELETE FROM core_journalentry WHERE id > %s", entries[0].pk)
    assert flaws() == [("cut", "position 3")]
    with django_capture_on_commit_callbacks(execute=True):
        write(5)
        journal.seal(at=NOW)
    assert flaws() == [("cut", "position 3")], "later entries do not cover it up"
    assert journal.read_head()["position"] == 6


def test_a_damaged_file_beside_the_database_is_named_and_stops_no_seal(django_capture_on_commit_callbacks, settings):
    factories.headquarters()
    with django_capture_on_commit_callbacks(execute=True):
        sealed(2)
    (head,) = (settings.DATA_DIR / "journal").glob("*.json")
    head.write_text("")
    assert flaws() == [("cut", "position 0")]
    with django_capture_on_commit_callbacks(execute=True):
        sealed(1)
    assert journal.read_head()["position"] == 3
    assert flaws() == [("cut", "position 0")], "the damaged file is kept as evidence"


def test_an_inserted_entry_is_named():
    sealed(1)
    past_the_guards(
        "INSERT INTO core_journalentry (command, actor_name, device, subject_type, subject_id, occurred_at,"
        " recorded_at, data, reason, mac) VALUES ('x', 'x', '', 'x', 'x', %s, %s, '{}', '', %s)",
        NOW.isoformat(" "), NOW.isoformat(" "), "0" * 64,
    )  # fmt: skip
    forged = JournalEntry.objects.latest("pk")
    assert flaws() == [("inserted", f"entry {forged.pk}")]
    JournalPending.objects.create(entry=forged)
    assert journal.seal(at=NOW) == 0, "the sealer does not vouch for what the program did not write"
    assert flaws() == [("inserted", f"entry {forged.pk}")]
    verdict = {row.promise: row for row in verify(at=NOW)}[7]
    assert verdict.state == BROKEN
    assert verdict.offenders[0]["id"] == f"entry {forged.pk}"


def test_another_key_than_the_programs_vouches_for_nothing(settings, monkeypatch):
    entry = sealed(1)[0]
    monkeypatch.setattr(secrets, "_started", lambda _purpose: HMAC(b"x" * 32, SHA256()))
    assert ("changed", f"entry {entry.pk}") in flaws()


def test_the_sealer_takes_bounded_bites():
    write(5)
    assert [journal.seal(at=NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert flaws() == []


def test_what_an_entry_holds_survives_the_database_unchanged():
    said = {"text": '长者 ‘x’ \\ " 😀', "list": [1, 2.5, None, True], "nested": {"b": 1, "a": {"ü": -3}}, "big": 2**53}
    journal.write(
        [journal.Note("t", "1", data=said, reason="多行\n文本")],
        command="c", actor=WRITER, at=NOW.replace(microsecond=123457), recorded_at=NOW, client_id=uuid4(),
    )  # fmt: skip
    journal.seal(at=NOW)
    assert flaws() == []
    assert JournalEntry.objects.get().data == said


def test_proving_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    sealed(50)
    with django_assert_max_num_queries(6):
        assert flaws() == []


@needs_server
@pytest.mark.django_db(transaction=True)
def test_entries_that_commit_out_of_order_are_sealed_in_the_order_seen():
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            entry = write()[0]
            written.set()
            assert may_commit.wait(10)
        return entry.pk

    def fast():
        assert written.wait(10)
        with transaction.atomic():
            entry = write()[0]
        sealed_first = journal.seal(at=NOW)
        may_commit.set()
        return entry.pk, sealed_first

    late, (early, sealed_first) = at_once([slow, fast])
    assert late < early
    assert sealed_first == 1
    assert journal.seal(at=NOW) == 1
    assert list(JournalSeal.objects.order_by("position").values_list("entry_id", flat=True)) == [early, late]
    assert flaws() == []


@needs_server
@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_give_each_place_once():
    with transaction.atomic():
        write(300)

    def seal_all():
        return sum(journal.seal(at=NOW, limit=20) for _ in range(30))

    by_all = sum(at_once([seal_all] * 3))
    assert by_all + journal.seal(at=NOW) == 300, "what the last one left while another had the lock"
    assert JournalSeal.objects.count() == 300
    assert flaws() == []
