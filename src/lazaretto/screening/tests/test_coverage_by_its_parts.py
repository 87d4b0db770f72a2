"""A round is looked at by dormitory building over all enterprises, by area, by enterprise; each list is reachable."""

from importlib import import_module
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.headcounts.models import Member
from lazaretto.screening import commands
from lazaretto.screening.errors import TooManyToCall
from lazaretto.screening.models import RosterBuilding, RosterEntry
from lazaretto.screening.queries import parts
from lazaretto.screening.queries.absent import Among, missing
from lazaretto.screening.queries.covering import coverage
from lazaretto.screening.tests.rounds import enterprise, member, open_one, scan, send
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def shared(cast):
    """Two enterprises, A (numbers 1 to 4) and B (5, 6), that share building C栋; who sleeps where nobody said: 4."""
    first, second = enterprise(cast.site.unit, "A公司"), enterprise(cast.site.unit, "B公司")
    for number, building, section in ((1, "C栋", "装配"), (2, "C栋", ""), (3, "D栋", "装配"), (4, "", "")):
        member(first, number, building=building, section=section)
    for number in (5, 6):
        member(second, number, building="C栋")
    of, place = open_one(cast)
    return of, place, {row.name: row.pk for row in (first, second)}


def numbers(of) -> dict[str, int]:
    """The number on the roster of each name."""
    return {entry.member.name: entry.number for entry in RosterEntry.objects.filter(round=of).select_related("member")}


def test_a_building_is_counted_over_all_enterprises_that_sleep_in_it(cast, shared):
    of, place, _homes = shared
    known = numbers(of)
    send(cast, place, scan(known["员工001"]), scan(known["员工005"]))
    found = parts.standing_of(of, list(parts.buildings(of)))
    assert [(row.name, row.enterprises, row.expected, row.tested, row.missing) for row in found] == [
        ("C栋", 2, 4, 2, 2), ("D栋", 1, 1, 0, 1),
    ]  # fmt: skip
    page = cast.medic.client.get(reverse("screening:buildings", args=[of.pk])).content.decode()
    assert page.index("C栋") < page.index("D栋")
    assert "building=C%E6%A0%8B" in page
    assert "D栋" not in cast.medic.client.get(reverse("screening:buildings", args=[of.pk]) + "?q=c").content.decode()
    shown = cast.medic.client.get(f"/api/v1/screening/rounds/{of.pk}/buildings").json()["items"]
    assert [(row["name"], row["missing"]) for row in shown] == [("C栋", 2), ("D栋", 1)]


def test_many_buildings_are_counted_page_by_page(cast, shared, monkeypatch):
    of, _place, _homes = shared
    monkeypatch.setattr(parts, "PEOPLE_AT_ONCE", 4)
    page = cast.medic.client.get(reverse("screening:buildings", args=[of.pk]))
    assert page.context["by_name"] is True
    assert [row.name for row, _url in page.context["buildings"]] == ["C栋", "D栋"]


def test_who_is_missing_of_a_building_a_department_and_where_nobody_said(cast, shared):
    of, _place, homes = shared
    known = numbers(of)

    def names(**asked) -> set[str]:
        return {row.member.name for row in missing(of, Among(**asked))}

    assert names(building="C栋") == {"员工001", "员工002", "员工005", "员工006"}
    assert names(building="C栋", organisation=homes["A公司"]) == {"员工001", "员工002"}
    assert names(organisation=homes["A公司"], section="装配") == {"员工001", "员工003"}
    assert names(building="") == {"员工004"}
    page = cast.duty_officer.client.get(reverse("screening:missing", args=[of.pk]) + "?building=C栋").content.decode()
    assert "员工006" in page
    assert "员工003" not in page
    asked = {"building": "C栋", "as": "xlsx"}
    sheet = cast.duty_officer.client.post(reverse("screening:numbers", args=[of.pk]), asked)
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == sorted(known[f"员工{n:03}"] for n in (1, 2, 5, 6))
    api = f"/api/v1/screening/rounds/{of.pk}/missing?building=D栋"
    assert [row["name"] for row in cast.site_lead.client.get(api).json()["items"]] == ["员工003"]


def test_the_most_that_are_called_at_once_are_those_of_the_filter(cast, shared, monkeypatch):
    of, _place, _homes = shared
    monkeypatch.setattr("lazaretto.screening.commands.calling.MOST_CALLS", 2)
    who = {"actor": cast.duty_officer.actor, "at": NOW, "test_round": of}
    with pytest.raises(TooManyToCall):
        commands.call_missing(**who)
    assert [one.name for one in commands.call_missing(**who, building="D栋").people] == ["员工003"]


def test_the_page_of_an_enterprise_leads_to_who_is_missing_of_each_part(cast, shared):
    of, _place, homes = shared
    page = cast.medic.client.get(reverse("screening:enterprise", args=[of.pk, homes["A公司"]])).content.decode()
    assert "section=%E8%A3%85%E9%85%8D" in page
    assert "building=&quot;" not in page
    assert "building=" in page


def test_a_round_of_several_areas_is_counted_by_area(cast):
    unit = cast.site.unit
    below = Unit.objects.create(code="H01-B", name="东片", parent=unit, started_at=NOW)
    enterprise(unit, "A公司", [1, 2, 3])
    other = enterprise(below, "B公司", [4, 5])
    of, place = open_one(cast)
    send(cast, place, scan(4))
    found = coverage(of)
    assert [(row.name, row.expected, row.tested, row.missing) for row in found.areas] == [
        (unit.name, 3, 0, 3), ("东片", 2, 1, 1),
    ]  # fmt: skip
    page = cast.medic.client.get(reverse("screening:round", args=[of.pk])).content.decode()
    assert "东片" in page
    enterprises = cast.medic.client.get(reverse("screening:enterprises", args=[of.pk]) + f"?unit={other.unit_id}")
    assert [row.name for row in enterprises.context["organisations"]] == ["B公司"]
    areas = cast.medic.client.get(f"/api/v1/screening/rounds/{of.pk}/coverage").json()["areas"]
    assert [row["missing"] for row in areas] == [3, 1]
    assert coverage(of).organisations[0].unit_id == unit.pk


def test_every_enterprise_is_reached_by_pages_and_by_name(cast, monkeypatch):
    monkeypatch.setattr("lazaretto.screening.views.coverage.PER_PAGE", 2)
    monkeypatch.setattr("lazaretto.screening.views.rounds.ENTERPRISES_SHOWN", 2)
    for number in range(1, 6):
        enterprise(cast.site.unit, f"第{number}公司", [number])
    of, _place = open_one(cast)
    address = reverse("screening:enterprises", args=[of.pk])
    assert address in cast.medic.client.get(reverse("screening:round", args=[of.pk])).content.decode()
    seen, following = [], address
    while following:
        page = cast.medic.client.get(following)
        seen += [row.name for row in page.context["organisations"]]
        following = page.context["next_url"] and address + page.context["next_url"]
    assert seen == [f"第{number}公司" for number in range(1, 6)]
    found = cast.medic.client.get(f"{address}?q= 第４")
    assert [row.name for row in found.context["organisations"]] == ["第4公司"]
    assert cast.medic.client.get(f"{address}?cursor=x").status_code == 422
    assert "没有这样名称的企业" in cast.medic.client.get(f"{address}?q=没有").content.decode()


def test_lists_of_parts_ask_as_often_for_many_as_for_few(cast, shared):
    of, place, homes = shared
    to = {name: reverse(f"screening:{name}", args=[of.pk]) for name in ("buildings", "enterprises", "missing")}
    pages = [to["buildings"], to["enterprises"], f"{to['missing']}?building=C栋"]
    pages.append(f"{to['missing']}?organisation={homes['A公司']}")

    def queries() -> list[int]:
        counted = []
        for address in pages:
            with CaptureQueriesContext(connection) as asked:
                assert cast.duty_officer.client.get(address).status_code == 200
            counted.append(len(asked))
        return counted

    queries()  # what a roster says of itself is asked once
    before = queries()
    RosterBuilding.objects.bulk_create(
        RosterBuilding(round=of, building=f"{number}栋", people=1, enterprises=1) for number in range(20)
    )
    send(cast, place, scan(1), scan(2), scan(3))
    assert queries() == before


def test_rosters_fixed_before_there_were_buildings_have_them_too(shared):
    of, _place, _homes = shared
    said = list(RosterBuilding.objects.filter(round=of).order_by("building").values_list("building", "people"))
    RosterBuilding.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("lazaretto.screening.migrations.0008_buildings_of_rosters").COUNT)
    assert list(RosterBuilding.objects.order_by("building").values_list("building", "people")) == said
    assert Member.objects.count() == 6
