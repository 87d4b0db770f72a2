"""Pages and API of headcounts, and the terminal program: the same list by all three."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.config.cli import main
from lazaretto.core import clock
from lazaretto.headcounts.models import HeadcountList, Member, Organisation
from lazaretto.headcounts.tests.lists import card, listing, row
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WRONG = card(3)[:-1] + ("1" if card(3)[-1] != "1" else "2")


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def upload(cast, *rows, **more):
    file = SimpleUploadedFile("花名册.csv", listing(*rows))
    given = {"file": file, "unit": str(cast.site.unit_id), **more}
    return cast.duty_officer.client.post(reverse("headcounts:lists"), given)


def take_in(cast, found):
    address = reverse("headcounts:commit", args=[found.pk])
    answer = cast.duty_officer.client.post(address, headers={"Accept": "application/json"})
    assert answer.json()["done"], answer.content
    found.refresh_from_db()


def test_a_list_is_uploaded_looked_at_decided_and_taken_in(cast):
    client = cast.duty_officer.client
    answer = upload(cast, row("冯文杰", card(1)), row("错号", WRONG))
    found = HeadcountList.objects.get()
    assert answer.headers["Location"] == reverse("headcounts:list", args=[found.pk])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "错号" in page
    assert WRONG not in page  # the page of the line shows it, and the journal keeps that
    line = reverse("headcounts:decide", args=[found.pk, 3])
    assert WRONG in client.get(line).content.decode()
    refused = client.post(line, {"do": "take", "name": "错号", "document": WRONG, "organisation": "正德"})
    assert refused.status_code == 422
    answer = client.post(
        line, {"do": "take", "name": "错号", "document": card(4), "organisation": "正德医疗器械有限公司"}
    )
    assert answer.headers["Location"] == reverse("headcounts:list", args=[found.pk])
    take_in(cast, found)
    assert found.state == "committed"
    home = reverse("headcounts:one", args=[Organisation.objects.get().pk])
    assert "冯文杰" in client.get(home).content.decode()
    assert "冯文杰" not in client.get(home + "?q=ch").content.decode()
    assert "错号" in client.get(home + "?q=" + card(4)[-4:]).content.decode()


def test_somebody_without_names_sees_them_masked_and_numbers_never(cast):
    upload(cast, row("冯文杰", card(1)))
    take_in(cast, HeadcountList.objects.get())
    page = cast.auditor.client.get(reverse("headcounts:one", args=[Organisation.objects.get().pk])).content.decode()
    assert "冯**" in page
    assert "冯文杰" not in page
    answer = cast.duty_officer.client.get("/api/v1/headcounts/people")
    assert [one["name"] for one in answer.json()["items"]] == ["冯文杰"]
    assert card(1) not in answer.content.decode()


def test_a_file_that_cannot_be_read_says_so_and_nothing_is_lost(cast):
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4")
    given = {"file": file, "unit": str(cast.site.unit_id), "organisation": "正德"}
    answer = cast.duty_officer.client.post(reverse("headcounts:lists"), given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "无法作为名单读取" in page
    assert "正德" in page


def test_officers_and_people_by_hand(cast):
    upload(cast, row("冯文杰", card(1)))
    take_in(cast, HeadcountList.objects.get())
    client, home = cast.duty_officer.client, Organisation.objects.get()
    pages = {name: reverse(f"headcounts:{name}", args=[home.pk]) for name in ("one", "contact", "enrol")}
    assert client.post(pages["contact"], {"contact": "宗主管", "phone": "12"}).status_code == 422
    assert client.post(pages["contact"], {"contact": "宗主管", "phone": "13800001111"}).status_code == 302
    assert client.post(pages["enrol"], {"name": "新人", "document": WRONG}).status_code == 422
    assert client.post(pages["enrol"], {"name": "新人", "document": card(9)}).status_code == 302
    member = Member.objects.get(name="新人")
    assert client.post(reverse("headcounts:leave", args=[member.pk]), {"reason": "离职"}).status_code == 302
    page = client.get(pages["one"]).content.decode()
    assert "宗主管" in page
    assert "新人" not in page


def queries(client, *addresses) -> list[int]:
    counted = []
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted.append(len(asked))
    return counted


def test_pages_ask_as_often_for_many_as_for_few(cast):
    client = cast.duty_officer.client
    upload(cast, row("冯文杰", card(1)))
    few = HeadcountList.objects.get()
    shared = [reverse(f"headcounts:{name}") for name in ("headcounts", "lists")]
    staged = queries(client, reverse("headcounts:list", args=[few.pk]))
    take_in(cast, few)
    one = reverse("headcounts:one", args=[Organisation.objects.get().pk])
    before = queries(client, *shared, one)
    upload(cast, *(row(f"员{n}", card(n), of=f"正德{n % 30 or '医疗器械有限公司'}") for n in range(2, 90)))
    many = HeadcountList.objects.exclude(pk=few.pk).get()
    assert queries(client, reverse("headcounts:list", args=[many.pk])) == staged
    take_in(cast, many)
    assert queries(client, *shared, one) == before


def test_the_terminal_program_reads_and_takes_in_the_same(cast, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_bytes(listing(row("冯文杰", card(1)), row("错号", WRONG)))
    words = ["import", "headcount", str(path), "--unit", cast.site.unit.code, "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["lines"], said["ready"], said["held"], said["made"]) == (2, 1, 1, 0)
    assert main([*words, "--commit"]) == 0
    assert json.loads(capsys.readouterr().out)["made"] == 1
    assert main(["import", "headcount", str(tmp_path / "no.csv"), "--unit", cast.site.unit.code]) == 2
    assert main(["import", "headcount", str(path), "--unit", "X"]) == 2


def test_a_large_text_file_is_read_as_it_goes(tmp_path, monkeypatch):
    from lazaretto.headcounts import files  # noqa: PLC0415

    path = tmp_path / "a.csv"
    path.write_bytes(listing("某园区,,,,,,,,", *(row(f"员{n}", card(n)) for n in range(50))))
    whole = files.from_path(path)
    monkeypatch.setattr(files, "STREAMED_FROM", 0)
    streamed = files.from_path(path)
    assert (streamed.digest, streamed.header) == (whole.digest, whole.header)
    assert list(streamed.lines) == list(whole.lines)


def test_where_an_enterprise_is_and_when_its_people_can_come(cast):
    upload(cast, row("冯文杰", card(1)))
    take_in(cast, HeadcountList.objects.get())
    home = Organisation.objects.get()
    where = reverse("headcounts:whereabouts", args=[home.pk])
    said = {"latitude": "23.08", "longitude": "113.3", "comes_from": "20:00", "comes_until": "08:00"}
    for wrong in ({"longitude": ""}, {"comes_until": ""}, {"comes_until": "20:00"}):
        assert cast.duty_officer.client.post(where, {**said, **wrong}).status_code == 422
    assert cast.duty_officer.client.post(where, said).status_code == 302
    home.refresh_from_db()
    assert (home.latitude, home.comes_from.hour, home.comes_until.hour) == (23.08, 20, 8)
    assert "20:00–08:00" in cast.duty_officer.client.get(reverse("headcounts:one", args=[home.pk])).content.decode()
