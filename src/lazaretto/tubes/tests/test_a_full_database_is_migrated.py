"""Bags of before are keyed by their round: those that two rounds used become two, and nothing that was told is lost."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lazaretto.core.ids import new_id
from lazaretto.core.models import Deadline
from lazaretto.screening.tests.rounds import open_one, opened
from lazaretto.tubes.models import Bag, Trail, TubeEvent
from lazaretto.tubes.proofs import tube_facts_stand
from tests.cast import gather
from tests.factories import NOW


def migrate(name: str):
    executor = MigrationExecutor(connection)
    executor.migrate([("tubes", name)])
    return MigrationExecutor(connection).loader.project_state([("tubes", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_bags_become_those_of_their_rounds():
    cast = gather()
    first, place = opened(cast)
    following, there = open_one(cast)
    try:
        old = migrate("0002_results")
        upload = old.get_model("tubes", "EventUpload").objects.create(
            id=new_id(), round_id=first.pk, body_digest="x", sent_at=NOW, received_at=NOW, received=6, taken=6
        )
        told = [
            (first, place, "bagged", "T1", "B-17", ""), (first, place, "handed_over", "", "B-17", "车1"),
            (first, place, "received", "", "B-17", "LAB1"), (following, there, "bagged", "T2", "B-17", ""),
            (following, there, "bag_closed", "", "B-17", ""), (following, there, "sealed", "T1", "", ""),
        ]  # fmt: skip
        for of, at_point, kind, tube, bag, to in told:
            old.get_model("tubes", "TubeEvent").objects.create(
                id=new_id(), upload_id=upload.pk, round_id=of.pk, point_id=at_point.pk, kind=kind, at=NOW, said_at=NOW,
                tube=tube, bag=bag, to=to,
            )  # fmt: skip
        bags = old.get_model("tubes", "Bag").objects
        bags.create(
            code="B-17", round_id=first.pk, point_id=place.pk, state="received", received_at=NOW, arrived_at=NOW
        )
        bags.create(code="B-18", round_id=first.pk, point_id=place.pk)
        for code, of, sealed in (("T1", first, NOW), ("T2", following, None)):
            old.get_model("tubes", "Trail").objects.create(
                code=code, round_id=of.pk, opened_at=NOW, bag="B-17", bagged_at=NOW, sealed_at=sealed
            )
        Deadline.objects.create(
            kind="tubes.result", subject_type="tubes.bag", subject_id="B-17", due_at=NOW, overdue_at=NOW, created_at=NOW
        )
    finally:
        migrate("0004_decisions_and_overrides")
    found = {(row.round_id, row.code): (row.state, row.laboratory, row.point_id) for row in Bag.objects.all()}
    assert found == {
        (first.pk, "B-17"): ("received", "LAB1", place.pk), (first.pk, "B-18"): ("open", "", place.pk),
        (following.pk, "B-17"): ("closed", "", there.pk),
    }  # fmt: skip
    assert Deadline.objects.get().subject_id == str(Bag.objects.get(round=first, code="B-17").pk)
    assert Trail.objects.get(code="T1").sealed_at is None  # told in the other round only
    assert TubeEvent.objects.count() == 6
    assert tube_facts_stand(NOW).offenders == []
