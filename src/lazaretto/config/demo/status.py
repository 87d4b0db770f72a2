"""Changes of status and an objection as they stand now: a suspicion, a contact, a mother who says no."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from lazaretto.cases import commands as cases
from lazaretto.cases.choices import ChangeKind, EvidenceKind
from lazaretto.cases.models import Change
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.config.demo.district import District
from lazaretto.objections import commands as objections
from lazaretto.objections.choices import About, OfferKind
from lazaretto.objections.models import Objection, Offer
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Occupancy, Specimen

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SUSPECTED_AT, CONTACT_AT, OBJECTS_AT = "H01", "H02", "H01"
YOUNG = 8 * 365 * DAY


def tell(district: District, *, now: datetime) -> None:
    """Where the sites are told; each in its own order of time."""
    sites = {site.code: site for site in district.sites}
    if OBJECTS_AT in sites:
        _mother(district, sites[OBJECTS_AT], now - 5 * HOUR)
    if CONTACT_AT in sites:
        _contact(district, sites[CONTACT_AT], now - 70 * MINUTE)
    if SUSPECTED_AT in sites:
        _suspicion(district, sites[SUSPECTED_AT], now - 6 * MINUTE)


def _suspicion(district: District, site: Site, at: datetime) -> None:
    """The preliminary positive of this morning: precautions only, the second finding is awaited."""
    waiting = Specimen.objects.filter(stay__site=site, state=SpecimenState.PRELIMINARY_POSITIVE)
    specimen = waiting.select_related("stay").order_by("tube").first()
    if specimen is not None:
        cases.propose(
            actor=district.medics[site.code][1], at=at, site=site, kind=ChangeKind.CASE, stay=specimen.stay,
            specimen=specimen, evidence=EvidenceKind.SPECIMEN, happened_at=specimen.collected_at,
        )  # fmt: skip


def _contact(district: District, site: Site, at: datetime) -> None:
    """Somebody sat beside a case on the flight: the order changed, the move and the paper are being seen to."""
    place = _here(site, at - 5 * DAY).filter(stay__category=Category.INBOUND).first()
    if place is None:
        return
    made = cases.propose(
        actor=district.medics[site.code][0], at=at, site=site, kind=ChangeKind.CONTACT, stay=place.stay,
        evidence=EvidenceKind.EXPOSURE, words="与确诊旅客同航班前后三排，区疾控流调通报第7号", happened_at=at - 2 * DAY,
    )  # fmt: skip
    change, later = Change.objects.get(pk=made.change_id), at + 30 * MINUTE
    seen = outcome_of(change, at=later).digest
    cases.confirm(actor=district.member("duty", later), at=later, change=change, seen=seen)


def _mother(district: District, site: Site, at: datetime) -> None:
    """The mother who would not let her young child be moved: two conversations, one offer she took."""
    child = _here(site, at).filter(stay__person__birth_date__gt=(at - YOUNG).date()).first() or _here(site, at).first()
    if child is None:
        return
    medic, lead = district.medics[site.code][2], district.leads[site.code]
    made = objections.raise_objection(
        actor=medic, at=at, stay=child.stay, about=About.MOVE,
        reason="孩子还小，夜里离不开妈妈，我不同意把孩子单独转走",
    )  # fmt: skip
    objection = Objection.objects.get(pk=made.objection_id)
    objections.talk(
        actor=medic, at=at + 40 * MINUTE, objection=objection, explained="说明换房原因和同类别安排，不会把孩子单独带走",
        said="要先看房间，还要现在这位医生继续管",
    )  # fmt: skip
    offered = objections.make_offer(
        actor=medic,
        at=at + 50 * MINUTE,
        objection=objection,
        kind=OfferKind.CARER,
        words="何医生继续负责，每天两次看望",
    )
    objections.issue_notice(actor=medic, at=at + 55 * MINUTE, objection=objection)
    offer = Offer.objects.get(pk=offered.offer_id)
    objections.answer_offer(actor=medic, at=at + HOUR, offer=offer, taken=True, words="这样可以")
    objections.talk(
        actor=lead, at=at + 2 * HOUR, objection=objection, explained="视频看了房间，母女同住，婴儿床已备",
        said="今晚想一想，明早答复", with_whom="社区工作者小何",
    )  # fmt: skip


def _here(site: Site, at: datetime) -> QuerySet[Occupancy]:
    """Who has been at the site since then, always in the same order."""
    rows = Occupancy.objects.filter(room__site=site, started_at__lte=at, ended_at__isnull=True)
    return rows.select_related("stay__person").order_by("room__number", "stay__number")
