"""The page that says when an area is tested again, the form that prepares it, what alarms say."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.cadence.models import SetDay
from lazaretto.cadence.tests.series import DAY, HOUR, follow, held, in_force, with_points
from lazaretto.core import clock
from lazaretto.core.deadlines import sweep
from lazaretto.core.models import JournalEntry
from lazaretto.screening.models import Round
from lazaretto.screening.tests.rounds import DEADLINE, opened, scan, send
from tests.factories import NOW

AREAS = "/testing/next"


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def shown(client, address: str) -> str:
    found = client.get(address)
    assert found.status_code == 200
    return found.content.decode()


def filled(client, address: str) -> dict:
    """What the form of a page would send as it is."""
    form = client.get(address).context["form"]
    sent = {}
    for name, field in form.fields.items():
        value = form[name].value()
        shown_as = "on" if value is True else field.widget.format_value(value)
        sent[name] = shown_as[0] if isinstance(shown_as, list) else shown_as
    return {name: value for name, value in sent.items() if value is not None}


def test_the_list_says_when_why_and_by_which_rule(cast):
    client = cast.duty_officer.client
    assert "近期没有开展检测的区域" in shown(client, AREAS)
    in_force()
    for days in (4, 3, 2):
        held(cast.site.unit, days)
    page = shown(client, AREAS)
    for words in ("2026-11-23", "连续无阳性 3 轮（应 3 轮）；间隔 3 天后再测一轮", "新冠肺炎疫情防控核酸检测实施办法"):
        assert words in page
    assert cast.site.unit.name not in shown(cast.outsider.client, AREAS)
    assert reverse("cadence:areas") in shown(client, reverse("screening:rounds")), "the list of rounds has it as a part"


def test_the_next_round_is_prepared_by_one_press(cast):
    in_force()
    with_points(held(cast.site.unit, 0, state="open"), "P1", "P2", closed="P2")
    address = reverse("cadence:prepare", args=[cast.site.unit.pk])
    form = filled(cast.duty_officer.client, address)
    assert (form["opens_at"], form["deadline_at"]) == ("2026-11-22T10:00", "2026-11-22T18:00")
    sent = [cast.duty_officer.client.post(address, form).headers["Location"] for _time in range(2)]
    made = Round.objects.get(number=2)
    assert sent == [reverse("screening:round", args=[made.pk])] * 2, "the same form sent twice makes one"
    assert (made.opens_at, made.points.count()) == (NOW + DAY, 2)
    page = shown(cast.duty_officer.client, sent[0])
    assert "P2" in page
    assert "已安排 11-22 10:00" in shown(cast.duty_officer.client, AREAS)
    assert "已在准备" in shown(cast.duty_officer.client, address)
    again = {**filled(cast.duty_officer.client, address), "name": "再一轮"}
    assert cast.duty_officer.client.post(address, again).status_code == 422, "somebody prepared it"
    assert cast.duty_officer.client.post(address, {**again, "another": "on"}).status_code == 302
    assert Round.objects.count() == 3


def test_a_later_day_is_refused_without_a_reason_and_keeps_what_was_typed(cast):
    in_force()
    held(cast.site.unit, 0, state="open")
    address = reverse("cadence:prepare", args=[cast.site.unit.pk])
    form = {**filled(cast.duty_officer.client, address), "name": "第二轮"}
    form |= {"opens_at": "2026-11-24T08:00", "deadline_at": "2026-11-24T18:00"}
    refused = cast.duty_officer.client.post(address, form)
    assert refused.status_code == 422
    for words in ("第二轮", "晚于该区域下一轮应开展日期"):
        assert words in refused.content.decode()
    assert cast.duty_officer.client.post(address, {**form, "reason": "台风"}).status_code == 302
    made = Round.objects.get(number=2)
    told = cast.medic.client.get(f"/api/v1/screening/rounds/{made.pk}/plan").json()
    assert (told["due_on"], told["late"], told["reason"], told["pack_tubes"]) == ("2026-11-22", True, "台风", "10")
    page = shown(cast.duty_officer.client, reverse("screening:round", args=[made.pk]))
    assert "应于 2026-11-22 开展，实际安排较晚：台风" in page
    backwards = {**form, "deadline_at": "2026-11-24T07:00"}
    assert cast.duty_officer.client.post(address, backwards).status_code == 422


def test_the_plain_form_asks_for_the_reason_too(cast):
    in_force()
    held(cast.site.unit, 0, state="open")
    form = {"unit": cast.site.unit.pk, "name": "第二轮", "tube_rule": "10"}
    form |= {"opens_at": "2026-11-24T08:00", "deadline_at": "2026-11-24T18:00"}
    refused = cast.duty_officer.client.post(reverse("screening:rounds"), form)
    assert (refused.status_code, "推迟事由" in refused.content.decode()) == (422, True)
    assert cast.duty_officer.client.post(reverse("screening:rounds"), {**form, "apart": "on"}).status_code == 302
    assert cast.duty_officer.client.post(reverse("screening:rounds"), {**form, "reason": "台风"}).status_code == 302
    assert JournalEntry.objects.filter(command="screening.draft_round", reason="台风").exists()


def test_the_day_is_set_otherwise_for_a_reason(cast):
    held(cast.site.unit, 1)
    address = reverse("cadence:set_day", args=[cast.site.unit.pk])
    assert cast.duty_officer.client.post(address, {"on": "2026-11-23", "reason": ""}).status_code == 422
    assert cast.duty_officer.client.post(address, {"on": "2025-11-23", "reason": "通告"}).status_code == 422
    assert cast.medic.client.post(address, {"on": "2026-11-23", "reason": "通告"}).status_code == 403
    assert cast.duty_officer.client.post(address, {"on": "2026-11-23", "reason": "区通告"}).status_code == 302
    assert "区通告" in shown(cast.duty_officer.client, AREAS)
    for unclear in ({}, {"on": "2026-11-23", "none": "on"}):  # left empty by mistake, it ends nothing
        assert cast.duty_officer.client.post(address, {**unclear, "reason": "解除管控"}).status_code == 422
    assert cast.duty_officer.client.post(address, {"none": "on", "reason": "解除管控"}).status_code == 302
    assert [row.on for row in SetDay.objects.order_by("id")][-1] is None


def test_a_program_reads_the_same(cast):
    in_force()
    last = held(cast.site.unit, 0, state="open")
    found = cast.medic.client.get("/api/v1/screening/areas").json()["items"]
    assert [(row["unit_id"], row["step"], row["clean_rounds"], row["due_on"]) for row in found] == [
        (str(cast.site.unit.pk), "repeated", 0, "2026-11-22")
    ]
    assert (found[0]["cadence"], found[0]["confidence"], found[0]["last_round_id"]) == (
        "district", "report", str(last.pk),
    )  # fmt: skip
    assert cast.outsider.client.get("/api/v1/screening/areas").json()["items"] == []


def test_alarms_say_how_many_are_missing_and_lead_there(cast):
    in_force()
    held(cast.site.unit, 1)
    of, place = opened(cast, people=3)
    Round.objects.filter(pk=of.pk).update(opens_at=NOW - 2 * DAY, opened_at=NOW - 2 * DAY)
    send(cast, place, scan(1))
    follow(at=DEADLINE)
    sweep(at=DEADLINE)
    page = shown(cast.duty_officer.client, reverse("headquarters:alarms"))
    assert "全员核酸：未采 3 人" in page
    for name, key in (("screening:missing", of.pk), ("cadence:prepare", cast.site.unit.pk)):
        assert reverse(name, args=[key]) in page
    deadlines = shown(cast.duty_officer.client, reverse("headquarters:deadlines"))
    assert "全员核酸：未采 3 人" in deadlines


def test_the_list_asks_as_often_for_many_areas_as_for_one(cast):
    in_force()
    held(cast.site.unit, 1)

    def asked() -> int:
        with CaptureQueriesContext(connection) as counted:
            shown(cast.duty_officer.client, AREAS)
        return len(counted)

    before = asked()
    for days in (4, 3, 2):
        held(cast.other_site.unit, days)
    assert asked() == before


def test_at_an_hour_that_is_past_the_next_full_hour_is_proposed(cast, monkeypatch):
    in_force()
    held(cast.site.unit, 1)
    monkeypatch.setattr(clock, "now", lambda: NOW + HOUR / 2)
    form = filled(cast.duty_officer.client, reverse("cadence:prepare", args=[cast.site.unit.pk]))
    assert form["opens_at"] == "2026-11-21T11:00"


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(cast):
    in_force()
    held(cast.site.unit, 0, state="open")
    day = {"on": "2025-11-23", "reason": "区通告"}
    refused = cast.duty_officer.client.post(reverse("cadence:set_day", args=[cast.site.unit.pk]), day)
    form, page = refused.context["day_form"], refused.content.decode()
    assert (refused.status_code, list(form.errors)) == (422, ["on"])
    assert (form["on"].value(), form["reason"].value()) == ("2025-11-23", "区通告")
    assert re.search(r'<input[^>]* aria-invalid="true"[^>]* id="id_day_on"', page)
    address = reverse("cadence:prepare", args=[cast.site.unit.pk])
    late = {"opens_at": "2026-11-24T08:00", "deadline_at": "2026-11-24T18:00"}
    refused = cast.duty_officer.client.post(address, filled(cast.duty_officer.client, address) | late)
    assert list(refused.context["form"].errors) == ["reason"]
    plain = {"unit": cast.site.unit.pk, "name": "第二轮", "tube_rule": "10", **late}
    refused = cast.duty_officer.client.post(reverse("screening:rounds"), plain)
    assert list(refused.context["form"].errors) == ["reason"]


def test_the_next_round_has_a_name_of_its_own(cast):
    held(cast.site.unit, 1)
    address = reverse("cadence:prepare", args=[cast.site.unit.pk])
    form = filled(cast.duty_officer.client, address)
    assert form["name"] == "第2轮"
    assert cast.duty_officer.client.post(address, form).status_code == 302
    assert filled(cast.duty_officer.client, address)["name"] == "第3轮", "one is prepared already"
    Round.objects.update(name="全员核酸")
    assert filled(cast.duty_officer.client, address)["name"] == "全员核酸 第3轮"
