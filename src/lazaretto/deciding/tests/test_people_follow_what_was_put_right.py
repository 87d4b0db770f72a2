"""What a supervisor puts right about a scan: recalls, one's own result, the queue and the lists of a round follow."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from lazaretto.core.models import JournalEntry
from lazaretto.deciding.models import Matter
from lazaretto.deciding.tests.questions import waiting
from lazaretto.screening import commands as screening
from lazaretto.screening.commands.scans import Stranger as Said
from lazaretto.screening.models import DuplicateScan, Scan, Stranger
from lazaretto.screening.tests.rounds import enterprise, member, open_one, opened, point, scan, send
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.models import Recall
from lazaretto.tubes.queries.balance import balance_of, unnamed
from lazaretto.tubes.queries.own import own_result
from lazaretto.tubes.queries.people import people_of
from lazaretto.tubes.report import as_xlsx, report_of
from lazaretto.tubes.tests.labs import report
from lazaretto.tubes.tests.ways import brought, laboratory
from tests.factories import NOW

pytestmark = pytest.mark.django_db
REASON = "打电话核实了"


@pytest.fixture
def lead(cast):
    return {"actor": cast.site_lead.actor, "at": NOW, "reason": REASON}


def unlisted(cast, place, **said) -> Stranger:
    """Somebody without a card in T1."""
    send(cast, place, scan(None, tube="T1", slot=9, stranger=Said(name="无证", phone="13900000000", **said)))
    return Stranger.objects.order_by("pk").last()


def answered(cast, place, tube: str, said="阳性") -> None:
    """The tube is at the laboratory, which says so."""
    follow_round(place.round, at=NOW)
    lab = laboratory(cast)
    brought(cast, place, tube)
    report(cast, place.round, lab, [tube, said])


def called(of) -> list[int]:
    follow_round(of, at=NOW)
    return sorted(Recall.objects.filter(round=of).values_list("number", flat=True))


def test_whoever_is_counted_is_called_back_with_their_tube_and_need_not_be_named_missing(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    assert 2 in {row.number for row in unnamed(of)}
    screening.count_scan(**lead, kept=DuplicateScan.objects.get(), tube="T1")
    assert 2 not in {row.number for row in unnamed(of)}
    assert balance_of(of).tested == 2
    answered(cast, place, "T1")
    assert called(of) == [1, 2]
    assert own_result(of.pk, 2).said == "stay"


def test_somebody_counted_into_a_tube_that_is_positive_already_is_called_too(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(3, tube="T1", slot=3), scan(2, tube="T1", slot=1))
    answered(cast, place, "T1")
    screening.count_scan(**lead, kept=DuplicateScan.objects.get(), tube="T1")
    assert called(of) == [1, 2, 3]


def test_a_stranger_recognised_is_called_by_their_number_and_telephone(cast, lead):
    enterprise(cast.site.unit, "A公司", range(1, 3), phone="13811111111")
    of, place = open_one(cast)
    found = unlisted(cast, place)
    send(cast, place, scan(1, tube="T1", slot=1))
    answered(cast, place, "T1")
    assert called(of) == [1, found.number]
    screening.recognise_stranger(**lead, stranger=found, number=2)
    assert called(of) == [1, 2], "one person is called once"
    assert people_of(of, [2])[2].phone == "13811111111"
    assert own_result(of.pk, 2).said == "stay"
    assert own_result(of.pk, found.number).said == "stay", "the link that they were given as a stranger"


def test_a_wrong_person_picked_is_free_and_the_right_one_is_called(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=2))
    answered(cast, place, "T1")
    Recall.objects.filter(number=1).update(reached_at=NOW)
    screening.correct_scan(**lead, test_round=of, before=1, number=5)
    assert called(of) == [2, 5]
    assert Recall.objects.get(number=5).reached_at is None, "nobody has spoken to them yet"
    assert own_result(of.pk, 1).said == "none"


# ---- the queue


def test_counting_them_settles_the_question_in_the_name_of_who_did_it(cast, lead):
    of, place = opened(cast)
    other = point(cast, of, "P2")
    send(cast, place, scan(1, tube="T1"))
    send(cast, other, scan(2, tube="T1"), scan(3, tube="T1"))
    asked = waiting(of)["two_points"]
    two, three = DuplicateScan.objects.order_by("number")
    screening.count_scan(**lead, kept=two, tube="T1")
    asked.refresh_from_db()
    assert asked.closed_at is None, "the other one of the tube still waits"
    assert waiting(of)["two_points"].said["scans"] == 1
    screening.swab_again(**lead, kept=three)
    asked.refresh_from_db()
    assert (asked.closed_by, asked.words) == (cast.site_lead.user, REASON)
    assert waiting(of) == {}


def test_recognising_a_stranger_settles_the_question_who_they_are(cast, lead):
    home = enterprise(cast.site.unit, "A公司", range(1, 3))
    member(home, None)
    of, place = open_one(cast)
    found = unlisted(cast, place, organisation="A公司")
    asked = waiting(of)["namesake"]
    (number,) = asked.said["numbers"]
    screening.recognise_stranger(**lead, stranger=found, number=number)
    asked.refresh_from_db()
    assert asked.closed_by == cast.site_lead.user
    assert waiting(of) == {}


# ---- pages


def test_a_question_leads_to_its_scans_and_they_are_counted_there(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    asked, row = waiting(of)["place"], DuplicateScan.objects.get()
    url = reverse("screening:kept", args=[of.pk])
    page = cast.site_lead.client.get(reverse("deciding:one", args=[asked.pk])).content.decode()
    assert f"{url}?kept={row.pk}" in page
    page = cast.site_lead.client.get(url, {"kept": row.pk}).content.decode()
    assert "员工002" in page
    assert 'value="T1"' in page
    put = reverse("screening:put_right", args=[of.pk])
    given = {"kept": row.pk, "only": row.pk, "tube": "T8", "reason": REASON, "do": "count"}
    refused = cast.site_lead.client.post(put, given)
    assert refused.status_code == 422
    assert 'value="T8"' in refused.content.decode(), "what was typed stays"
    done = cast.site_lead.client.post(put, {**given, "tube": "T1"}, follow=True)
    assert REASON in done.content.decode()
    assert Scan.objects.filter(round=of.pk, number=2).exists()
    assert Matter.objects.get(pk=asked.pk).closed_by == cast.site_lead.user


def test_whoever_is_swabbed_again_stands_on_the_list_of_those_missing_with_the_reason(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    put = reverse("screening:put_right", args=[of.pk])
    nothing = cast.site_lead.client.post(put, {"reason": REASON, "do": "again"})
    assert nothing.status_code == 422
    cast.site_lead.client.post(put, {"kept": DuplicateScan.objects.get().pk, "reason": REASON, "do": "again"})
    page = cast.duty_officer.client.get(reverse("screening:missing", args=[of.pk])).content.decode()
    assert REASON in page
    send(cast, place, scan(2, tube="T2", slot=1))
    page = cast.duty_officer.client.get(reverse("screening:missing", args=[of.pk])).content.decode()
    assert REASON not in page


def test_strangers_stand_by_name_with_tube_and_result_and_are_recognised_from_there(cast):
    of, place = opened(cast)
    found = unlisted(cast, place, organisation="A公司")
    follow_round(of, at=NOW)
    url, whose = reverse("tubes:strangers", args=[of.pk]), reverse("screening:whose", args=[of.pk, found.number])
    page = cast.duty_officer.client.get(url, {"q": "无"}).content.decode()
    assert {"无证", "13900000000", "T1", whose} <= {one for one in ("无证", "13900000000", "T1", whose) if one in page}
    assert "13900000000" not in cast.medic.client.get(url).content.decode(), "a medic calls nobody of a round"
    assert "无证" not in cast.site_lead.client.get(url, {"q": "李"}).content.decode()
    assert cast.site_lead.client.get(whose).status_code == 200
    assert cast.site_lead.client.post(whose, {"number": "999", "reason": REASON}).status_code == 422
    done = cast.site_lead.client.post(whose, {"number": "3", "reason": REASON})
    assert done.status_code == 302
    assert Scan.objects.get(round=of.pk).number == 3
    assert cast.site_lead.client.get(whose).status_code == 302, "it is put right: nothing counts there any more"
    listed = cast.duty_officer.client.get(f"/api/v1/tubes/rounds/{of.pk}/strangers").json()["items"]
    assert [(one["number"], one["known"], one["tube"]) for one in listed] == [(found.number, 3, "T1")]
    said = cast.duty_officer.client.get(f"/api/v1/screening/rounds/{of.pk}/corrections").json()["items"]
    assert [(one["before"], one["number"], one["reason"]) for one in said] == [(found.number, 3, REASON)]


def test_a_wrong_number_is_put_right_on_its_page(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1))
    whose = reverse("screening:whose", args=[of.pk, 1])
    assert cast.medic.client.get(whose).status_code == 403
    cast.site_lead.client.post(whose, {"number": "4", "reason": REASON})
    assert Scan.objects.get(round=of.pk).number == 4


def test_lists_are_taken_as_excel_and_the_journal_says_by_whom(cast):
    of, place = opened(cast)
    unlisted(cast, place)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    for name, command, text in (
        ("screening:kept_sheet", "screening.read_kept", "员工002"),
        ("tubes:strangers_sheet", "tubes.read_strangers", "无证"),
    ):
        answer = cast.duty_officer.client.post(reverse(name, args=[of.pk]))
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        assert text in {cell.value for row in sheet.iter_rows() for cell in row}
        assert JournalEntry.objects.filter(command=command).count() == 1
    found = report_of(cast.duty_officer.actor, of, at=NOW)
    book = openpyxl.load_workbook(BytesIO(as_xlsx(found)))
    assert any("13900000000" in {cell.value for row in sheet.iter_rows() for cell in row} for sheet in book)


def test_lists_ask_as_often_for_many_as_for_one(cast, django_assert_max_num_queries):
    of, place = opened(cast, people=30)
    for n in range(1, 21):
        send(cast, place, scan(n, tube=f"A{n}", slot=1), scan(n, tube=f"B{n}", slot=1))
        send(cast, place, scan(None, tube=f"C{n}", slot=1, stranger=Said(name=f"路人{n}")))
    for name in ("screening:kept", "tubes:strangers"):
        cast.duty_officer.client.get(reverse(name, args=[of.pk]))
        with django_assert_max_num_queries(16):
            cast.duty_officer.client.get(reverse(name, args=[of.pk]))
