"""A mother will not let her four-year-old be moved: what she says, what is offered, and that nobody is forced."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.core import clock
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import REGISTRY
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, IllegalTransition, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.custody.models import Handover, Holding
from lazaretto.objections import commands
from lazaretto.objections.choices import Level, OfferAnswer, State
from lazaretto.objections.deadlines import HAND, REPLY, TALK
from lazaretto.objections.duties import talks
from lazaretto.objections.errors import (
    BothSidesNeeded,
    NotForward,
    NothingToHand,
    ObjectionClosed,
    OfferAnswered,
    OfferUnclear,
    OtherPerson,
    RaisedAlready,
    ReplyMissing,
    TheirWordsMissing,
)
from lazaretto.objections.models import Conversation, Objection, Offer
from lazaretto.orders.models import TransferOrder
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)
REASON = "她才四岁，离开我一刻都会哭，我不同意一个人转走"


@pytest.fixture
def stay(cast):
    who = factories.person("林小朵", at_site=cast.site, language="zh-hans")
    return factories.stay(cast.site, who=who)


@pytest.fixture
def objection(cast, stay) -> Objection:
    made = commands.raise_objection(actor=cast.medic.actor, at=NOW, stay=stay, about="move", reason=REASON)
    return Objection.objects.get(pk=made.objection_id)


def do(command, objection, member, at=NOW, **given):
    told = command(actor=member.actor, at=at, objection=objection, **given)
    objection.refresh_from_db()
    return told


def talk(objection, member, at=NOW, **more):
    return do(
        commands.talk, objection, member, at=at,
        **{"explained": "母亲可同住同区，原来的医生继续照看", "said": "要先看看房间", **more},
    )  # fmt: skip


def open_deadlines():
    rows = Deadline.objects.filter(kind__startswith="objections.", state=DeadlineState.OPEN)
    return dict(rows.values_list("kind", "due_at"))


def everything():
    """What an objection must never touch."""
    return [
        list(Stay.objects.order_by("pk").values_list("category", "ended_at")),
        list(Occupancy.objects.order_by("pk").values_list("room", "ended_at")),
        list(Holding.objects.order_by("pk").values_list("site", "ended_at")),
        list(IsolationOrder.objects.order_by("pk").values_list("ends_at", "lifted_at")),
        Handover.objects.count(),
    ]


def test_her_reason_stands_in_her_words_with_an_owner_and_a_reply_due(cast, objection):
    assert (objection.reason, objection.owner, objection.level) == (REASON, cast.medic.user, Level.SITE)
    assert open_deadlines() == {TALK.code: NOW + 2 * HOURS, REPLY.code: NOW + 48 * HOURS}
    said = JournalEntry.objects.get(command="objections.raise_objection")
    assert said.person_id == objection.stay.person_id
    assert REASON not in str(said.data)


def test_the_same_thing_is_objected_to_once_and_the_form_leads_to_the_open_one(cast, objection, stay):
    def again(about="move"):
        return commands.raise_objection(actor=cast.medic.actor, at=NOW + HOURS, stay=stay, about=about, reason="不同意")

    with pytest.raises(RaisedAlready) as refused:
        again()
    assert refused.value.context["objection"] == objection.number
    address = reverse("objections:raise", args=["H01", stay.number])
    answer = cast.medic.client.post(address, {"about": "move", "reason": "还是不同意", "language": "zh-hans"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reverse("objections:one", args=[objection.number]) in page
    assert "还是不同意" in page
    assert Objection.objects.count() == 1
    twin = Objection.objects.get(pk=objection.pk)
    twin.pk, twin.number = uuid4(), "H01-B2026-9999"
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save(force_insert=True)

    for about in ("test", "other", "other"):
        again(about)
    do(commands.settle, objection, cast.medic, at=NOW + 2 * HOURS, outcome=State.AGREED, words="已说好")
    again()
    assert Objection.objects.count() == 5


def test_each_conversation_says_who_when_what_and_in_which_language_and_stays(cast, objection):
    talk(objection, cast.medic, at=NOW + HOURS, with_whom="社区工作者小何")
    talk(objection, cast.site_lead, at=NOW + 5 * HOURS, said="同意先视频看房间", language="yue")

    first, second = objection.conversations.order_by("at")
    assert (first.by, first.with_whom, first.language) == (cast.medic.user, "社区工作者小何", "zh-hans")
    assert (second.by, second.language, second.said) == (cast.site_lead.user, "yue", "同意先视频看房间")
    assert open_deadlines()[TALK.code] == NOW + 17 * HOURS
    with pytest.raises(DatabaseError), transaction.atomic():
        Conversation.objects.filter(pk=first.pk).update(said="同意")


def test_offers_are_answered_once_and_no_is_an_answer(cast, objection):
    for kind in ("same_place", "shopping"):
        do(commands.make_offer, objection, cast.medic, kind=kind)
    with pytest.raises(OfferUnclear):
        do(commands.make_offer, objection, cast.medic, kind="other")
    first, second = Offer.objects.order_by("kind")
    given = {"actor": cast.medic.actor, "at": NOW + HOURS}

    commands.answer_offer(**given, offer=first, taken=True, words="母女同区同房可以")
    commands.answer_offer(**given, offer=second, taken=False)
    with pytest.raises(OfferAnswered):
        commands.answer_offer(**given, offer=second, taken=True)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.answer, first.answered_words) == (OfferAnswer.TAKEN, "母女同区同房可以")
    assert second.answer == OfferAnswer.DECLINED


def test_agreed_only_writes_down_what_was_agreed(cast, objection):
    before = everything()
    talk(objection, cast.medic)
    do(commands.settle, objection, cast.medic, outcome=State.AGREED, words="母亲陪同，同一位医生，明早九点")

    assert everything() == before
    assert (objection.state, open_deadlines()) == (State.AGREED, {})
    assert objection.steps.get(step="agreed").words == "母亲陪同，同一位医生，明早九点"


def test_what_they_said_stands_in_no_alarm(cast, objection):
    sweep(at=NOW + 50 * HOURS)
    do(commands.escalate, objection, cast.medic, at=NOW + 50 * HOURS, to=Level.MEDIATOR, reason="孩子有哮喘")
    do(commands.settle, objection, cast.medic, at=NOW + 51 * HOURS, outcome=State.AGREED, words="母亲孕晚期，同车")
    answers = " ".join(Alarm.objects.filter(answered_at__isnull=False).values_list("answer", flat=True))
    assert answers
    assert "哮喘" not in answers
    assert "孕晚期" not in answers


def test_no_command_of_objections_takes_a_place_to_move_somebody_to():
    own = [command for name, command in REGISTRY.items() if name.startswith("objections.")]
    places = {"Room", "Bed", "Site", "ExternalPlace", "Handover"}
    assert len(own) == 10
    assert not {model.__name__ for command in own for model in command.scoped.values()} & places


def test_it_is_passed_on_to_a_mediator_then_to_headquarters_and_never_back(cast, objection):
    with pytest.raises(ReasonRequired):
        do(commands.escalate, objection, cast.medic, to=Level.MEDIATOR, reason=" ")
    do(commands.escalate, objection, cast.medic, at=NOW + HOURS, to=Level.MEDIATOR, reason="三次谈话未果")
    with pytest.raises(NotForward):
        do(commands.escalate, objection, cast.medic, to=Level.SITE, reason="退回")
    assert open_deadlines() == {TALK.code: NOW + 3 * HOURS, REPLY.code: NOW + 48 * HOURS}

    do(commands.escalate, objection, cast.site_lead, to=Level.HEADQUARTERS, reason="调解员建议")

    levels = [objection.steps.get(step="raised").level]
    levels += objection.steps.filter(step="escalated").order_by("position").values_list("level", flat=True)
    assert levels == [Level.SITE, Level.MEDIATOR, Level.HEADQUARTERS]


def test_nobody_speaks_and_nobody_replies_so_the_alarms_climb(objection):
    sweep(at=NOW + 2 * HOURS)
    assert Alarm.objects.get(kind=TALK.code).role == "site_lead"
    sweep(at=NOW + 48 * HOURS)
    assert Alarm.objects.get(kind=REPLY.code).role == "duty_officer"
    sweep(at=NOW + 52 * HOURS)
    assert Alarm.objects.get(kind=REPLY.code).role == "approver"


def test_the_reply_is_written_by_headquarters_and_handed_over(cast, objection):
    with pytest.raises(Forbidden):
        do(commands.decide, objection, cast.site_lead, outcome=State.ACCEPTED, reply="可以")
    with pytest.raises(ReplyMissing):
        do(commands.decide, objection, cast.duty_officer, outcome=State.ACCEPTED, reply=" ")
    with pytest.raises(IllegalTransition):
        do(commands.decide, objection, cast.duty_officer, outcome=State.AGREED, reply="可以")
    with pytest.raises(NothingToHand):
        do(commands.hand_reply, objection, cast.medic)
    before = everything()

    do(commands.decide, objection, cast.duty_officer, outcome=State.ACCEPTED, reply="孩子与您同住，暂不转移。")
    assert everything() == before
    assert open_deadlines() == {HAND.code: NOW + 12 * HOURS}

    do(commands.hand_reply, objection, cast.medic, at=NOW + HOURS)
    assert (objection.handed_at, open_deadlines()) == (NOW + HOURS, {})
    with pytest.raises(ObjectionClosed):
        talk(objection, cast.medic)


def test_what_is_missing_is_refused_by_name(cast, stay, objection):
    given = {"actor": cast.medic.actor, "at": NOW, "stay": stay, "about": "move"}
    with pytest.raises(TheirWordsMissing):
        commands.raise_objection(**given, reason=" ")
    with pytest.raises(BothSidesNeeded):
        talk(objection, cast.medic, said="")
    with pytest.raises(IllegalTransition):
        do(commands.settle, objection, cast.medic, outcome=State.MAINTAINED, words="维持")
    order = TransferOrder.objects.create(
        number="H01-D9", unit=cast.site.unit, issuer="区指挥部", from_site=cast.site, to_site=cast.other_site,
        category="inbound", reason="腾空", state="draft", written_at=NOW, valid_until=NOW + 24 * HOURS,
    )  # fmt: skip
    with pytest.raises(OtherPerson):
        commands.raise_objection(**given, reason="不去", transfer_order=order)


def test_verify_counts_replies_that_are_late_and_names_one_that_nothing_watches(objection):
    found = {one.promise: one for one in verify(at=NOW + 49 * HOURS)}[4]
    assert found.figures["objection_replies_overdue"] == 1
    assert [row["why"] for row in found.offenders if row["check"] == "objections_replied"] == [
        "a late reply has raised no alarm"
    ]
    sweep(at=NOW + 49 * HOURS)
    assert not [row for row in {one.promise: one for one in verify(at=NOW + 49 * HOURS)}[4].offenders
                if row["check"] == "objections_replied"]  # fmt: skip
    Deadline.objects.filter(kind=TALK.code).update(state=DeadlineState.CANCELLED, closed_at=NOW)
    found = {one.promise: one for one in verify(at=NOW)}[4]
    assert "nothing watches objections.talk" in found.offenders[0]["why"]


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def words(answer):
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def post(member, page, objection, *more, **data):
    return member.client.post(reverse(f"objections:{page}", args=[objection.number, *more]), data)


def test_the_whole_story_on_the_pages(cast, stay, noon):
    button = reverse("objections:raise", args=["H01", stay.number])
    assert button in text(cast.clerk.client.get(reverse("stays:stay", args=["H01", stay.number])))

    cast.clerk.client.post(button, {"about": "move", "reason": REASON, "language": "zh-hans"})
    objection = Objection.objects.get()
    post(cast.medic, "step", objection, do="take")
    post(cast.medic, "talk", objection, explained="可同住", said="再想想", language="zh-hans")
    post(cast.medic, "offer", objection, kind="carer", words="何医生继续")
    post(cast.medic, "answer", objection, Offer.objects.get().pk, taken="yes", words="好")
    post(cast.medic, "issue_notice", objection, language="zh-hans")
    post(cast.medic, "step", objection, do="mediator", words="请调解员")
    shown = text(cast.medic.client.get(reverse("objections:one", args=[objection.number])))
    for said in (REASON, "再想想", "何医生继续", "请调解员", "H01-N2026-0001"):
        assert said in shown
    post(cast.duty_officer, "decide", objection, outcome="accepted", reply="孩子与您同住，暂不转移。")
    assert objection.number in text(cast.medic.client.get(reverse("objections:objections") + "?state=hand"))
    post(cast.medic, "step", objection, do="hand")
    objection.refresh_from_db()
    assert (objection.state, objection.handed_at, objection.owner) == (State.ACCEPTED, NOW, cast.medic.user)


def test_the_notice_and_the_reply_are_papers_in_their_language(cast, objection, noon):
    number = do(commands.issue_notice, objection, cast.medic).number
    english = do(commands.issue_notice, objection, cast.medic, language="vi").number
    do(commands.decide, objection, cast.duty_officer, outcome=State.MAINTAINED, reply="楼层须腾空，您可随行。")

    papers = [
        words(cast.medic.client.get(reverse("objections:notice", args=[objection.number, one])))
        for one in (number, english)
    ]
    reply = words(cast.medic.client.get(reverse("objections:reply", args=[objection.number])))

    assert "医学观察告知书" in papers[0]
    assert "Medicalobservationnotice" in papers[1]
    assert "楼层须腾空，您可随行。" in reply
    assert REASON in reply


def test_the_auditor_reads_no_name_and_another_site_nothing(cast, objection, noon):
    page = reverse("objections:one", args=[objection.number])
    assert "林小朵" not in text(cast.auditor.client.get(page))
    assert cast.outsider.client.get(page).status_code == 404
    assert objection.number not in text(cast.outsider.client.get(reverse("objections:objections") + "?state=all"))


def test_the_list_has_a_fixed_number_of_queries(cast, stay, noon, django_assert_max_num_queries):
    for about in ("move", "test", "order"):
        commands.raise_objection(actor=cast.medic.actor, at=NOW, stay=stay, about=about, reason=REASON)
    with django_assert_max_num_queries(14):
        shown = text(cast.site_lead.client.get(reverse("objections:objections")))
    assert all(f">H01-B2026-000{number}<" in shown for number in (1, 2, 3))


def test_the_api_gives_what_was_said_and_takes_a_conversation(cast, objection, noon):
    done = cast.medic.client.post(
        "/api/v1/commands/objections.talk",
        {"objection": str(objection.pk), "explained": "可同住", "said": "好"}, content_type="application/json",
    )  # fmt: skip
    assert done.status_code == 200, done.content
    shown = cast.medic.client.get(f"/api/v1/objections/{objection.number}").json()
    assert (shown["reason"], [row["said"] for row in shown["conversations"]]) == (REASON, ["好"])
    listed = cast.medic.client.get("/api/v1/objections?site=H01&state=open").json()
    assert [row["number"] for row in listed["items"]] == [objection.number]


@pytest.mark.parametrize("said", [{"said": ""}, {"explained": ""}])
def test_the_database_keeps_no_conversation_of_one_side(cast, objection, said):
    words = {"explained": "同住同区", "said": "要先看看", **said}
    with pytest.raises(IntegrityError), transaction.atomic():
        objection.conversations.create(at=NOW, by=cast.medic.user, level="site", language="zh-hans", **words)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(reason="")


def test_nobody_is_sent_to_speak_with_somebody_who_has_left_and_the_reply_stays_due(cast, stay, objection):
    assert talks(NOW) == 0
    Stay.objects.filter(pk=stay.pk).update(ended_at=NOW, end="released")

    assert talks(NOW) == 1
    assert set(open_deadlines()) == {REPLY.code}
    talk(Objection.objects.get(pk=objection.pk), cast.medic)
    assert set(open_deadlines()) == {REPLY.code}
    found = [one for promise in verify(at=NOW) for one in promise.offenders if one["check"] == "objections_replied"]
    assert found == []
