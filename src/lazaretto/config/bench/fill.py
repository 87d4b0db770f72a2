"""What a measure needs to be there first."""

from datetime import datetime, time, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection

from lazaretto.accounts.commands import issue_token
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.config.demo import district
from lazaretto.config.demo.guests import Guests
from lazaretto.config.demo.writing import as_command
from lazaretto.core.bulk import insert_rows
from lazaretto.core.ids import new_id
from lazaretto.core.models import Installation
from lazaretto.core.prepared import adapted
from lazaretto.custody.commands import take_in
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.people.commands import NewPerson, add_people
from lazaretto.people.models import ContactPoint, IdentityDocument, Person
from lazaretto.places.choices import ExternalKind, SiteCategory, SiteState
from lazaretto.places.commands import create_rooms, open_site
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.protocols.choices import Category
from lazaretto.protocols.commands import adopt_pack
from lazaretto.screening import commands as screening
from lazaretto.screening.choices import RoundState, TubeRule
from lazaretto.screening.models import Round, Upload
from lazaretto.stays.commands import admit

SYSTEM = district.SYSTEM
STOREY = 50  # rooms
NEW_ID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
TESTED = (
    """INSERT INTO screening_scan (round_id, number, scan, upload_id, tube, slot, "table", taken_at)
    SELECT round_id, number, {id}, %(upload)s, %(word)s || ((number - 1) / 10), (number - 1) %% 10 + 1, 1, %(at)s
    FROM screening_rosterentry WHERE round_id = %(round)s""",
    """INSERT INTO screening_tube (code, round_id, point_id, opened_at)
    SELECT DISTINCT tube, round_id, %(point)s, taken_at FROM screening_scan WHERE round_id = %(round)s""",
    """INSERT INTO screening_countdelta (round_id, point_id, organisation_id, hour, n)
    SELECT round_id, %(point)s, organisation_id, %(hour)s, count(*) FROM screening_rosterentry
    WHERE round_id = %(round)s GROUP BY round_id, organisation_id""",
)


def site(*, rooms: int, at: datetime) -> dict[str, Any]:
    """A headquarters, an active site with that many rooms, its lead with a token."""
    Installation.objects.get_or_create(only=True, defaults={"created_at": at})
    root = Unit.objects.create(kind="headquarters", code="HQ", name="bench", started_at=at)
    made = _open(root, "B01", at)
    floors = f"1-{-(-rooms // STOREY)}"
    create_rooms(actor=SYSTEM, at=at, site=made, building="A", floors=floors, rooms=f"1-{STOREY}", beds=1)
    adopt_pack(actor=SYSTEM, at=at, pack="cn-plan-8", jurisdiction="CN", starts_on=at.date(), reason="bench")
    lead = User.objects.create(username="lead", display_name="bench")
    Membership.objects.create(user=lead, unit=made.unit, role="site_lead", started_at=at)
    secret = issue_token(actor=SYSTEM, at=at, username="lead", label="bench", days=30).secret
    numbers = list(Room.objects.filter(site=made).order_by("number").values_list("id", flat=True))
    return {
        "token": secret,
        "unit": str(made.unit_id),
        "site": str(made.id),
        "place": str(ExternalPlace.objects.create(kind=ExternalKind.HOSPITAL, name="bench").id),
        "site_code": made.code,
        "rooms": [str(pk) for pk in numbers],
    }


def _open(root: Unit, code: str, at: datetime) -> Site:
    opened = open_site(
        actor=SYSTEM, at=at, parent=root, code=code, name="bench", category=SiteCategory.INBOUND, reserve_percent=0
    )
    Site.objects.filter(pk=opened.site_id).update(state=SiteState.ACTIVE, opened_at=at)
    return Site.objects.get(pk=opened.site_id)


def other_site(at: datetime) -> dict[str, str]:
    """A second site, without rooms, and the token of a duty officer who works at both."""
    root = duty_officer(at)
    made = _open(Unit.objects.get(pk=root), "B02", at)
    secret = issue_token(actor=SYSTEM, at=at, username="duty", label="bench", days=30).secret
    return {"other_site": made.code, "duty_token": secret, "root": root}


def in_care(site_id: str, rooms: list[str], people: list[str], *, at: datetime) -> None:
    """People at a site: as many in rooms as there are, the others held there without one."""
    place = Site.objects.get(pk=site_id)
    for person, room in zip(people, rooms, strict=False):
        admit(
            actor=SYSTEM, at=at, person=Person.objects.get(pk=person), site=place, room=Room.objects.get(pk=room),
            last_exposure_at=at, category=Category.INBOUND, authority="bench", legal_basis="bench", reason="bench",
        )  # fmt: skip
    rest = [UUID(person) for person in people[len(rooms) :]]
    for start in range(0, len(rest), 500):
        _hold(rest[start : start + 500], place, at)


def _hold(people: list[UUID], place: Site, at: datetime) -> None:
    def write() -> None:
        take_in(people, site=place, actor=SYSTEM, at=at)

    as_command("stays.admit", actor=SYSTEM, at=at, write=write)


def duty_officer(at: datetime) -> str:
    """Somebody at headquarters who sees the district; returns the headquarters."""
    root = Unit.objects.get(code="HQ")
    duty = User.objects.create(username="duty", display_name="bench")
    Membership.objects.create(user=duty, unit=root, role="duty_officer", started_at=at)
    return str(root.id)


def people(unit: str, count: int, *, at: datetime, seed: int = 0, piece: int = 4_000) -> list[str]:
    """Invented people in the care of a unit."""
    guests = Guests(at.date(), seed=seed, region=f"4401{90 + seed}")
    made: list[str] = []
    waiting: list[NewPerson] = []
    while len(made) < count:
        waiting += guests.party().people
        if len(waiting) >= min(piece, count - len(made)):
            made += _add(waiting[: count - len(made)], UUID(unit), at)
            waiting = []
    return made


def _add(chosen: list[NewPerson], unit: UUID, at: datetime) -> list[str]:
    ids: list[UUID] = []

    def write() -> None:
        ids.extend(add_people(chosen, unit_id=unit, at=at))

    as_command("people.register_person", actor=SYSTEM, at=at, write=write)
    return [str(pk) for pk in ids]


def headcount(count: int, homes: int, *, at: datetime) -> dict[str, str]:
    """People on the headcounts of enterprises, as lean as they come, and a sampler with a token."""
    Installation.objects.get_or_create(only=True, defaults={"created_at": at})
    unit = Unit.objects.create(kind="headquarters", code="HQ", name="bench", started_at=at)
    names = [f"E{number:03}" for number in range(homes)]
    made = [Organisation.objects.create(unit=unit, name=name, folded=name, started_at=at) for name in names]
    fields = (
        "organisation", "section", "building", "room", "name", "initials", "document_kind", "document_digest",
        "document", "document_tail", "started_at",
    )  # fmt: skip
    insert_rows(
        Member,
        fields,
        (
            (made[n * homes // count].id, "", "", "", f"N{n}", "", "id_card", f"{n:064x}", f"{n:018}", "", at)
            for n in range(count)
        ),
    )
    sampler = User.objects.create(username="sampler", display_name="bench")
    Membership.objects.create(user=sampler, unit=unit, role="sampler", started_at=at)
    secret = issue_token(actor=SYSTEM, at=at, username="sampler", label="bench", days=30).secret
    return {"unit": str(unit.id), "token": secret}


def testing_round(unit: str, points: int, *, at: datetime, hours: tuple[time, time]) -> dict[str, Any]:
    """A round of testing everybody in tubes of ten, open, with that many points."""
    who: dict[str, Any] = {"actor": SYSTEM, "at": at}
    drafted = screening.draft_round(
        **who, unit=Unit.objects.get(pk=unit), name="bench", opens_at=at, deadline_at=at + timedelta(days=2),
        tube_rule=TubeRule.TEN,
    )  # fmt: skip
    one = Round.objects.get(pk=drafted.round_id)
    where = [
        screening.add_point(
            **who, test_round=one, code=f"P{number}", name="bench", tables=4, opens=hours[0], closes=hours[1]
        ).point_id
        for number in range(points)
    ]
    started = monotonic()
    frozen = screening.freeze_round(**who, test_round=one)
    seconds = round(monotonic() - started, 2)
    screening.open_round(**who, test_round=one)
    return {
        "round": str(one.id),
        "points": [str(pk) for pk in where],
        "entries": frozen.entries,
        "frozen_seconds": seconds,
    }


def tested_round(unit: str, *, at: datetime) -> None:
    """A round of before, over and closed: everybody on its roster was tested, as one receipt says."""
    opened = testing_round(unit, 1, at=at, hours=(time(0), time(23, 59)))
    one, point = Round.objects.get(pk=opened["round"]), opened["points"][0]
    count = one.entries
    receipt = Upload.objects.create(
        id=new_id(), round=one, point_id=point, body_digest="bench", sent_at=at, received_at=at, received=count,
        taken=count, answer={},
    )  # fmt: skip
    given = {
        "round": one.id, "point": UUID(point), "upload": receipt.id, "word": one.id.hex[-8:], "at": at,
        "hour": at.replace(minute=0, second=0, microsecond=0),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in TESTED:
            words = statement.format(id=NEW_ID[connection.vendor])
            cursor.execute(words, {name: adapted(value) for name, value in given.items()})
    Round.objects.filter(pk=one.pk).update(state=RoundState.CLOSED, closed_at=at + timedelta(hours=12))


def analyse() -> None:
    """Let the database look at what it holds, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def samples(count: int) -> dict[str, list[str]]:
    """What people of the site are searched by."""
    chosen = list(Person.objects.order_by("-created_at")[:count])
    with_papers = Person.objects.filter(pk__in=[person.pk for person in chosen])
    documents = IdentityDocument.objects.filter(person__in=with_papers)
    phones = ContactPoint.objects.filter(person__in=with_papers)
    return {
        "names": [person.name for person in chosen],
        "pinyin": [str(person.romanised).replace(" ", "").lower()[:6] for person in chosen],
        "documents": [row.number for row in documents],
        "phones": [row.value.removeprefix("+86") for row in phones],
    }
