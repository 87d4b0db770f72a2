"""Uploads that wait at the same moment go in one transaction; whatever is unusual of one goes the ordinary way."""

import asyncio
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from lazaretto.accounts.commands import issue_token, revoke_token
from lazaretto.config import intake as module
from lazaretto.config.front import IN_MEMORY, Front
from lazaretto.config.intake import API, PHONES, Intake, Waiting, answers
from lazaretto.config.tests.test_front import NoStreams, Pages, scope
from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.core.models import JournalEntry
from lazaretto.field.tests.phones import phone
from lazaretto.screening.models import CountDelta, Scan, Tube, Upload
from lazaretto.screening.proofs import scans_balance
from lazaretto.screening.tests.rounds import draft, open_one, opened, point
from tests.cast import gather
from tests.cast import member as somebody
from tests.threads import needs_server

MINUTE = timedelta(minutes=1)
database = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The thread has its own; here it is the test's, in its transaction."""
    monkeypatch.setattr(module, "close_old_connections", lambda: None)


@pytest.fixture
def token(cast):
    return token_of(somebody("sampler", cast.site.unit))


def token_of(member) -> str:
    return issue_token(actor=member.actor, at=clock.now(), username=member.user.username, label="tables").secret


def one(number=1, **more):
    given = {"id": str(new_id()), "tube": "T1", "slot": number, "at": clock.now().isoformat(), "number": number}
    return {**given, **more}


def batch(place, *scans, **more):
    now = clock.now().isoformat()
    return {"batch": str(new_id()), "point": str(place.pk), "sent_at": now, "scans": list(scans) or [one()], **more}


def taken(token, *bodies, path=API, headers=None):
    """What each was told: None where it goes the ordinary way."""
    plain = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
    some = [Waiting(path, token, headers or {}, body, None) for body in plain]
    return [None if said is None else json.loads(said) for said in answers(some)]


def by_phone(made, *scans, **more):
    """A batch of a phone, and what the ordinary door would be asked."""
    body = {"batch": str(new_id()), "sent_at": clock.now().isoformat(), "scans": list(scans), **more}
    headers = {b"x-queue": "3", b"x-sent-at": (clock.now() - timedelta(hours=1)).isoformat()}
    return body, taken(made.token, body, path=PHONES, headers=headers)[0]


def post(client, body):
    return client.post(API, json.dumps(body), content_type="application/json")


@database
def test_several_batches_are_one_transaction_and_each_has_its_own_answer_receipt_and_line(cast, token):
    of, place = opened(cast)
    other = point(cast, of, code="P2")
    told = taken(
        token, batch(place, one(1), one(2, temperature=36.6)), batch(other, one(101, tube="T9", slot=1) | {"number": 3})
    )
    assert [said["taken"] for said in told] == [2, 1]
    assert Scan.objects.get(number=2).temperature == 366
    assert dict(Tube.objects.values_list("code", "point")) == {"T1": place.pk, "T9": other.pk}
    assert sorted(CountDelta.objects.values_list("point", "n")) == sorted([(place.pk, 2), (other.pk, 1)])
    lines = JournalEntry.objects.filter(command="screening.upload")
    assert {line.subject_id for line in lines} == {said["batch"] for said in told}
    assert {line.device for line in lines} == {"token:tables"}
    assert scans_balance(clock.now()).offenders == []


@database
def test_a_batch_taken_in_so_gets_the_same_answer_the_ordinary_way(cast, token):
    _of, place = opened(cast)
    body = batch(place, one(1), one(2))
    (said,) = taken(token, body)
    again = post(cast.medic.client, body | {"sent_at": (clock.now() + MINUTE).isoformat()})
    assert again.json() == said
    changed = post(cast.medic.client, body | {"scans": body["scans"][:1]})
    assert changed.json()["code"] == "batch_reused"
    assert taken(token, body) == [None]
    assert Upload.objects.count() == 1


@database
@pytest.mark.parametrize(
    "unusual",
    [
        {"number": None},
        {"number": 8},
        {"slot": 11},
        {"slot": 21},
        {"tube": "t 1"},
        {"tube": ""},
        {"tube": "管1"},
        {"temperature": 38.2},
        {"temperature": 12},
        {"round": str(new_id())},
        {"at": "2026-11-21T10:00:00"},
        {"at": "1931-11-21T10:00:00Z"},
        {"stranger": {"name": "侯某"}},
        {"id": "7"},
        {"more": 1},
        {"at": "2026-11-21T10:00:00.1234567Z"},
        {"at": (clock.now() - timedelta(days=30)).isoformat()},
    ],
)
def test_what_is_unusual_goes_the_ordinary_way_and_holds_up_none_of_the_others(cast, token, unusual):
    _of, place = opened(cast)
    told = taken(token, batch(place, one(1) | unusual, one(3)), batch(place, one(2)))
    assert told[0] is None
    assert told[1]["taken"] == 1
    assert list(Scan.objects.values_list("number", flat=True)) == [2]


@database
def test_what_is_no_batch_goes_the_ordinary_way(cast, token):
    _of, place = opened(cast)
    odd = [b"{", b"\xff", b"[]", batch(place, extra=1), batch(place, scans=[]), {"batch": str(new_id())}]
    assert taken(token, *odd) == [None] * len(odd)
    same = one(1)
    assert taken(token, batch(place, same, same)) == [None]


@database
def test_where_something_stands_in_the_way_nothing_is_written_and_each_goes_its_way(cast, token):
    _of, place = opened(cast)
    taken(token, batch(place, one(1)))
    before = JournalEntry.objects.count()
    in_the_way = [one(1, tube="T2"), one(2, slot=1), one(2, slot=1, tube="T1")]
    for scan in in_the_way:
        assert taken(token, batch(place, one(3, tube="T3")), batch(place, scan)) == [None, None]
    assert taken(token, batch(place, one(5)), batch(place, one(5, tube="T7"))) == [None, None]
    assert (Scan.objects.count(), Upload.objects.count(), JournalEntry.objects.count()) == (1, 1, before)


@database
def test_where_one_of_many_stands_in_the_way_the_others_still_go_together(cast, token):
    _of, place = opened(cast, people=20)
    taken(token, batch(place, one(1)))
    before = JournalEntry.objects.count()
    bodies = [batch(place, one(number, tube=f"N{number}", slot=1)) for number in range(2, 18)]
    bodies[5] = batch(place, one(1, tube="N1"))
    said = taken(token, *bodies)
    assert [place for place, answer in enumerate(said) if answer is None] == [4, 5, 6, 7], "the few it stood among"
    assert [answer["batch"] for answer in said if answer] == [
        body["batch"] for place, body in enumerate(bodies) if not 4 <= place < 8
    ]
    assert (Scan.objects.count(), Upload.objects.count()) == (13, 13)
    assert JournalEntry.objects.count() == before + 12
    assert not scans_balance(clock.now()).offenders


@database
def test_a_batch_that_is_here_already_or_twice_among_them_spoils_no_other(cast, token):
    _of, place = opened(cast)
    before, twice = batch(place, one(1)), batch(place, one(2))
    (said,) = taken(token, before)
    again, first, second, other = taken(token, before, twice, twice, batch(place, one(3)))
    assert (again, second) == (None, None)
    assert first["taken"] == other["taken"] == 1
    assert post(cast.medic.client, before).json() == said


@database
@pytest.mark.parametrize(
    "sent_at",
    ["1960-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-10:00"],
)
def test_a_phone_whose_clock_shows_no_time_of_ours_spoils_no_other(cast, token, sent_at):
    _of, place = opened(cast)
    odd, other = taken(token, batch(place, one(1), sent_at=sent_at), batch(place, one(2)))
    assert odd is None
    assert other["taken"] == 1


@database
def test_whoever_has_no_token_spoils_no_other(cast, token):
    _of, place = opened(cast)
    deep = b'{"scans": [{"more": ' + b"[" * 5000 + b"]" * 5000 + b"}]}"
    good = json.dumps(batch(place)).encode()
    some = [Waiting(API, secret, {}, body, None) for secret, body in (("x", deep), (token, deep), (token, good))]
    assert [said is not None for said in answers(some)] == [False, False, True]


@needs_server
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_long_for_a_tube_that_somebody_else_holds(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_WAIT", "100ms")
    monkeypatch.setattr(module, "_limited", threading.local())
    cast = gather()
    _of, place = opened(cast)
    token = token_of(somebody("sampler", cast.site.unit))
    holds, goes = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Tube.objects.create(code="T1", round=place.round, point=place, opened_at=clock.now())
                holds.set()
                goes.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    holds.wait(10)
    try:
        assert taken(token, batch(place, one(1)), batch(place, one(2, tube="T2"))) == [None, None]
        assert taken(token, batch(place, one(2, tube="T2")))[0]["taken"] == 1
    finally:
        goes.set()
        holder.join()
        connection.close()


@database
def test_a_tube_of_another_point_or_round_is_found(cast, token):
    of, place = opened(cast)
    other = point(cast, of, code="P2")
    taken(token, batch(place, one(1)))
    assert taken(token, batch(place, one(2)))[0]["taken"] == 1
    assert taken(token, batch(other, one(3))) == [None]
    assert taken(token, batch(place, one(4, tube="T5")), batch(other, one(5, tube="T5"))) == [None, None]
    _following, there = open_one(cast)
    assert taken(token, batch(there, one(3))) == [None]
    assert sorted(Scan.objects.values_list("number", flat=True)) == [1, 2]


@database
def test_who_may_not_is_answered_the_ordinary_way(cast, token):
    of, place = opened(cast)
    revoked = issue_token(actor=cast.medic.actor, at=clock.now(), username=cast.medic.user.username, label="lost")
    revoke_token(actor=cast.medic.actor, at=clock.now(), token_id=revoked.token_id)
    elsewhere = token_of(somebody("sampler", cast.other_site.unit))
    for secret in ("lz_wrong", "", revoked.secret, token_of(cast.hotel_staff), elsewhere):
        assert taken(secret, batch(place)) == [None]
    prepared = point(cast, draft(cast), code="P3")
    assert taken(token, batch(prepared), batch(place) | {"point": str(new_id())}) == [None, None]
    assert (Scan.objects.count(), Upload.objects.count()) == (0, 0)
    assert taken(token, batch(place))[0]["taken"] == 1
    assert of.pk == Scan.objects.get().round_id


@database
def test_clocks_that_are_wrong_are_put_right_and_late_ones_say_so(cast, token):
    _of, place = opened(cast)
    now = clock.now()
    behind = (now - timedelta(hours=3)).isoformat()
    ahead = (now + timedelta(minutes=1)).isoformat()
    (said, other) = taken(
        token, batch(place, one(1, at=behind), sent_at=behind), batch(place, one(2, at=ahead, tube="T2"))
    )
    assert 10_790 < said["skew_seconds"] <= 10_810
    assert other["skew_seconds"] == 0
    first, second = Scan.objects.order_by("number")
    assert abs(first.taken_at - now) < MINUTE
    assert second.taken_at <= clock.now()  # never after it was received
    assert said["late"] == Upload.objects.get(pk=said["batch"]).late


@database
def test_enterprises_and_hours_are_counted_apart(cast, token):
    _of, place = opened(cast)
    now = clock.now().replace(minute=30)
    some = [one(n, at=(now - timedelta(hours=hours)).isoformat()) for n, hours in ((1, 0), (6, 1), (7, 0), (2, 5))]
    taken(token, batch(place, *some, sent_at=clock.now().isoformat()))
    counted = CountDelta.objects.order_by("organisation__name", "hour").values_list("organisation__name", "n")
    assert sorted(counted) == [("A公司", 1), ("A公司", 1), ("A公司", 1), ("B公司", 1)]
    assert scans_balance(clock.now()).offenders == []


# ---- phones


@database
def test_a_phone_is_heard_and_told_as_by_its_own_door_and_so_are_the_others_of_its_point(cast):
    _of, place = opened(cast)
    made, other = phone(cast, place), phone(cast, place, nth=1, table=2)
    body, said = by_phone(made, one(1), one(2, tube="T2"))
    assert said["answer"]["taken"] == 2
    assert said["now"]
    ordinary = made.ask("uploads", body).json()
    assert ordinary["answer"] == said["answer"]
    told = other.ask("state").json()["told"]
    assert told == [{"numbers": [1, 2], "tubes": ["T1", "T2"], "table": 1}]
    made.device.refresh_from_db()
    line = JournalEntry.objects.get(command="screening.upload")
    assert (line.actor_name, line.actor_id) == ("phone 7, table 1", None)
    assert set(ordinary) == set(said)


@database
def test_what_a_phone_says_of_itself_is_kept(cast):
    _of, place = opened(cast)
    made = phone(cast, place)
    by_phone(made, one(1))
    made.device.refresh_from_db()
    assert made.device.queue == 3
    assert 3_590 < made.device.skew_seconds < 3_610


@database
def test_phones_and_programs_go_together(cast, token):
    _of, place = opened(cast)
    made = phone(cast, place)
    body = {"batch": str(new_id()), "sent_at": clock.now().isoformat(), "scans": [one(2, tube="T2")]}
    some = [
        Waiting(PHONES, made.token, {}, json.dumps(body).encode(), None),
        Waiting(API, token, {b"x-device": "door"}, json.dumps(batch(place)).encode(), None),
        Waiting(API, made.token, {}, json.dumps(batch(place, one(3, tube="T3"))).encode(), None),
        Waiting(PHONES, token, {}, json.dumps(body).encode(), None),
    ]
    first, second, *others = answers(some)
    assert json.loads(first)["answer"]["taken"] == json.loads(second)["taken"] == 1
    assert others == [None, None], "a phone's token opens nothing else, and a program's no phone's door"
    assert Upload.objects.get(point=place, device__endswith="door").taken == 1


@database
def test_a_phone_whose_time_is_over_still_brings_what_it_captured_and_an_unknown_one_is_not_heard(cast, monkeypatch):
    _of, place = opened(cast)
    made = phone(cast, place)
    made.ask("end", {})
    assert by_phone(made, one(1))[1]["answer"]["taken"] == 1
    monkeypatch.setattr("lazaretto.field.queries.phones.GRACE", timedelta())
    assert by_phone(made, one(2))[1] is None
    assert taken("lzf_" + "x" * 43, {"batch": str(new_id())}, path=PHONES) == [None]
    assert by_phone(made, one(2), point=str(place.pk))[1] is None


# ---- in the event loop


class Asking:
    """A request of the front for the intake."""

    def __init__(self, *, body=b"{}", headers=(), **more):
        given = {"authorization": "Bearer lz_1", "host": "localhost", "content-length": str(len(body)), **dict(headers)}
        self.scope = scope(API, "POST", given.items()) | more
        self.body, self.sent = body, []

    async def receive(self):
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message):
        self.sent.append(message)


def ask(*requests, pages=None, intake=None):
    """What the front says to each, when they come one after the other."""
    pages = pages or Pages(b"ordinary")

    async def come():
        front = Front(pages, NoStreams(), threads=1, intake=intake or Intake())
        await asyncio.gather(*(front(one.scope, one.receive, one.send) for one in requests))

    asyncio.run(come())
    return [(one.sent[0]["status"], one.sent[1]["body"]) for one in requests]


def test_those_that_wait_go_together_and_each_is_told_its_own(monkeypatch):
    groups, let = [], threading.Event()

    def noted(some):
        groups.append([one.body for one in some])
        if len(groups) == 1:
            let.wait(10)
        return [b"said " + one.body for one in some]

    monkeypatch.setattr(module, "answers", noted)
    monkeypatch.setattr(module, "MOST", 3)
    requests = [Asking(body=b"%d" % n) for n in range(6)]
    threading.Timer(0.05, let.set).start()
    assert ask(*requests) == [(200, b"said %d" % n) for n in range(6)]
    assert sorted(map(len, groups)) == [1, 2, 3]


def test_where_no_thread_is_to_be_had_everybody_goes_the_ordinary_way_and_the_next_are_taken(monkeypatch, caplog):
    monkeypatch.setattr(module, "answers", lambda some: [b"said" for _one in some])
    intake, fails = Intake(), [True]
    submit = intake.thread.submit

    def sometimes(*given):
        if fails.pop() if fails else False:
            raise RuntimeError("can't start new thread")
        return submit(*given)

    monkeypatch.setattr(intake.thread, "submit", sometimes)
    assert ask(Asking(), intake=intake) == [(201, b"ordinary")]
    assert "can't start new thread" in caplog.text
    assert ask(Asking(), intake=intake) == [(200, b"said")]


def test_when_the_process_stops_those_under_way_are_told_and_those_that_wait_go_the_ordinary_way(monkeypatch):
    intake = Intake()

    def slow(some):
        intake.close()
        return [b"said" for _one in some]

    monkeypatch.setattr(module, "answers", slow)
    monkeypatch.setattr(module, "MOST", 1)
    assert sorted(ask(Asking(), Asking(), intake=intake)) == [(200, b"said"), (201, b"ordinary")]


def test_what_is_not_taken_in_reaches_the_pages_whole(monkeypatch):
    monkeypatch.setattr(module, "answers", lambda some: [None for _one in some])
    pages = Pages(b"ordinary")
    assert ask(Asking(body=b'{"batch"'), pages=pages) == [(201, b"ordinary")]
    assert pages.body == b'{"batch"'


@pytest.mark.parametrize(
    "other",
    [
        {"headers": {"authorization": "Basic eDp5"}},
        {"headers": {"host": "elsewhere.example"}},
        {"method": "PUT"},
        {"path": "/api/v1/screening/rounds"},
        {"body": b"x" * (IN_MEMORY + 1)},
    ],
)
def test_what_is_not_for_it_is_not_given_to_it(monkeypatch, settings, other):
    settings.ALLOWED_HOSTS = ["localhost"]
    monkeypatch.setattr(module, "answers", lambda some: pytest.fail(f"{some} was taken in"))
    assert ask(Asking(**other)) == [(201, b"ordinary")]


def test_who_says_twice_who_they_are_goes_the_ordinary_way(monkeypatch):
    monkeypatch.setattr(module, "answers", lambda some: pytest.fail(f"{some} was taken in"))
    asking = Asking()
    asking.scope["headers"].append((b"authorization", b"Bearer lz_2"))
    assert ask(asking) == [(201, b"ordinary")]


@pytest.mark.parametrize(("way", "status"), [({}, 200), ({"scheme": "http"}, 201)])
def test_an_installation_under_https_takes_nothing_in_without(monkeypatch, settings, way, status):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["localhost"]
    monkeypatch.setattr(module, "answers", lambda some: [b"said" for _one in some])
    ((said, _body),) = ask(Asking(**way))
    assert said == status


@database
def test_a_fault_in_it_is_noted_and_everybody_goes_the_ordinary_way(monkeypatch, caplog):
    def broken(_some):
        raise ValueError("of ours")

    monkeypatch.setattr(module, "_taken", broken)
    assert answers([Waiting(API, "", {}, b"", None)] * 2) == [None, None]
    assert "of ours" in caplog.text
