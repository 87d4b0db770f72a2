"""Phones away for days, clocks that are wrong, a disk that is full: nothing captured is lost or counted twice."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from lazaretto.core import clock
from lazaretto.core.duties import DUTIES
from lazaretto.core.ids import new_id
from lazaretto.core.models import JournalEntry
from lazaretto.field.commands import forget_told
from lazaretto.field.duties import forget
from lazaretto.field.models import Told
from lazaretto.field.tests.phones import phone, swab
from lazaretto.screening.models import CountDelta, DuplicateScan, RosterEntry, Round, Scan, Upload
from lazaretto.screening.proofs import scans_balance
from lazaretto.screening.queries.covering import coverage
from lazaretto.screening.tests.rounds import opened, over, point
from lazaretto.tubes.models import Trail
from tests.cast import gather

MOST, DAY, HOUR = 200, timedelta(days=1), timedelta(hours=1)


def batches(scans, size=MOST):
    return [scans[start : start + size] for start in range(0, len(scans), size)]


def balanced() -> bool:
    """Scans that came = scans that count + scans that are kept with their reason."""
    came = sum(Upload.objects.values_list("received", flat=True))
    return came == Scan.objects.count() + DuplicateScan.objects.count() and not scans_balance(clock.now()).offenders


def moved_to(monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)


def queue_of(people, begun, *, pace=timedelta(seconds=20)):
    """What a phone captured of people 1 to n, in tubes of ten."""
    return [
        swab(nth + 1, tube=f"Q{nth // 10:04}", slot=nth % 10 + 1, at=(begun + (nth + 1) * pace).isoformat())
        for nth in range(people)
    ]  # fmt: skip


def entries(of: Round, more: int) -> None:
    """So many more on the roster of a round, without a headcount behind each."""
    entry = RosterEntry.objects.filter(round=of).order_by("-number").first()
    fresh = [
        RosterEntry(round=of, number=of.entries + nth, member=entry.member, organisation=entry.organisation)
        for nth in range(1, more + 1)
    ]
    RosterEntry.objects.bulk_create(fresh)
    share = of.shares.get(organisation=entry.organisation)
    type(share).objects.filter(pk=share.pk).update(people=share.people + more)
    Round.objects.filter(pk=of.pk).update(entries=of.entries + more)
    of.refresh_from_db()


@pytest.mark.django_db
def test_a_phone_that_was_away_for_three_days_brings_four_thousand_scans_at_once(cast, monkeypatch):
    of, place = opened(cast, people=10)
    entries(of, 3_989)
    begun = clock.now()
    made = phone(cast, place)
    captured = queue_of(4_000, begun)
    over(of)
    came = begun + 3 * DAY
    moved_to(monkeypatch, came)
    kept = [str(new_id()) for _batch in batches(captured)]
    for batch, scans in zip(kept, batches(captured), strict=True):
        answer = made.send(*scans, batch=batch, queue=len(captured)).json()["answer"]
        assert (answer["received"], answer["taken"], answer["late"]) == (MOST, MOST, True)
    for batch, scans in zip(kept[::5], batches(captured)[::5], strict=True):  # the network went away before the answer
        assert made.send(*scans, batch=batch).json()["answer"]["taken"] == MOST
    again = made.send(*captured[:MOST]).json()["answer"]  # the phone forgot that it had sent them
    assert (again["taken"], {one["reason"] for one in again["duplicates"]}) == (0, {"same_scan"})

    assert (Scan.objects.count(), DuplicateScan.objects.count(), Upload.objects.count()) == (4_000, MOST, 21)
    times = dict(Scan.objects.filter(round=of).values_list("number", "taken_at"))
    assert times == {scan["number"]: begun + scan["number"] * timedelta(seconds=20) for scan in captured}
    assert coverage(of).missing == 0
    assert {row.hour for row in CountDelta.objects.all()} <= {
        (begun + nth * HOUR).replace(minute=0, second=0, microsecond=0) for nth in range(24)
    }, "counted in the hour of the swab, not of the upload"
    assert balanced()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [timedelta(hours=-7), timedelta(hours=5, minutes=30)])
def test_a_phone_whose_clock_is_hours_off_is_put_right_by_what_it_says_as_it_sends(cast, wrong):
    of, place = opened(cast)
    made = phone(cast, place)
    now = clock.now()
    body = {
        "batch": str(new_id()), "sent_at": (now + wrong).isoformat(),
        "scans": [swab(number, at=(now + wrong - number * HOUR / 6).isoformat()) for number in (1, 2, 3)],
    }  # fmt: skip
    answer = made.ask("uploads", body).json()["answer"]
    assert abs(answer["skew_seconds"] + wrong.total_seconds()) < 60
    sealed = {"id": str(new_id()), "kind": "sealed", "at": (now + wrong - HOUR / 6).isoformat(), "tube": "T1"}
    told = {"batch": str(new_id()), "sent_at": (now + wrong).isoformat(), "events": [sealed]}
    assert made.ask("events", told).json()["answer"]["taken"] == 1
    for number, taken_at in Scan.objects.filter(round=of).values_list("number", "taken_at"):
        assert abs(taken_at - (now - number * HOUR / 6)) < timedelta(minutes=1), "as if its clock had been right"
    assert abs(Trail.objects.get(pk="T1").sealed_at - (now - HOUR / 6)) < timedelta(minutes=1)
    assert balanced()


@pytest.mark.django_db
def test_the_same_batch_from_two_phones_of_a_point_counts_once(cast):
    _of, place = opened(cast)
    one, two = phone(cast, place), phone(cast, place, nth=1, table=2, label="8")
    batch, scans = str(new_id()), [swab(1), swab(2)]
    first = one.send(*scans, batch=batch)
    second = two.send(*scans, batch=batch)
    assert second.json()["answer"] == first.json()["answer"]
    assert (Scan.objects.count(), Upload.objects.count(), Told.objects.count()) == (2, 1, 1)
    other = two.send(*scans)  # under a number of its own they are known one by one
    assert {kept["reason"] for kept in other.json()["answer"]["duplicates"]} == {"same_scan"}
    assert balanced()


@pytest.mark.django_db
def test_a_tube_scanned_at_two_points_belongs_to_the_first_and_the_other_is_told(cast):
    of, place = opened(cast)
    one, two = phone(cast, place), phone(cast, point(cast, of, "P2"), nth=1)
    assert one.send(swab(1, tube="X1")).json()["answer"]["taken"] == 1
    answer = two.send(swab(2, tube="X1"), swab(3, tube="X2")).json()["answer"]
    assert (answer["taken"], [kept["reason"] for kept in answer["duplicates"]]) == (1, ["tube_other_point"])
    assert Scan.objects.filter(round=of, number=2).count() == 0, "they are not tested, and stand among the missing"
    assert DuplicateScan.objects.get().tube == "X1"
    assert balanced()


# ---- no room


def sent(made, scans, batch):
    """As the page of the phone sends it."""
    body = {"batch": batch, "sent_at": clock.now().isoformat(), "scans": scans}
    headers = {"Authorization": f"Bearer {made.token}", "X-Sent-At": clock.now().isoformat()}
    return Client().post(
        "/field/api/uploads", json.dumps(body), content_type="application/json",
        headers={**headers, "Accept": "application/json"},
    )  # fmt: skip


def stands() -> tuple[int, ...]:
    tables = (Scan, DuplicateScan, Upload, CountDelta, JournalEntry)
    return tuple(table.objects.count() for table in tables)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_full_disk_is_said_keeps_nothing_half_and_takes_the_same_batch_once_there_is_room():
    cast = gather()
    of, place = opened(cast, people=10)
    entries(of, 3_989)
    made, left = phone(cast, place), batches(queue_of(4_000, clock.now()))
    with connection.cursor() as cursor:
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute("PRAGMA max_page_count = 1")  # no page more than there are
    try:
        for scans in left:
            batch, before = str(new_id()), stands()
            answer = sent(made, scans, batch)
            if answer.status_code != 200:
                break
        assert (answer.status_code, answer.json()["code"]) == (503, "no_room")
        assert answer.headers["Retry-After"] == "60"
        assert stands() == before, "nothing of it is there"
        assert sent(made, scans, batch).status_code == 503, "and it does not get tired of being asked"
        assert coverage(of).expected == 4_000, "what is known can be read"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")
    assert sent(made, scans, batch).json()["answer"]["taken"] == MOST
    assert sent(made, scans, batch).json()["answer"]["taken"] == MOST, "the same answer"
    assert Scan.objects.filter(round=of, number__in=[scan["number"] for scan in scans]).count() == MOST
    assert balanced()


class Full(psycopg.errors.DiskFull):
    """As the driver raises it: SQLSTATE 53100."""


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["screening_upload", "screening_scan", "screening_countdelta", "core_journalentry"])
def test_a_full_disk_of_a_server_is_named_wherever_it_is_met(cast, written):
    of, place = opened(cast)
    made, scans, batch, before = phone(cast, place), [swab(1), swab(2)], str(new_id()), stands()

    def no_room(execute, sql, params, many, context):
        if f'INTO "{written}"' in sql or f"INTO {written}" in sql:
            raise OperationalError("could not extend file") from Full("could not extend file")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(no_room):
        answer = sent(made, scans, batch)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_room"), written
    assert stands() == before
    assert sent(made, scans, batch).json()["answer"]["taken"] == 2
    assert coverage(of).tested == 2


@pytest.mark.django_db
def test_a_page_says_that_there_is_no_room(cast):
    _of, place = opened(cast)
    client = Client()
    client.force_login(cast.duty_officer.user)

    def no_room(execute, sql, params, many, context):
        if 'INSERT INTO "field_device"' in sql:
            raise OperationalError("full") from Full("full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(no_room):
        answer = client.post(f"/points/{place.pk}/enrol", {"table": 1, "label": "7"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "no_room" in answer.content.decode()
    assert not place.devices.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["closed", "cancelled"])
def test_what_phones_told_each_other_goes_two_weeks_after_the_round_and_the_scans_stay(cast, end):
    of, place = opened(cast)
    made = phone(cast, place)
    for number in (1, 2, 3):
        assert made.send(swab(number, tube=f"T{number}")).status_code == 200
    at = clock.now()
    assert forget(at + 400 * DAY) == 0, "as long as the round is open its phones need it"
    ended = {"closed_at": at} if end == "closed" else {"cancelled_at": at, "reason": "暴雨"}
    Round.objects.filter(pk=of.pk).update(state=end, **ended)
    assert forget(at + 14 * DAY) == 0
    assert forget_told(over_before=at + DAY, piece=2) == 2, "a bounded piece of work"
    assert forget(at + 15 * DAY) == 1
    assert (Told.objects.count(), Scan.objects.count()) == (0, 3)
    assert balanced()
    assert "field.forget_told" in DUTIES
