"""Transfer orders of the day, and an old lady without papers whom the desk took in first. All through the commands."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from lazaretto.arrivals.commands import admit_walk_in
from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.custody.commands import Luggage
from lazaretto.orders import commands
from lazaretto.orders.choices import PaperKind, Says, Source, Urgency
from lazaretto.orders.models import TransferOrder
from lazaretto.people.choices import NeedKind, Sex
from lazaretto.people.commands import GivenNeed, NewPerson
from lazaretto.places.choices import Ability, ExternalKind, RoomState
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.places.queries import receivable_categories
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.transfers.commands import sign_out

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAPERS = (PaperKind.ISOLATION_ORDER, PaperKind.IDENTITY, PaperKind.TEST_RESULTS)
STATION = "云山区健康驿站"


def tell(district: District, *, now: datetime) -> None:
    """Where the first two sites are told: one waits for its second source, one is ready, one is on the road."""
    sites = {site.code: site for site in district.sites}
    here, there = sites["H01"], sites["H02"]
    going = _guests(here)
    if len(going) < 4:  # nobody to send in the small district of a test
        return
    station = _station()
    _waits_for_a_source(district, here, there, going[0], now)
    _ready(district, here, station, going[1], now)
    _under_way(district, here, there, going[2], now)
    _of_another_district(district, station, here, now)
    _old_lady(district, here, now)


def _guests(site: Site) -> list[Stay]:
    """Those whose stay has the longest way to go, of guests who have a room of their own; always the same."""
    room = Occupancy.objects.filter(stay=OuterRef("pk"), ended_at__isnull=True)
    shared = Occupancy.objects.filter(room__in=room.values("room"), ended_at__isnull=True).exclude(stay=OuterRef("pk"))
    here = Stay.objects.filter(site=site, category=Category.INBOUND, ended_at__isnull=True).exclude(Exists(shared))
    return list(here.select_related("person").order_by("-order__ends_at", "number")[:4])


def _station() -> ExternalPlace:
    """A site of another district."""
    return ExternalPlace.objects.create(
        kind=ExternalKind.SITE, name=STATION, name_en="Yunshan Health Station", district="云山区指挥部",
        phone="020-5550-2400", abilities=[Ability.ACCESSIBLE],
    )  # fmt: skip


def _written(
    district: District, site: Site, stay: Stay, at: datetime, *, to: Site | ExternalPlace, reason: str, urgency: Urgency
) -> TransferOrder:
    """Drafted at the desk, issued by the duty officer a quarter of an hour later."""
    made = commands.write_order(
        actor=district.clerks[site.code][0], at=at, from_site=site, category=Category(stay.category), reason=reason,
        people=(commands.Passenger(person=stay.person_id),), papers=PAPERS, urgency=urgency,
        valid_until=at + 12 * HOUR, to_site=to.code if isinstance(to, Site) else "",
        to_place=to if isinstance(to, ExternalPlace) else None,
    )  # fmt: skip
    order = TransferOrder.objects.get(pk=made.order_id)
    commands.issue(actor=district.member("duty", at), at=at + 15 * MINUTE, order=order)
    return order


def _ask(clerk: Actor, order: TransferOrder, stay: Stay, source: Source, at: datetime, told_by: str) -> None:
    commands.check_source(
        actor=clerk, at=at, order=order, person=stay.person_id, source=source, identity=Says.SAME, address=Says.SAME,
        told_by=told_by,
    )  # fmt: skip


def _waits_for_a_source(district: District, site: Site, to: Site, stay: Stay, now: datetime) -> None:
    at = now - 50 * MINUTE
    order = _written(district, site, stay, at, to=to, reason="同户家属在该点，合并居住", urgency=Urgency.TODAY)
    _ask(district.clerks[site.code][1], order, stay, Source.SITE, at + 20 * MINUTE, "住宿登记")


def _ready(district: District, site: Site, to: ExternalPlace, stay: Stay, now: datetime) -> None:
    at = now - 2 * HOUR
    order = _written(district, site, stay, at, to=to, reason="户籍所在区接回", urgency=Urgency.ROUTINE)
    clerk = district.clerks[site.code][0]
    _ask(clerk, order, stay, Source.DOCUMENT, at + 25 * MINUTE, "证件原件")
    _ask(clerk, order, stay, Source.SITE, at + 25 * MINUTE, "住宿登记")
    _ask(clerk, order, stay, Source.COMMUNITY, at + 40 * MINUTE, "社区值班电话")


def _under_way(district: District, site: Site, to: Site, stay: Stay, now: datetime) -> None:
    at = now - 90 * MINUTE
    order = _written(district, site, stay, at, to=to, reason="腾空楼层", urgency=Urgency.NOW)
    clerk = district.clerks[site.code][0]
    _ask(clerk, order, stay, Source.SITE, at + 20 * MINUTE, "住宿登记")
    _ask(clerk, order, stay, Source.PERSON, at + 22 * MINUTE, "本人视频通话")
    sign_out(
        actor=district.leads[site.code], at=now - 12 * MINUTE, site=site, to_site=to.code, due_at=now + 48 * MINUTE,
        people=(Luggage(stay.person_id, papers="转运单、隔离决定书", luggage="一个行李箱"),), order=order.number,
        carrier="粤A·Z0618", escort="小梁", escort_phone="020-5550-0618",
        assessment="" if stay.category in receivable_categories(to) else "指挥部评估：单独楼层接收，值班长负责",
    )  # fmt: skip


def _of_another_district(district: District, station: ExternalPlace, site: Site, now: datetime) -> None:
    """Their order, with their number, for somebody who comes to us this evening."""
    guest = NewPerson("赖晓芸", sex=Sex.FEMALE, needs=(GivenNeed(NeedKind.PREGNANT, "孕20周"),))
    commands.write_order(
        actor=district.clerks[site.code][0], at=now - 35 * MINUTE, from_place=station, to_site=site.code,
        category=Category.INBOUND, reason="入境后随家属合并居住", urgency=Urgency.TODAY, papers=PAPERS,
        people=(commands.Passenger(newcomer=guest, address="云山区健康驿站 2栋 0611"),),
        valid_until=now + 10 * HOUR, issuer="云山区卫生健康局", issuer_number=f"云卫转〔{now.year}〕214号",
    )  # fmt: skip


def _old_lady(district: District, site: Site, now: datetime) -> None:
    """93 years old, no papers: in her room first, and the approver decides after."""
    born = now.date().replace(year=now.year - 93, day=1)
    admit_walk_in(
        actor=district.clerks[site.code][0], at=now - 25 * MINUTE, site=site, category="inbound",
        last_exposure_at=now - 20 * HOUR, authority="海州区疾病预防控制中心", legal_basis="传染病防治法",
        reason="入境",
        newcomer=NewPerson("龙婆婆", sex=Sex.FEMALE, birth_date=born, needs=(GivenNeed(NeedKind.ELDERLY),)),
        room=Room.objects.filter(site=site, state=RoomState.READY).order_by("number").first(),
        plea=commands.Plea(
            "93岁，独自一人，随身无证件，由社区送到门口，不能在门外等候",
            approver=district.member("approver", now).user_id,
        ),
    )  # fmt: skip
