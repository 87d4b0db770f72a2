"""A round and its points are put right: what is written, what follows, what is refused; their pages."""

from datetime import UTC, timedelta
from datetime import time as hours

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import IllegalTransition, InvalidInput, ReasonRequired, TextTooLong
from lazaretto.core.models import JournalEntry
from lazaretto.field import commands as phones
from lazaretto.field.models import Device
from lazaretto.field.queries import token_digest
from lazaretto.field.rules import BEYOND_DEADLINE
from lazaretto.screening import commands
from lazaretto.screening.errors import EditedMeanwhile, PointInUse, PointNameTaken
from lazaretto.screening.models import Point, Round
from lazaretto.screening.tests.rounds import DEADLINE, draft, opened, over, point, scan, send
from tests.factories import NOW

SAID = {"code": "P1", "name": "体育馆", "tables": 4, "opens": hours(7), "closes": hours(20)}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def change(cast, place: Point, **more) -> commands.PointEdited:
    """What is known of it, said anew."""
    return commands.change_point(actor=cast.duty_officer.actor, at=NOW, point=place, **{**SAID, **more})


def change_round(cast, of: Round, **more) -> commands.RoundEdited:
    """Its name and deadline, said anew."""
    known = {"name": of.name, "deadline_at": of.deadline_at, **more}
    return commands.change_round(actor=cast.duty_officer.actor, at=NOW, test_round=of, **known)


def noted(command: str) -> JournalEntry:
    """What the journal says of it last."""
    return JournalEntry.objects.filter(command=command).order_by("-recorded_at", "-pk").first()


def test_a_point_is_put_right_and_the_journal_says_what_was(cast):
    of, place = opened(cast)
    where = {"latitude": 23.1, "longitude": 113.2}
    change(cast, place, name="体育馆北门", address="东门路 8 号", tables=6, staff=14, closes=hours(21), **where)
    place.refresh_from_db()
    assert (place.name, place.address, place.tables, place.staff) == ("体育馆北门", "东门路 8 号", 6, 14)
    assert (place.closes, place.latitude) == (hours(21), 23.1)
    said = noted("screening.change_point").data
    assert said["tables"] == {"before": 4, "after": 6}
    assert "code" not in said
    change(cast, place, staff=None)
    place.refresh_from_db()
    assert (place.address, place.staff, place.latitude) == ("", None, None)
    assert of.points.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": " "}, {"name": ""}, {"tables": 0}, {"closes": hours(7)}, {"staff": -1}, {"latitude": 23.0},
        {"code": "\u200b"}, {"opens": hours(7, tzinfo=UTC)}, {"closes": hours(20, tzinfo=UTC)},
    ],
)  # fmt: skip
def test_nonsense_about_a_point_is_refused(cast, wrong):
    _of, place = opened(cast)
    with pytest.raises(InvalidInput):
        change(cast, place, **wrong)


def test_two_points_are_not_called_alike_and_one_may_keep_its_name(cast):
    of, place = opened(cast)
    other = point(cast, of, "P2")
    with pytest.raises(PointNameTaken):
        change(cast, other, code="p 1")
    with pytest.raises(PointNameTaken):
        change(cast, other, code="P\u200b1")
    with pytest.raises(TextTooLong):
        change(cast, other, code="㌖" * 20)  # six letters each, as they are compared
    change(cast, place, code="p1")
    place.refresh_from_db()
    assert place.code == "p1"


def test_a_round_that_is_over_and_its_points_stay_as_they_are(cast):
    of, place = opened(cast)
    over(of)
    of, place = Round.objects.get(pk=of.pk), Point.objects.get(pk=place.pk)
    with pytest.raises(IllegalTransition):
        change(cast, place)
    with pytest.raises(IllegalTransition):
        change_round(cast, of, name="另一轮")
    for step in (commands.remove_point, commands.close_point):
        with pytest.raises(IllegalTransition):
            step(actor=cast.duty_officer.actor, at=NOW, point=place)


def test_a_point_where_nothing_has_happened_is_removed(cast):
    of, place = opened(cast)
    spare = point(cast, of, "P2")
    send(cast, place, scan(1))
    gone = commands.remove_point(actor=cast.duty_officer.actor, at=NOW, point=spare)
    assert (gone.left, list(of.points.values_list("code", flat=True))) == (1, ["P1"])
    assert noted("screening.remove_point").data["code"] == "P2"
    with pytest.raises(PointInUse) as refused:
        commands.remove_point(actor=cast.duty_officer.actor, at=NOW, point=place)
    assert "关闭" in str(refused.value) or "Close" in str(refused.value)
    assert Point.objects.filter(pk=place.pk).exists()


def test_a_point_with_a_phone_is_not_removed(cast):
    _of, place = opened(cast)
    phones.enrol_device(actor=cast.duty_officer.actor, at=NOW, point=place, table=1, label="1号机")
    with pytest.raises(PointInUse):
        commands.remove_point(actor=cast.duty_officer.actor, at=NOW, point=place)


def test_a_deadline_moves_for_a_reason_and_a_name_without_one(cast):
    of, _place = opened(cast)
    change_round(cast, of, name="第二轮")
    of.refresh_from_db()
    with pytest.raises(ReasonRequired):
        change_round(cast, of, deadline_at=DEADLINE + HOUR)
    change_round(cast, of, deadline_at=DEADLINE + HOUR, reason="暴雨")
    of.refresh_from_db()
    assert (of.name, of.deadline_at) == ("第二轮", DEADLINE + HOUR)
    said = noted("screening.change_round")
    assert (list(said.data), said.reason) == (["deadline_at"], "暴雨")


@pytest.mark.parametrize("hour", [-1, 24 * 70])
def test_a_deadline_in_the_past_or_in_another_year_is_refused(cast, hour):
    of, _place = opened(cast)
    with pytest.raises(InvalidInput):
        change_round(cast, of, deadline_at=NOW + hour * HOUR, reason="改期")


def test_phones_stay_at_work_with_a_later_deadline(cast):
    of, place = opened(cast)
    codes = [
        phones.enrol_device(actor=cast.duty_officer.actor, at=NOW, point=place, table=table, label=f"{table}").code
        for table in (1, 2)
    ]
    for code, letter in zip(codes, "ab", strict=True):
        phones.claim_device(actor=Actor.system("phone"), at=NOW, code=code, token=f"lzf_{letter * 43}")
    ended = Device.objects.get(token_digest=token_digest(f"lzf_{'b' * 43}"))
    phones.revoke_device(actor=cast.duty_officer.actor, at=NOW, device=ended)
    change_round(cast, of, deadline_at=DEADLINE + 24 * HOUR, reason="暴雨")
    until = {row.table: row.expires_at for row in Device.objects.all()}
    assert until == {1: DEADLINE + 24 * HOUR + BEYOND_DEADLINE, 2: DEADLINE + BEYOND_DEADLINE}


def test_phones_of_tables_that_are_taken_away_are_said(cast):
    _of, place = opened(cast)
    made = phones.enrol_device(actor=cast.duty_officer.actor, at=NOW, point=place, table=4, label="1号机")
    phones.claim_device(actor=Actor.system("phone"), at=NOW, code=made.code, token=f"lzf_{'a' * 43}")
    assert change(cast, place, tables=5).follows == []
    assert len(change(cast, place, tables=3).follows) == 1


# ---- pages


def test_a_round_is_changed_on_its_page(cast):
    of, _place = opened(cast)
    client, page = cast.duty_officer.client, reverse("screening:edit", args=[of.pk])
    assert page in client.get(reverse("screening:round", args=[of.pk])).content.decode()
    assert of.name in client.get(page).content.decode()
    moment = (DEADLINE + HOUR).astimezone().strftime("%Y-%m-%dT%H:%M")
    known = clock_of(of)
    assert client.post(page, {"name": "", "deadline_at": known}).status_code == 422
    assert client.post(page, {"name": "新名", "deadline_at": known}).status_code == 302  # as it was: no reason
    assert client.post(page, {"name": "新名", "deadline_at": moment}).status_code == 422
    assert client.post(page, {"name": "新名", "deadline_at": moment, "reason": "暴雨"}).status_code == 302
    of.refresh_from_db()
    assert of.name == "新名"
    assert cast.medic.client.get(page).status_code == 403
    over(of)
    assert "本轮已结束" in client.get(page).content.decode()


def clock_of(of: Round) -> str:
    """The deadline as the form shows it."""
    return of.deadline_at.astimezone().strftime("%Y-%m-%dT%H:%M")


def test_a_point_is_changed_and_removed_on_its_page(cast):
    of, place = opened(cast)
    spare = point(cast, of, "P2")
    client, home = cast.duty_officer.client, reverse("screening:round", args=[of.pk])
    page = reverse("screening:edit_point", args=[spare.pk])
    shown = client.get(page).content.decode()
    assert 'value="07:00"' in shown
    form = {**SAID, "code": "P3", "address": "东门路 8 号", "opens": "07:00", "closes": "19:00"}
    assert client.post(page, {**form, "code": "P1"}).status_code == 422
    assert client.post(page, form).headers["Location"] == home
    assert "东门路 8 号" in client.get(home).content.decode()
    assert client.post(reverse("screening:remove_point", args=[spare.pk])).headers["Location"] == home
    assert client.get(page).status_code == 404
    send(cast, place, scan(1))
    stays = reverse("screening:remove_point", args=[place.pk])
    back = client.post(stays).headers["Location"]
    assert "请改为关闭该采样点" in client.get(back).content.decode()
    assert cast.medic.client.post(stays).status_code == 403


def test_two_who_change_a_point_do_not_undo_each_other_unseen(cast):
    _of, place = opened(cast)
    client, page = cast.duty_officer.client, reverse("screening:edit_point", args=[place.pk])
    read = {"edition": client.get(page).context["form"]["edition"].value()}
    form = {**SAID, "opens": "07:00", "closes": "20:00", **read}
    first = {**form, "address": "东门路 8 号"}
    assert client.post(page, first).status_code == 302
    assert client.post(page, first).status_code == 302, "sent twice is no other one"
    refused = client.post(page, {**form, "tables": 6})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "他人已作修改" in said
    assert "现为：东门路 8 号" in said
    assert "现为：4" in said
    assert 'value="6"' in said, "nothing typed is lost"
    place.refresh_from_db()
    assert (place.address, place.tables) == ("东门路 8 号", 4)
    seen = {"edition": refused.context["form"]["edition"].value()}
    assert client.post(page, {**form, **seen, "tables": 6}).status_code == 302, "whoever compared decides"
    place.refresh_from_db()
    assert (place.address, place.tables) == ("", 6)


def test_two_who_change_a_round_do_not_undo_each_other_unseen(cast):
    of, _place = opened(cast)
    client, page = cast.duty_officer.client, reverse("screening:edit", args=[of.pk])
    read = {"edition": client.get(page).context["form"]["edition"].value(), "deadline_at": clock_of(of)}
    assert client.post(page, {**read, "name": "甲的名字"}).status_code == 302
    refused = client.post(page, {**read, "name": "乙的名字", "reason": "写了很久的理由"})
    assert refused.status_code == 422
    said = refused.content.decode()
    for words in ("他人已作修改", "现为：甲的名字", "乙的名字", "写了很久的理由"):
        assert words in said, words
    of.refresh_from_db()
    assert of.name == "甲的名字"
    seen = {"edition": refused.context["form"]["edition"].value()}
    assert client.post(page, {**read, **seen, "name": "乙的名字"}).status_code == 302


def as_sent(answer) -> dict[str, object]:
    """The form as a browser sends it back untouched."""
    form = answer.context["form"]
    shown = {one.name: one.field.widget.format_value(one.value()) for one in form}
    return {name: said for name, said in shown.items() if said is not None}


def test_what_the_second_one_left_alone_stays_what_the_first_one_said(cast):
    _of, place = opened(cast)
    client, page = cast.duty_officer.client, reverse("screening:edit_point", args=[place.pk])
    first = second = as_sent(client.get(page))
    assert (
        client.post(page, {**first, "address": "东门路 8 号", "latitude": "23.1", "longitude": "113.2"}).status_code
        == 302
    )
    refused = client.post(page, {**second, "tables": 6, "name": "北门"})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "他人已修改此项；这里显示的是现值。" in said
    assert refused.context["form"].errors.keys() == {"__all__", "address", "latitude", "longitude"}, "of the first one"
    assert 'value="6"' in said
    change(cast, place, address="西门", latitude=23.1, longitude=113.2)  # a third one
    refused = client.post(page, as_sent(refused))
    assert "西门" in refused.content.decode()
    assert client.post(page, as_sent(refused)).status_code == 302
    place.refresh_from_db()
    assert (place.name, place.tables, place.address, place.latitude) == ("北门", 6, "西门", 23.1)


def test_whoever_changes_only_the_name_leaves_the_deadline_of_the_other(cast):
    of, _place = opened(cast)
    client, page = cast.duty_officer.client, reverse("screening:edit", args=[of.pk])
    sent = as_sent(client.get(page))
    later = (of.deadline_at + HOUR).astimezone().strftime("%Y-%m-%dT%H:%M")
    assert client.post(page, {**sent, "deadline_at": later, "reason": "人多"}).status_code == 302
    refused = client.post(page, {**sent, "name": "乙的名字"})
    assert client.post(page, as_sent(refused)).status_code == 302, "no reason is asked for what another one changed"
    before = of.deadline_at
    of.refresh_from_db()
    assert (of.name, of.deadline_at) == ("乙的名字", before + HOUR)
    assert client.post(page, {**sent, "seen": "[1", "name": "丙"}).status_code == 422


def test_whoever_names_the_edition_they_saw_writes_over_no_other(cast):
    of, place = opened(cast)
    rounds, points = ("/api/v1/screening/rounds", f"/api/v1/screening/rounds/{of.pk}/points")
    client = cast.duty_officer.client
    (seen,), (spot,) = (client.get(path).json()["items"] for path in (rounds, points))
    change(cast, place, edition=spot["edition"], staff=3)
    change(cast, place, edition=spot["edition"], staff=3)  # sent twice
    with pytest.raises(EditedMeanwhile):
        change(cast, place, edition=spot["edition"], staff=5)
    change_round(cast, of, name="第二轮", edition=seen["edition"])
    with pytest.raises(EditedMeanwhile):
        change_round(cast, of, name="第三轮", edition=seen["edition"])
    change_round(cast, of, name="第四轮")  # without one, whatever stands is written over
    of.refresh_from_db()
    assert of.name == "第四轮"


def test_pages_ask_as_often_with_many_points(cast):
    of, place = opened(cast)
    pages = [reverse("screening:edit", args=[of.pk]), reverse("screening:edit_point", args=[place.pk])]

    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            for page in pages:
                assert cast.duty_officer.client.get(page).status_code == 200
        return len(questions)

    before = asked()
    for number in range(2, 9):
        point(cast, of, f"Q{number}")
    assert asked() == before


def test_a_draft_is_changed_too(cast):
    of = draft(cast)
    assert change_round(cast, of, name="改名").follows == []
