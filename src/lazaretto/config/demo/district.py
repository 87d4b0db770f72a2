"""The command structure, the sites with their rooms, the staff with their roles, the cast with its sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.contrib.auth.hashers import make_password

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.commands import open_unit, set_dispatch_phone
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.accounts.queries import actor_for
from lazaretto.config.demo.names import DISTRICT_TEAMS, HOTELS, SITE_TEAMS, chinese_name
from lazaretto.config.demo.writing import as_command
from lazaretto.core.access import Actor
from lazaretto.core.commands import record_all
from lazaretto.core.journal import Note
from lazaretto.core.models import Installation
from lazaretto.people.choices import Sex
from lazaretto.places.checklist import items
from lazaretto.places.choices import RoomState, SiteCategory, SiteKind, ZoneKind
from lazaretto.places.commands import (
    activate_site,
    add_zone,
    change_room_states,
    create_rooms,
    open_site,
)
from lazaretto.places.models import ChecklistAnswer, Floor, Room, Site, Zone

PASSWORD = "harbour-lantern-17"  # noqa: S105 - of the demonstration alone, and printed
SYSTEM = Actor.system("demonstration")


@dataclass(frozen=True)
class Plan:
    """A site as it is to be: storeys from the third up, rooms a storey, beds a room."""

    code: str
    category: SiteCategory
    storeys: int
    rooms: int
    beds: int = 2


@dataclass(frozen=True)
class SignIn:
    """Somebody of the cast, with whom the demonstration is walked through."""

    username: str
    role: str
    place: str


IN, CC, SC, MX = (
    SiteCategory.INBOUND,
    SiteCategory.CLOSE_CONTACT,
    SiteCategory.SECONDARY_CONTACT,
    SiteCategory.MIXED,
)
SHAPES = (
    (IN, 12, 12), (IN, 10, 18), (IN, 14, 16), (IN, 9, 20), (IN, 11, 14), (IN, 8, 22), (IN, 12, 16), (IN, 10, 15),
    (IN, 13, 16), (IN, 9, 18), (CC, 10, 18), (CC, 12, 14), (CC, 8, 20), (CC, 11, 16), (CC, 9, 22), (MX, 10, 20),
    (SC, 5, 24),
)  # fmt: skip
PLANS = tuple(
    Plan(f"H{number:02d}", category, storeys, rooms)
    for number, (category, storeys, rooms) in enumerate(SHAPES, start=1)
)
ZONES = (
    (ZoneKind.CLEAN, "清洁区"),
    (ZoneKind.BUFFER, "半污染区"),
    (ZoneKind.CONTAMINATED, "污染区"),
    (ZoneKind.STAFF_PASSAGE, "工作人员通道"),
    (ZoneKind.GUEST_PASSAGE, "隔离人员通道"),
)
# Role and head count a site and at headquarters: about a thousand in all, as in the source.
SITE_STAFF = (("site_lead", 2), ("clerk", 6), ("medic", 14), ("security", 12), ("hotel_staff", 21))
DISTRICT_STAFF = (("duty_officer", 8), ("approver", 4), ("auditor", 4), ("administrator", 2))
CAST = (
    ("admin", "administrator", "HQ", "陆一鸣"),
    ("duty", "duty_officer", "HQ", "苏晚晴"),
    ("approver", "approver", "HQ", "程思远"),
    ("auditor", "auditor", "HQ", "顾清和"),
    ("dpo", "data_protection_officer", "HQ", "沈知微"),
    ("dispatcher", "dispatcher", "HQ", "车文博"),
    ("escort", "escort", "HQ", "阮清"),
    ("lead", "site_lead", "H01", "梁承志"),
    ("clerk", "clerk", "H01", "黎晓彤"),
    ("medic", "medic", "H01", "何安琪"),
    ("security", "security", "H01", "钟大勇"),
    ("hotel", "hotel_staff", "H01", "罗阿珍"),
    ("lead2", "site_lead", "H02", "邱明远"),
)


class District:
    """What was made, for the chapters that follow."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.root: Unit
        self.sites: list[Site] = []
        self.medics: dict[str, list[Actor]] = {}
        self.clerks: dict[str, list[Actor]] = {}
        self.leads: dict[str, Actor] = {}

    def member(self, username: str, at: datetime) -> Actor:
        """One of the cast, acting."""
        return actor_for(User.objects.get(username=username), at=at, device="demonstration")


def build(at: datetime) -> District:
    """The district as it stood on its first day."""
    district = District(at)
    random = Random(17)  # noqa: S311 - wanted: the same every time
    _units(district)
    for plan, (name, name_en) in zip(PLANS, HOTELS, strict=False):
        district.sites.append(_site(district, plan, name, name_en))
    _staff(district, random)
    for site in district.sites:
        _activate(site, at)
        _actors(district, site)
    return district


def _units(district: District) -> None:
    at = district.at
    Installation.objects.get_or_create(only=True, defaults={"created_at": at})
    root = Unit.objects.create(kind=UnitKind.HEADQUARTERS, code="HQ", name="海州区疫情防控指挥部", started_at=at)
    district.root = root
    set_dispatch_phone(actor=SYSTEM, at=at, unit=root, phone="020-5550 2000")
    for code, name in (("HOTELS", "隔离酒店工作专班"), *DISTRICT_TEAMS):
        kind = UnitKind.TASK_FORCE if code == "HOTELS" else UnitKind.TEAM
        open_unit(actor=SYSTEM, at=at, parent=root, kind=kind, code=code, name=name)


def _site(district: District, plan: Plan, name: str, name_en: str) -> Site:
    at = district.at
    opened = open_site(
        actor=SYSTEM,
        at=at,
        parent=Unit.objects.get(code="HOTELS"),
        code=plan.code,
        name=name,
        name_en=name_en,
        category=plan.category,
        kind=SiteKind.SCHOOL if "学校" in name else SiteKind.HOTEL,
        address=f"海州区示范路{int(plan.code[1:]) * 8}号",
        phone=f"020-5550 {1000 + int(plan.code[1:])}",
    )
    site = Site.objects.get(pk=opened.site_id)
    for code, team in SITE_TEAMS:
        unit = Unit.objects.get(pk=opened.unit_id)
        open_unit(actor=SYSTEM, at=at, parent=unit, kind=UnitKind.TEAM, code=f"{plan.code}-{code}", name=team)
    for kind, label in ZONES:
        add_zone(actor=SYSTEM, at=at, site=site, kind=kind, name=label)
    create_rooms(
        actor=SYSTEM,
        at=at,
        site=site,
        building="A",
        floors=f"3-{plan.storeys + 2}",
        rooms=f"1-{plan.rooms}",
        beds=plan.beds,
    )
    _zone_and_category(site, plan, at)
    _reserve(site, at)
    return site


def _zone_and_category(site: Site, plan: Plan, at: datetime) -> None:
    """Guests' floors lie in the contaminated zone; a mixed site keeps categories apart by floor."""
    zone = Zone.objects.get(site=site, kind=ZoneKind.CONTAMINATED)
    floors = Floor.objects.filter(building__site=site)

    def write() -> None:
        floors.update(zone=zone)
        if plan.category == MX:
            floors.filter(order__lte=plan.storeys // 2 + 2).update(category=IN)
            floors.filter(category="").update(category=CC)
        record_all([Note("places.floor", str(floor.pk), None, site.unit_id, {"zone": zone.kind}) for floor in floors])

    as_command("places.save_floor", actor=SYSTEM, at=at, write=write)


def _reserve(site: Site, at: datetime) -> None:
    """A tenth of the rooms is kept in reserve: the last rooms of every floor."""
    rooms = list(Room.objects.filter(site=site).order_by("-position", "number").values_list("id", flat=True))
    kept = rooms[: -(-len(rooms) * site.reserve_percent // 100)]
    change_room_states(actor=SYSTEM, at=at, site=site, rooms=kept, after=RoomState.RESERVE)


def _activate(site: Site, at: datetime) -> None:
    answers = [
        ChecklistAnswer(site=site, item=code, passed=True, evidence=f"演示资料 {site.code}-{code}", checked_at=at)
        for code, item in items().items()
        if not item.counted
    ]

    def write() -> None:
        ChecklistAnswer.objects.bulk_create(answers)
        notes = [
            ("places.site", str(site.pk), None, site.unit_id, {"item": one.item, "passed": True}) for one in answers
        ]
        record_all([Note(*note) for note in notes])

    as_command("places.answer_checklist", actor=SYSTEM, at=at, write=write)
    activate_site(actor=SYSTEM, at=at, site=site)
    site.refresh_from_db()


def _staff(district: District, random: Random) -> None:
    """The cast can sign in; everybody else has no password until an administrator gives one."""
    secret, none = make_password(PASSWORD), make_password(None)
    units = {unit.code: unit for unit in Unit.objects.all()}
    wanted = [(username, role, units[code], name, secret) for username, role, code, name in CAST]
    for role, count in DISTRICT_STAFF:
        wanted += [(f"hq-{role}-{n}", role, district.root, "", none) for n in range(1, count + 1)]
    for site in district.sites:
        for role, count in SITE_STAFF:
            name = f"{site.code.lower()}-{role}"
            wanted += [(f"{name}-{n}", role, units[site.code], "", none) for n in range(1, count + 1)]
    as_command("accounts.create_user", actor=SYSTEM, at=district.at, write=lambda: _users(wanted, district.at, random))


def _users(wanted: list[tuple[str, str, Unit, str, str]], at: datetime, random: Random) -> None:
    users = [
        User(
            username=username,
            language="",  # as their browser asks, until they choose
            display_name=name or chinese_name(random, random.choice((Sex.FEMALE, Sex.MALE))),
            password=password,
            date_joined=at,
        )
        for username, _role, _unit, name, password in wanted
    ]
    User.objects.bulk_create(users, batch_size=500)
    made = {user.username: user for user in User.objects.all()}
    Membership.objects.bulk_create(
        [
            Membership(user=made[username], unit=unit, role=role, started_at=at)
            for username, role, unit, _name, _password in wanted
        ],
        batch_size=500,
    )
    record_all(
        [
            Note("accounts.user", str(made[username].pk), None, unit.id, {"role": role})
            for username, role, unit, _name, _password in wanted
        ]
    )


def _actors(district: District, site: Site) -> None:
    """Those in whose name the past of a site is written."""

    def some(role: str, count: int) -> list[Actor]:
        users = User.objects.filter(memberships__unit=site.unit, memberships__role=role).order_by("pk")[:count]
        return [actor_for(user, at=district.at, device="demonstration") for user in users]

    district.medics[site.code] = some("medic", 3)
    district.clerks[site.code] = some("clerk", 2)
    district.leads[site.code] = some("site_lead", 1)[0]
