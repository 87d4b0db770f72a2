"""A round with people of two enterprises on it, and what a phone sends. Invented."""

from datetime import time as hours
from datetime import timedelta

from lazaretto.core.ids import new_id
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.headcounts.tests.lists import card
from lazaretto.people.queries import document_digest
from lazaretto.screening import commands
from lazaretto.screening.commands import TakenScan, UploadAnswer
from lazaretto.screening.models import Point, Round
from tests.factories import NOW

DEADLINE = NOW + timedelta(hours=8)


def enterprise(unit, name: str, numbers=(), **more) -> Organisation:
    """An enterprise whose people have the identity cards of these numbers."""
    made = Organisation.objects.create(unit=unit, name=name, folded=name, started_at=NOW)
    for number in numbers:
        member(made, number, **more)
    return made


def member(of: Organisation, number: int | None, **more) -> Member:
    """Somebody on its headcount; without a number, without a document."""
    paper = (
        {}
        if number is None
        else {
            "document_kind": "id_card",
            "document": card(number),
            "document_digest": document_digest("id_card", "CN", card(number)),
        }
    )
    name = f"员工{number:03}" if number is not None else "无证"
    return Member.objects.create(organisation=of, name=name, started_at=NOW, **paper, **more)


def draft(cast, *, tube_rule="10") -> Round:
    """A round of the cast's site, being prepared."""
    made = commands.draft_round(
        actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, name="全员核酸", opens_at=NOW,
        deadline_at=DEADLINE, tube_rule=tube_rule,
    )  # fmt: skip
    return Round.objects.get(pk=made.round_id)


def point(cast, of: Round, code="P1") -> Point:
    """Where people are tested."""
    made = commands.add_point(
        actor=cast.duty_officer.actor, at=NOW, test_round=of, code=code, name="体育馆", tables=4, opens=hours(7),
        closes=hours(20),
    )  # fmt: skip
    return Point.objects.get(pk=made.point_id)


def opened(cast, *, people=6, tube_rule="10", **more) -> tuple[Round, Point]:
    """A round that is open, with one point; people 1 to n belong to the first enterprise, 101 to the second."""
    enterprise(cast.site.unit, "A公司", range(1, people + 1), **more)
    enterprise(cast.site.unit, "B公司", [101])
    return open_one(cast, tube_rule=tube_rule)


def open_one(cast, *, tube_rule="10") -> tuple[Round, Point]:
    """A round of whoever is on the headcounts, open, with one point."""
    of = draft(cast, tube_rule=tube_rule)
    place = point(cast, of)
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    commands.freeze_round(**who, test_round=of)
    commands.open_round(**who, test_round=of)
    return Round.objects.get(pk=of.pk), Point.objects.get(pk=place.pk)


def over(of: Round) -> None:
    """The round is closed. What stands in the way of closing one is told by `tubes`."""
    Round.objects.filter(pk=of.pk).update(state="closed", closed_at=NOW)


def scan(number: int | None = None, *, tube="T1", slot: int | None = None, at=NOW, **more) -> TakenScan:
    """Somebody's swab; in the place of the tube that has their number where none is given."""
    place = slot if slot is not None else (number or 1)
    return TakenScan(id=more.pop("id", None) or new_id(), tube=tube, slot=place, at=at, number=number, **more)


def send(cast, place: Point, *scans: TakenScan, batch=None, at=NOW, sent_at=None, member=None) -> UploadAnswer:
    """What a phone at the point sends."""
    return commands.take(
        actor=(member or cast.medic).actor, at=at, batch=batch or new_id(), point=place.pk, sent_at=sent_at or at,
        scans=list(scans),
    )  # fmt: skip
