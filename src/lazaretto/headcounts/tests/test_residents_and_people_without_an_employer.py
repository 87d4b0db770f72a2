"""Lists of residents, and of people who have no employer in the area: said once, then every line is taken."""

import json

import pytest
from django.urls import reverse

from lazaretto.config.cli import main
from lazaretto.core import clock
from lazaretto.headcounts import commands
from lazaretto.headcounts.choices import OrganisationKind
from lazaretto.headcounts.errors import SaidToBeOther, ThereAlready
from lazaretto.headcounts.models import HeadcountList, Member, Organisation
from lazaretto.headcounts.queries import account_of
from lazaretto.headcounts.rules import read_entry
from lazaretto.headcounts.tests.lists import card, listing
from lazaretto.headcounts.tests.test_a_list_becomes_a_headcount import lay_out, take_in
from lazaretto.headcounts.tests.test_pages_of_headcounts import upload
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
RESIDENTS = "小区,楼栋,单元,室,姓名,身份证号码,工作单位"
COMMUNITY, NONE = OrganisationKind.COMMUNITY, OrganisationKind.NONE


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def residents(*rows: str) -> bytes:
    return listing(*rows, header=RESIDENTS)


def test_residents_belong_to_their_community_wherever_they_work(cast):
    found = lay_out(
        cast, residents(f"幸福小区,3,2,501,王敏,{card(1)},正德", f"幸福小区,3栋,,502,李杰,{card(2)},"), kind=COMMUNITY
    )
    take_in(cast, found)
    home = Organisation.objects.get()
    assert (home.name, home.kind) == ("幸福小区", "community")
    assert set(Member.objects.values_list("name", "building", "room")) == {
        ("王敏", "3", "2单元501"), ("李杰", "3栋", "502"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"dormitory": "3栋2单元501室"}, ("3栋", "2单元501室")),
        ({"dormitory": "幸福小区3栋501"}, ("幸福小区3栋", "501")),
        ({"building": "3栋", "dormitory": "501"}, ("3栋", "501")),
        ({"building": "3", "stair": "B", "room": "12"}, ("3", "B12")),
    ],
)  # fmt: skip
def test_addresses_of_residents_are_building_and_room(cells, place):
    entry = read_entry({"name": "王敏", **cells}, organisation="幸福小区", kind=COMMUNITY)
    assert (entry.building, entry.room) == place


def test_residents_without_a_community_are_held_until_somebody_says_which(cast):
    found = lay_out(cast, residents(f",3,2,501,王敏,{card(1)},正德"), kind=COMMUNITY)
    assert account_of(found).held == 1
    decide = {"actor": cast.duty_officer.actor, "at": NOW, "headcount_list": found, "number": 2, "take": True}
    commands.decide_line(**decide, organisation="幸福小区")
    take_in(cast, found)
    assert Organisation.objects.get().name == "幸福小区"


def test_people_without_an_employer_are_all_of_one_headcount(cast):
    stranded = listing(f"顺丰,骑手甲,{card(1)}", ",路人,", header="企业名称,姓名,身份证号码")
    found = lay_out(cast, stranded, kind=NONE)
    assert (account_of(found).ready, account_of(found).held) == (2, 0)
    take_in(cast, found)
    take_in(cast, lay_out(cast, listing(f",骑手乙,{card(2)}", header="企业名称,姓名,身份证号码"), kind=NONE))
    home = Organisation.objects.get()
    assert home.kind == "none"
    assert home.members.count() == 3


def test_the_same_file_as_a_list_of_others_is_refused_by_name(cast):
    content = residents(f"幸福小区,3,2,501,王敏,{card(1)},正德")
    lay_out(cast, content)
    with pytest.raises(SaidToBeOther):
        lay_out(cast, content, kind=COMMUNITY)


def test_page_and_terminal_say_whom_a_list_names(cast, tmp_path, capsys):
    answer = upload(cast, ",,路人,,,,,,", kind="none")
    assert answer.status_code == 302
    found = HeadcountList.objects.get()
    assert (found.kind, account_of(found).ready) == ("none", 1)
    path = tmp_path / "居民.csv"
    path.write_bytes(residents(f"幸福小区,3,2,501,王敏,{card(1)},正德"))
    words = ["import", "headcount", str(path), "--unit", cast.site.unit.code, "--json", "--commit"]
    assert main([*words, "--kind", "community"]) == 0
    assert json.loads(capsys.readouterr().out)["made"] == 1
    assert Organisation.objects.get(name="幸福小区").kind == "community"


def test_a_community_is_begun_and_an_enterprise_said_to_be_one_by_page(cast):
    client, unit = cast.duty_officer.client, str(cast.site.unit_id)
    given = {"unit": unit, "kind": "community", "name": "幸福小区"}
    assert client.get(reverse("headcounts:new")).status_code == 200
    assert client.post(reverse("headcounts:new"), given).status_code == 302
    assert client.post(reverse("headcounts:new"), given).status_code == 422, "there is one of this name"
    home = Organisation.objects.get()
    assert home.kind == "community"
    client.post(reverse("headcounts:kind", args=[home.pk]), {"kind": "enterprise"})
    home.refresh_from_db()
    assert home.kind == "enterprise"
    with pytest.raises(ThereAlready):
        commands.add_organisation(
            actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, name="幸福 小区", kind=COMMUNITY
        )


def test_people_of_ours_are_put_on_it_once_and_leave_it(cast):
    people = [factories.person("骑手甲", at_site=cast.site), factories.person("路人", at_site=cast.site)]
    given = {"unit_id": cast.site.unit_id, "at": NOW}
    assert commands.enrol_without_employer(people, **given) == 2
    assert commands.enrol_without_employer(people, **given) == 0
    assert set(Member.objects.values_list("person__name", "organisation__kind")) == {
        ("骑手甲", "none"),
        ("路人", "none"),
    }
    assert commands.leave_area([people[0].pk], **given) == 1
    assert Member.objects.filter(ended_at__isnull=True).count() == 1
