"""One door for writes: access, lock, rule, write, journal, effects; once."""

from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.utils.translation import override

from lazaretto.accounts import commands
from lazaretto.accounts.errors import NameTaken, WeakPassword
from lazaretto.accounts.models import ApiToken, Membership, Unit
from lazaretto.accounts.queries import actor_for
from lazaretto.core.access import Actor
from lazaretto.core.commands import REGISTRY, Part, command, is_locked, record
from lazaretto.core.errors import (
    AnswerNotKept,
    ClientIdReused,
    Forbidden,
    InvalidInput,
    NotFound,
)
from lazaretto.core.journal import Note
from lazaretto.core.models import CommandReceipt, JournalEntry, JournalPending
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
RENAME = REGISTRY["accounts.rename_unit"]


def renamed(cast, *, client_id: UUID | None = None, name: str = "新名", actor: Actor | None = None, unit=None):
    return RENAME.invoke(
        actor=actor or cast.administrator.actor,
        at=NOW,
        payload={"unit": str((unit or cast.site.unit).pk), "name": name},
        client_id=client_id,
    )


def test_a_command_writes_and_says_so_in_the_journal(cast):
    answer = renamed(cast)
    cast.site.unit.refresh_from_db()
    assert (answer.unit_id, cast.site.unit.name) == (cast.site.unit_id, "新名")
    entry = JournalEntry.objects.get()
    assert (entry.command, entry.actor_id) == ("accounts.rename_unit", cast.administrator.user.pk)
    assert (entry.unit_id, entry.subject_id) == (cast.site.unit_id, str(cast.site.unit_id))
    assert entry.occurred_at == NOW
    assert JournalPending.objects.get().entry_id == entry.pk


def test_another_scopes_object_looks_like_none_and_a_wrong_role_is_forbidden(cast):
    local = factories.user("administrator", cast.other_site.unit)
    stranger = actor_for(local, at=NOW)
    with pytest.raises(NotFound):
        renamed(cast, actor=stranger)
    with pytest.raises(NotFound):
        RENAME.invoke(actor=stranger, at=NOW, payload={"unit": str(uuid4()), "name": "x"})
    with pytest.raises(Forbidden):
        renamed(cast, actor=cast.clerk.actor)
    both = factories.user("administrator", cast.other_site.unit)
    Membership.objects.create(user=both, unit=cast.site.unit, role="clerk", started_at=factories.LONG_AGO)
    with pytest.raises(Forbidden):  # sees the unit, manages only the other
        renamed(cast, actor=actor_for(both, at=NOW))
    assert not JournalEntry.objects.exists()


def test_a_refused_rule_leaves_nothing_behind(cast):
    before = Unit.objects.count()
    with pytest.raises(NameTaken):
        commands.open_unit(
            actor=cast.administrator.actor, at=NOW, parent=cast.site.unit, kind="team", code="H02", name="二队"
        )
    assert Unit.objects.count() == before
    assert not JournalEntry.objects.exists()


def test_a_failure_after_the_write_takes_the_write_back(cast, monkeypatch):
    @command("test.breaks", capability="accounts.manage")
    def breaks(*, actor, at, unit: Unit) -> None:
        Unit.objects.filter(pk=unit.pk).update(name="half done")
        record(unit, unit_id=unit.pk)
        raise ZeroDivisionError

    monkeypatch.delitem(REGISTRY, "test.breaks")
    with pytest.raises(ZeroDivisionError):
        breaks.invoke(
            actor=cast.administrator.actor, at=NOW, payload={"unit": str(cast.site.unit_id)}, client_id=uuid4()
        )
    cast.site.unit.refresh_from_db()
    assert cast.site.unit.name != "half done"
    assert not JournalEntry.objects.exists()
    assert not CommandReceipt.objects.exists(), "the same request may be sent again"


def test_what_is_done_for_several_at_once_asks_each_for_their_role_and_has_a_line_for_each(cast, monkeypatch):
    @command("test.together", capability="accounts.manage")
    def together(*, actor, at, unit: Unit) -> str:
        pytest.fail("it is done at once")

    monkeypatch.delitem(REGISTRY, "test.together")
    second = actor_for(factories.user("administrator", cast.site.unit), at=NOW)

    def renamed_by(*actors):
        def write():
            Unit.objects.filter(pk=cast.site.unit_id).update(name="together")

        note = Note("accounts.unit", str(cast.site.unit_id), unit_id=cast.site.unit_id)
        return together.at_once([Part(actor, note, actor.name) for actor in actors], NOW, write)

    with pytest.raises(Forbidden):
        renamed_by(second, cast.clerk.actor)
    assert not Unit.objects.filter(name="together").exists()
    assert not JournalEntry.objects.exists()
    assert renamed_by(second, cast.administrator.actor) == [second.name, cast.administrator.actor.name]
    lines = JournalEntry.objects.filter(command="test.together").order_by("id").values_list("actor_id", flat=True)
    assert list(lines) == [second.user_id, cast.administrator.actor.user_id]


def test_a_change_without_a_word_in_the_journal_is_a_mistake_of_ours(cast, monkeypatch):
    @command("test.silent", capability="accounts.manage")
    def silent(*, actor, at, unit: Unit) -> None:
        Unit.objects.filter(pk=unit.pk).update(name="silent")

    monkeypatch.delitem(REGISTRY, "test.silent")
    with pytest.raises(RuntimeError, match="without a word"):
        silent(actor=cast.administrator.actor, at=NOW, unit=cast.site.unit)
    assert not Unit.objects.filter(name="silent").exists()


def test_effects_outside_wait_for_the_commit(cast, django_capture_on_commit_callbacks, monkeypatch):
    said = []

    @command("test.effect", capability="accounts.manage")
    def effect(*, actor, at, unit: Unit) -> None:
        transaction.on_commit(lambda: said.append("told"))
        record(unit, unit_id=unit.pk)

    monkeypatch.delitem(REGISTRY, "test.effect")
    with django_capture_on_commit_callbacks(execute=True):
        effect(actor=cast.administrator.actor, at=NOW, unit=cast.site.unit)
        assert said == []
    assert said == ["told"]


def test_the_same_client_id_is_applied_once_and_answered_twice(cast):
    ticket = uuid4()
    first = renamed(cast, client_id=ticket)
    Unit.objects.filter(pk=cast.site.unit_id).update(name="later")
    assert renamed(cast, client_id=ticket) == first
    cast.site.unit.refresh_from_db()
    assert cast.site.unit.name == "later"
    assert JournalEntry.objects.count() == 1
    assert JournalEntry.objects.get().client_id == ticket


def test_another_body_user_or_command_under_the_same_client_id_is_refused(cast):
    ticket = uuid4()
    renamed(cast, client_id=ticket)
    second = factories.user("administrator")
    with pytest.raises(ClientIdReused):
        renamed(cast, client_id=ticket, name="another")
    with pytest.raises(ClientIdReused):
        renamed(cast, client_id=ticket, actor=actor_for(second, at=NOW))
    with pytest.raises(ClientIdReused):
        REGISTRY["accounts.choose_language"].invoke(
            actor=cast.administrator.actor, at=NOW, payload={"language": "en"}, client_id=ticket
        )
    assert JournalEntry.objects.count() == 1


def test_a_failed_request_may_be_sent_again_under_its_client_id(cast):
    ticket, user = uuid4(), cast.clerk.user.username
    reset = REGISTRY["accounts.reset_password"]
    body = {"unit": str(cast.site.unit_id), "username": user, "password": "1234567890"}
    with pytest.raises(WeakPassword):
        reset.invoke(actor=cast.administrator.actor, at=NOW, payload=body, client_id=ticket)
    good = {**body, "password": PASSWORD + "-new"}
    reset.invoke(actor=cast.administrator.actor, at=NOW, payload=good, client_id=ticket)
    assert JournalEntry.objects.count() == 1


def test_a_secret_answer_is_kept_nowhere(cast):
    ticket = uuid4()
    body = {"username": cast.clerk.user.username, "label": "scanner"}
    issue = REGISTRY["accounts.issue_token"]
    issued = issue.invoke(actor=cast.clerk.actor, at=NOW, payload=body, client_id=ticket)
    assert issued.secret.startswith("lz_")
    with pytest.raises(AnswerNotKept):
        issue.invoke(actor=cast.clerk.actor, at=NOW, payload=body, client_id=ticket)
    assert ApiToken.objects.count() == 1
    stored = str(list(CommandReceipt.objects.values())) + str(list(JournalEntry.objects.values()))
    assert issued.secret not in stored + str(list(ApiToken.objects.values()))


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "unit"),
        ({"unit": "no-id", "name": "x"}, "unit"),
        ({"unit": str(uuid4()), "name": 3}, "name"),
        ({"unit": str(uuid4()), "name": "x", "more": 1}, "more"),
    ],
)
def test_a_body_of_the_wrong_shape_is_told_by_field(cast, payload, field):
    with pytest.raises(InvalidInput) as caught:
        RENAME.invoke(actor=cast.administrator.actor, at=NOW, payload=payload)
    assert field in caught.value.problem()["fields"]


def test_too_long_a_text_is_told_by_field_on_every_database(cast):
    with pytest.raises(InvalidInput) as caught:
        renamed(cast, name="长" * 121)
    assert list(caught.value.fields) == ["name"]


def test_a_moment_without_offset_is_no_moment(cast):
    grant = REGISTRY["accounts.grant_role"]
    body = {"unit": str(cast.site.unit_id), "username": cast.clerk.user.username, "role": "medic"}
    with pytest.raises(InvalidInput):
        grant.invoke(actor=cast.administrator.actor, at=NOW, payload={**body, "ends_at": "2026-12-01T00:00:00"})
    with pytest.raises(InvalidInput) as refused:  # ends before it begins
        grant.invoke(actor=cast.administrator.actor, at=NOW, payload={**body, "ends_at": "2020-12-01T00:00:00Z"})
    assert list(refused.value.fields) == ["ends_at"]


def test_the_role_is_asked_before_the_body_is_read(cast):
    with pytest.raises(Forbidden):
        RENAME.invoke(actor=cast.clerk.actor, at=NOW, payload={})


def test_a_simple_command_costs_few_queries(cast, django_assert_max_num_queries):
    # savepoint pair of the test, receipt, object, the write, entry, pending mark, receipt's answer, NOTIFY
    with django_assert_max_num_queries(9):
        renamed(cast, client_id=uuid4())


@needs_server
@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_requests_at_once_one_is_applied_and_all_get_its_answer(cast):
    ticket = uuid4()
    body = {"parent": str(cast.site.unit_id), "kind": "team", "code": "T1", "name": "一队"}

    def send():
        return REGISTRY["accounts.open_unit"].invoke(
            actor=cast.administrator.actor, at=NOW, payload=body, client_id=ticket
        )

    answers = at_once([send] * 8)
    assert len({answer.unit_id for answer in answers}) == 1
    assert Unit.objects.filter(code="T1").count() == 1
    assert JournalEntry.objects.filter(command="accounts.open_unit").count() == 1


@needs_server
@pytest.mark.django_db(transaction=True)
def test_a_loser_without_a_client_id_is_told_why(cast):
    def send():
        return commands.open_unit(
            actor=cast.administrator.actor, at=NOW, parent=cast.site.unit, kind="team", code="T1", name="一队"
        )

    answers = at_once([send] * 4)
    assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken"] * 3 + ["UnitOpened"]


@needs_server
@pytest.mark.django_db(transaction=True)
def test_the_victim_of_a_deadlock_is_run_again(cast, monkeypatch):
    @command("test.crossing", capability="accounts.manage")
    def crossing(*, actor, at, first: UUID, second: UUID) -> None:
        for pk in (first, second):
            unit = Unit.objects.select_for_update().get(pk=pk)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")
            record(unit, unit_id=unit.pk)

    monkeypatch.delitem(REGISTRY, "test.crossing")
    one, two = cast.site.unit_id, cast.other_site.unit_id
    both = [
        lambda: crossing(actor=cast.administrator.actor, at=NOW, first=one, second=two),
        lambda: crossing(actor=cast.administrator.actor, at=NOW, first=two, second=one),
    ]
    assert at_once(both) == [None, None]
    assert JournalEntry.objects.count() == 4


@needs_server
@pytest.mark.django_db(transaction=True)
def test_who_only_reads_a_unit_does_not_wait_for_others_who_do_and_is_not_written_past(cast, monkeypatch):
    both_inside = Barrier(2)

    @command("test.beside", capability="accounts.manage", beside=("unit",))
    def beside(*, actor, at, unit: Unit) -> None:
        both_inside.wait(timeout=10)
        connection.cursor().execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(OperationalError), transaction.atomic():  # nobody writes it meanwhile, nor do we
            Unit.objects.filter(pk=unit.pk).update(name="past")
        both_inside.wait(timeout=10)
        record(unit, unit_id=unit.pk)

    monkeypatch.delitem(REGISTRY, "test.beside")
    once = lambda: beside(actor=cast.administrator.actor, at=NOW, unit=cast.site.unit)  # noqa: E731
    assert at_once([once, once]) == [None, None]


def test_what_is_only_read_does_not_count_as_locked_and_an_inner_command_knows_what_the_outer_locked(cast, monkeypatch):
    found = {}

    @command("test.inner", capability="accounts.manage")
    def inner(*, actor, at, unit: Unit) -> None:
        found["inner"] = is_locked(Unit, cast.site.unit_id)
        record(unit, unit_id=unit.pk)

    @command("test.outer", capability="accounts.manage", beside=("other",))
    def outer(*, actor, at, unit: Unit, other: Unit) -> None:
        found["written"], found["read"] = is_locked(Unit, unit.pk), is_locked(Unit, other.pk)
        inner(actor=actor, at=at, unit=other)
        record(unit, unit_id=unit.pk)

    for name in ("test.inner", "test.outer"):
        monkeypatch.delitem(REGISTRY, name)
    outer(actor=cast.administrator.actor, at=NOW, unit=cast.site.unit, other=cast.other_site.unit)
    assert found == {"written": True, "read": False, "inner": True}
    assert not is_locked(Unit, cast.site.unit_id)


@pytest.mark.parametrize(("language", "between"), [("en", ". "), ("zh-hans", "。")])
def test_the_two_sentences_of_an_error_stand_beside_each_other_as_their_language_has_it(language, between):
    with override(language):
        error = NotFound()
        assert str(error) == f"{str(error.message).removesuffix(between.strip())}{between}{error.next_step}"
