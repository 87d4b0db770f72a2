"""The page of one stay: its course, its order, its papers, and what can be done from it."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.core import clock
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.people.models import Need
from lazaretto.places.models import Room
from lazaretto.stays import commands
from lazaretto.stays.choices import MoveRemark, Slot, StayEnd
from lazaretto.stays.models import IsolationOrder, Occupancy, OrderChange, Stay
from lazaretto.stays.queries.file import stay_file
from lazaretto.stays.queries.moves import room_choices
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def url(name, stay, *more):
    return reverse(f"stays:{name}", args=["H01", stay.number, *more])


def words(answer):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


def test_the_course_shows_each_day_with_its_checks_and_tests(cast, admit):
    stay = admit(at=NOW - timedelta(days=2))
    commands.observe(
        actor=cast.medic.actor, at=NOW, stay=stay, day=NOW.date(), slot=Slot.MORNING, temperature=Decimal("36.6")
    )
    found = stay_file(cast.medic.actor, stay.number, cast.site, at=NOW)
    today = next(day for day in found.calendar if day.today)
    assert (found.day, found.days, today.number) == (2, 7, 2)
    assert today.morning.temperature == Decimal("36.6")
    assert today.test.key == "central-2"
    assert [due.key for due in found.pending_tests][:2] == ["central-1", "central-2"]


def test_health_is_for_those_who_read_it(cast, admit):
    stay = admit()
    commands.observe(
        actor=cast.medic.actor, at=NOW, stay=stay, day=NOW.date(), slot=Slot.MORNING, temperature=Decimal("38.7")
    )
    assert "38.7" in cast.medic.client.get(url("stay", stay)).content.decode()
    assert "38.7" not in cast.clerk.client.get(url("stay", stay)).content.decode()
    assert cast.outsider.client.get(url("stay", stay)).status_code == 404
    assert cast.hotel_staff.client.get(url("stay", stay)).status_code == 403


def test_a_move_lists_rooms_with_what_each_breaks(cast, admit):
    mother = admit("0301", name="陈静")
    child = admit("0301", name="陈小明", born=date(2018, 6, 1), party_id=mother.person_id)
    Need.objects.create(person=child.person, kind="cannot_walk", started_at=NOW)
    Room.objects.filter(site=cast.site, number="0404").update(state="reserve", accessible=True)
    Room.objects.filter(site=cast.site, number="0403").update(state="to_clean")
    choices = {choice.room.number: set(choice.remarks) for choice in room_choices(child, at=NOW)}
    assert "0403" not in choices
    assert choices["0302"] == {MoveRemark.LEAVES_PARTY, MoveRemark.NOT_ACCESSIBLE}
    assert choices["0404"] == {MoveRemark.LEAVES_PARTY, MoveRemark.RESERVE}


def test_a_move_from_the_page_leaves_a_room_to_clean_and_a_line_in_the_journal(cast, admit):
    stay = admit("0301")
    target = Room.objects.get(site=cast.site, number="0402")
    answer = cast.clerk.client.post(url("move", stay), {"room": target.pk, "reason": "空调坏了"})
    assert answer.status_code == 302
    assert Occupancy.objects.get(stay=stay, ended_at__isnull=True).room == target
    assert Room.objects.get(site=cast.site, number="0301").state == "to_clean"
    assert JournalEntry.objects.filter(command="stays.move_room", reason="空调坏了").exists()


def test_a_refused_move_keeps_what_was_typed_and_says_why(cast, admit):
    stay = admit("0301")
    taken = Room.objects.get(site=cast.site, number="0302")
    admit("0302", name="李娜")
    answer = cast.clerk.client.post(url("move", stay), {"room": taken.pk, "reason": "靠近电梯"})
    assert answer.status_code == 422
    assert "靠近电梯" in answer.content.decode()
    assert Occupancy.objects.get(stay=stay, ended_at__isnull=True).room.number == "0301"


def test_extra_days_are_for_the_approver_and_come_with_a_notice(cast, admit):
    stay = admit()
    later = stay.order.ends_at + timedelta(days=2)
    given = {"ends_at": (later + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"), "reason": "第三天复核阳性密接"}
    assert cast.site_lead.client.post(url("extend", stay), given).status_code == 403
    assert cast.approver.client.post(url("extend", stay), given).status_code == 302
    change = OrderChange.objects.get()
    assert (change.approved_by, change.ends_after) == (cast.approver.user, later)
    assert Deadline.objects.get(kind="stays.release", subject_id=str(stay.pk)).due_at == later
    paper = words(cast.clerk.client.get(url("notice_paper", stay, change.pk)))
    assert "第三天复核阳性密接" in paper


def test_an_earlier_end_is_no_extension(cast, admit):
    stay = admit()
    given = {"ends_at": NOW.strftime("%Y-%m-%dT%H:%M"), "reason": "x"}
    assert cast.approver.client.post(url("extend", stay), given).status_code == 422
    assert not OrderChange.objects.exists()


def test_a_stay_entered_by_mistake_ends_with_its_order_and_hospital_is_no_end(cast, admit):
    stay = admit()
    given = {"end": "hospital", "reason": "急性阑尾炎，送市一医院"}
    assert cast.clerk.client.post(url("end", stay), given).status_code == 422
    stay.refresh_from_db()
    assert stay.ended_at is None
    assert cast.clerk.client.post(url("end", stay), {"end": "cancelled", "reason": "重复登记"}).status_code == 302
    stay.refresh_from_db()
    assert (stay.end, IsolationOrder.objects.get().lifted_at) == (StayEnd.CANCELLED, stay.ended_at)
    assert not Deadline.objects.filter(subject_id=str(stay.pk), state="open").exists()


def test_the_order_is_printed_in_the_persons_language(cast, admit):
    stay = admit(name="Anna Schmidt")
    stay.person.language = "en"
    stay.person.save()
    english = words(cast.clerk.client.get(url("order_paper", stay)))
    assert "Isolation order" in english
    assert stay.order.number in english
    assert "隔离" in words(cast.clerk.client.get(url("order_paper", stay) + "?language=zh-hans"))


def test_the_door_card_masks_names_and_the_guests_own_card_does_not(cast, admit):
    stay = admit(name="陈静")
    door = words(cast.clerk.client.get(url("door_card", stay)))
    assert "0301" in door
    assert "陈静" not in door
    assert "陈静" in words(cast.clerk.client.get(url("guest_card", stay)))


def test_the_list_finds_by_room_name_and_state_page_by_page(cast, admit, django_assert_max_num_queries):
    admit("0301", name="陈静")
    gone = admit("0302", name="李娜")
    commands.end_stay(actor=cast.clerk.actor, at=NOW, stay=gone, end=StayEnd.CANCELLED, reason="登记有误")
    listing = reverse("stays:stays", args=["H01"])
    with django_assert_max_num_queries(13):
        page = cast.clerk.client.get(listing).content.decode()
    assert ("陈静" in page, "李娜" in page) == (True, False)
    assert "李娜" in cast.clerk.client.get(listing, {"state": "ended"}).content.decode()
    assert "陈静" in cast.clerk.client.get(listing, {"q": "030"}).content.decode()
    assert "陈静" not in cast.clerk.client.get(listing, {"q": "0399"}).content.decode()


def test_a_number_alone_leads_to_the_file(cast, admit):
    stay = admit()
    assert cast.clerk.client.get(f"/stays/{stay.number}")["Location"] == url("stay", stay)
    assert cast.outsider.client.get(f"/stays/{stay.number}").status_code == 404
    assert Stay.objects.count() == 1
