"""The red button, the report in two taps, the list, one emergency, the banner on every page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.emergencies import commands
from lazaretto.emergencies.choices import EmergencyState
from lazaretto.emergencies.models import Emergency
from lazaretto.places.models import Room
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
REPORT = "/emergencies/new"
MINUTE = timedelta(minutes=1)
ANY_PAGE = "/account/"


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """Sets the clock of the pages."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def cry(cast):
    def do(site=None, **said):
        done = commands.report(actor=cast.duty_officer.actor, at=NOW, site=site or cast.site, **said)
        return Emergency.objects.get(pk=done.emergency_id)

    return do


def text(member, path):
    answer = member.client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def press(member, emergency, what, **data):
    return member.client.post(reverse(f"emergencies:{what}", args=[emergency.number]), data)


def test_the_red_button_is_on_the_pages_of_whoever_may_report_and_of_nobody_else(cast):
    for name, member in cast.everyone().items():
        page = text(member, ANY_PAGE)
        assert ('data-key="!"' in page) == (name not in {"administrator", "approver", "auditor"}), name


def test_two_taps_are_enough_the_site_is_chosen_and_nothing_has_to_be_written(cast):
    page = cast.hotel_staff.client.get(f"{REPORT}?site=H01&room=0302")
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert (form["site"].value(), sent["where"]) == (cast.site.pk, "0302")
    assert not any(field.required for field in form.fields.values())

    answer = cast.hotel_staff.client.post(REPORT, {**sent, "site": cast.site.pk})
    emergency = Emergency.objects.get()
    assert answer.url == f"/emergencies/{emergency.number}/said"
    assert (emergency.site, emergency.room.number) == (cast.site, "0302")
    assert Alarm.objects.get().role == "medic"
    assert JournalEntry.objects.filter(command="emergencies.report").count() == 1
    assert "已通知医护人员" in text(cast.hotel_staff, answer.url)


def test_a_double_tap_is_one_emergency(cast):
    form = cast.clerk.client.get(REPORT).context["form"]
    sent = {"site": cast.site.pk, "client_id": form["client_id"].value()}
    for _tap in range(2):
        assert cast.clerk.client.post(REPORT, sent).status_code == 302
    assert Emergency.objects.count() == 1


def test_from_the_page_of_a_stay_the_person_and_the_room_are_known(cast):
    stay = factories.stay(cast.site, who=factories.person("陈静", at_site=cast.site))
    room = Room.objects.get(occupancies__stay=stay)
    link = f"{REPORT}?site=H01&amp;person={stay.person_id}&amp;room={room.number}"  # where the red button leads
    assert link in text(cast.site_lead, f"/sites/H01/stays/{stay.number}")
    assert f"{REPORT}?site=H01&amp;room={room.number}" in text(cast.clerk, f"/sites/H01/board/rooms/{room.number}")

    page = cast.clerk.client.get(f"{REPORT}?person={stay.person_id}")
    assert "陈静" in page.content.decode()
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    cast.clerk.client.post(REPORT, {**sent, "site": cast.site.pk})
    assert (Emergency.objects.get().person, Emergency.objects.get().room) == (stay.person, room)


@pytest.mark.parametrize(
    "query", ["?person=x", "?site=H99", "?site=H02&room=9999", "?person=01a2018a-8ac7-76e4-9ace-bd37843517ef"]
)
def test_what_a_link_got_wrong_holds_nobody_up(cast, query):
    assert cast.clerk.client.get(REPORT + query).status_code == 200


def test_without_a_word_in_the_street_the_form_stays_and_says_so(cast):
    answer = cast.duty_officer.client.post(REPORT, {"site": ""})
    assert answer.status_code == 422
    assert "任写一项" in answer.content.decode()
    assert not Emergency.objects.exists()


def test_an_emergency_that_nobody_has_stands_on_every_page_of_those_who_work_there(cast, cry, at):
    emergency = cry(kind="labour", who="王小明")
    at(NOW + 3 * MINUTE)
    medic, hotel = text(cast.medic, ANY_PAGE), text(cast.hotel_staff, ANY_PAGE)
    assert "紧急医疗，无人接手" in medic
    assert "孕产、临产" in medic
    assert "3 分钟" in medic
    assert f"/emergencies/{emergency.number}/said" in hotel, "who reads no emergencies is told where, not what"
    assert "孕产、临产" not in hotel
    assert "王小明" not in medic + hotel
    assert "紧急医疗，无人接手" not in text(cast.outsider, ANY_PAGE)
    assert emergency.number in text(cast.duty_officer, "/emergencies/banner")
    press(cast.medic, emergency, "own")
    assert "紧急医疗，无人接手" not in text(cast.medic, ANY_PAGE)
    assert text(cast.medic, "/emergencies/banner").strip() == ""


def test_banner_and_entry_cost_one_query_however_many_are_open(cast, cry):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            text(cast.medic, ANY_PAGE)
        return [row["sql"] for row in caught if "emergencies_emergency" in (row["sql"] or "")]

    assert len(queries()) == 1
    for _one in range(5):
        cry()
    assert len(queries()) == 1


def test_the_list_shows_minutes_and_who_has_it_and_costs_the_same(cast, cry, at):
    first = cry(what="胸痛", where="0301")
    press(cast.medic, first, "own")
    cry(site=cast.other_site)
    at(NOW + 7 * MINUTE)
    with CaptureQueriesContext(connection) as few:
        page = text(cast.site_lead, "/emergencies")
    assert first.number in page
    assert str(cast.medic.user) in page
    assert "H02" not in page
    for _one in range(6):
        cry()
    with CaptureQueriesContext(connection) as many:
        text(cast.site_lead, "/emergencies")
    assert len(few) == len(many)
    assert first.number not in text(cast.site_lead, "/emergencies?state=ended")


def test_big_buttons_stamp_the_steps_and_only_those_ahead_are_offered(cast, cry):
    emergency = cry(what="胸痛")
    page = text(cast.medic, f"/emergencies/{emergency.number}")
    assert "我来负责" in page
    press(cast.medic, emergency, "step", to="arrived")
    emergency.refresh_from_db()
    assert (emergency.state, emergency.owner) == (EmergencyState.ARRIVED, cast.medic.user)
    page = text(cast.medic, f"/emergencies/{emergency.number}")
    assert 'value="called"' not in page
    assert 'value="handed_over"' in page
    assert 'name="to"' not in text(cast.clerk, f"/emergencies/{emergency.number}"), "a clerk reads and adds words"


def test_whoever_was_slower_reads_who_has_it(cast, cry):
    emergency = cry()
    press(cast.medic, emergency, "own")
    answer = cast.site_lead.client.post(reverse("emergencies:own", args=[emergency.number]), follow=True)
    assert f"已由{cast.medic.user}接手" in answer.content.decode()
    press(cast.site_lead, emergency, "own", instead_of=cast.medic.user.pk, reason="交接班")
    emergency.refresh_from_db()
    assert emergency.owner == cast.site_lead.user


def test_the_one_who_cried_adds_a_word_and_sees_who_comes(cast, cry):
    emergency = cry()
    press(cast.security, emergency, "word", words="电梯已留好")
    press(cast.medic, emergency, "own")
    assert "电梯已留好" in text(cast.medic, f"/emergencies/{emergency.number}")
    assert str(cast.medic.user) in text(cast.security, f"/emergencies/{emergency.number}/said")


def test_the_review_is_written_once_by_headquarters(cast, cry):
    emergency = cry()
    press(cast.medic, emergency, "step", to="closed")
    page = f"/emergencies/{emergency.number}"
    assert "lessons" not in text(cast.medic, page)
    assert "lessons" in text(cast.approver, page)
    press(cast.approver, emergency, "review", lessons="电梯先留好")
    assert "电梯先留好" in text(cast.medic, page)


def test_names_are_for_those_who_read_names(cast, cry):
    emergency = cry(who="王小明")
    page = f"/emergencies/{emergency.number}"
    assert "王小明" in text(cast.medic, page)
    assert "王小明" not in text(cast.auditor, page)


def test_another_sites_emergency_is_not_there(cast, cry):
    emergency = cry()
    for path in ("", "/said"):
        assert cast.outsider.client.get(f"/emergencies/{emergency.number}{path}").status_code == 404
    for what in ("own", "step", "word", "cancel"):
        assert press(cast.outsider, emergency, what, to="called", reason="x", words="x").status_code == 404
