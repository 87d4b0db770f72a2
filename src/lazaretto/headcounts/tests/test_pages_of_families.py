"""Pages of families: whoever looks after them sees who it is and takes the list; others see that nothing is shown."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from lazaretto.core import clock
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import HeadcountList, Member, MemberConcern, Organisation
from lazaretto.headcounts.queries.families import figures
from lazaretto.headcounts.tests.test_a_list_becomes_a_headcount import lay_out, take_in
from lazaretto.headcounts.tests.test_families_are_known import people
from lazaretto.headcounts.tests.test_pages_of_headcounts import queries
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ROWS = (
    ("正德", "冯文杰", 1, "7", "双职工，有小孩"), ("博正", "侯敏轩", 2, "7", ""),
    ("正德", "孕姐", 3, "", "孕妇（30周）"),
    ("正德", "单身", 4, "", ""), ("正德", "甲方", 5, "9", ""), ("博正", "乙方", 6, "9", ""),
    ("正德", "独说", 8, "", "双职工"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def known(cast):
    take_in(cast, lay_out(cast, people(*ROWS)))


def of(name: str) -> Member:
    return Member.objects.get(name=name)


def test_families_of_which_two_work_are_counted_once_each(known):
    found = figures(Member.objects.filter(ended_at__isnull=True))
    assert (found.dual, found.dual_with_child) == (3, 1), "one says so and is linked, one is linked, one says so"
    assert {kind.value: n for kind, n in found.kinds} == {"pregnant": 1, "child": 1, "dual": 2}
    at_one = figures(Member.objects.filter(organisation__name="博正", ended_at__isnull=True))
    assert at_one.dual == 1, "of the other enterprise's people nothing is said here but what the link says"


def test_how_many_they_are_is_fetched_once_the_page_is_there(cast, known):
    client, page = cast.duty_officer.client, reverse("headcounts:families-figures")
    assert f'hx-get="{page}"' in client.get(reverse("headcounts:families")).content.decode()
    found = client.get(page)
    assert (found.context["figures"].dual, found.context["figures"].dual_with_child) == (3, 1)
    assert "?kind=pregnant" in found.content.decode()
    assert cast.auditor.client.get(page).status_code == 403


def test_whom_to_look_after_is_listed_by_what_it_is(cast, known):
    client, page = cast.duty_officer.client, reverse("headcounts:families")
    said = client.get(page).content.decode()
    assert "孕姐" in said
    assert "30周" in said
    assert "单身" not in said
    pregnant = client.get(page + "?kind=pregnant").content.decode()
    assert "孕姐" in pregnant
    assert "冯文杰" not in pregnant
    dual = client.get(page + "?kind=dual").content.decode()
    assert all(name in dual for name in ("冯文杰", "侯敏轩", "甲方", "乙方", "独说"))
    assert client.get(page + "?kind=rich").status_code == 404


def test_the_list_with_telephones_is_taken_as_excel_and_the_journal_knows(cast, known):
    given = {"unit": str(cast.site.unit_id), "kind": "pregnant"}
    answer = cast.duty_officer.client.post(reverse("headcounts:families-export"), given)
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["孕姐"]
    assert "30周" in rows[1][5]
    assert JournalEntry.objects.get(command="headcounts.list_concerns").data == {"people": 1, "kind": "pregnant"}


def test_the_page_of_a_person_links_the_household_and_writes_what_to_think_of(cast, known):
    client = cast.duty_officer.client
    page = reverse("headcounts:person", args=[of("单身").pk])
    found = client.get(page + "?q=孕姐").content.decode()
    assert f'value="{of("孕姐").pk}"' in found
    household = reverse("headcounts:household", args=[of("单身").pk])
    assert client.post(household, {"beside": of("孕姐").pk}).status_code == 302
    assert "孕姐" in client.get(page).content.decode()
    assert client.post(household).status_code == 302
    assert of("单身").household_id is None
    concern = reverse("headcounts:concern", args=[of("单身").pk])
    assert client.post(concern, {"kind": "other", "note": ""}).status_code == 422
    assert client.post(concern, {"kind": "dialysis", "note": "每周三次"}).status_code == 302
    assert "每周三次" in client.get(page).content.decode()
    client.post(reverse("headcounts:end-concern", args=[of("单身").pk]), {"kind": "dialysis", "reason": "转院"})
    assert "每周三次" not in client.get(page).content.decode()


def test_who_may_not_look_after_families_reads_nothing_of_them(cast, known):
    client = cast.auditor.client
    assert client.get(reverse("headcounts:families")).status_code == 403
    home = Organisation.objects.get(name="正德").pk
    listing = reverse("headcounts:list", args=[HeadcountList.objects.get().pk]) + "?show=all"
    for page in (reverse("headcounts:person", args=[of("孕姐").pk]), reverse("headcounts:one", args=[home]), listing):
        said = client.get(page).content.decode()
        assert "30周" not in said, page
        assert "孕妇" not in said.replace('value="pregnant">孕妇', ""), page


def test_pages_of_families_ask_as_often_for_many_as_for_few(cast, known):
    home = reverse("headcounts:one", args=[Organisation.objects.get(name="正德").pk])
    pages = [
        reverse("headcounts:families"),
        reverse("headcounts:families-figures"),
        home,
        reverse("headcounts:person", args=[of("冯文杰").pk]),
    ]
    few = queries(cast.duty_officer.client, *pages)
    more = [
        ("正德", "员" + "甲乙丙丁戊己庚辛壬癸"[n % 10], n, str(n % 9), "双职工，有小孩、孕妇") for n in range(20, 60)
    ]
    take_in(cast, lay_out(cast, people(*more), piece=40), lines=40)
    assert MemberConcern.objects.count() > 100
    assert queries(cast.duty_officer.client, *pages) == few


def test_each_look_at_what_must_be_thought_of_is_in_the_journal(cast, known):
    client = cast.duty_officer.client
    client.get(reverse("headcounts:families") + "?kind=pregnant")
    (entry,) = JournalEntry.objects.filter(command="headcounts.read_concerns")
    assert entry.data == {"members": [of("孕姐").pk], "kind": "pregnant"}
    assert entry.unit_id == cast.site.unit_id
    client.get(reverse("headcounts:person", args=[of("孕姐").pk]))
    client.get(reverse("headcounts:one", args=[Organisation.objects.get(name="正德").pk]))
    assert JournalEntry.objects.filter(command="headcounts.read_concerns").count() == 3
    client.get(reverse("headcounts:person", args=[of("单身").pk]))
    client.get(reverse("headcounts:families") + "?kind=dialysis")
    assert JournalEntry.objects.filter(command="headcounts.read_concerns").count() == 3, "nothing was shown"


def test_a_program_reads_families_page_by_page_and_the_journal_knows(cast, known):
    door = "/api/v1/headcounts/families"
    first = cast.medic.client.get(door, {"kind": "dual", "limit": 3}).json()
    rest = cast.medic.client.get(door, {"kind": "dual", "limit": 3, "cursor": first["next"]}).json()
    found = {row["name"]: row for row in first["items"] + rest["items"]}
    assert set(found) == {"冯文杰", "侯敏轩", "甲方", "乙方", "独说"}
    assert {one["kind"] for one in found["冯文杰"]["concerns"]} == {"child", "dual"}
    assert [one["name"] for one in found["冯文杰"]["household"]] == ["侯敏轩"]
    assert JournalEntry.objects.filter(command="headcounts.read_concerns").count() == 2
    assert cast.auditor.client.get(door).status_code == 403
    assert cast.medic.client.get(door, {"kind": "rich"}).status_code == 422


def test_a_program_reads_changes_of_headcounts(cast, known):
    door, since = "/api/v1/headcounts/changes", {"since": "2020-01-01T00:00:00Z"}
    joined = cast.duty_officer.client.get(door, {"show": "joined", "limit": 4, **since}).json()
    assert len(joined["items"]) == 4
    assert joined["next"]
    assert cast.duty_officer.client.get(door, {"show": "left", **since}).json()["items"] == []
    assert len(cast.duty_officer.client.get(door, {"show": "joined"}).json()["items"]) == 7, "of the last week"
    assert cast.duty_officer.client.get(door, {"since": "yesterday"}).status_code == 422
    assert cast.medic.client.get(door, since).status_code == 403


def test_medics_look_after_people_without_reading_whole_headcounts(cast, known):
    client = cast.medic.client
    page = client.get(reverse("headcounts:families"))
    assert page.status_code == 200
    assert f'href="{reverse("headcounts:headcounts")}"' not in page.content.decode()
    shown = client.get(reverse("headcounts:person", args=[of("孕姐").pk])).content.decode()
    assert "30周" in shown
    assert f'href="{reverse("headcounts:families")}"' in shown
    home, lists = Organisation.objects.get(name="正德").pk, HeadcountList.objects.get().pk
    for name, key in (("headcounts", []), ("one", [home]), ("lists", []), ("list", [lists]), ("changes", [])):
        url = reverse(f"headcounts:{name}", args=key)
        assert client.get(url).status_code == 403, name
        assert f'href="{url}"' not in shown, name
    assert client.get("/api/v1/headcounts/people").status_code == 403
