"""How long each leg of a tube's way took, beside what is promised; what still waits is not hidden by what is done."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lazaretto.core import clock
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.deciding.queries.sources import found_in
from lazaretto.screening.tests.rounds import opened, point, scan, send
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.models import Bag, Laboratory, Trail
from lazaretto.tubes.queries.turnaround import STEP, Took, turnaround
from lazaretto.tubes.report import as_xlsx, report_of
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import HOUR, MINUTE, brought, laboratory, seen, tell
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def legs(of):
    return {one.leg.code: one for one in turnaround(of)}


def test_each_leg_is_timed_by_its_place_and_the_late_ones_are_counted(cast):
    of, place = opened(cast)
    other, slow = point(cast, of, code="P2"), laboratory(cast, "LAB2")
    Laboratory.objects.filter(pk=slow.pk).update(hours=2)
    send(cast, place, scan(1), scan(2, tube="T2"), at=NOW)
    send(cast, other, scan(3, tube="T3"), at=NOW)
    tell(
        cast, place, seen("bagged", tube="T1", bag="B1"), seen("bag_closed", bag="B1", count=1),
        seen("handed_over", bag="B1", to="车1", at=NOW + HOUR), at=NOW + HOUR,
    )  # fmt: skip
    tell(cast, None, seen("arrived", bag="B1", to="LAB2", at=NOW + 4 * HOUR), of=of, at=NOW + 4 * HOUR)
    report(cast, of, slow, ["T1", "阴性"], at=NOW + 7 * HOUR)
    follow_round(of, at=NOW + 7 * HOUR)
    found = legs(of)
    table, courier, result, whole = (found[code] for code in ("table", "courier", "result", "whole"))
    assert [(one.name, one.done, one.half, one.waiting, one.oldest) for one in table.parts] == [
        ("P1 体育馆", 1, HOUR, 1, NOW), ("P2 体育馆", 0, None, 1, NOW),
    ]  # fmt: skip
    assert (table.all.done, table.all.waiting, table.late) == (1, 2, 0)
    assert (courier.all.most, courier.late) == (3 * HOUR, 1)
    assert [(one.name, one.promised, one.longest, one.late) for one in result.parts] == [
        ("LAB2 检测所", 2 * HOUR, 3 * HOUR, 1)
    ]
    assert (result.late, result.all.late) == (1, 0)  # by its own two hours, not by the usual twenty-four
    assert (whole.all.longest, whole.all.waiting) == (7 * HOUR, 2)


def test_steps_after_a_positive_are_timed_too(cast):
    of, place = opened(cast)
    lab = laboratory(cast)
    send(cast, place, scan(1), scan(2))
    brought(cast, place, "T1")
    report(cast, of, lab, ["T1", "阳性", "30", "31"], at=NOW + HOUR)
    found = legs(of)
    assert [(found[code].all.waiting, found[code].all.oldest) for code in ("recheck", "retest")] == [
        (1, NOW + HOUR), (2, NOW + HOUR),
    ]  # fmt: skip
    recheck(cast, of, lab, ["T1", "阳性", "30", "31"], at=NOW + 8 * HOUR)
    again = legs(of)["recheck"]
    assert (again.all.done, again.all.longest, again.late, again.all.waiting) == (1, 7 * HOUR, 1, 0)


def test_a_tube_that_was_rejected_waits_for_nothing_and_two_clocks_make_no_time_less_than_none(cast):
    of, place = opened(cast)
    send(cast, place, scan(1), scan(2, tube="T2"))
    brought(cast, place, "T1", at=NOW - 3 * MINUTE)
    tell(cast, place, seen("rejected", tube="T2", reason="漏"))
    follow_round(of, at=NOW)
    table = legs(of)["table"]
    assert (table.all.steps, table.all.waiting) == ({0: 1}, 0)


def test_it_asks_as_often_for_many_tubes_as_for_one(cast):
    of, place = opened(cast)
    with CaptureQueriesContext(
        connection,
    ) as few:
        turnaround(of)
    Bag.objects.create(code="B", round=of, point=place)
    Trail.objects.bulk_create(
        Trail(code=f"T{n}", round=of, point=place, opened_at=NOW, bag="B", bagged_at=NOW) for n in range(60)
    )
    with CaptureQueriesContext(connection) as many:
        turnaround(of)
    assert len(few) == len(many) == 9


@given(st.lists(st.integers(0, 400), min_size=1))
def test_half_and_nine_of_ten_are_what_a_sorted_list_says(steps):
    took = Took("", timedelta(hours=4))
    for step in steps:
        took.add(step, 1, None)
    line = sorted(steps)
    assert took.half == line[(len(line) + 1) // 2 - 1] * STEP
    assert took.most == line[-(-len(line) * 9 // 10) - 1] * STEP
    assert took.late == sum(step > 48 for step in steps)


def test_the_page_the_report_and_the_api_say_it_to_whoever_may_read(cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW + HOUR)
    of, place = opened(cast)
    lab = laboratory(cast)
    page = reverse("tubes:turnaround", args=[of.pk])
    assert "还没有采样管" in cast.duty_officer.client.get(page).content.decode()
    send(cast, place, scan(1), scan(2, tube="T2"))
    brought(cast, place, "T1")
    report(cast, of, lab, ["T1", "阴性"], at=NOW + 50 * MINUTE)
    shown = cast.duty_officer.client.get(page).content.decode()
    assert "50 分" in shown
    assert "LAB1 检测所" in shown
    assert cast.outsider.client.get(page).status_code == 404
    said = cast.duty_officer.client.get(f"/api/v1/tubes/rounds/{of.pk}/turnaround").json()
    result = next(one for one in said if one["leg"] == "result")
    assert (result["all"]["done"], result["all"]["longest"], result["parts"][0]["name"]) == (1, 50, "LAB1 检测所")
    book = load_workbook(io.BytesIO(as_xlsx(report_of(cast.duty_officer.actor, of, at=NOW + HOUR))))
    assert {"按采样点", "按小时", "周转时间"} <= set(book.sheetnames)


def test_a_tube_that_came_without_a_bag_has_a_deadline_too(cast):
    of, place = opened(cast)
    laboratory(cast)
    send(cast, place, scan(1))
    tell(cast, None, seen("received", tube="T1", to="LAB1"), of=of)
    follow_round(of, at=NOW + HOUR)
    due = Deadline.objects.get(kind="tubes.result", state=DeadlineState.OPEN)
    assert (due.subject_id, due.due_at) == (str(of.pk), NOW + 24 * HOUR)
    page = cast.duty_officer.client.get
    assert page(reverse("tubes:round", args=[of.pk])).status_code == 200
    late = found_in(of, at=NOW + 25 * HOUR)
    assert [kind for kind, _subject in late] == ["late"]
    Laboratory.objects.update(hours=2)
    follow_round(of, at=NOW + HOUR)
    due.refresh_from_db()
    assert due.due_at == NOW + 2 * HOUR
    report(cast, of, Laboratory.objects.get(), ["T1", "阴性"], at=NOW + HOUR)
    follow_round(of, at=NOW + HOUR)
    due.refresh_from_db()
    assert due.state == DeadlineState.MET
