"""Enterprises are told their slots: what is written down, when it is stale, pages, paper and API."""

from datetime import time as hours
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import IllegalTransition, InvalidInput
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Organisation
from lazaretto.screening import commands as screening
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import Means, NoticeState, NoticeStep
from lazaretto.slots.errors import NothingToTell, NoticeStale, NotToldYet
from lazaretto.slots.models import Notice
from lazaretto.slots.rules import notice_state
from lazaretto.slots.tests.plans import BEFORE, planned, slots, standing
from tests.factories import NOW

LATER = BEFORE + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def state(of, home) -> NoticeState:
    """What an enterprise knows."""
    return queries.holder(of, home.pk, at=BEFORE).state


def tell(cast, of, home, step=commands.tell, **given):
    """Said to its officer by telephone, as it stands."""
    known = {"read": queries.holder(of, home.pk, at=BEFORE).digest, "who": "王联络", "means": Means.PHONE, "at": BEFORE}
    return step(actor=cast.duty_officer.actor, test_round=of, organisation=home, **{**known, **given})


def test_told_then_confirmed(cast):
    of, (home, other), _places = planned(cast, 30, 5)
    standing(cast, of)
    assert (state(of, home), state(of, other)) == (NoticeState.UNTOLD, NoticeState.UNTOLD)
    with pytest.raises(NotToldYet):
        tell(cast, of, home, commands.confirm)
    tell(cast, of, home)
    assert state(of, home) == NoticeState.TOLD
    tell(cast, of, home, commands.confirm, at=LATER, means=Means.CHAT)
    assert (state(of, home), state(of, other)) == (NoticeState.CONFIRMED, NoticeState.UNTOLD)
    first = Notice.objects.get(step=NoticeStep.TOLD)
    assert (first.who, first.means, first.by) == ("王联络", "phone", cast.duty_officer.user)
    assert "A公司" in first.said
    assert "P1" in first.said or "P2" in first.said
    assert JournalEntry.objects.filter(command__in=["slots.tell", "slots.confirm"]).count() == 2
    assert queries.counts_of(queries.holders(of, at=BEFORE)) == {"untold": 1, "stale": 0, "told": 0, "confirmed": 1}


def test_what_changes_afterwards_is_seen(cast):
    of, (home, other), (_one, two) = planned(cast, 30, 5)
    row = next(row for row in standing(cast, of) if row.organisation_id == other.pk)
    for one in (home, other):
        tell(cast, of, one)
    read, later = queries.holder(of, other.pk, at=BEFORE).digest, of.opens_at + timedelta(hours=3)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    commands.move(**who, slot=row, point=two, starts_at=later, reason="检修")
    assert (state(of, home), state(of, other)) == (NoticeState.TOLD, NoticeState.STALE)
    with pytest.raises(NoticeStale):  # what they would be told stands no more
        tell(cast, of, other, read=read)
    with pytest.raises(NotToldYet):  # they would confirm what nobody told them
        tell(cast, of, other, commands.confirm)
    tell(cast, of, other, at=LATER)
    assert state(of, other) == NoticeState.TOLD
    moved = next(row for row in slots(of) if row.organisation_id == other.pk)
    commands.cancel(**who, slot=moved, reason="停产")
    assert state(of, other) == NoticeState.STALE  # they would come in vain
    assert "请勿前来" in queries.wording(queries.holder(of, other.pk, at=BEFORE), "zh-hans").text
    tell(cast, of, other, at=LATER)
    assert state(of, other) == NoticeState.TOLD


@pytest.mark.parametrize("other", [{"name": "体育馆北门"}, {"address": "东门路 8 号"}, {"closes": hours(22)}])
def test_a_point_that_is_called_or_lies_or_opens_otherwise_is_told_anew(cast, other):
    of, (home,), places = planned(cast, 5)
    standing(cast, of)
    tell(cast, of, home)
    for place in places:
        known = {name: getattr(place, name) for name in ("code", "name", "tables", "opens", "closes")}
        screening.change_point(actor=cast.duty_officer.actor, at=BEFORE, point=place, **{**known, **other})
    assert state(of, home) == NoticeState.STALE
    said = queries.wording(queries.holder(of, home.pk, at=BEFORE), "zh-hans").text
    assert format(next(iter(other.values())), "%H:%M" if "closes" in other else "") in said
    tell(cast, of, home, at=LATER)
    assert state(of, home) == NoticeState.TOLD


def test_a_round_that_is_called_otherwise_is_told_anew(cast):
    of, (home,), _places = planned(cast, 5)
    standing(cast, of)
    tell(cast, of, home)
    known = {"actor": cast.duty_officer.actor, "at": BEFORE, "deadline_at": of.deadline_at}
    screening.change_round(**known, test_round=of, name="第二轮补采")
    of.refresh_from_db()
    assert state(of, home) == NoticeState.STALE
    assert "第二轮补采" in queries.wording(queries.holder(of, home.pk, at=BEFORE), "zh-hans").text
    tell(cast, of, home, at=LATER)
    assert state(of, home) == NoticeState.TOLD


def test_planned_again_alike_nobody_is_told_anew(cast):
    of, (home, _other), _places = planned(cast, 30, 5)
    standing(cast, of)
    tell(cast, of, home)
    standing(cast, of)
    assert state(of, home) == NoticeState.TOLD


def test_of_a_cancelled_round_only_those_are_told_who_know_of_it(cast):
    of, (home, _other), _places = planned(cast, 30, 5)
    standing(cast, of)
    tell(cast, of, home)
    screening.cancel_round(actor=cast.duty_officer.actor, at=BEFORE, test_round=of, reason="台风")
    of.refresh_from_db()
    rows = queries.holders(of, at=BEFORE)
    assert [(row.organisation.pk, row.state) for row in rows] == [(home.pk, NoticeState.STALE)]
    assert "取消" in queries.wording(rows[0], "zh-hans").text
    tell(cast, of, home, at=LATER)
    assert state(of, home) == NoticeState.TOLD


def test_once_nobody_could_come_any_more_a_cancelled_round_is_told_to_nobody(cast):
    of, (home,), _places = planned(cast, 5)
    standing(cast, of)
    tell(cast, of, home)
    screening.cancel_round(actor=cast.duty_officer.actor, at=BEFORE, test_round=of, reason="台风")
    of.refresh_from_db()
    with pytest.raises(IllegalTransition):
        tell(cast, of, home, at=of.deadline_at)
    with pytest.raises(IllegalTransition):
        commands.list_notices(actor=cast.duty_officer.actor, at=of.deadline_at, test_round=of)


def test_what_cannot_be_written_is_refused(cast):
    of, (home, other), _places = planned(cast, 5, 5)
    with pytest.raises(NothingToTell):
        commands.tell(
            actor=cast.duty_officer.actor, at=BEFORE, test_round=of, organisation=home, read="", who="王", means="phone"
        )
    standing(cast, of)
    for wrong in ({"who": " "}, {"language": "fr"}):
        with pytest.raises(InvalidInput):
            tell(cast, of, other, **wrong)
    Round.objects.filter(pk=of.pk).update(state=RoundState.CLOSED, opened_at=BEFORE, closed_at=BEFORE)
    with pytest.raises(IllegalTransition):
        tell(cast, Round.objects.get(pk=of.pk), other)


def test_what_was_said_stays_written(cast):
    of, (home,), _places = planned(cast, 5)
    standing(cast, of)
    tell(cast, of, home)
    for change in (lambda rows: rows.update(who="李"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Notice.objects.all())


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ([], "untold"),
        ([("told", "a")], "stale"),
        ([("told", "b")], "told"),
        ([("told", "b"), ("confirmed", "b")], "confirmed"),
        ([("told", "b"), ("confirmed", "b"), ("told", "b")], "told"),
        ([("told", "b"), ("confirmed", "b"), ("told", "a")], "stale"),
    ],
)
def test_the_last_word_counts(said, known):
    assert notice_state(said, "b") == known


# ---- pages


def test_they_are_told_and_confirm_on_their_page(cast):
    of, (home, _other), _places = planned(cast, 30, 5)
    client, page = cast.duty_officer.client, reverse("slots:notice", args=[of.pk, home.pk])
    everybody = reverse("slots:notices", args=[of.pk])
    assert "还没有可通知的" in client.get(everybody).content.decode()
    assert client.get(page).status_code == 404
    standing(cast, of)
    assert "请携带" in client.get(page).content.decode()
    assert "Bring:" in client.get(page, {"language": "en"}).content.decode()
    digest = queries.holder(of, home.pk, at=BEFORE).digest
    told = {"told-who": "王联络", "told-means": "chat", "told-read": digest}
    answer = client.post(reverse("slots:tell", args=[of.pk, home.pk]), {**told, "told-read": "old"})
    assert answer.status_code == 422
    assert "改变" in answer.content.decode()
    assert client.post(reverse("slots:tell", args=[of.pk, home.pk]), {**told, "told-who": ""}).status_code == 422
    assert client.post(reverse("slots:tell", args=[of.pk, home.pk]), told).headers["Location"] == page
    said = {"confirmed-who": "王联络", "confirmed-means": "phone", "confirmed-read": digest}
    assert client.post(reverse("slots:confirm", args=[of.pk, home.pk]), said).headers["Location"] == page
    assert state(of, home) == NoticeState.CONFIRMED
    assert "王联络" in client.get(page).content.decode()
    shown = client.get(everybody, {"state": "confirmed"}).content.decode()
    assert "A公司" in shown
    assert "B公司" not in shown
    assert "没有" in client.get(everybody, {"state": "stale"}).content.decode()
    assert everybody in client.get(reverse("slots:slots", args=[of.pk])).content.decode()


def test_a_reader_tells_nobody_and_names_are_as_the_role_sees_them(cast):
    of, (home,), _places = planned(cast, 5)
    standing(cast, of)
    tell(cast, of, home)
    reader = cast.auditor.client
    page = reader.get(reverse("slots:notice", args=[of.pk, home.pk])).content.decode()
    assert "王联络" not in page
    assert reverse("slots:tell", args=[of.pk, home.pk]) not in page
    assert "王联络" not in reader.get(reverse("slots:notices", args=[of.pk])).content.decode()
    assert reader.post(reverse("slots:tell", args=[of.pk, home.pk])).status_code == 403


def test_notices_are_printed_one_or_all(cast):
    of, (home, _other), _places = planned(cast, 30, 5)
    client, everybody = cast.duty_officer.client, reverse("slots:papers", args=[of.pk])
    assert client.get(everybody).status_code == 302  # nothing to print
    standing(cast, of)
    for address in (everybody, reverse("slots:paper", args=[of.pk, home.pk])):
        for language in ("zh-hans", "en"):
            answer = client.get(address, {"language": language})
            assert answer.content.startswith(b"%PDF")
    assert client.get(everybody, {"state": "stale"}).status_code == 302


def test_lists_ask_as_often_for_many_as_for_few(cast):
    of, few, _places = planned(cast, 5)
    standing(cast, of)

    def counted(one) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert cast.duty_officer.client.get(reverse("slots:notices", args=[one.pk])).status_code == 200
        return len(asked)

    tell(cast, of, few[0])
    before = counted(of)
    Organisation.objects.update(ended_at=NOW)
    more, homes, _places = planned(cast, *([7] * 8), points=("Q1", "Q2"))
    standing(cast, more)
    for home in homes[1:5]:
        tell(cast, more, home)
    assert counted(more) == before


def test_the_api_says_who_knows(cast):
    of, (home, _other), _places = planned(cast, 30, 5)
    standing(cast, of)
    client, path = cast.duty_officer.client, f"/api/v1/screening/rounds/{of.pk}/slot-notices"
    rows = client.get(path).json()
    assert {row["name"]: row["state"] for row in rows} == {"A公司": "untold", "B公司": "untold"}
    tell(cast, of, home)
    one = client.get(f"{path}/{home.pk}?language=en").json()
    assert (one["state"], [step["who"] for step in one["steps"]]) == ("told", ["王联络"])
    assert "Bring:" in one["text"]
