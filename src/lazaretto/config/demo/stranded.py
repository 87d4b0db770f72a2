"""People found stranded, as it stands now: a courier at a gate, workers in a school, a child at home, a walker."""

from datetime import datetime, timedelta

from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.orders.commands import decide_exception
from lazaretto.orders.models import ExceptionRequest
from lazaretto.people.choices import NeedKind, Sex
from lazaretto.people.commands import GivenNeed
from lazaretto.places.choices import Ability, ExternalKind
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.places.queries import receivable_categories
from lazaretto.protocols.choices import Category
from lazaretto.stranded import commands
from lazaretto.stranded.choices import CarerKind, GivenKind, Why
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.models import Group

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HERE = "H01"
WORKERS = ("丁大贵", "彭水生", "廖阿强", "鲁建平", "邹小林", "雷国华", "钱永福", "孔祥和", "白志远", "崔立新", "康有田")


def tell(district: District, *, now: datetime) -> None:
    """Where the first site is told; everything through the commands, at its own time."""
    sites = {site.code: site for site in district.sites}
    if HERE not in sites:
        return
    here = sites[HERE]
    school = ExternalPlace.objects.create(
        kind=ExternalKind.LODGING, name="江南小学安置点", name_en="Jiangnan Primary School", phone="020-5550-3100",
        abilities=[Ability.ACCESSIBLE],
    )  # fmt: skip
    ExternalPlace.objects.create(
        kind=ExternalKind.LODGING, name="园区职工宿舍", name_en="Park workers' dormitory", phone="020-5550-3200"
    )
    receiving = next((site for site in district.sites if Category.CLOSE_CONTACT in receivable_categories(site)), None)
    if receiving is not None:
        _walker(district, here, receiving, now - 9 * HOUR)
    _child(district, here, now)
    _workers(district, here, school, now - 5 * HOUR)
    _courier(district, here, now - 40 * MINUTE)


def _found(actor: Actor, site: Site, at: datetime, why: Why, where: str, *people: FoundPerson, **more: object) -> Group:
    told = commands.register(
        actor=actor, at=at, unit=site.unit, why=why, where=where, people=people,
        found_by=str(more.get("found_by", "")), words=str(more.get("words", "")), family=bool(more.get("family")),
    )  # fmt: skip
    return Group.objects.get(pk=told.group_id)


def _courier(district: District, site: Site, at: datetime) -> None:
    """No name, no paper, no telephone; somebody sees to him, he has eaten, and waits for a place."""
    clerk, guard = district.clerks[site.code][0], district.member("security", at)
    who = FoundPerson(known_as="男，约40岁，蓝色外卖服，电动车", age=40, sex=Sex.MALE)
    group = _found(guard, site, at, Why.COURIER, "3号门岗亭旁", who, found_by="3号门保安", words="手机没电，不肯说姓名")
    commands.take(actor=clerk, at=at + 6 * MINUTE, group=group)
    for kind, minutes in ((GivenKind.WATER, 8), (GivenKind.CHARGER, 15), (GivenKind.MEAL, 20)):
        commands.give(actor=guard, at=at + minutes * MINUTE, group=group, kind=kind)


def _workers(district: District, site: Site, school: ExternalPlace, at: datetime) -> None:
    """Eleven whose employer is gone: fed at once, lodged in a school, which sees to their meals."""
    clerk = district.clerks[site.code][1]
    people = (FoundPerson(name=name, age=25 + 2 * number) for number, name in enumerate(WORKERS))
    words = "包工头失联，工资未结"
    group = _found(clerk, site, at, Why.WORKER, "园区B区工地板房", *people, found_by="巡查组", words=words)
    commands.give(actor=clerk, at=at + 30 * MINUTE, group=group, kind=GivenKind.MEAL)
    commands.send(
        actor=clerk, at=at + 50 * MINUTE, group=group, to_place=school, arrives_by=at + 110 * MINUTE,
        escort="巡查组小叶", carrier="步行",
    )  # fmt: skip
    commands.arrived(actor=clerk, at=at + 80 * MINUTE, group=group, confirmed_by="安置点值班员小曾，电话确认")
    commands.feed_elsewhere(actor=clerk, at=at + 85 * MINUTE, group=group, by_us=False, reason="安置点食堂，小曾")


def _child(district: District, site: Site, now: datetime) -> None:
    """Both parents are kept at work: a neighbour looks after the four-year-old until tonight."""
    clerk, at = district.clerks[site.code][1], now - 6 * HOUR
    who = FoundPerson(name="林小禾", age=4, needs=(GivenNeed(NeedKind.DIET, "花生过敏"),))
    group = _found(clerk, site, at, Why.HOUSEHOLD, "园区宿舍3栋501", who, words="父母均在闭环内上班，电话可接通")
    commands.name_carer(
        actor=clerk, at=at + 18 * MINUTE, group=group, kind=CarerKind.NEIGHBOUR, carer="502室何姐，门口对讲",
        until=now + 3 * HOUR,
    )  # fmt: skip


def _walker(district: District, found: Site, site: Site, at: datetime) -> None:
    """A pregnant walker found at night: in a room of a site within half an hour, headquarters decides after."""
    guard, duty = district.member("security", at), district.member("duty", at)
    who = FoundPerson(name="夏云", age=29, sex=Sex.FEMALE, needs=(GivenNeed(NeedKind.PREGNANT, "孕34周"),))
    group = _found(guard, found, at, Why.WALKER, "江边步道东口", who, found_by="夜巡保安")
    commands.take(actor=duty, at=at + 4 * MINUTE, group=group)
    commands.give(actor=guard, at=at + 10 * MINUTE, group=group, kind=GivenKind.WATER)
    commands.admit(
        actor=duty, at=at + 22 * MINUTE, group=group, site=site, category=Category.CLOSE_CONTACT,
        last_exposure_at=at - HOUR, authority="区疾控中心", legal_basis="传染病防治法第四十一条",
        reason="封控区内滞留孕妇", why_now="孕34周，夜间无处可去",
    )  # fmt: skip
    later = at + 70 * MINUTE
    request = ExceptionRequest.objects.get(stay__stranded__group=group)
    decide_exception(
        actor=district.member("approver", later), at=later, request=request, granted=True,
        words="同意，当日补办转运单，通知产科随访",
    )  # fmt: skip
