"""A phone is enrolled by a code that is good once and soon over; its token opens its own point and nothing else."""

import hmac
import json
from base64 import b64decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import Forbidden, InvalidInput
from lazaretto.core.models import JournalEntry
from lazaretto.field import commands
from lazaretto.field.errors import DeviceOver, PointIsClosed, RosterTooLarge, RoundIsOver, RoundNotReady
from lazaretto.field.models import Device, Told
from lazaretto.field.queries import key_of
from lazaretto.field.tests.phones import TOKENS, enrolled, phone, swab
from lazaretto.headcounts.models import Household, Member
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening import commands as rounds
from lazaretto.screening.commands import cancel_round
from lazaretto.screening.models import DuplicateScan, Scan, Upload
from lazaretto.screening.tests.rounds import draft, enterprise, open_one, opened, over, point
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def claim(code: str, token: str = TOKENS[0]):
    return Client().post(
        "/field/api/claim", json.dumps({"code": code, "token": token}), content_type="application/json"
    )


def test_a_code_is_exchanged_once_and_asked_again_gives_the_same(cast):
    of, place = opened(cast)
    made = enrolled(cast, place, table=2)
    first = claim(made.code)
    assert first.status_code == 200
    said = first.json()
    assert (said["round"]["id"], said["point"]["code"], said["device"]["table"]) == (str(of.pk), "P1", 2)
    assert said["roster"]["people"] == 7
    assert claim(made.code).json()["keys"] == said["keys"], "the network went away before the answer came"
    other = claim(made.code, TOKENS[1])
    assert (other.status_code, other.json()["code"]) == (404, "field_code_invalid")
    kept = Device.objects.get()
    assert made.code not in str(vars(kept))
    assert TOKENS[0] not in str(vars(kept))
    names = list(
        JournalEntry.objects.filter(command__startswith="field.").order_by("id").values_list("command", flat=True)
    )
    assert names == ["field.enrol_device", "field.claim_device", "field.claim_device"]


def test_an_old_code_opens_nothing(cast, monkeypatch):
    _of, place = opened(cast)
    made = enrolled(cast, place)
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert claim(made.code).status_code == 404
    assert claim("no-such-code").status_code == 404
    assert claim(made.code, "short").status_code == 404
    assert claim("", "").status_code == 422


def test_who_may_enrol_and_where(cast):
    of, place = opened(cast)
    given = {"at": clock.now(), "point": place, "label": "7"}
    with pytest.raises(Forbidden):
        commands.enrol_device(actor=cast.medic.actor, table=1, **given)
    for wrong in ({"table": 5}, {"table": 0}, {"table": 1, "label": " "}):
        with pytest.raises(InvalidInput):
            commands.enrol_device(actor=cast.duty_officer.actor, **{**given, **wrong})
    with pytest.raises(RoundNotReady):
        commands.enrol_device(actor=cast.duty_officer.actor, table=1, **{**given, "point": point(cast, draft(cast))})
    elsewhere = phone(cast, point(cast, of, "P2"))
    with pytest.raises(InvalidInput):
        commands.enrol_device(actor=cast.duty_officer.actor, table=1, takes_over=elsewhere.device, **given)


@pytest.mark.parametrize(("rule", "told"), [("household", 9), ("10", 8)])
def test_a_phone_knows_households_where_tubes_are_for_one(cast, rule, told):
    household = Household.objects.create(unit=cast.site.unit, started_at=NOW)
    enterprise(cast.site.unit, "A公司", [1, 2])
    Member.objects.filter(name="员工001").update(household=household)
    _of, place = open_one(cast, tube_rule=rule)
    rows = phone(cast, place).ask("roster").json()["rows"]
    assert {len(row) for row in rows} == {told}
    assert [row[8:] for row in rows] == ([[household.pk], [None]] if told == 9 else [[], []])


def test_the_roster_of_a_phone_has_no_number_and_no_name_in_plain(cast, django_assert_num_queries):
    _of, place = opened(cast, people=3)
    made = phone(cast, place)
    keys = claim_keys(made)
    before = JournalEntry.objects.filter(command="field.read_roster").count()
    answer = made.ask("roster?after=0")
    assert JournalEntry.objects.filter(command="field.read_roster").count() == before + 1
    with django_assert_num_queries(4):  # the phone; who has a slot, who was added; the rows
        made.ask("roster?after=1")
    assert JournalEntry.objects.filter(command="field.read_roster").count() == before + 1  # once for all pieces
    rows = answer.json()["rows"]
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    number, masked, _initials, _place, tail, document, sealed, _person = rows[0]
    assert masked.endswith("*")
    assert tail == ""
    assert "员工001" not in answer.content.decode()
    assert card(1) not in answer.content.decode()
    found = hmac.new(bytes.fromhex(keys["match"]), f"doc:{card(1)}".encode(), "sha256").hexdigest()[:32]
    assert document == found
    box = b64decode(sealed)
    name = AESGCM(bytes.fromhex(keys["name"])).decrypt(box[:12], box[12:], str(number).encode())
    assert name.decode() == "员工001\nyungong"
    assert made.ask("roster?after=4").json()["rows"] == []
    assert made.ask("roster?after=4").json()["last"] is None


def claim_keys(made) -> dict:
    return {name: key_of(made.device, name) for name in ("name", "match")}


def test_the_page_names_nobody_and_can_be_put_on_the_home_screen(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/field/")
        manifest = client.get("/field/manifest.webmanifest").json()
        worker = client.get("/field/worker.js").content.decode()
    assert "'wasm-unsafe-eval'" in page["Content-Security-Policy"]
    assert "'unsafe-eval'" not in page["Content-Security-Policy"]
    assert "wasm-unsafe-eval" not in client.get("/sign-in/")["Content-Security-Policy"]
    assert (manifest["start_url"], manifest["display"]) == ("/field/", "standalone")
    for part in ("zxing_reader", "tube.js", "bag.js", "webmanifest"):
        assert part in worker


def test_keys_of_two_phones_are_different(cast):
    _of, place = opened(cast)
    assert claim_keys(phone(cast, place)) != claim_keys(phone(cast, place, nth=1, label="8"))


def test_a_point_with_enterprises_has_their_people_alone(cast):
    of, place = opened(cast, people=3)
    made = phone(cast, place)
    first = made.ask("state").json()["roster"]["version"]
    share = of.shares.get(people=1)
    commands.expect_also(actor=cast.duty_officer.actor, at=clock.now(), point=place, organisation=share.organisation_id)
    told = made.ask("state").json()["roster"]
    assert (told["people"], told["version"] == first) == (1, False)
    assert len(made.ask("roster").json()["rows"]) == 1
    with pytest.raises(InvalidInput):
        commands.expect_also(actor=cast.duty_officer.actor, at=clock.now(), point=place, organisation=place.pk)


def test_more_people_than_a_phone_keeps_are_refused_with_what_to_do(cast, monkeypatch):
    _of, place = opened(cast)
    made = enrolled(cast, place)
    monkeypatch.setattr("lazaretto.field.queries.rosters.MOST_ROSTER", 2)
    with pytest.raises(RosterTooLarge, match="时段"):
        enrolled(cast, place)
    answer = claim(made.code)
    assert (answer.status_code, answer.json()["code"]) == (409, RosterTooLarge.code)
    assert Device.objects.get().claimed_at is None
    monkeypatch.setattr("lazaretto.field.queries.rosters.MOST_ROSTER", 7)
    assert claim(made.code).status_code == 200, "the code is good once it is put right"


def test_a_phone_sends_at_its_own_point_and_again_gets_the_same_answer(cast):
    _of, place = opened(cast)
    made, batch = phone(cast, place, table=3), "0197f0aa-0000-7000-8000-000000000001"
    one, two = swab(1, table=3), swab(2, table=3, temperature=36.5)
    first = made.send(one, two, batch=batch, queue=2)
    assert first.json()["answer"]["taken"] == 2
    again = made.send(one, two, batch=batch)
    assert again.json()["answer"] == first.json()["answer"]
    kept = Upload.objects.get()
    assert (kept.point_id, kept.by_id, kept.device.startswith("phone ")) == (place.pk, None, True)
    assert Scan.objects.get(number=2).temperature == 365
    assert made.send({"id": "7"}).status_code == 422
    assert Told.objects.get().numbers == [1, 2]


def test_a_token_opens_nothing_but_the_doors_of_phones(cast):
    _of, place = opened(cast)
    made = phone(cast, place)
    for path in ("/api/v1/screening/rounds", "/api/v1/me"):
        answer = Client().get(path, headers={"Authorization": f"Bearer {made.token}"})
        assert answer.status_code == 401, path
    for path in ("state", "roster"):
        assert made.ask(path, token="lzf_nobody").status_code == 401
    assert made.ask("state", token="lzf_nobody").json()["code"] == "field_device_unknown"


def test_what_one_phone_took_is_told_to_the_others_of_its_point(cast, django_assert_num_queries):
    of, place = opened(cast)
    one, two = phone(cast, place, table=1), phone(cast, place, nth=1, table=2, label="8")
    three = phone(cast, point(cast, of, "P2"), nth=2, label="9")
    one.send(swab(1), swab(2))
    assert two.ask("state").json()["told"] == [{"numbers": [1, 2], "tubes": ["T1"], "table": 1}]
    since = two.ask("state").json()["told_at"].replace("+", "%2B")
    with django_assert_num_queries(6):
        assert two.ask(f"state?since={since}").status_code == 200
    assert one.ask("state").json()["told"] == []
    assert three.ask("state").json()["told"] == []
    assert two.ask("state").json()["others"] == [1]


def test_a_second_phone_takes_over_and_the_first_may_still_send(cast):
    _of, place = opened(cast)
    first = phone(cast, place)
    second = phone(cast, place, nth=1, label="8", takes_over=first.device)
    told = first.ask("state")
    assert (told.status_code, told.json()["code"]) == (401, "field_device_ended")
    assert told.json()["context"] == {"ending": "taken_over"}
    assert first.send(swab(1)).json()["answer"]["taken"] == 1, "what it captured is a fact"
    assert Upload.objects.get().device.endswith("after its end")
    assert second.ask("state").status_code == 200
    with pytest.raises(DeviceOver):
        enrolled(cast, place, takes_over=Device.objects.get(pk=first.device.pk))


def test_a_revoked_phone_gets_nothing_and_may_send_for_two_weeks(cast, monkeypatch):
    _of, place = opened(cast)
    made = phone(cast, place)
    commands.revoke_device(actor=cast.duty_officer.actor, at=clock.now(), device=made.device, reason="丢失")
    for path in ("state", "roster"):
        assert made.ask(path).json()["context"] == {"ending": "revoked"}
    assert made.send(swab(1)).status_code == 200
    with pytest.raises(DeviceOver):
        commands.revoke_device(actor=cast.duty_officer.actor, at=clock.now(), device=made.device)
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert made.send(swab(2)).json()["code"] == "field_device_unknown"
    assert Scan.objects.count() == 1


def test_a_shift_ends_once_and_is_heard(cast):
    _of, place = opened(cast)
    made = phone(cast, place)
    early = clock.now() - timedelta(minutes=40)
    made.ask("state", queue=12, sent_at=early)
    seen = Device.objects.get()
    assert (seen.queue, round(seen.skew_seconds / 60)) == (12, 40)
    assert made.ask("end", {}).json()["ending"] == "shift"
    assert made.ask("end", {}).json()["ending"] == "shift"
    assert made.ask("state").json()["context"] == {"ending": "shift"}


def test_a_token_outlives_its_round_by_days_and_not_for_ever(cast, monkeypatch):
    of, place = opened(cast)
    made = phone(cast, place)
    later = max(of.deadline_at, clock.now()) + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert made.ask("state").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: later + timedelta(days=2))
    assert made.ask("state").json()["code"] == "field_device_ended"


def test_a_phone_of_a_cancelled_round_is_told_why_and_what_it_sends_is_late(cast):
    of, place = opened(cast)
    asked = phone(cast, place)
    assert asked.ask("state").json()["round"]["state"] == "open"
    cancel_round(actor=cast.duty_officer.actor, at=clock.now(), test_round=of, reason="台风")
    said = asked.ask("state").json()["round"]
    assert (said["state"], said["reason"]) == ("cancelled", "台风")
    assert asked.send(swab(1)).status_code == 200
    assert Scan.objects.select_related("upload").get(number=1).upload.late


def test_conflicts_are_told_with_their_reasons(cast):
    _of, place = opened(cast)
    made = phone(cast, place)
    made.send(swab(1))
    answer = made.send(swab(1, tube="T2"), swab(3, slot=1)).json()["answer"]
    assert sorted(one["reason"] for one in answer["duplicates"]) == ["slot_taken", "tested_before"]
    assert DuplicateScan.objects.count() == 2
    assert Told.objects.order_by("id").last().numbers == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"table": 0},
        {"label": ""},
        {"token_digest": "x"},
        {"claimed_at": clock.now()},
        {"ended_at": clock.now()},
        {"ending": "shift"},
        {"code_expires_at": clock.now() - timedelta(days=9)},
    ],
)
def test_the_database_refuses_what_must_not_be(cast, wrong):
    _of, place = opened(cast)
    made = enrolled(cast, place)
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.filter(pk=made.device_id).update(**wrong)


@pytest.mark.parametrize(
    ("state", "refused"), [("closed", RoundIsOver), ("cancelled", RoundIsOver), ("point", PointIsClosed)]
)
def test_where_nobody_comes_no_phone_is_enrolled_and_a_code_opens_none(cast, state, refused):
    of, place = opened(cast)
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    made = commands.enrol_device(**who, point=place, table=1, label="1")
    if state == "closed":
        over(of)
    elif state == "cancelled":
        rounds.cancel_round(**who, test_round=of, reason="台风")
    else:
        rounds.close_point(**who, point=place)
    with pytest.raises(refused):
        commands.enrol_device(**who, point=place, table=2, label="2")
    with pytest.raises(refused):
        commands.claim_device(actor=Actor.system("phone"), at=NOW, code=made.code, token=TOKENS[1])
    page = cast.duty_officer.client.get(reverse("field:point", args=[place.pk])).content.decode()
    assert str(refused().message) in page
    assert 'data-dialog="enrol"' not in page
    if state == "point":
        rounds.open_point(**who, point=place)
        commands.claim_device(actor=Actor.system("phone"), at=NOW, code=made.code, token=TOKENS[1])
