"""The pages of a list: upload, look at every row, say what the columns are, decide, commit."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.tests.offices import HEADER, card, person, xlsx
from lazaretto.core.models import JournalEntry
from lazaretto.people.models import Person

LISTS = reverse("arrivals:lists", args=["H01"])
WRONG = "440105199102090168"


def upload(member, rows, name="list.xlsx"):
    data = rows if isinstance(rows, bytes) else xlsx({"名单": rows})
    given = {"file": SimpleUploadedFile(name, data), "category": "inbound", "vehicle": "粤A·12345"}
    return member.client.post(LISTS, given)


@pytest.fixture
def listed(cast):
    upload(
        cast.clerk,
        [["名单（共4人）"], HEADER, person(1, "李 梅"), person(2, "王强", WRONG), [], person(3, phone="123")],
    )
    return Manifest.objects.get()


def page(listed, name="list", **query):
    return reverse(f"arrivals:{name}", args=["H01", listed.pk]) + ("?show=" + query["show"] if query else "")


def test_an_uploaded_list_is_shown_row_by_row_and_makes_nobody(cast, listed):
    shown = cast.clerk.client.get(page(listed, show="all")).content.decode()
    assert shown.count("<tr") == 1 + 6
    assert "李梅" in shown
    assert person(1, "李 梅")[3] not in shown
    assert not Person.objects.exists()
    assert listed.vehicle == "粤A·12345"


def test_the_rows_to_decide_are_shown_first(cast, listed):
    shown = cast.clerk.client.get(page(listed)).content.decode()
    assert "王强" in shown
    assert "李梅" not in shown


@pytest.mark.parametrize(("tab", "names"), [("held", {"王强"}), ("mended", {"李梅"}), ("warned", {person(3)[1]})])
def test_each_tab_shows_its_rows(cast, listed, tab, names):
    shown = cast.clerk.client.get(page(listed, show=tab)).content.decode()
    assert {name for name in ("李梅", "王强", person(3)[1]) if name in shown} == names


def test_an_unreadable_file_says_what_to_do_beside_the_field(cast):
    answer = upload(cast.clerk, b"%PDF-1.7", "list.pdf")
    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors
    assert not Manifest.objects.exists()


def test_a_held_row_is_decided_and_the_next_one_follows(cast, listed):
    row = listed.rows.get(excel_row=4)
    address = reverse("arrivals:list_row", args=["H01", listed.pk, row.pk])
    form = cast.clerk.client.get(address)
    assert WRONG in form.content.decode()
    assert JournalEntry.objects.filter(command="arrivals.show_row", actor_id=cast.clerk.user.pk).count() == 1
    typed = {
        "decision": "correct",
        "name": "王强",
        "document": "440105199102090169",
        "sex": "unknown",
        "birth_date": "",
    }
    assert "id_checksum" not in cast.clerk.client.post(address, typed).content.decode()
    row.refresh_from_db()
    assert row.outcome == "held"
    right = {**typed, "document": card(), "phone": "13800138000"}
    assert cast.clerk.client.post(address, right).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.decision) == ("ready", "correct")


def test_the_ready_rows_are_committed_piece_by_piece(cast, listed):
    answer = cast.clerk.client.post(page(listed, "commit_list")).json()
    assert (answer["done"], answer["at"], answer["of"]) == (True, 2, 2)
    assert answer["next"].endswith("show=done")
    assert ExpectedArrival.objects.count() == 2
    assert "李梅" in cast.clerk.client.get(answer["next"]).content.decode()


def test_the_columns_can_be_named_and_the_list_is_read_again(cast):
    upload(cast.clerk, [["姓名", "杂项"], ["李梅", "E12345678"]])
    listed = Manifest.objects.get()
    shown = cast.clerk.client.get(page(listed, "list_columns"))
    (table,) = shown.context["tables"]
    assert [column.meaning for column in table.columns] == ["name", "other"]
    assert "E12345678" not in shown.content.decode()
    given = {"signature": table.signature, "column-0": "name", "column-1": "passport"}
    assert cast.clerk.client.post(page(listed, "list_columns"), given).status_code == 302
    assert listed.rows.get(excel_row=2).outcome == "ready"


def test_a_list_is_put_aside_with_a_reason(cast, listed):
    assert cast.clerk.client.post(page(listed, "cancel_list"), {"reason": "发错"}).status_code == 302
    listed.refresh_from_db()
    assert listed.state == "cancelled"
    assert JournalEntry.objects.get(command="arrivals.cancel_manifest").reason == "发错"


def test_names_are_masked_for_roles_that_need_none_and_other_sites_see_nothing(cast, listed):
    auditor = cast.auditor.client.get(page(listed, show="all"))
    assert auditor.status_code == 200
    assert "李梅" not in auditor.content.decode()
    assert cast.outsider.client.get(page(listed)).status_code == 404
    assert cast.hotel_staff.client.get(page(listed)).status_code == 403
    assert cast.medic.client.post(page(listed, "commit_list")).status_code == 403


def test_a_page_of_a_long_list_takes_few_queries_and_leads_to_the_next(cast, django_assert_max_num_queries):
    upload(cast.clerk, [HEADER, *[person(n) for n in range(1, 121)]])
    listed = Manifest.objects.get()
    with django_assert_max_num_queries(16):
        first = cast.clerk.client.get(page(listed, show="all"))
    assert len(first.context["page"].rows) == 50
    second = cast.clerk.client.get(first.context["next_url"])
    assert second.context["page"].rows[0].excel_row == 51


@pytest.mark.parametrize("place", ["9" * 30 + ".1", "1." + "9" * 30, "²", "0"])
def test_a_place_that_no_list_has_is_refused_by_name(cast, listed, place):
    answer = cast.clerk.client.get(page(listed), {"after": place}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "This place in the list is not known." in answer.content.decode()


def test_the_form_of_a_held_row_says_that_somebody_without_a_document_can_be_taken(cast, listed):
    row = listed.rows.get(excel_row=4)
    address = reverse("arrivals:list_row", args=["H01", listed.pk, row.pk])
    page = cast.clerk.client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Somebody without any document can be taken too." in page
    assert "nobody is made of this row" in page
