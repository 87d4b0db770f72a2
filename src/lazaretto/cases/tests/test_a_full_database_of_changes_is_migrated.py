"""Changes of before keep their site and their stay; those outside come beside them."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from lazaretto.cases.models import Change, ChangeStep, FollowUp
from lazaretto.core.ids import new_id
from tests import factories
from tests.cast import gather
from tests.factories import NOW

LAST = "0005_somebody_outside"


def migrate(name: str):
    MigrationExecutor(connection).migrate([("cases", name)])
    return MigrationExecutor(connection).loader.project_state([("cases", name)]).apps


def test_the_last_migration_is_the_one_that_is_tested():
    assert MigrationLoader(None).graph.leaf_nodes("cases") == [("cases", LAST)]


@pytest.mark.django_db(transaction=True)
def test_changes_and_what_follows_stay_as_they_were():
    cast = gather()
    stay = factories.stay(cast.site)
    try:
        old = migrate("0004_letters_of_correction")
        row = old.get_model("cases", "Change").objects.create(
            id=new_id(), number="H01-G1", site_id=cast.site.pk, stay_id=stay.pk, kind="case", evidence="report",
            words="通报", happened_at=NOW, proposed_at=NOW, proposed_by_id=cast.medic.user.pk,
        )  # fmt: skip
        old.get_model("cases", "ChangeStep").objects.create(
            id=new_id(), change_id=row.pk, position=1, state="proposed", at=NOW, by_id=cast.medic.user.pk
        )
        old.get_model("cases", "FollowUp").objects.create(
            id=new_id(), change_id=row.pk, kind="recheck", due_at=NOW, owner_id=cast.medic.user.pk
        )
    finally:
        migrate(LAST)
    change = Change.objects.get()
    assert (change.site, change.stay, change.words) == (cast.site, stay, "通报")
    assert (change.unit_id, change.person_id, change.subject_id) == (None, None, stay.person_id)
    assert ChangeStep.objects.get().change == change
    follow_up = FollowUp.objects.get()
    assert (follow_up.from_place, follow_up.number, follow_up.where) == (None, 0, "")
