"""Nobody is turned away: who has no order is admitted first, and a named person decides after, with a clock."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from lazaretto.arrivals.commands import admit_walk_in, ask_to_admit
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.orders import commands
from lazaretto.orders.choices import Missing, Verdict
from lazaretto.orders.commands import Plea
from lazaretto.orders.errors import AlreadyAsked, AlreadyDecidedOn, NoOrderBehind, NotAnApprover, OwnRequest, WhyNow
from lazaretto.orders.models import ExceptionRequest
from lazaretto.orders.proofs import exceptions_answered, orders_followed
from lazaretto.orders.tests.telling import HOUR, checked, fresh, issued, place
from lazaretto.people.commands import GivenDocument, NewPerson
from lazaretto.people.models import Person
from lazaretto.places.models import Room
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.transfers.commands import sign_in
from lazaretto.transfers.tests.test_an_order_goes_with_the_people import sign_out
from tests import factories
from tests.cast import member
from tests.factories import NOW

pytestmark = pytest.mark.django_db
GROUNDS = {
    "category": "close_contact", "last_exposure_at": NOW - timedelta(hours=20), "authority": "区疾控中心",
    "legal_basis": "传染病防治法", "reason": "密接",
}  # fmt: skip
OLD_LADY = NewPerson("无名老太太", birth_date=(NOW - timedelta(days=93 * 365.25)).date())


@pytest.fixture(autouse=True)
def _mixed(cast):
    """A site for close contacts."""
    type(cast.site).objects.filter(pk=cast.site.pk).update(category="close_contact")
    cast.site.refresh_from_db()


def admit(cast, newcomer=OLD_LADY, **more):
    return admit_walk_in(
        actor=cast.clerk.actor, at=more.pop("at", NOW), site=cast.site, newcomer=newcomer, **{**GROUNDS, **more}
    )


def decide(cast, request, at=NOW, by=None, **more):
    return commands.decide_exception(actor=(by or cast.approver).actor, at=at, request=request, **more)


def test_the_lady_of_93_without_papers_is_in_her_room_before_anybody_decides(cast):
    done = admit(cast, plea=Plea("93岁，独自一人，无任何证件，社区送到门口，夜里气温低"))
    stay, request = Stay.objects.get(), ExceptionRequest.objects.get()
    assert (stay.ended_at, done.room, done.exception) == (
        None,
        Room.objects.get(state="occupied").number,
        request.number,
    )
    assert request.stay == stay
    assert request.missing == [Missing.IDENTITY, Missing.TRANSFER_ORDER]
    assert (request.asked_by, request.approver) == (cast.clerk.user, cast.approver.user)
    assert request.due_at == NOW + 2 * HOUR
    entry = JournalEntry.objects.get(command="arrivals.admit_walk_in", subject_type="orders.exceptionrequest")
    assert (entry.person_id, entry.data["admitted"]) == (stay.person_id, True)
    assert "93岁" not in str(entry.data)

    while sweep(at=NOW + 2 * HOUR):
        pass
    assert Alarm.objects.get(kind="orders.exception").role == "duty_officer"
    while sweep(at=NOW + 2 * HOUR + timedelta(minutes=15)):
        pass
    assert Alarm.objects.get(kind="orders.exception").role == "approver"
    assert stay == Stay.objects.get(ended_at__isnull=True)

    decide(cast, request, at=NOW + 3 * HOUR, granted=True, words="明日上午补核身份，联系民政")
    assert (request.decision.verdict, request.decision.by) == (Verdict.GRANTED, cast.approver.user)
    assert not Alarm.objects.filter(answered_at__isnull=True).exists()
    assert not Deadline.objects.filter(kind="orders.exception", state="open").exists()


def test_who_has_no_order_and_no_reason_is_asked_about_not_forgotten(cast):
    with pytest.raises(NoOrderBehind) as refused:
        admit(cast)
    assert "Nobody is turned away" in str(refused.value) or "拒之门外" in str(refused.value)
    assert not Stay.objects.exists()
    with pytest.raises(WhyNow):
        admit(cast, plea=Plea(" "))
    assert not Person.objects.exists()


def test_a_refusal_says_what_happens_instead_and_puts_nobody_out(cast):
    admit(cast, plea=Plea("无处可去"))
    request = ExceptionRequest.objects.get()
    with pytest.raises(ReasonRequired):
        decide(cast, request, granted=False)
    decide(cast, request, granted=False, words="明早由H02接收，转运单随后签发")
    assert Stay.objects.get().ended_at is None
    assert request.decision.words == "明早由H02接收，转运单随后签发"
    with pytest.raises(AlreadyDecidedOn):
        decide(cast, request, granted=True)


def test_only_an_approver_decides_and_never_their_own_request(cast):
    admit(cast, plea=Plea("无处可去"))
    request = ExceptionRequest.objects.get()
    for other in (cast.clerk, cast.site_lead, cast.duty_officer, cast.auditor):
        with pytest.raises(Forbidden):
            decide(cast, request, by=other, granted=True)
    with pytest.raises(Forbidden):
        commands.withdraw_exception(actor=cast.clerk.actor, at=NOW, request=request, reason="已补单")
    own = ExceptionRequest.objects.create(
        number="X", unit=cast.site.unit, site=cast.site, person=request.person, why_now="x", asked_at=NOW,
        asked_by=cast.approver.user, due_at=NOW + HOUR,
    )  # fmt: skip
    with pytest.raises(OwnRequest):
        decide(cast, own, granted=True)
    with pytest.raises(NotFound):
        commands.withdraw_exception(actor=cast.outsider.actor, at=NOW, request=own, reason="x")


def test_who_can_wait_is_asked_about_first_and_admitted_once_it_is_granted(cast):
    asked = ask_to_admit(
        actor=cast.clerk.actor, at=NOW, site=cast.site, newcomer=NewPerson("刘芳"), plea=Plea("探亲途中，名单遗漏")
    )
    request = ExceptionRequest.objects.get()
    assert (request.stay, asked.due_at) == (None, NOW + HOUR / 2)
    with pytest.raises(NoOrderBehind):
        admit(cast, newcomer=None, same_as=asked.person_id)
    with pytest.raises(AlreadyAsked):
        commands.ask_exception(
            actor=cast.clerk.actor, at=NOW, site=cast.site, person=request.person, why_now="再问"
        )  # fmt: skip
    decide(cast, request, at=NOW + HOUR / 4, granted=True)
    done = admit(cast, newcomer=None, same_as=asked.person_id, at=NOW + HOUR / 2)
    assert done.exception == ""
    assert ExceptionRequest.objects.count() == 1


def test_who_cannot_wait_any_more_is_admitted_and_the_first_request_is_closed(cast):
    asked = ask_to_admit(
        actor=cast.clerk.actor, at=NOW, site=cast.site, newcomer=NewPerson("刘芳"), plea=Plea("名单遗漏")
    )
    admit(cast, newcomer=None, same_as=asked.person_id, plea=Plea("下雨，孩子发烧"))
    first, second = ExceptionRequest.objects.order_by("asked_at", "id")
    assert (first.decision.verdict, second.stay) == (Verdict.WITHDRAWN, Stay.objects.get())
    assert Deadline.objects.filter(kind="orders.exception", state="open").count() == 1


def test_a_request_that_is_not_needed_any_more_is_withdrawn(cast):
    ask_to_admit(actor=cast.clerk.actor, at=NOW, site=cast.site, newcomer=NewPerson("刘芳"), plea=Plea("名单遗漏"))
    request = ExceptionRequest.objects.get()
    commands.withdraw_exception(actor=cast.clerk.actor, at=NOW, request=request, reason="已去H02")
    assert request.decision.verdict == Verdict.WITHDRAWN


def test_the_approver_with_the_fewest_open_requests_is_named_or_whoever_is_chosen(cast):
    second = member("approver", factories.headquarters())
    plea = Plea("无处可去")
    for name in ("甲一", "乙二"):
        admit(cast, NewPerson(name), plea=plea)
    assert set(ExceptionRequest.objects.values_list("approver", flat=True)) == {cast.approver.user.pk, second.user.pk}
    admit(cast, NewPerson("丙三"), plea=Plea("无处可去", approver=second.user.pk))
    assert ExceptionRequest.objects.filter(approver=second.user).count() == 2
    with pytest.raises(NotAnApprover):
        admit(cast, NewPerson("丁四"), plea=Plea("无处可去", approver=cast.clerk.user.pk))


def test_an_order_behind_somebody_is_used_and_headquarters_is_not_asked(cast):
    made = commands.write_order(
        actor=cast.clerk.actor, at=NOW, category=Category.CLOSE_CONTACT, reason="密接转入",
        valid_until=NOW + 12 * HOUR, from_place=place("entry", "白云机场"), to_site="H01", issuer="白云区卫健局",
        issuer_number="云转8号",
        people=(commands.Passenger(newcomer=NewPerson("赵强", documents=(GivenDocument("passport", "E12345678"),))),),
    )  # fmt: skip
    done = admit(cast, NewPerson("赵强", documents=(GivenDocument("passport", "E12345678"),)))
    assert (done.transfer_order, done.exception) == (made.number, "")
    order = commands.writing.TransferOrder.objects.get()
    assert (order.state, order.people.get().state) == ("fulfilled", "arrived")
    assert [step.step for step in order.steps.order_by("at", "id")] == ["received", "arrived", "fulfilled"]
    assert not ExceptionRequest.objects.exists()


def test_who_waited_outside_and_comes_in_under_an_order_leaves_no_request_open(cast):
    papers = (GivenDocument("passport", "E12345678"),)
    ask_to_admit(
        actor=cast.clerk.actor, at=NOW - HOUR, site=cast.site, plea=Plea("转运单还没到"),
        newcomer=NewPerson("赵强", documents=papers),
    )  # fmt: skip
    request = ExceptionRequest.objects.get()
    commands.write_order(
        actor=cast.clerk.actor, at=NOW, category=Category.CLOSE_CONTACT, reason="密接转入", to_site="H01",
        valid_until=NOW + 12 * HOUR, from_place=place("entry", "白云机场"), issuer="白云区卫健局",
        issuer_number="云转9号", people=(commands.Passenger(person=request.person_id),),
    )  # fmt: skip

    admit(cast, None, same_as=request.person_id)

    request.refresh_from_db()
    assert request.decision.verdict == "withdrawn"


def test_who_was_handed_over_to_the_site_needs_no_exception(cast):
    type(cast.other_site).objects.update(category="close_contact")
    stay = factories.stay(cast.site)
    IsolationOrder.objects.update(category="close_contact")
    handover = sign_out(cast, stay, assessment="H02 腾出一层，值班长 周")
    sign_in(actor=cast.outsider.actor, at=NOW, handover=handover, person=stay.person)
    done = admit_walk_in(
        actor=cast.outsider.actor, at=NOW + HOUR, site=cast.other_site, same_as=stay.person_id, **GROUNDS
    )
    assert done.exception == ""


def test_what_was_asked_and_decided_stays_written(cast):
    admit(cast, plea=Plea("无处可去"))
    request = ExceptionRequest.objects.get()
    decide(cast, request, granted=True)
    for change in (
        lambda: ExceptionRequest.objects.update(due_at=NOW + 9 * HOUR),
        request.decision.delete,
        lambda: type(request.decision).objects.update(verdict="refused"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_verify_finds_a_request_that_nobody_hears_and_an_order_that_lost_its_people(cast):
    admit(cast, plea=Plea("无处可去"))
    assert exceptions_answered(NOW).figures == {
        "exceptions_undecided": 1, "exceptions_past_their_time": 0, "admitted_first_undecided": 1,
    }  # fmt: skip
    late = NOW + 3 * HOUR
    assert [row.why for row in exceptions_answered(late).offenders] == [
        "H01-X2026-0001: past its time, and no alarm climbs"
    ]
    while sweep(at=late):
        pass
    assert exceptions_answered(late).offenders == []

    stay = factories.stay(cast.site)
    order = checked(cast, stay)
    sign_out(cast, stay, order=order)
    sign_out(cast, factories.stay(cast.site))
    issued(cast, factories.stay(cast.site), valid_until=NOW + HOUR)
    found = orders_followed(NOW + 2 * HOUR)
    assert found.offenders == []
    assert found.figures == {
        "orders_in_force": 2, "orders_under_way_late": 1, "orders_expired_unused": 1, "sign_outs_without_order": 1,
    }  # fmt: skip
    order.people.update(state="arrived", arrived_at=NOW)
    assert [row.id for row in orders_followed(NOW).offenders] == [str(fresh(order).pk)]


def test_the_desk_asks_why_shows_what_stands_behind_and_the_approver_decides_on_a_page(cast):
    page = "/sites/H01/check-in/new"
    typed = {**GROUNDS, "name": "无名老太太", "exposed_on": "2026-11-20", "unlisted": "admit"}
    refused = cast.clerk.client.post(page, typed)
    assert refused.status_code == 422
    assert 'id="id_why_now_error"' in refused.content.decode()
    done = cast.clerk.client.post(page, {**typed, "why_now": "93岁，独自"}, follow=True)
    request = ExceptionRequest.objects.get()
    assert f'href="/exceptions/{request.number}"' in done.content.decode()
    assert request.stay is not None
    asked = cast.clerk.client.post(page, {**typed, "name": "刘芳", "unlisted": "ask", "why_now": "名单遗漏"})
    second = ExceptionRequest.objects.get(stay__isnull=True)
    assert asked.url == f"/exceptions/{second.number}"

    assert request.number in cast.approver.client.get("/exceptions").content.decode()
    english = {"accept-language": "en"}
    shown = cast.approver.client.get(f"/exceptions/{request.number}", headers=english).content.decode()
    assert "93岁，独自" in shown
    assert "A refusal puts nobody out" in shown
    assert "93岁" not in cast.auditor.client.get(f"/exceptions/{request.number}").content.decode()
    assert cast.approver.client.post(f"/exceptions/{request.number}/decide", {"verdict": "maybe"}).status_code == 422
    cast.approver.client.post(f"/exceptions/{request.number}/decide", {"verdict": "granted", "words": "补核身份"})
    assert request.decision.words == "补核身份"
    cast.clerk.client.post(f"/exceptions/{second.number}/withdraw", {"reason": "已去H02"})
    assert second.decision.verdict == "withdrawn"
    assert "补核身份" in cast.clerk.client.get(f"/exceptions/{request.number}").content.decode()

    listed = cast.clerk.client.get("/api/v1/admission-exceptions?site=H01&open=false").json()["items"]
    assert {row["decision"]["verdict"] for row in listed} == {"granted", "withdrawn"}
    one = cast.auditor.client.get(f"/api/v1/admission-exceptions/{request.number}").json()
    assert (one["why_now"], one["decision"]["words"], one["missing"]) == (None, None, ["identity", "transfer_order"])


def test_an_alarm_leads_to_the_request_and_to_the_order(cast):
    admit(cast, plea=Plea("无处可去"))
    order = issued(cast, factories.stay(cast.site), valid_until=NOW + HOUR)
    while sweep(at=NOW + 3 * HOUR):
        pass
    page = cast.approver.client.get("/alarms").content.decode()
    assert f'href="/exceptions/{ExceptionRequest.objects.get().number}"' in page
    assert f'href="/transfer-orders/{order.number}"' in page
