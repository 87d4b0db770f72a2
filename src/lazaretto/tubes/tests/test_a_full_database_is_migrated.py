"""Bags of before are keyed by their round: those that two rounds used become two, and nothing that was told is lost."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from lazaretto.core.ids import new_id
from lazaretto.core.models import Deadline
from lazaretto.screening.tests.rounds import open_one, opened
from lazaretto.tubes import commands
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.models import Absence, Bag, Recall, Trail, TubeEvent
from lazaretto.tubes.proofs import tube_facts_stand
from tests.cast import gather
from tests.factories import NOW

LAST = "0009_tubes_of_sites"


def migrate(name: str):
    executor = MigrationExecutor(connection)
    executor.migrate([("tubes", name)])
    return MigrationExecutor(connection).loader.project_state([("tubes", name)]).apps


def test_the_last_migration_is_the_one_that_is_tested():
    leaves = MigrationLoader(None).graph.leaf_nodes("tubes")
    assert leaves == [("tubes", LAST)]


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
        migrate(LAST)
    found = {(row.round_id, row.code): (row.state, row.laboratory, row.point_id) for row in Bag.objects.all()}
    assert found == {
        (first.pk, "B-17"): ("received", "LAB1", place.pk), (first.pk, "B-18"): ("open", "", place.pk),
        (following.pk, "B-17"): ("closed", "", there.pk),
    }  # fmt: skip
    assert Deadline.objects.get().subject_id == str(Bag.objects.get(round=first, code="B-17").pk)
    assert Trail.objects.get(code="T1").sealed_at is None  # told in the other round only
    assert TubeEvent.objects.count() == 6
    assert tube_facts_stand(NOW).offenders == []


@pytest.mark.django_db(transaction=True)
def test_calls_and_reasons_of_before_stay_and_new_ones_come_beside_them():
    cast = gather()
    of, _place = opened(cast)
    try:
        old = migrate("0002_results")
        called = old.get_model("tubes", "Recall").objects.create(
            id=new_id(), round_id=of.pk, tube="T1", number=1, raised_at=NOW, due_at=NOW, reached_at=NOW
        )
        old.get_model("tubes", "RecallCall").objects.create(recall_id=called.pk, at=NOW, reached=True, words="在宿舍")
        old.get_model("tubes", "Absence").objects.create(
            round_id=of.pk, number=5, kind="missing", reason="未到", by_id=cast.duty_officer.user.pk, at=NOW
        )
    finally:
        migrate(LAST)
    row = Recall.objects.get()
    assert (row.overridden, [(call.reached, call.said, call.words) for call in row.calls.all()]) == (
        False, [(True, "", "在宿舍")],
    )  # fmt: skip
    assert Absence.objects.holding().get().reason == "未到"
    said = {"test_round": of, "numbers": [5], "kind": AbsenceKind.EXCUSED, "reason": "住院"}
    commands.name_absent(actor=cast.duty_officer.actor, at=NOW, **said)
    assert [(one.reason, one.superseded_at is None) for one in Absence.objects.order_by("id")] == [
        ("未到", False), ("住院", True),
    ]  # fmt: skip
