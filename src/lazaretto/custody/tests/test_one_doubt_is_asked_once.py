"""Two questions of one doubt cannot be open: the database refuses the second, and an upgrade closes what it finds."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import Due, raise_alarm
from lazaretto.core.models import Alarm, Deadline
from lazaretto.custody.choices import Conflict
from lazaretto.custody.deadlines import QUESTION
from lazaretto.custody.models import Fact, Question
from lazaretto.custody.rules import FactKind
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CONSTRAINT = "question_of_a_doubt_open_once"


@pytest.fixture
def ask(cast):
    """Ask about one doubt of one person, each time because of another fact."""
    person = factories.person("王小明", at_site=cast.site)

    def do(first=cast.site, second=None, conflict=Conflict.SECOND_PLACE):
        fact = Fact.objects.create(
            person=person, kind=FactKind.TAKEN_IN, site=cast.other_site, occurred_at=NOW, recorded_at=NOW
        )
        return Question.objects.create(
            person=person, fact=fact, conflict=conflict, first_site=first, second_site=second, opened_at=NOW
        )

    return do


def test_the_same_doubt_is_not_asked_twice_at_once(cast, ask):
    ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        ask()


def test_another_place_or_another_contradiction_is_another_doubt(cast, ask):
    ask()
    ask(second=cast.other_site)
    ask(first=None)
    ask(conflict=Conflict.NOT_HELD_THERE)
    assert Question.objects.count() == 4


def test_a_doubt_that_was_closed_may_be_asked_anew(ask):
    first = ask()
    Question.objects.filter(pk=first.pk).update(closed_at=NOW, answer="在H01")
    ask()
    assert Question.objects.filter(closed_at__isnull=True).count() == 1


def test_an_upgrade_keeps_the_first_of_two_and_nobody_is_called_for_the_later(cast, ask):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {CONSTRAINT}")
    first, later = ask(), ask()
    for question in (first, later):
        raise_alarm(Due(QUESTION.code, question, NOW, "0", unit_id=cast.site.unit_id), at=NOW)

    migration = import_module("lazaretto.custody.migrations.0004_a_doubt_is_asked_once")
    migration.close_doubles(apps, type("Editor", (), {"connection": connection}))

    first.refresh_from_db()
    later.refresh_from_db()
    assert first.closed_at is None
    assert (later.explained, later.answer) == (True, migration.ASKED_ALREADY)
    states = dict(Deadline.objects.filter(kind=QUESTION.code).values_list("subject_id", "state"))
    assert states == {str(first.pk): DeadlineState.OPEN, str(later.pk): DeadlineState.CANCELLED}
    (calling,) = Alarm.objects.filter(answered_at__isnull=True)
    assert calling.deadline.subject_id == str(first.pk)
    connection.check_constraints()  # PostgreSQL makes no index while rows of this transaction wait to be checked
    constraint = next(one for one in Question._meta.constraints if one.name == CONSTRAINT)
    with connection.cursor() as cursor:  # what stood in its way is gone
        cursor.execute(str(constraint.create_sql(Question, connection.schema_editor())))
