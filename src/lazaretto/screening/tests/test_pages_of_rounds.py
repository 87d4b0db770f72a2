"""Pages of mass testing: a round is prepared and begun on them, watched, and who is missing is called."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.screening import queries
from lazaretto.screening.models import Point, Round
from lazaretto.screening.queries import progress
from lazaretto.screening.queries.parts import parts
from lazaretto.screening.rules import falls_behind, pace
from lazaretto.screening.tests.rounds import enterprise, opened, point, scan, send
from tests.factories import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_a_round_is_prepared_and_begun_on_its_page(cast):
    client, unit = cast.duty_officer.client, cast.site.unit
    enterprise(unit, "A公司", range(1, 4))
    form = {"unit": unit.pk, "name": "第一轮", "opens_at": "2026-11-21T10:00", "deadline_at": "2026-11-21T18:00"}
    wrong = client.post(reverse("screening:rounds"), {**form, "tube_rule": "10", "deadline_at": "2026-11-21T09:00"})
    assert wrong.status_code == 422
    assert "第一轮" in wrong.content.decode()
    made = client.post(reverse("screening:rounds"), {**form, "tube_rule": "10"})
    of = Round.objects.get()
    home = reverse("screening:round", args=[of.pk])
    assert made.headers["Location"] == home
    assert client.post(reverse("screening:freeze", args=[of.pk])).status_code == 302
    client.post(reverse("screening:open", args=[of.pk]))
    assert "本轮没有开放的采样点" in client.get(home).content.decode()
    points = reverse("screening:add_point", args=[of.pk])
    hours = {"code": "P1", "name": "体育馆", "tables": "4", "opens": "07:00"}
    assert client.post(points, {**hours, "closes": "07:00"}).status_code == 422
    assert client.post(points, {**hours, "closes": "20:00"}).status_code == 302
    client.post(reverse("screening:open", args=[of.pk]))
    of.refresh_from_db()
    assert (of.state, of.entries) == ("open", 3)
    place = Point.objects.get()
    for step, state in (("close", "closed"), ("open", "open")):
        client.post(reverse("screening:point_step", args=[place.pk, step]))
        place.refresh_from_db()
        assert place.state == state
    assert client.post(reverse("screening:point_step", args=[place.pk, "paint"])).status_code == 404
    twice = client.post(reverse("screening:freeze", args=[of.pk]))  # pressed again: said on the page, no error page
    assert twice.headers["Location"] == home
    assert "名册" in client.get(home).content.decode()


def test_the_same_form_sent_twice_makes_one_round_and_a_round_is_cancelled_on_its_page(cast):
    client, unit = cast.duty_officer.client, cast.site.unit
    form = {"unit": unit.pk, "name": "第一轮", "opens_at": "2026-11-21T10:00", "deadline_at": "2026-11-21T18:00"}
    form |= {"tube_rule": "10", "client_id": str(new_id())}
    answers = [client.post(reverse("screening:rounds"), form).headers["Location"] for _time in range(2)]
    assert answers[0] == answers[1]
    of = Round.objects.get()
    client.post(reverse("screening:rounds"), {**form, "name": "第二轮"})  # changed: another round
    assert Round.objects.count() == 2
    assert unit.parent is None or unit.parent.name in client.get(reverse("screening:rounds")).content.decode()
    cancel, home = (reverse(f"screening:{name}", args=[of.pk]) for name in ("cancel", "round"))
    client.post(cancel, {"reason": ""})
    assert client.post(cancel, {"reason": "暴雨"}).headers["Location"] == home
    assert "暴雨" in client.get(home).content.decode()


def test_who_is_missing_is_seen_by_name_and_called_by_number(cast):
    of, place = opened(cast)
    Member.objects.filter(name="员工002").update(phone="13800001111")
    Organisation.objects.filter(name="A公司").update(contact="宗主管", contact_phone="13900002222")
    send(cast, place, scan(1), scan(3))
    missing, numbers = (reverse(f"screening:{name}", args=[of.pk]) for name in ("missing", "numbers"))
    page = cast.duty_officer.client.get(missing).content.decode()
    assert "员工002" in page
    assert "员工001" not in page
    assert "13800001111" not in page
    assert "员**" in cast.auditor.client.get(missing).content.decode()
    before = JournalEntry.objects.filter(command="screening.call_missing").count()
    told = cast.duty_officer.client.post(numbers).content.decode()
    assert 'href="tel:13800001111"' in told
    assert JournalEntry.objects.filter(command="screening.call_missing").count() == before + 1
    home = Organisation.objects.get(name="A公司")
    asked = {"organisation": str(home.pk), "as": "xlsx"}
    sheet = cast.duty_officer.client.post(numbers, asked)
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["员工002", "员工004", "员工005", "员工006"]
    assert (rows[1][5], rows[1][6]) == ("13800001111", "宗主管 13900002222")
    assert cast.duty_officer.client.get(numbers).headers["Location"] == missing  # back from a change of language
    assert cast.medic.client.post(numbers).status_code == 403
    assert cast.duty_officer.client.post(numbers, {"organisation": "x"}).status_code == 404


def test_the_screens_say_how_far_how_fast_and_which_point_falls_behind(cast):
    of, place = opened(cast)
    slow = point(cast, of, "P2")
    at = NOW + HOUR
    send(cast, place, scan(1), scan(2), scan(3), at=NOW + HOUR / 4)
    send(cast, place, scan(4, slot=4), at=NOW + HOUR / 2)
    seen = progress(of, at=at)
    assert (seen.coverage.tested, seen.coverage.missing, seen.share) == (4, 3, 57)
    assert (seen.pace.per_hour, seen.pace.finish, seen.late) == (4, at + HOUR * 3 / 4, False)
    assert [(row.point.code, row.behind) for row in seen.points] == [("P1", False), (slow.code, True)]
    assert progress(of, at=of.deadline_at + HOUR).late
    for name in ("round", "wall"):
        page = cast.medic.client.get(reverse(f"screening:{name}", args=[of.pk])).content.decode()
        assert "57" in page
    night, early = progress(of, at=at + HOUR * 12), progress(of, at=NOW + HOUR / 3)
    assert (night.working, night.pace.finish, early.pace.finish) == (False, None, None)  # nothing is foretold
    home = Organisation.objects.get(name="A公司")
    Member.objects.filter(name="员工001").update(section="装配")
    assert [(part.name, part.expected, part.tested) for part in parts(of, home, "section")] == [("", 6, 4)]
    page = cast.medic.client.get(reverse("screening:enterprise", args=[of.pk, home.pk])).content.decode()
    assert "A公司" in page


def test_pages_ask_as_often_for_many_as_for_few(cast):
    of, place = opened(cast)
    home = Organisation.objects.get(name="A公司")
    pages = [
        reverse("screening:rounds"), reverse("screening:enterprise", args=[of.pk, home.pk]),
        *(reverse(f"screening:{name}", args=[of.pk]) for name in ("round", "wall", "missing")),
    ]  # fmt: skip

    def queries() -> list[int]:
        counted = []
        for address in pages:
            with CaptureQueriesContext(connection) as asked:
                assert cast.duty_officer.client.get(address).status_code == 200
            counted.append(len(asked))
        return counted

    queries()  # what a roster says of itself is asked once
    before = queries()
    for number in range(2, 20):
        point(cast, of, f"Q{number}")
    send(cast, place, scan(1), scan(2), scan(101 - 94))
    assert queries() == before


def test_a_code_of_the_enterprise_in_the_address_is_looked_for_in_this_round_only(cast):
    of, _place = opened(cast)
    other = enterprise(cast.site.unit, "后来的公司")
    missing = reverse("screening:missing", args=[of.pk])
    for said in (other.pk, "x", ""):
        status = cast.duty_officer.client.get(f"{missing}?{urlencode({'organisation': said})}").status_code
        assert status == (404 if said else 200)


def test_when_only_those_who_did_not_come_are_left_no_finish_is_foretold(cast, monkeypatch):
    of, place = opened(cast, people=60)
    send(cast, place, *(scan(n, tube=f"T{n // 10}", slot=n % 10 + 1, at=NOW + HOUR / 4) for n in range(1, 55)),
         at=NOW + HOUR / 2)  # fmt: skip
    assert progress(of, at=NOW + HOUR).pace.finish is not None
    send(cast, place, scan(55, tube="T9", slot=1, at=NOW + 3 * HOUR), at=NOW + 3 * HOUR)
    at = NOW + 3 * HOUR + HOUR / 3
    seen = progress(of, at=at)
    assert (seen.no_shows, seen.pace.finish, seen.coverage.missing) == (True, None, 6)
    assert not any(row.behind for row in seen.points), "nobody stands there"
    monkeypatch.setattr(clock, "now", lambda: at)
    client = cast.medic.client
    assert "只剩未到人员：6 人" in client.get(reverse("screening:round", args=[of.pk])).content.decode()
    assert "只剩未到人员：6" in client.get(reverse("screening:wall", args=[of.pk])).content.decode()
    monkeypatch.setattr(queries, "_AWAITED", [lambda _of, _at: True])
    assert not progress(of, at=at).no_shows, "somebody's slot is still to come"


def test_a_very_low_pace_foretells_no_date(cast, monkeypatch):
    of, place = opened(cast, people=600)
    send(cast, place, scan(1, at=NOW + HOUR / 4), at=NOW + HOUR / 4)
    at = NOW + HOUR
    seen = progress(of, at=at)
    assert (seen.far, seen.late) == (True, True)
    monkeypatch.setattr(clock, "now", lambda: at)
    for name, said in (("round", "按此速度无法在截止前完成"), ("wall", "按此速度无法按时完成")):
        page = cast.medic.client.get(reverse(f"screening:{name}", args=[of.pk])).content.decode()
        assert said in page
        assert seen.pace.finish.strftime("%m-%d") not in page
    Round.objects.filter(pk=of.pk).update(deadline_at=seen.pace.finish - 24 * HOUR)
    of.refresh_from_db()
    assert (progress(of, at=at).far, progress(of, at=at).late) == (False, True), "a day later is foretold still"


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (HOUR / 4, "开始半小时后才预计完成时间"), (HOUR * 2, "最近一小时没有人采样"),
        (HOUR * 5, "截止时间已过"), (HOUR * 14, "此时没有采样点开放"),
    ],
)  # fmt: skip
def test_where_no_finish_is_foretold_the_wall_says_why_as_the_round_does(cast, monkeypatch, later, said):
    of, place = opened(cast, people=60)
    send(cast, place, scan(1, at=NOW + HOUR / 8), at=NOW + HOUR / 8)
    deadline = NOW + (4 if later == HOUR * 5 else 40) * HOUR
    Round.objects.filter(pk=of.pk).update(deadline_at=deadline)
    monkeypatch.setattr(clock, "now", lambda: NOW + later)
    for name in ("round", "wall"):
        assert said in cast.medic.client.get(reverse(f"screening:{name}", args=[of.pk])).content.decode(), name


PEOPLE = st.dictionaries(st.integers(0, 12), st.integers(0, 500), max_size=12)


@pytest.mark.parametrize(("people", "finish"), [({}, None), ({NOW: 60}, NOW + HOUR * 3 / 2)])
def test_a_pace_is_what_the_last_hour_says(people, finish):
    assert pace(people, since=NOW, now=NOW + HOUR / 2, remaining=120).finish == finish


@given(PEOPLE, st.integers(0, 10_000), st.integers(0, 700))
def test_a_prediction_never_lies_in_the_past_and_comes_sooner_with_fewer_left(by_hour, remaining, minutes):
    hours = {NOW + HOUR * hour: people for hour, people in by_hour.items()}
    now = NOW + timedelta(minutes=minutes)
    going = pace(hours, since=NOW, now=now, remaining=remaining)
    if going.finish is not None:
        assert going.finish >= now
        fewer = pace(hours, since=NOW, now=now, remaining=remaining // 2).finish
        assert fewer is not None
        assert fewer <= going.finish


def test_a_single_point_is_never_behind_and_the_slow_one_of_three_is():
    assert falls_behind({"a": 0}) == set()
    assert falls_behind({"a": 60, "b": 55, "c": 20}) == {"c"}


def test_only_areas_with_headcounts_are_offered_the_widest_first(cast):
    site, other = cast.site.unit, cast.other_site.unit
    team = Unit.objects.create(parent=site, kind="team", code="AAA", name="采样组", started_at=NOW)
    address = reverse("screening:rounds")

    def offered() -> list[str]:
        return [
            str(label) for _key, label in cast.duty_officer.client.get(address).context["form"].fields["unit"].choices
        ]

    assert any("采样组" in label for label in offered()), "as long as nobody has a headcount, all of them"
    enterprise(site, "A公司", [1])
    names = offered()
    assert [label.partition(" · ")[0] for label in names] == [site.parent.name, site.name]
    assert names[1] == f"{site.name} · {site.parent.name}"
    form = {"unit": team.pk, "name": "第一轮", "opens_at": "2026-11-21T10:00", "deadline_at": "2026-11-21T18:00"}
    assert cast.duty_officer.client.post(address, {**form, "tube_rule": "10"}).status_code == 422
    enterprise(other, "B公司", [2])
    assert len(offered()) == 3


def test_a_point_added_while_the_round_is_looked_at_breaks_nothing(cast, monkeypatch):
    of, place = opened(cast)
    send(cast, place, scan(1))
    by_hour = queries._by_hour

    def meanwhile(found):
        point(cast, of, "P2")
        return by_hour(found)

    monkeypatch.setattr(queries, "_by_hour", meanwhile)
    assert [(row.point.code, row.tested) for row in progress(of, at=NOW).points] == [("P1", 1)]
    assert of.points.count() == 2
