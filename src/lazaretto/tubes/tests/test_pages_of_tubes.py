"""Pages of tubes: where they are, the laboratory's desk, results, calls, the closing, one's own result."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from lazaretto.core import clock
from lazaretto.core.limits import too_often
from lazaretto.core.models import JournalEntry
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import Absence, Bag, Laboratory, Positive, Recall, ResultFile, Trail, TubeResult
from lazaretto.tubes.queries.own import own_result, read_token, token_of
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.cast import member as somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db
FILE = "某某检测所核酸检测结果汇总,,,\n打印时间：2022-11-20,,,\n序号,姓名,试管条码,检测结果,N基因,ORF1ab\n"


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def story(cast):
    """A round with a positive pool, a negative tube, one at the table; a laboratory that rechecks."""
    of, place = opened(cast)
    lab = laboratory(cast, rechecks=True)
    send(cast, place, scan(1), scan(2), scan(3, tube="T2"), scan(4, tube="T3"))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T1", "阳性", "30", "31"], ["T2", "阴性"])
    return of, place, lab


def get(member, page, *args, query=""):
    return member.client.get(reverse(f"tubes:{page}", args=args) + query)


def post(member, page, *args, **data):
    return member.client.post(reverse(f"tubes:{page}", args=args), data)


def test_where_tubes_are(cast, story, django_assert_num_queries):
    of, place, _lab = story
    tell(cast, place, seen("bagged", tube="T2", bag="B9"))
    follow = get(cast.duty_officer, "rounds", query="?code=＇T2")
    assert follow.url == reverse("tubes:tube", args=["T2"])
    for name, args in (
        ("rounds", ()),
        ("round", (of.pk,)),
        ("bags", (of.pk,)),
        ("tube", ("T1",)),
        ("bag", (of.pk, "B1")),
    ):
        answer = get(cast.site_lead, name, *args)
        assert answer.status_code == 200, name
        assert get(cast.outsider, name, *args).status_code in {200, 404}
    shown = get(cast.site_lead, "tube", "T1").content.decode()
    assert "员工001" in shown
    assert "员工001" not in get(cast.auditor, "tube", "T1").content.decode()
    for step in ("table", "answered", "doubt", "all"):
        assert get(cast.auditor, "round", of.pk, query=f"?show={step}").status_code == 200
    with django_assert_num_queries(30):
        get(cast.site_lead, "round", of.pk, query="?show=all")


def test_the_laboratory_receives_rejects_and_reports(cast, story):
    of, place, lab = story
    tell(cast, place, seen("bagged", tube="T3", bag="B7"), seen("handed_over", bag="B7", to="车1"))
    worker = somebody("laboratory", cast.site.unit)
    post(worker, "scan", lab.pk, code="B7", count="1")
    assert Bag.objects.get(code="B7").state == "received"
    assert "B7" in get(worker, "desk", lab.pk).content.decode()
    done = post(worker, "enter", lab.pk, tube="T3", result="negative", stage=1)
    assert done.url == reverse("tubes:desk", args=[lab.pk])
    assert Trail.objects.get(code="T3").standing == "negative"
    held = post(worker, "enter", lab.pk, tube="T3", result="positive", stage=1)
    assert held.url.startswith("/tubes/results/")
    post(worker, "scan", lab.pk, code="T2", reason="漏液")
    assert Trail.objects.get(code="T2").reason == "漏液"
    assert post(worker, "enter", lab.pk, tube="", result="x").status_code == 422
    assert post(cast.clerk, "scan", lab.pk, code="B7").status_code == 403
    assert of.pk


def test_a_laboratory_is_named_on_the_page(cast):
    given = {"unit": cast.site.unit.pk, "code": "L7", "name": "七所", "hours": 12}
    assert post(cast.duty_officer, "laboratories", **given).status_code == 302
    assert Laboratory.objects.get().hours == 12
    assert post(cast.duty_officer, "laboratories", **{**given, "code": "L7"}).status_code == 422
    assert get(cast.auditor, "laboratories").status_code == 200


def upload(cast, of, lab, text, **more):
    file = SimpleUploadedFile("结果.csv", text.encode("gb18030"))
    data = {"file": file, "test_round": of.pk, "laboratory": lab.pk, "stage": 1, **more}
    return cast.duty_officer.client.post(reverse("tubes:files"), data)


def test_a_dirty_file_is_uploaded_decided_and_taken_in(cast, story):
    of, place, lab = story
    brought(cast, place, "T3", bag="B7")
    text = FILE + "1,员工004,'t3,阴性（-）,NoCt,\n2,某人,X9,阳性,22.1,23\n3,,,已作废,,\n"
    answer = upload(cast, of, lab, text)
    file = ResultFile.objects.latest("sent_at", "id")
    assert answer.url == reverse("tubes:file", args=[file.pk])
    page = get(cast.duty_officer, "file", file.pk).content.decode()
    assert "X9" in page
    assert upload(cast, of, lab, text).url == answer.url
    line = get(cast.duty_officer, "decide", file.pk, 5)
    assert line.status_code == 200
    assert post(cast.duty_officer, "decide", file.pk, 5, do="take").status_code == 422
    following = post(cast.duty_officer, "decide", file.pk, 6, do="leave", reason="作废行")
    assert following.url == reverse("tubes:decide", args=[file.pk, 5])
    post(cast.duty_officer, "together", file.pk, hold="unknown_tube", do="leave", reason="外区试管，已通知对方")
    took = cast.duty_officer.client.post(
        reverse("tubes:commit", args=[file.pk]), headers={"Accept": "application/json"}
    )
    assert took.json()["done"]
    file.refresh_from_db()
    assert (file.state, TubeResult.objects.filter(tube="T3").count()) == ("committed", 1)
    assert upload(cast, of, lab, "姓名,备注\n甲,乙\n").status_code == 422
    assert get(cast.auditor, "files").status_code == 200


def test_nothing_grave_is_chosen_beforehand(cast, story):
    of, _place, lab = story
    laboratory(cast, "CDC", rechecks=True)
    for page in (get(cast.duty_officer, "files"), get(cast.duty_officer, "desk", lab.pk)):
        assert " selected" not in page.content.decode().split("<main", 1)[1].replace('value="" selected', "")
    for left in ("laboratory", "test_round", "stage"):
        assert upload(cast, of, lab, FILE + "1,,T3,阴性,,\n", **{left: ""}).status_code == 422, left
    for left in ({"result": ""}, {"stage": ""}):
        given = {"tube": "T3", "result": "negative", "stage": 1, **left}
        assert post(cast.duty_officer, "enter", lab.pk, **given).status_code == 422
    for page in ("absent", "rest"):
        given = {"kind": "", "reason": "未到", "people": 3, "number": ["5"]}
        assert post(cast.duty_officer, page, of.pk, **given).status_code == 422
    assert not Absence.objects.exists()
    assert ResultFile.objects.count() == 1


def test_a_file_of_a_laboratory_that_did_not_receive_the_tubes_says_so(cast, story):
    of, place, lab = story
    other = laboratory(cast, "CDC", rechecks=True)
    brought(cast, place, "T3", bag="B7")
    tell(cast, place, seen("received", tube="T3", to="LAB9"))
    pages = {}
    for whose in (lab, other):
        upload(cast, of, whose, FILE + f"1,,T1,阴性,,\n2,,T2,阴性,,\n3,,T3,阴性,,{whose.code}\n")
        file = ResultFile.objects.latest("sent_at", "id")
        pages[whose.code] = get(cast.duty_officer, "file", file.pk).content.decode()
    assert "这些结果中有 2 支试管由LAB1 检测所接收" in pages["CDC"]
    assert "这些结果中有 1 支试管由LAB9接收" in pages["LAB1"]
    assert "由LAB1 检测所接收" not in pages["LAB1"]


def test_a_file_is_put_aside(cast, story):
    of, _place, lab = story
    upload(cast, of, lab, FILE + "1,,T3,阴性,,\n", declared_negative="on")
    file = ResultFile.objects.latest("sent_at", "id")
    post(cast.duty_officer, "cancel", file.pk, reason="发错轮次")
    assert get(cast.duty_officer, "file", file.pk).status_code == 200
    file.refresh_from_db()
    assert file.state == "cancelled"


def test_people_of_a_positive_are_called_from_the_list(cast, story):
    of, place, lab = story
    found, row = Positive.objects.get(), Recall.objects.get(number=1)
    page = get(cast.medic, "positive", found.pk).content.decode()
    assert "员工001" in page
    post(cast.medic, "recall_step", row.pk, "call", said="stays", words="在宿舍等")
    post(cast.medic, "recall_step", row.pk, "retest", tube="S1")
    row.refresh_from_db()
    assert (row.state, row.reached_at) == ("retested", NOW)
    assert post(cast.medic, "recall_step", row.pk, "close", reason="x").status_code == 403
    other = Recall.objects.get(number=2)
    refused = post(cast.medic, "recall_step", other.pk, "retest", tube="S1")
    assert refused.status_code == 409
    assert 'value="S1"' in refused.content.decode()  # on the list again, with what was typed
    assert "data-open" in refused.content.decode()
    silent = post(cast.medic, "recall_step", other.pk, "call", said="stays", words="")
    assert silent.status_code == 422
    assert get(cast.medic, "recall", other.pk).url == reverse("tubes:positive", args=[found.pk])
    early = post(cast.duty_officer, "recall_step", other.pk, "close", reason="已送医")
    assert (early.status_code, "已送医" in early.content.decode()) == (409, False)  # only an approver may, before
    assert post(cast.duty_officer, "override", other.pk, reason="已送医").status_code == 403
    assert post(cast.approver, "override", other.pk, reason="已送医").status_code == 302
    brought(cast, place, "S1", bag="B8")
    report(cast, of, lab, ["S1", "阳性"])
    recheck(cast, of, lab, ["S1", "阳性"])
    assert get(cast.duty_officer, "positive", Positive.objects.get(tube="S1").pk).status_code == 200
    post(cast.duty_officer, "recall_step", row.pk, "hand_on", words="市八医院")
    row.refresh_from_db()
    assert row.handed_on_at == NOW
    assert get(cast.auditor, "positives").status_code == 200
    assert get(cast.auditor, "again", of.pk).status_code == 200
    assert post(cast.medic, "recall_step", row.pk, "fly").status_code == 404


def test_a_round_is_closed_on_the_page_and_reported(cast, story):
    of, place, lab = story
    refused = post(cast.duty_officer, "close", of.pk)
    assert refused.status_code == 422
    assert "T3" in refused.content.decode()
    post(cast.duty_officer, "absent", of.pk, kind="excused", reason="住院", number=["5", "6"], do="ticked")
    nobody = post(cast.duty_officer, "absent", of.pk, kind="missing", reason="未到")
    assert (nobody.status_code, "未到" in nobody.content.decode()) == (422, True)
    asked = get(cast.duty_officer, "rest", of.pk).content.decode()
    assert "员工101" in asked
    for wrong in ({"people": 2}, {"people": 1, "reason": ""}, {"people": ""}):
        given = {"kind": "missing", "reason": "未到", "people": 1, **wrong}
        assert post(cast.duty_officer, "rest", of.pk, **given).status_code == 422
    assert Absence.objects.count() == 2
    post(cast.duty_officer, "rest", of.pk, kind="missing", reason="未到", people=1)
    assert Absence.objects.count() == 3
    brought(cast, place, "T3", bag="B7")
    report(cast, of, lab, ["T3", "阴性"])
    recheck(cast, of, lab, ["T1", "阴性"])
    for row in Recall.objects.all():
        post(cast.duty_officer, "recall_step", row.pk, "close", reason="复核阴性")
    assert post(cast.duty_officer, "close", of.pk).status_code == 302
    assert get(cast.auditor, "closing", of.pk).status_code == 200
    assert get(cast.duty_officer, "report_pdf", of.pk).content.startswith(b"%PDF")
    taken = JournalEntry.objects.filter(command="tubes.read_report")
    assert [(one.actor_id, one.data) for one in taken] == [(cast.duty_officer.user.pk, {"kind": "pdf"})]
    listed = cast.duty_officer.client.get(reverse("screening:missing", args=[of.pk])).content.decode()
    assert "住院" in listed
    assert "Numbers to call" not in listed  # nobody is left who is called
    book = load_workbook(io.BytesIO(get(cast.duty_officer, "report_xlsx", of.pk).content))
    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book.worksheets}
    assert [row[1] for row in sheets["汇总"][1:5]] == [7, 4, 2, 1]
    assert sheets["阳性管"][1][0] == "T1"
    assert "员工005" in {row[1] for row in sheets["未采人员名单"]}


def test_somebody_sees_their_own_result_and_nobody_elses(cast, story, django_assert_num_queries):
    of, place, lab = story
    link = get(cast.medic, "own_card", of.pk, query="?number=3").context["address"]
    path = link[link.index("/r/") :]
    with django_assert_num_queries(9):  # two for the hours that the rules in force give a pass
        answer = Client().get(path)
    assert answer.status_code == 200
    assert "员工" not in answer.content.decode()
    assert "员****" in answer.content.decode()
    assert own_result(of.pk, 3).said == "negative"
    assert own_result(of.pk, 1).said == "stay"
    assert own_result(of.pk, 4).said == "waiting"
    assert own_result(of.pk, 5).said == "none"
    forged = path.replace(".3.", ".1.")
    assert Client().get(forged).status_code == 404
    assert Client().get("/r/nonsense").status_code == 404
    assert read_token(token_of(of.pk, 3)) == (of.pk, 3)
    assert place.pk
    assert lab.pk


def test_many_at_once_are_told_to_come_again(cast, story, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    path = reverse("tubes:own", args=[token_of(story[0].pk, 3)])
    answers = {Client().get(path).status_code for _turn in range(62)}
    assert answers == {200, 429}


def test_behind_a_proxy_of_this_machine_each_address_is_counted_for_itself(cast, story, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    path = reverse("tubes:own", args=[token_of(story[0].pk, 3)])

    def asked(told: str, *, near: str = "127.0.0.1") -> int:
        return Client(REMOTE_ADDR=near).get(path, headers={"X-Forwarded-For": told}).status_code

    assert {asked("203.0.113.9, 198.51.100.7") for _turn in range(60)} == {200}
    assert asked("192.0.2.1, 198.51.100.7") == 429  # what a client writes before it changes nothing
    assert asked("198.51.100.8") == 200
    assert {asked("198.51.100.9", near="192.0.2.5") for _turn in range(61)} == {200, 429}
    assert asked("198.51.100.10", near="192.0.2.5") == 429  # a stranger's word is not believed


def test_processes_count_together_and_old_minutes_go(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    said = {"most": 2, "at": NOW}
    assert [too_often("x", "a", **said) for _turn in range(3)] == [False, False, True]
    assert not too_often("x", "b", **said)
    assert not too_often("x", "a", most=2, at=NOW + timedelta(minutes=5))
    assert len(list((tmp_path / "limits").iterdir())) == 1
