"""Pages of people on the move: open to both ends, live figures, forms that keep what was typed."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.custody.models import Handover, Question
from lazaretto.orders.choices import PaperKind
from lazaretto.orders.tests.telling import checked
from lazaretto.places.models import ExternalPlace
from lazaretto.stays.models import RoomHold, Stay
from lazaretto.transfers.tests.test_an_order_goes_with_the_people import sign_out
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def handover(cast):
    stay = factories.stay(cast.site)
    due = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = cast.clerk.client.post(
        reverse("transfers:sign_out", args=["H01"]),
        {"people": [str(stay.person_id)], "destination": "site:H02", "due_at": due},
    )
    assert answer.status_code == 302
    return Handover.objects.get()


def test_a_handover_is_on_the_page_of_both_ends_and_the_other_end_signs_in(cast, handover):
    for member in (cast.clerk, cast.outsider, cast.duty_officer):
        assert handover.number in member.client.get(reverse("transfers:moves")).content.decode()
    person = handover.people.get().person_id
    address = reverse("transfers:arrived", args=[handover.number, person])
    mistyped = cast.outsider.client.post(address, {"what": "sign_in", "room": "9999"})
    assert mistyped.status_code == 422
    assert 'value="9999"' in mistyped.content.decode()
    assert cast.outsider.client.post(address, {"what": "sign_in"}).status_code == 302
    handover.refresh_from_db()
    assert handover.closed_at is not None
    page = cast.outsider.client.get(reverse("transfers:moves")).content.decode()
    assert reverse("transfers:give_room", args=["H02", person]) in page


def test_signing_out_nobody_or_to_nowhere_keeps_the_form(cast):
    factories.stay(cast.site)
    answer = cast.clerk.client.post(reverse("transfers:sign_out", args=["H01"]), {"carrier": "粤A·12345"})
    assert answer.status_code == 422
    assert "粤A·12345" in answer.content.decode()
    assert not Handover.objects.exists()


def test_a_hospital_is_added_and_can_be_chosen(cast):
    factories.stay(cast.site)
    given = {"kind": "hospital", "name": "区人民医院", "abilities": ["emergency"]}
    assert cast.clerk.client.post(reverse("transfers:new_place"), given).status_code == 302
    assert "区人民医院" in cast.clerk.client.get(reverse("transfers:sign_out", args=["H01"])).content.decode()
    assert cast.clerk.client.post(reverse("transfers:new_place"), given).status_code == 422
    assert ExternalPlace.objects.get().abilities == ["emergency"]


def test_a_scan_at_a_second_place_is_decided_on_its_page(cast):
    stay = factories.stay(cast.site)
    seen = reverse("transfers:seen_here", args=["H02"])
    assert cast.outsider.client.post(seen, {"card": "nobody"})["Location"] == reverse("transfers:moves")
    assert not Question.objects.exists()
    cast.outsider.client.post(seen, {"card": stay.number})
    address = reverse("transfers:question", args=[Question.objects.get().pk])
    assert cast.clerk.client.get(address).status_code == 403
    page = cast.site_lead.client.get(address).content.decode()
    assert "H01" in page
    assert "H02" in page
    assert cast.site_lead.client.post(address, {"verdict": "as_thought"}).status_code == 422
    assert cast.site_lead.client.post(address, {"verdict": "as_thought", "reason": "扫错"}).status_code == 302
    assert Question.objects.get().closed_at is not None
    assert Stay.objects.get().ended_at is None


def test_whereabouts_cost_the_same_for_few_and_for_many(cast, django_assert_max_num_queries):
    client, address = cast.duty_officer.client, reverse("transfers:whereabouts")
    factories.stay(cast.site)
    client.get(address)
    for _more in range(5):
        factories.stay(cast.other_site)
    for page in (address, reverse("transfers:moves")):
        with django_assert_max_num_queries(24):
            assert client.get(page).status_code == 200
    assert client.get("/api/v1/whereabouts").json()["items"][0]["site"] == "H01"


def test_the_page_of_a_hospital_tells_keeps_and_fetches(cast):
    stay, now = factories.stay(cast.site), clock.now()
    place = ExternalPlace.objects.create(kind="hospital", name="区人民医院")
    due, later = ((now + timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M") for n in (20, 40))
    given = {"people": [str(stay.person_id)], "destination": f"place:{place.pk}", "due_at": due}
    cast.clerk.client.post(reverse("transfers:sign_out", args=["H01"]), {**given, "keep_rooms_until": later})
    first, person = Handover.objects.get(), stay.person_id
    assert RoomHold.objects.filter(person=person).exists()
    cast.clerk.client.post(
        reverse("transfers:arrived", args=[first.number, person]), {"what": "confirm", "confirmed_by": "急诊"}
    )
    address = reverse("transfers:handover", args=[first.number])
    word = reverse("transfers:word", args=[first.number, person])
    assert cast.clerk.client.post(word, {"kind": "nonsense", "text": "好"}).status_code == 422
    assert (
        cast.clerk.client.post(word, {"kind": "condition", "text": "体温三十八度", "told_by": "陈"}).status_code == 302
    )
    assert "体温三十八度" in cast.clerk.client.get(address).content.decode()
    assert "体温三十八度" not in cast.auditor.client.get(address).content.decode()
    fetch = reverse("transfers:fetch", args=[first.number])
    assert cast.clerk.client.post(fetch, {"people": [], "due_at": due}).status_code == 422
    answer = cast.clerk.client.post(fetch, {"people": [str(person)], "due_at": due})
    assert answer.status_code == 302
    assert "区人民医院" in cast.clerk.client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("at", "words"), [("garbage", "cannot be read"), ("2999-01-01T08:00", "lies ahead")])
def test_a_moment_that_cannot_be_answered_is_refused_by_name_and_shows_nobody(cast, at, words):
    stay = factories.stay(cast.site, who=factories.person("单小燕", at_site=cast.site))
    client = cast.duty_officer.client
    answer = client.get(reverse("transfers:whereabouts"), {"at": at}, headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{at}"' in page
    assert stay.person.name not in page
    assert client.get("/api/v1/whereabouts", {"at": "garbage"}).status_code == 422
    ahead = client.get("/api/v1/whereabouts", {"at": "2999-01-01T08:00:00+08:00"})
    assert (ahead.status_code, ahead.json()["code"]) == (422, "moment_ahead")


def test_the_second_to_decide_reads_who_decided_what_and_when(cast):
    stay = factories.stay(cast.site)
    cast.outsider.client.post(reverse("transfers:seen_here", args=["H02"]), {"card": stay.number})
    address = reverse("transfers:question", args=[Question.objects.get().pk])
    cast.site_lead.client.post(address, {"verdict": "as_thought", "reason": "扫错了卡"})
    decided = Question.objects.get()
    for answer in (
        cast.duty_officer.client.get(address),
        cast.duty_officer.client.post(address, {"verdict": "as_reported", "reason": "我看见了"}),
    ):
        page = answer.content.decode()
        assert "扫错了卡" in page
        assert cast.site_lead.user.display_name in page
        assert 'name="verdict"' not in page
    assert answer.status_code == 409
    assert Question.objects.get().closed_at == decided.closed_at


def test_a_handover_is_sent_elsewhere_from_its_page(cast, handover):
    place = ExternalPlace.objects.create(kind="hospital", name="区人民医院")
    address = reverse("transfers:divert", args=[handover.number])
    due = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert "site:H02" not in cast.clerk.client.get(address).content.decode()
    wrong = cast.clerk.client.post(address, {"destination": f"place:{place.pk}", "due_at": due, "reason": ""})
    assert wrong.status_code == 422
    told = cast.clerk.client.post(address, {"destination": f"place:{place.pk}", "due_at": due, "reason": "胸痛"})
    fresh = Handover.objects.exclude(pk=handover.pk).get()
    assert told["Location"] == reverse("transfers:handover", args=[fresh.number])
    page = cast.clerk.client.get(reverse("transfers:handover", args=[handover.number])).content.decode()
    assert fresh.number in page


def test_everyone_is_shown_page_by_page_and_site_by_site(cast, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(import_module("lazaretto.transfers.views.moves"), "SHOWN", 2)
    stays = [factories.stay(cast.site) for _n in range(3)] + [factories.stay(cast.other_site)]
    address, found = reverse("transfers:whereabouts"), []
    with django_assert_max_num_queries(13):
        answer = cast.duty_officer.client.get(address)
    while answer.context["next"]:
        found += answer.context["rows"]
        answer = cast.duty_officer.client.get(address, {"after": answer.context["next"]})
    found += answer.context["rows"]
    assert [row.person_id for row in found] == sorted(stay.person_id for stay in stays)
    only = cast.duty_officer.client.get(address, {"site": "H02"}).context["rows"]
    assert [row.person_id for row in only] == [stays[3].person_id]


def test_the_papers_that_an_order_asks_for_stand_on_the_form_and_on_the_page_of_the_handover(cast):
    stay = factories.stay(cast.site)
    order = checked(cast, stay, papers=(PaperKind.TEST_RESULTS, PaperKind.IDENTITY))
    form = cast.clerk.client.get(reverse("transfers:sign_out", args=["H01"]), {"order": order.number}).content.decode()
    assert "身份证件" in form or "identity document" in form
    made = sign_out(cast, stay, order=order)
    page = cast.clerk.client.get(reverse("transfers:handover", args=[made.number])).content.decode()
    assert "未交接材料" in page


def test_what_is_missing_from_a_handover_is_listed_above_with_a_way_to_it(cast):
    factories.stay(cast.site)
    answer = cast.site_lead.client.post(reverse("transfers:sign_out", args=["H01"]), {"carrier": ""})
    shown = answer.content.decode()
    assert 'href="#going"' in shown
    assert 'href="#id_destination"' in shown
