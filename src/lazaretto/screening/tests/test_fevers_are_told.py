"""Fevers at the tables: told at once, owned by somebody, answered by name; nothing seen at the table is dropped."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.alarms import take_alarm
from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.screening.choices import FeverDone, FeverStep
from lazaretto.screening.commands import SeenFever, Stranger, answer_fever, note_fevers
from lazaretto.screening.deadlines import FEVER
from lazaretto.screening.errors import FeverAnswered
from lazaretto.screening.models import Fever, FeverSighting
from lazaretto.screening.tests.rounds import opened, scan, send
from tests.cast import member
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def note(cast, place, *seen: SeenFever, at=NOW):
    """What a phone says."""
    return note_fevers(actor=cast.medic.actor, at=at, point=place.pk, sent_at=at, fevers=list(seen))


def seen(step: str, fever=None, *, at=NOW, temperature=38.6, **more) -> SeenFever:
    """A fact under a number of its own."""
    return SeenFever(id=new_id(), fever=fever or new_id(), step=FeverStep(step), at=at, temperature=temperature, **more)


def test_a_fever_in_an_upload_is_an_alarm_for_the_duty_officer_and_climbs(cast):
    of, place = opened(cast)
    hot = scan(2, temperature=38.6)
    send(cast, place, scan(1, temperature=37.2), hot)
    found = Fever.objects.get()
    assert (found.pk, found.number, found.degrees, found.tube, found.step) == (hot.id, 2, "38.6", "T1", "swabbed")
    alarm = Alarm.objects.get(kind=FEVER.code)
    assert (alarm.role, alarm.unit_id, alarm.answered_at) == ("duty_officer", of.unit_id, None)
    assert [rung.role for rung in FEVER.ladder] == ["duty_officer", "approver"]
    assert FEVER.urgent


def test_the_limit_itself_is_a_fever_and_a_scan_that_does_not_count_tells_it_too(cast):
    _of, place = opened(cast)
    send(cast, place, scan(1))
    send(cast, place, scan(1, tube="T2", temperature=37.3))
    assert Fever.objects.get().degrees == "37.3"
    assert Alarm.objects.filter(kind=FEVER.code).count() == 1


def test_without_a_fever_an_upload_asks_nothing_more(cast, django_assert_num_queries):
    _of, place = opened(cast)
    send(cast, place, scan(1))
    with CaptureQueriesContext(connection) as before:
        send(cast, place, scan(2))
    with django_assert_num_queries(len(before)):
        send(cast, place, scan(3, temperature=37.2))


def test_what_the_phone_saw_comes_in_any_order_and_twice(cast):
    _of, place = opened(cast)
    first = seen("measured", number=3, at=NOW - 5 * MINUTE)
    gone = seen("clinic", first.fever, number=3, at=NOW - 3 * MINUTE, temperature=39.0)
    note(cast, place, gone)
    noted = note(cast, place, gone, first)
    found = Fever.objects.get()
    assert (noted.received, noted.taken, noted.fevers) == (2, 1, 0)
    assert (found.step, found.degrees, found.tube, found.seen_at) == ("clinic", "39.0", "", NOW - 5 * MINUTE)
    assert FeverSighting.objects.count() == 2
    assert Alarm.objects.filter(kind=FEVER.code).count() == 1


def test_taken_back_at_the_table_it_is_told_all_the_same(cast):
    _of, place = opened(cast)
    who = Stranger(name="过路人", phone="13800001111")
    first = seen("measured", stranger=who)
    note(cast, place, first, seen("undone", first.fever, stranger=who, at=NOW))
    found = Fever.objects.get()
    assert (found.step, found.name, found.phone) == ("undone", "过路人", "13800001111")
    assert Deadline.objects.filter(kind=FEVER.code, state="open").exists()


def test_a_swab_that_follows_is_the_same_fever(cast):
    _of, place = opened(cast)
    swab = scan(4, tube="OWN1", slot=1, temperature=38.6)
    note(cast, place, seen("measured", swab.id, number=4, at=NOW - MINUTE))
    send(cast, place, swab)
    found = Fever.objects.get()
    assert (found.step, found.tube) == ("swabbed", "OWN1")
    assert Alarm.objects.filter(kind=FEVER.code).count() == 1


def test_a_named_person_answers_and_the_alarm_is_over(cast):
    _of, place = opened(cast)
    send(cast, place, scan(2, temperature=38.6))
    found = Fever.objects.get()
    given = {"fever": found, "at": NOW}
    with pytest.raises(ReasonRequired):
        answer_fever(actor=cast.medic.actor, done=FeverDone.OTHER, **given)
    with pytest.raises(Forbidden):
        answer_fever(actor=member("sampler", cast.site.unit).actor, done=FeverDone.CLINIC, **given)
    answer_fever(actor=cast.medic.actor, done=FeverDone.CLINIC, note="救护车 10:30", **given)
    found.refresh_from_db()
    assert (found.done, found.answered_by_id, found.note) == ("clinic", cast.medic.user.pk, "救护车 10:30")
    alarm = Alarm.objects.get(kind=FEVER.code)
    assert alarm.answered_at is not None
    assert "救护车 10:30" in alarm.answer
    assert not Deadline.objects.filter(kind=FEVER.code, state="open").exists()
    assert JournalEntry.objects.filter(command="screening.answer_fever").exists()
    with pytest.raises(FeverAnswered):
        answer_fever(actor=cast.site_lead.actor, done=FeverDone.AGAIN, **given)


def test_the_page_of_the_round_shows_who_where_when_owner_and_what_was_done(cast):
    of, place = opened(cast)
    home, all_of_them = reverse("screening:round", args=[of.pk]), reverse("screening:fevers", args=[of.pk])
    client = cast.medic.client
    for path in (home, all_of_them):
        assert "采样台上没有人发热" in client.get(path).content.decode()
    note(cast, place, seen("clinic", number=2, temperature=39.0))
    shown = client.get(home).content.decode()
    for words in ("员工002", "39.0 ℃", "P1 体育馆", "已去发热门诊，未采样", "尚无人负责"):
        assert words in shown, words
    assert "39 ℃" not in shown
    take_alarm(actor=cast.medic.actor, at=NOW, alarm=Alarm.objects.get(kind=FEVER.code))
    assert "尚无人负责" not in client.get(home).content.decode()
    answer = reverse("screening:answer_fever", args=[Fever.objects.get().pk])
    refused = client.post(answer, {"done": "other", "note": ""})
    assert refused.status_code == 422
    assert client.post(answer, {"done": "again", "note": "36.8"}).headers["Location"] == all_of_them
    assert "复测不发热" in client.get(home).content.decode()
    assert "员工002" not in cast.auditor.client.get(all_of_them).content.decode(), "names as the role reads them"
    assert "38.6" not in Client().get(all_of_them).content.decode()


def test_the_alarm_leads_to_where_it_is_answered(cast):
    of, place = opened(cast)
    send(cast, place, scan(2, temperature=38.6))
    page = cast.medic.client.get("/alarms").content.decode()
    assert "38.6 ℃ · P1 体育馆" in page
    assert reverse("screening:fevers", args=[of.pk]) in page


def test_pages_ask_as_much_for_many_fevers_as_for_one(cast, django_assert_max_num_queries):
    of, place = opened(cast)
    paths = [reverse(f"screening:{name}", args=[of.pk]) for name in ("round", "fevers")]

    def asked() -> list[int]:
        found = []
        for path in paths:
            with django_assert_max_num_queries(40) as counted:
                cast.medic.client.get(path)
            found.append(len(counted))
        return found

    note(cast, place, seen("measured", number=1))
    asked()
    before = asked()
    note(cast, place, *(seen("clinic", number=number) for number in (2, 3, 4)))
    assert asked() == before


@pytest.mark.parametrize(
    "wrong", [{"temperature": 500}, {"done": "clinic"}, {"answered_at": NOW}, {"done": "other", "answered_at": NOW}]
)
def test_the_database_refuses_what_must_not_be(cast, wrong):
    _of, place = opened(cast)
    note(cast, place, seen("measured", number=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Fever.objects.update(**wrong)
