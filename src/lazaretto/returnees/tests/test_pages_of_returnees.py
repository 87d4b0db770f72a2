"""Pages of returnees: lists taken in, the queue, one case, my calls, the sheet."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.config.cli import main
from lazaretto.core import clock
from lazaretto.core.deadlines import sweep
from lazaretto.core.models import JournalEntry
from lazaretto.core.tables import read_workbook
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Agency, Answer
from lazaretto.returnees.models import Attempt, Returnee, ReturneeList
from lazaretto.returnees.tests.agencies import card, name, named, row, take_in, text
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)
WRONG = card(3)[:-1] + ("1" if card(3)[-1] != "1" else "2")


@pytest.fixture(autouse=True)
def _one_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def client(cast):
    return cast.duty_officer.client


def page(client, view, *args, query="", status=200):
    answer = client.get(reverse(f"returnees:{view}", args=args) + query)
    assert answer.status_code == status
    return answer.content.decode()


def post(client, view, *args, status=302, **body):
    answer = client.post(reverse(f"returnees:{view}", args=args), body)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def upload(client, cast, *rows, agency="police", **more):
    file = SimpleUploadedFile("名单.csv", text(*rows))
    given = {"file": file, "unit": str(cast.site.unit_id), "agency": agency, **more}
    return client.post(reverse("returnees:lists"), given)


def test_a_list_is_uploaded_looked_at_decided_and_taken_in(cast, client):
    answer = upload(client, cast, row("冯文杰", card(1), "13800000001"), row("错号", WRONG), declared="3")
    found = ReturneeList.objects.get()
    assert answer.headers["Location"] == reverse("returnees:list", args=[found.pk])
    shown = page(client, "list", found.pk)
    assert "错号" in shown
    assert WRONG not in shown
    assert "3" in shown  # the agency says three, two came
    post(client, "commit", found.pk, status=200)
    assert WRONG in page(client, "decide", found.pk, 3)
    post(client, "decide", found.pk, 3, do="take", name="错号", document=WRONG, status=422)
    post(client, "decide", found.pk, 3, do="take", name="错号", document=card(4))
    found.refresh_from_db()
    assert found.state == "committed"
    assert Returnee.objects.count() == 2
    assert "冯文杰" in page(client, "cases", query="?show=open")


def test_a_question_about_whom_a_line_means_shows_both(cast, client):
    take_in(cast.duty_officer.actor, cast.site.unit, row("冯文杰", card(1), "13800000001"))
    late = take_in(cast.duty_officer.actor, cast.site.unit, row("冯文杰", "", "13800000001"), agency=Agency.RAILWAY)
    shown = page(client, "decide", late.pk, 2)
    assert named("冯文杰").number in shown
    post(client, "decide", late.pk, 2, do="take", status=422)
    post(client, "decide", late.pk, 2, do="take", who="same")
    shown = page(client, "one", named("冯文杰").number)
    assert "2个单位报送" in shown


def test_a_file_that_cannot_be_read_says_so(cast, client):
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4")
    given = {"file": file, "unit": str(cast.site.unit_id), "agency": "police"}
    answer = client.post(reverse("returnees:lists"), given)
    assert answer.status_code == 422
    assert "无法作为名单读取" in answer.content.decode()
    given = {"file": SimpleUploadedFile("a.csv", text(row("冯文杰"))), "agency": "other", "unit": given["unit"]}
    assert client.post(reverse("returnees:lists"), given).status_code == 422


def test_a_caller_goes_from_one_to_the_next(cast):
    unit, client = cast.site.unit, cast.clerk.client
    rows = [row(name(n), card(n), f"1380000000{n}") for n in range(3)]
    take_in(cast.duty_officer.actor, unit, *rows)
    assert "我在班" in page(client, "calls")
    post(client, "shift", do="begin", unit=str(unit.pk), hours="8")
    post(client, "next")
    shown = page(client, "calls")
    assert name(0) in shown
    assert "13800000000" not in shown
    one = named(name(0))
    phone = one.phones.get()
    told = post(client, "number", one.number, phone.pk, status=200)
    assert "+8613800000000" in told.content.decode()
    assert told.headers["Cache-Control"] == "no-store"
    assert JournalEntry.objects.filter(command="returnees.show_number").count() == 1
    answer = post(
        client, "attempt", one.number, answer="no_answer", means="phone", phone_id=str(phone.pk), **{"from": "calls"}
    )
    assert answer.headers["Location"] == reverse("returnees:calls")
    assert Attempt.objects.get().answer == Answer.NO_ANSWER
    post(client, "next")
    second = named(name(1))
    answer = post(client, "attempt", second.number, answer="reached", means="phone", words="在家", **{"from": "calls"})
    assert answer.headers["Location"] == reverse("returnees:one", args=[second.number])
    shown = page(client, "one", second.number)
    assert "在家" in shown
    assert "第1天" in shown
    post(client, "test", second.number, day="1", result="negative", evidence="区检测中心", status=302)
    assert "第1天检测：阴性" in page(client, "one", second.number)
    post(client, "close", second.number, outcome="watched_out", reason="期满", status=422)
    post(client, "shift", do="end")
    assert not Returnee.objects.filter(owner__isnull=False).exists()


def test_hands_change_by_leaders_and_by_those_who_see_to_them(cast, client):
    unit = cast.site.unit
    take_in(cast.duty_officer.actor, unit, row("冯文杰", card(1), "13800000001"))
    one = named("冯文杰")
    post(client, "hands", one.number, do="take", status=422)  # not on shift
    commands.begin_shift(actor=cast.clerk.actor, at=LATER, unit=unit, until=LATER + timedelta(hours=4))
    post(client, "lead", one.number, do="give", user_id=str(cast.clerk.user.pk))
    assert str(cast.clerk.user) in page(client, "one", one.number)
    post(client, "hands", one.number, do="back", reason="", status=422)
    post(client, "hands", one.number, do="back", reason="方言不通")
    post(client, "share_out", unit.pk)
    one.refresh_from_db()
    assert one.owner_id == cast.clerk.user.pk
    post(client, "close", one.number, outcome="gone", reason="家人说", status=422)
    post(client, "close", one.number, outcome="gone", reason="家人说", to_where="乙市")
    assert "乙市" in page(client, "one", one.number)
    post(client, "lead", one.number, do="reopen", reason="又回来了")
    post(client, "hands", one.number, do="move", to_unit=str(cast.other_site.unit_id), reason="住那边")
    one.refresh_from_db()
    assert one.unit_id == cast.other_site.unit_id


def test_who_reads_no_names_sees_masks_and_no_address(cast):
    take_in(cast.duty_officer.actor, cast.site.unit, row("冯文杰", card(1), "13800000001", address="临江路9号301"))
    number = named("冯文杰").number
    for shown in (page(cast.auditor.client, "one", number), page(cast.auditor.client, "cases", query="?show=open")):
        assert "冯**" in shown
        assert "冯文杰" not in shown
        assert "临江路9号301" not in shown
    assert "冯文杰" not in page(cast.auditor.client, "list", ReturneeList.objects.get().pk)
    page(cast.outsider.client, "one", number, status=404)
    assert cast.auditor.client.get(reverse("returnees:calls")).status_code == 403


def test_columns_that_say_nothing_known_show_no_number_and_nothing_without_names(cast, client):
    content = f"姓名,身份证号,家属电话,备注\n冯文杰,{card(1)},13800000077,其妻{card(2)}在家\n".encode()
    given = {"file": SimpleUploadedFile("a.csv", content), "unit": str(cast.site.unit_id), "agency": "police"}
    client.post(reverse("returnees:lists"), given)
    found = ReturneeList.objects.get().pk
    shown = page(client, "list", found)
    assert "…0077" in shown
    assert "在家" in shown
    assert "13800000077" not in shown
    assert card(2) not in shown
    assert "在家" not in page(cast.auditor.client, "list", found)


def test_the_sheet_has_everybody_who_is_open_and_the_journal_says_who_took_it(cast):
    take_in(
        cast.duty_officer.actor,
        cast.site.unit,
        row("冯文杰", card(1), "13800000001"),
        row("侯敏轩", card(2), "13800000002"),
    )
    commands.close(
        actor=cast.duty_officer.actor, at=LATER, returnee=named("侯敏轩"), outcome="never_there", reason="未出过市"
    )
    answer = post(cast.clerk.client, "export", status=200)
    rows = read_workbook(BytesIO(answer.content).read(), "a.xlsx").sheets[0].rows
    assert [line[1] for line in rows[1:]] == ["冯文杰"]
    assert rows[1][3] == "+8613800000001"
    assert JournalEntry.objects.get(command="returnees.export").actor_id == cast.clerk.user.pk
    assert cast.auditor.client.post(reverse("returnees:export")).status_code == 403


def test_the_api_tells_cases_and_accounts_without_numbers(cast, client):
    take_in(cast.duty_officer.actor, cast.site.unit, row("冯文杰", card(1), "13800000001"))
    one = client.get("/api/v1/returnees/cases").json()["items"][0]
    assert (one["name"], one["agencies"], one["risk"]) == ("冯文杰", ["大数据局"], "medium")
    whole = client.get(f"/api/v1/returnees/cases/{one['number']}")
    assert whole.json()["phones"][0]["last_four"] == "0001"
    assert "13800000001" not in whole.content.decode()
    found = client.get("/api/v1/returnees/lists").json()["items"][0]
    account = client.get(f"/api/v1/returnees/lists/{found['id']}").json()
    assert (account["lines"], account["made"]) == (1, 1)


def test_the_overview_counts_by_area(cast, client):
    take_in(cast.duty_officer.actor, cast.site.unit, *(row(name(n), card(n), f"1380000000{n}") for n in range(3)))
    commands.note_attempt(actor=cast.clerk.actor, at=LATER, returnee=named(name(0)), answer="reached")
    commands.close(actor=cast.clerk.actor, at=LATER, returnee=named(name(1)), outcome="wrong_person", reason="同名")
    shown = page(client, "overview")
    assert cast.site.unit.name in shown
    assert "分派" in shown


def queries(client, *addresses) -> list[int]:
    counted = []
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted.append(len(asked))
    return counted


def test_pages_ask_as_often_for_many_as_for_few(cast, client):
    actor, unit = cast.duty_officer.actor, cast.site.unit
    two = (row("冯文杰", card(900), "13900000900"), row("侯敏轩", card(901), "13900000901"))
    first = take_in(actor, unit, *two, row("错号", WRONG))
    commands.begin_shift(actor=actor, at=NOW, unit=unit, until=NOW + timedelta(hours=8))
    for _n in range(2):
        commands.take_next(actor=actor, at=LATER, unit=unit)
    shared = [reverse(f"returnees:{name}") for name in ("overview", "lists", "calls")]
    shared += [reverse("returnees:cases") + f"?show={show}" for show in ("open", "late", "closed")]
    few = queries(client, *shared, reverse("returnees:list", args=[first.pk]))
    for agency in (Agency.BIG_DATA, Agency.POLICE, Agency.RAILWAY):
        rows = [row(name(n), card(n), f"138000000{n:02}", came=f"2026-11-{len(agency) + 5:02}") for n in range(40)]
        many = take_in(actor, unit, *rows, row("错号二", WRONG), agency=agency)
    commands.share_out(actor=actor, at=NOW + timedelta(hours=6), unit=unit)
    assert queries(client, *shared, reverse("returnees:list", args=[many.pk])) == few


def test_the_terminal_program_reads_and_takes_in_the_same(cast, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_bytes(text(row("冯文杰", card(1), "13800000001"), row("错号", WRONG)))
    words = ["import", "returnees", str(path), "--area", cast.site.unit.code, "--agency", "公安", "--declared", "3"]
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["lines"], said["ready"], said["held"], said["made"], said["as_declared"]) == (2, 1, 1, 0, False)
    assert ReturneeList.objects.get().agency == "police"
    assert main([*words, "--commit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["made"] == 1
    assert main([*words[:2], str(tmp_path / "no.csv"), *words[3:]]) == 2
    assert main([*words[:4], "X", "--agency", "区商务局"]) == 2


def test_an_alarm_leads_to_the_page_where_it_is_answered(cast, client):
    take_in(cast.duty_officer.actor, cast.site.unit, row("冯文杰", card(1), "13800000001"), row("侯敏轩", card(2)))
    one = named("冯文杰")
    commands.note_attempt(actor=cast.clerk.actor, at=LATER, returnee=one, answer="reached")
    commands.note_test(actor=cast.clerk.actor, at=LATER, returnee=one, day=1, result="positive", evidence="A1")
    sweep(at=LATER)
    shown = client.get(reverse("headquarters:alarms")).content.decode()
    assert reverse("returnees:one", args=[one.number]) in shown
    assert f'href="{reverse("returnees:overview")}"' in shown.partition("<main")[2]
