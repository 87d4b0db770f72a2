"""Small makers of rows for tests. Everything is invented."""

from datetime import UTC, datetime, timedelta
from itertools import count

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.core.models import Installation
from lazaretto.custody.models import Fact, Holding
from lazaretto.people.commands import open_access
from lazaretto.people.commands.tokens import add_tokens
from lazaretto.people.models import Person, PersonAccess, PersonName
from lazaretto.people.search_text import script_of
from lazaretto.places.choices import RoomState, SiteState
from lazaretto.places.models import Bed, Building, Floor, Room, Site
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # ten in the morning in Guangzhou
LONG_AGO = NOW - timedelta(days=60)
PASSWORD = "calm-and-fast-2026"

_serial = count(1)


def headquarters() -> Unit:
    """The root unit."""
    Installation.objects.get_or_create(only=True, defaults={"created_at": LONG_AGO})
    found = Unit.objects.filter(parent__isnull=True).first()
    return found or Unit.objects.create(kind=UnitKind.HEADQUARTERS, code="HQ", name="区指挥部", started_at=LONG_AGO)


def user(role: str | None = None, unit: Unit | None = None, **fields) -> User:
    """A user, with a role in a unit if wanted."""
    number = next(_serial)
    names = {"username": f"user{number}", "display_name": f"用户{number}"}
    made = User(**{**names, **fields})
    made.set_password(PASSWORD)
    made.save()
    if role:
        Membership.objects.create(user=made, unit=unit or headquarters(), role=role, started_at=LONG_AGO)
    return made


def site(code: str = "H01", *, floors: int = 2, rooms: int = 4, beds: int = 2, **fields) -> Site:
    """An active hotel with `floors` × `rooms` ready rooms numbered 0301, 0302, … from the third floor."""
    parent = headquarters()
    unit = Unit.objects.create(parent=parent, kind=UnitKind.SITE, code=code, name=f"{code} 专班", started_at=LONG_AGO)
    defaults = {"name": f"江畔酒店{code}", "category": "inbound", "state": SiteState.ACTIVE, "opened_at": LONG_AGO}
    made = Site.objects.create(unit=unit, code=code, **{**defaults, **fields})
    building = Building.objects.create(site=made, name="A")
    for storey in range(3, 3 + floors):
        floor = Floor.objects.create(building=building, label=f"{storey}F", order=storey)
        for position in range(1, rooms + 1):
            room(floor, f"{storey:02d}{position:02d}", position=position, beds=beds)
    return made


def room(floor: Floor, number: str, *, position: int = 1, beds: int = 2, state: str = RoomState.READY) -> Room:
    """A room with beds."""
    made = Room.objects.create(
        site=floor.building.site, floor=floor, number=number, position=position, state=state, state_since=LONG_AGO
    )
    Bed.objects.bulk_create([Bed(room=made, label=str(label)) for label in range(1, beds + 1)])
    return made


def person(name: str = "王小明", *, at_site: Site | None = None, **fields) -> Person:
    """A person who can be found by name, known at a site if given."""
    made = Person.objects.create(name=name, **{"created_at": LONG_AGO, **fields})
    PersonName.objects.create(person=made, full=name, script=script_of(name))
    add_tokens({made.id: [name]}, [at_site.unit_id] if at_site else [])
    if at_site is not None:
        PersonAccess.objects.create(person=made, unit_id=at_site.unit_id, started_at=LONG_AGO)
    return made


def stay(
    at_site: Site, *, who: Person | None = None, in_room: Room | None = None, day: int = 3, length: int = 14
) -> Stay:
    """An open stay on day `day` of `length` (day 0 is the last exposure), in the first free room if none is given."""
    who = who or person(at_site=at_site)
    open_access([who.id], at_site.unit_id, LONG_AGO)
    started = NOW - timedelta(days=day)
    number = next(_serial)
    order = IsolationOrder.objects.create(
        number=f"O-{number}",
        person=who,
        site=at_site,
        category="inbound",
        authority="区疾控中心",
        legal_basis="传染病防治法",
        reason="入境",
        pack="cn-plan-8",
        jurisdiction="CN",
        last_exposure_at=started,
        starts_at=started,
        ends_at=started + timedelta(days=length),
        issued_at=started,
    )
    made = Stay.objects.create(
        number=f"{at_site.code}-{number}", person=who, site=at_site, order=order, category="inbound", started_at=started
    )
    taken = in_room or Room.objects.filter(site=at_site, state=RoomState.READY).order_by("number").first()
    Occupancy.objects.create(stay=made, room=taken, bed=taken.beds.first(), party_id=who.id, started_at=started)
    Room.objects.filter(pk=taken.pk).update(state=RoomState.OCCUPIED)
    held(who, at_site, since=started)
    return made


def held(who: Person, at_site: Site, *, since: datetime = LONG_AGO) -> Holding:
    """Somebody is held by a site since then."""
    fact = Fact.objects.create(person=who, kind="taken_in", site=at_site, occurred_at=since, recorded_at=since)
    return Holding.objects.create(person=who, site=at_site, fact=fact, started_at=since)
