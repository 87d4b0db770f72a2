"""Pages, API and paper of transfer orders."""

import io
import re
import unicodedata
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from lazaretto.orders import commands
from lazaretto.orders.choices import Source
from lazaretto.orders.models import SourceCheck, TransferOrder
from lazaretto.orders.papers import order_paper
from lazaretto.orders.queries.orders import order_by_number
from lazaretto.orders.tests.telling import DIFFERENT, checked, draft, fresh, issued, place, say
from lazaretto.people.models import Need, Person
from lazaretto.places.models import Site
from lazaretto.ui import papers
from lazaretto.ui.tests.pictures import codes_of
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LIST = "/transfer-orders"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("lazaretto.core.clock.now", lambda: NOW + timedelta(minutes=10))


def read(member, path):
    answer = member.client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def send(member, path, **form):
    return member.client.post(path, form)


def test_the_list_says_what_each_order_waits_for(cast):
    waiting = draft(cast, factories.stay(cast.site))
    half = issued(cast, factories.stay(cast.site))
    say(cast, half, half.people.get().person, Source.SITE)
    ready = checked(cast, factories.stay(cast.site))
    gone = issued(cast, factories.stay(cast.site), valid_until=NOW + timedelta(minutes=5))
    text = read(cast.clerk, LIST)
    for sentence in (
        "to be issued by headquarters", "a second source for 1 person", "to be sent by H01",
        "expired: to be prolonged or withdrawn",
    ):  # fmt: skip
        assert sentence in text
    for order in (waiting, half, ready, gone):
        assert f"{LIST}/{order.number}" in text
    assert "No transfer order" in read(cast.clerk, f"{LIST}?state=ended")


def test_an_order_shows_what_differs_and_offers_only_what_may_be_done(cast):
    stay = factories.stay(cast.site)
    order = issued(cast, stay)
    say(cast, order, stay.person, Source.COMMUNITY, address=DIFFERENT, address_words="2单元501", told_by="陈主任")
    path = f"{LIST}/{order.number}"
    clerk, officer, auditor = (read(member, path) for member in (cast.clerk, cast.duty_officer, cast.auditor))
    assert "2单元501" in clerk
    assert "陈主任" in clerk
    assert f"{path}/check" in clerk
    assert not {f"{path}/override", f"{path}/withdraw"} & set(re.findall(r'action="([^"]*)"', clerk))
    assert {f"{path}/override", f"{path}/withdraw", f"{path}/renew"} <= set(re.findall(r'action="([^"]*)"', officer))
    assert "2单元501" not in auditor
    assert stay.person.name not in auditor
    assert 'method="post" action="/transfer-orders' not in auditor


def test_from_source_to_source_to_dispatch(cast):
    stay = factories.stay(cast.site)
    order = draft(cast, stay)
    path = f"{LIST}/{order.number}"
    assert send(cast.duty_officer, f"{path}/issue").status_code == 302
    for source in ("site", "person"):
        given = {"person": stay.person_id, "source": source, "identity": "same", "address": "same"}
        assert send(cast.clerk, f"{path}/check", **given).status_code == 302
    assert SourceCheck.objects.count() == 2
    text = read(cast.clerk, path)
    assert "two sources agree" in text
    link = re.search(r'href="(/sites/H01/sign-out\?[^"]*)"', text)[1].replace("&amp;", "&")
    form = read(cast.clerk, link)
    assert f'value="{order.number}"' in form
    assert '<option value="site:H02" selected>' in form
    given = {
        "people": str(stay.person_id), "destination": "site:H02", "order": order.number, "due_at": "2026-11-21T12:30",
    }  # fmt: skip
    assert send(cast.clerk, "/sites/H01/sign-out", **given).status_code == 302
    assert fresh(order).state == "under_way"
    assert "Under way" in read(cast.clerk, path) or "under way" in read(cast.clerk, path)


def test_a_refusal_stands_on_the_page_and_nothing_happened(cast):
    stay = factories.stay(cast.site)
    order = issued(cast, stay)
    path = f"{LIST}/{order.number}"
    answer = cast.duty_officer.client.post(f"{path}/withdraw", {"reason": ""}, follow=True)
    assert fresh(order).state == "issued"
    assert answer.redirect_chain == [(path, 302)]
    given = {"person": stay.person_id, "source": "police", "identity": "different", "address": "same"}
    assert cast.clerk.client.post(f"{path}/check", given, follow=True).status_code == 200
    assert not SourceCheck.objects.exists()
    assert send(cast.clerk, f"{path}/check", source="nobody").status_code == 422


def test_what_the_buttons_do(cast):
    one, two = factories.stay(cast.site), factories.stay(cast.site)
    order = issued(cast, one, two)
    path = f"{LIST}/{order.number}"
    send(cast.clerk, f"{path}/address", person=one.person_id, address="2单元501", reason="社区更正")
    send(cast.clerk, f"{path}/strike", person=two.person_id, reason="发热")
    send(cast.approver, f"{path}/renew", valid_until="2026-11-23T10:00", reason="改期")
    send(cast.approver, f"{path}/override", reason="本人视频核对")
    order = fresh(order)
    assert (order.people.get(person=one.person).address, order.overridden_by) == ("2单元501", cast.approver.user)
    assert order.people.get(person=two.person).state == "struck"
    assert order.valid_until == NOW + timedelta(days=2)
    send(cast.approver, f"{path}/withdraw", reason="取消")
    assert fresh(order).state == "withdrawn"
    other = draft(cast, one)
    send(cast.clerk, f"{LIST}/{other.number}/discard", reason="重复")
    assert fresh(other).state == "withdrawn"


def order_form(**fields):
    return {
        "category": "inbound", "reason": "腾空楼层", "urgency": "today", "papers": ["identity", "medical_record"],
        "valid_until": "2026-11-22T10:00", "destination": "site:H02", **fields,
    }  # fmt: skip


def test_an_order_for_guests_of_a_site_is_written_with_the_proposed_destination(cast):
    stay = factories.stay(cast.site)
    page = read(cast.clerk, f"{LIST}/new?from=site:H01&people={stay.person_id}")
    assert "8 rooms left: 8 free, 0 people on their way" in page
    assert f'value="{stay.person_id}" aria-label="0301 {stay.person.name}" checked' in page
    answer = send(cast.clerk, f"{LIST}/new?from=site:H01", **order_form(people=[str(stay.person_id)]))
    order = TransferOrder.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{LIST}/{order.number}")
    assert (order.state, order.papers, order.to_site) == ("draft", ["identity", "medical_record"], cast.other_site)


def test_looking_where_they_can_go_writes_nothing(cast):
    stay = factories.stay(cast.site)
    Need.objects.create(person=stay.person, kind="cannot_walk", started_at=NOW)
    answer = cast.clerk.client.post(
        f"{LIST}/new?from=site:H01", {"category": "inbound", "people": [str(stay.person_id)]},
        headers={"HX-Request": "true", "accept-language": "en"},
    )  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "no accessible room is free" in text
    assert "for 1 person" in text
    assert not TransferOrder.objects.exists()


def test_people_who_are_not_on_record_are_written_down_for_an_order_of_others(cast):
    found = place("found", "珠江边")
    rows = {
        "new-TOTAL_FORMS": "3", "new-INITIAL_FORMS": "0", "new-0-name": "赵强", "new-0-document": "11010519491231002X",
        "new-0-address": "桥下", "new-0-needs": ["cannot_walk"], "new-1-name": "", "new-2-name": "",
    }  # fmt: skip
    form = order_form(destination="site:H01", issuer="白云区卫健局", issuer_number="云转7号", **rows)
    answer = send(cast.clerk, f"{LIST}/new?from=place:{found.pk}", **form)
    assert answer.status_code == 302, answer.content.decode()
    order = TransferOrder.objects.get()
    assert (order.state, order.issuer_number, order.from_external) == ("issued", "云转7号", found)
    person = Person.objects.get()
    assert (person.name, person.documents.get().number, person.needs.get().kind) == (
        "赵强", "11010519491231002X", "cannot_walk",
    )  # fmt: skip


def test_what_is_missing_in_a_new_order_is_named_and_nothing_typed_is_lost(cast):
    found = place("found", "珠江边")
    rows = {"new-TOTAL_FORMS": "3", "new-INITIAL_FORMS": "0", "new-0-document": "X123"}
    answer = cast.clerk.client.post(
        f"{LIST}/new?from=place:{found.pk}", order_form(destination="", reason="", **rows),
        headers={"accept-language": "en"},
    )  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Write why they are moved." in text
    assert "Choose where they go." in text
    assert 'value="X123"' in text
    nobody = send(cast.clerk, f"{LIST}/new?from=site:H01", **order_form())
    assert nobody.status_code == 422
    assert cast.clerk.client.get(f"{LIST}/new?from=site:H02").status_code == 403
    assert not TransferOrder.objects.exists()


def test_the_number_of_queries_of_list_page_and_api_is_fixed(cast):
    def counts():
        found = []
        for member, path in (
            (cast.clerk, LIST), (cast.clerk, f"{LIST}/{order.number}"), (cast.clerk, f"/api/v1{LIST}?limit=50"),
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                assert member.client.get(path).status_code == 200
            found.append(len(asked))
        return found

    order = checked(cast, factories.stay(cast.site))
    few = counts()
    for _n in range(2):
        checked(cast, factories.stay(cast.site), factories.stay(cast.site))
    stay = factories.stay(cast.site)
    order.people.create(person=stay.person)
    say(cast, order, stay.person, Source.POLICE)
    assert counts() == few


def text_of(paper):
    pages = PdfReader(io.BytesIO(papers.render(paper))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    return unicodedata.normalize("NFKC", text)  # some glyphs read back as the radicals that look the same


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh-hans",
            ["转运单", "H01-D2026-000001", "王小明", "王小明", "随行材料", "有效期至", "行动不便", "隔离点登记"],
        ),
        ("en", ["Transferorder", "H01-D2026-000001", "王小明", "Papersthatgoalong", "Validuntil", "Receivedby"]),
    ],
)
def test_the_paper_says_who_goes_where_until_when_and_its_code_leads_back(cast, language, words):
    stay = factories.stay(cast.site)
    Need.objects.create(person=stay.person, kind="cannot_walk", started_at=NOW)
    order = checked(cast, stay, papers=("identity",))
    paper = order_paper(order_by_number(cast.clerk.actor, order.number), language)
    text = text_of(paper)
    assert [word for word in words if word not in text] == []
    (code,) = codes_of(paper)
    assert code.endswith(f"/transfer-orders/{order.number}")


def test_a_draft_and_a_withdrawn_order_say_that_nobody_is_sent_by_them(cast):
    order = draft(cast, factories.stay(cast.site))
    assert "Draft" in text_of(order_paper(order_by_number(cast.clerk.actor, order.number), "en"))
    commands.discard(actor=cast.clerk.actor, at=NOW, order=order, reason="重复")
    assert "Withdrawn" in text_of(order_paper(order_by_number(cast.clerk.actor, order.number), "en"))


def test_the_paper_is_for_those_who_print_papers(cast):
    order = draft(cast, factories.stay(cast.site))
    path = f"{LIST}/{order.number}/paper"
    answer = cast.clerk.client.get(f"{path}?language=en")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert cast.auditor.client.get(path).status_code == 403


def test_the_api_gives_codes_and_hides_words_from_who_reads_no_names(cast):
    stay = factories.stay(cast.site)
    order = issued(cast, stay)
    say(cast, order, stay.person, Source.COMMUNITY, address=DIFFERENT, address_words="2单元501")
    path = f"/api/v1{LIST}/{order.number}"
    told, masked = (member.client.get(path).json() for member in (cast.clerk, cast.auditor))
    assert (told["waits_for"], told["people"][0]["agreed"]) == ("sources", False)
    assert told["people"][0]["checks"][0]["address_words"] == "2单元501"
    assert (masked["reason"], masked["people"][0]["address"]) == (None, None)
    assert masked["people"][0]["checks"][0]["address_words"] is None
    listed = cast.outsider.client.get(f"/api/v1{LIST}?site=H02&state=issued&open=true").json()["items"]
    assert [row["number"] for row in listed] == [order.number]
    asked = urlencode({"category": "inbound", "person": stay.person_id, "leaves": "site:H01"})
    first = cast.clerk.client.get(f"/api/v1/transfer-destinations?{asked}").json()[0]
    assert (first["key"], first["proposed"], first["left"]) == ("site:H02", True, 7)


def test_an_address_of_ours_is_printed_in_the_language_of_the_paper(cast):
    Site.objects.filter(pk=cast.site.pk).update(name_en="Riverside Hotel")
    order = draft(cast, factories.stay(cast.site))
    order.people.update(address=f"{cast.site.code} {cast.site.name} 0301")
    text = text_of(order_paper(order_by_number(cast.clerk.actor, order.number), "en"))
    assert "RiversideHotel0301" in text


def test_an_order_withdrawn_after_some_had_arrived_says_so(cast):
    order = draft(cast, factories.stay(cast.site))
    commands.discard(actor=cast.clerk.actor, at=NOW, order=order, reason="重复")
    said = "had arrived under it before it was withdrawn"
    path = f"{LIST}/{order.number}"
    assert said not in cast.clerk.client.get(path, headers={"accept-language": "en"}).content.decode()
    order.people.update(state="arrived", arrived_at=NOW)
    assert said in cast.clerk.client.get(path, headers={"accept-language": "en"}).content.decode()
