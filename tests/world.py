"""One example of everything that belongs to a place, all at the cast's site."""

import base64
from datetime import time, timedelta
from typing import Any

from django.db.models import Model

from lazaretto.accounts.models import Membership
from lazaretto.arrivals.commands import stage_manifest
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.tests.offices import HEADER, xlsx
from lazaretto.arrivals.tests.offices import person as bus_person
from lazaretto.cases.models import Change, FollowUp
from lazaretto.core.deadlines import Due, raise_alarm
from lazaretto.core.ids import new_id
from lazaretto.core.signing import sign
from lazaretto.custody.models import Fact, Handover, Question
from lazaretto.deciding.models import Matter
from lazaretto.emergencies.models import Emergency
from lazaretto.field.models import Device
from lazaretto.headcounts.models import (
    HeadcountList,
    Household,
    ListLine,
    Member,
    MemberChange,
    MemberConcern,
    Organisation,
)
from lazaretto.objections.models import Objection, Offer
from lazaretto.orders.models import ExceptionRequest, TransferOrder
from lazaretto.people.models import ContactPoint, IdentityDocument, Merge, Need, Party, PartyMember
from lazaretto.places.models import ExternalPlace, RoomList, Zone
from lazaretto.protocols.models import PackAdoption
from lazaretto.returnees.models import Desk, ListedLine, Phone, Returnee, ReturneeList, Shift
from lazaretto.screening.models import DuplicateScan, Fever, Point, RosterShare, Round, Stranger, Upload
from lazaretto.slots.models import Proposal, Slot
from lazaretto.stays.deadlines import FEVER
from lazaretto.stays.models import Breach, Certificate, DoorCheck, OrderChange, Release, RoomHold, Specimen
from lazaretto.stranded.models import Group, Stranded
from lazaretto.transfers.models import PlaceWord
from lazaretto.trips.models import Driver, MoveRequest, Stop, Trip, TripPlan, Vehicle
from lazaretto.tubes.models import (
    Absence,
    Bag,
    Courier,
    EventUpload,
    Laboratory,
    Positive,
    Recall,
    ResultFile,
    ResultLine,
    SiteBag,
    SiteTube,
    SiteUpload,
    Trail,
)
from tests import factories
from tests.factories import LONG_AGO, NOW

SIGNED = {
    "n": "C-1", "p": "王小明", "d": "", "s": "江畔酒店", "a": "区疾控中心", "f": "2026-11-01", "t": "2026-11-15",
    "x": [], "u": "",
}  # fmt: skip


def examples(cast) -> dict[type[Model], Any]:
    """By model; a model that is scoped and missing here fails the access matrix."""
    site, stay = cast.site, factories.stay(cast.site)
    expected_person, merged = factories.person("李娜", at_site=site), factories.person("李娜")
    staged = stage_manifest(
        actor=cast.clerk.actor, at=NOW, site=site, file_name="a.xlsx",
        content=base64.b64encode(xlsx({"名单": [HEADER, bus_person(1)]})).decode(),
    )  # fmt: skip
    manifest = Manifest.objects.get(pk=staged.manifest_id)
    release = Release.objects.create(stay=stay, kind="criteria", criteria=[], decided_at=NOW)
    adopted = {"jurisdiction": "CN", "starts_on": LONG_AGO.date(), "reason": "通告", "created_at": LONG_AGO}
    order_change = {"kind": "shortening", "ends_before": NOW, "ends_after": NOW, "reason": "通告", "at": NOW}
    party = Party.objects.create(created_at=NOW)
    secret = {"digest": "0" * 64, "last_four": "0000", "created_at": NOW}
    kept = {"room": site.rooms.last(), "person": stay.person, "stay": stay}
    found = [
        stay.person.names.first(),
        IdentityDocument.objects.create(
            person=stay.person, kind="other", number="X0000", number_digest="0" * 64, **secret
        ),
        ContactPoint.objects.create(person=stay.person, value="13800000000", **secret),
        Need.objects.create(person=stay.person, kind="diet", started_at=NOW),
        PartyMember.objects.create(party=party, person=stay.person, started_at=NOW),
        OrderChange.objects.create(order=stay.order, **order_change),
        manifest.rows.first(),
        site,
        site.unit,
        stay,
        stay.order,
        stay.person,
        site.rooms.first(),
        site.rooms.first().floor,
        site.rooms.first().floor.building,
        manifest,
        release,
        Membership.objects.get(user=cast.clerk.user),
        Zone.objects.create(site=site, kind="clean", name="清洁区"),
        RoomList.objects.create(site=site, file_name="a.xlsx", staged_at=NOW),
        PackAdoption.objects.create(pack="cn-plan-8", **adopted),
        ExpectedArrival.objects.create(manifest=manifest, person=expected_person, site=site, party_id=stay.id),
        Specimen.objects.create(stay=stay, tube="T1", collected_at=NOW),
        Certificate.objects.create(release=release, number="C-1", token=sign(SIGNED), issued_at=NOW),
        DoorCheck.objects.create(room=site.rooms.first(), finding="closed", checked_at=NOW),
        Emergency.objects.create(number="H01-E1", unit=site.unit, site=site, first_word_at=NOW),
        Breach.objects.create(site=site, kind="door", noticed_at=NOW, description="门开着"),
        Merge.objects.create(kept=stay.person, merged=merged, merged_at=NOW),
        RoomHold.objects.create(**kept, party_id=stay.id, held_at=NOW, until=NOW + timedelta(days=1)),
        *_carried(site),
        *_custody(site, stay),
        *_orders(site, stay),
        *_trips(site, stay),
        *_cases(cast, stay),
        *_objections(cast, stay),
        *_stranded(site),
        *_headcount(site),
        *_round(site),
        *_returnees(cast),
        raise_alarm(Due(FEVER.code, stay, NOW, unit_id=site.unit_id, person_id=stay.person_id), at=NOW),
    ]
    return {type(row): row for row in found}


def _carried(site) -> list[Model]:
    """A guest's tube in a bag of the site."""
    receipt = SiteUpload.objects.create(id=new_id(), site=site, body_digest="", sent_at=NOW, received_at=NOW)
    bag = SiteBag.objects.create(site=site, code="B1", begun_at=NOW)
    return [receipt, bag, SiteTube.objects.create(site=site, code="T1", bag=bag, bagged_at=NOW)]


def _custody(site, stay) -> list[Model]:
    """A hospital, a handover to it, and a question about where somebody is."""
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院")
    handover = Handover.objects.create(
        number="H01-T1", from_site=site, to_external=hospital, signed_out_at=NOW, due_at=NOW + timedelta(hours=1)
    )
    fact = Fact.objects.get(person=stay.person)
    question = Question.objects.create(
        person=stay.person, fact=fact, conflict="second_place", first_site=site, opened_at=NOW
    )
    word = PlaceWord.objects.create(
        handover=handover, person=stay.person, place=hospital, kind="condition", text="好", told_by="陈", told_at=NOW
    )
    return [hospital, handover, question, word]


def _orders(site, stay) -> list[Model]:
    """An issued order from the site to a station of another district, and a request for an exception."""
    station = ExternalPlace.objects.create(kind="site", name="白云区健康驿站")
    order = TransferOrder.objects.create(
        number="H01-D1", unit=site.unit, issuer="区指挥部", from_site=site, to_external=station, category="inbound",
        reason="腾空楼层", state="issued", written_at=NOW, issued_at=NOW, valid_until=NOW + timedelta(days=1),
    )  # fmt: skip
    order.people.create(person=stay.person)
    request = ExceptionRequest.objects.create(
        number="H01-X1", unit=site.unit, site=site, person=stay.person, why_now="高龄独自到达", asked_at=NOW,
        due_at=NOW + timedelta(hours=2),
    )  # fmt: skip
    return [order, request]


def _trips(site, stay) -> list[Model]:
    """A vehicle, its driver, a trip from the site, and somebody who waits for one."""
    hospital = ExternalPlace.objects.create(kind="hospital", name="区中医院")
    vehicle = Vehicle.objects.create(unit=site.unit, plate="粤A00001", kind="bus", seats=40, state_since=NOW)
    driver = Driver.objects.create(unit=site.unit, name="邓师傅", started_at=NOW)
    trip = Trip.objects.create(
        number="H01-R1", unit=site.unit, vehicle=vehicle, driver=driver, category="inbound", departs_at=NOW,
        arrives_at=NOW + timedelta(hours=1), driving_minutes=60, km=20, made_at=NOW,
    )  # fmt: skip
    Stop.objects.create(trip=trip, position=0, site=site, arrives_at=NOW, departs_at=NOW)
    ends = {"arrives_at": trip.arrives_at, "departs_at": trip.arrives_at}
    Stop.objects.create(trip=trip, position=1, external=hospital, **ends)
    asked = MoveRequest.objects.create(
        unit=site.unit, person=stay.person, category="inbound", from_site=site, to_external=hospital, earliest_at=NOW,
        latest_at=NOW + timedelta(hours=5), asked_at=NOW,
    )  # fmt: skip
    nothing = {"routes": [], "unserved": [], "driving": 0, "bound": 0, "engine": "greedy"}
    asks = {"places": [], "requests": [], "crews": [], "typed": []}
    figures = {"boarding": 2, "road_factor": 1.3, "kmh": 35, "vehicle_cost": 30}
    plan = TripPlan.objects.create(unit=site.unit, made_at=NOW, problem={**asks, **figures}, plan=nothing)
    return [vehicle, driver, trip, asked, plan]


def _cases(cast, stay) -> list[Model]:
    """A proposed change of status with a follow-up, and one that took a case back."""
    letter = {"kind": "letter", "why": "wrongly_held", "people": [str(stay.person_id)], "users": []}
    change = Change.objects.create(
        number="H01-G1", site=cast.site, kind="case", stay=stay, evidence="report", words="区疾控通报",
        happened_at=NOW, proposed_at=NOW, proposed_by=cast.medic.user,
    )  # fmt: skip
    Change.objects.create(
        number="H01-G2", site=cast.site, kind="lifted", stay=stay, evidence="report", words="区疾控复核阴性",
        happened_at=NOW, proposed_at=NOW, proposed_by=cast.medic.user, state="confirmed", decided_at=NOW,
        decided_by=cast.duty_officer.user, digest="x", outcome={"pack": "cn-plan-8", "then": [letter]},
    )  # fmt: skip
    return [change, FollowUp.objects.create(change=change, kind="recheck", due_at=NOW, owner=cast.medic.user)]


def _objections(cast, stay) -> list[Model]:
    """An objection with its reply, a notice and an offer."""
    who = cast.medic.user
    made = Objection.objects.create(
        number="H01-B1", stay=stay, about="move", reason="孩子一个人不行", raised_at=NOW, raised_by=who, owner=who,
        reply_due_at=NOW, state="maintained", reply="您可随行。", closed_at=NOW, closed_by=cast.duty_officer.user,
    )  # fmt: skip
    made.notices.create(number="H01-N1", language="zh-hans", issued_at=NOW, issued_by=who)
    return [made, Offer.objects.create(objection=made, kind="carer", at=NOW, by=who)]


def _headcount(site) -> list[Model]:
    """An enterprise with somebody on its headcount, and a list with a line to decide."""
    enterprise = Organisation.objects.create(unit=site.unit, name="正德", folded="正德", started_at=NOW)
    one = HeadcountList.objects.create(unit=site.unit, file_name="a.csv", digest="a", state="staged", uploaded_at=NOW)
    line = ListLine.objects.create(headcount_list=one, number=2, outcome="held", payload='{"name": ""}')
    household = Household.objects.create(unit=site.unit, started_at=NOW)
    member = Member.objects.create(organisation=enterprise, name="侯俊轩", household=household, started_at=NOW)
    concern = MemberConcern.objects.create(member=member, kind="dual", started_at=NOW)
    change = MemberChange.objects.create(member=member, changed_at=NOW, moved=True, said='{"room": ["1", "2"]}')
    return [enterprise, household, member, concern, change, one, line]


def _returnees(cast) -> list[Model]:
    """A list of an agency with a case and a line to decide, and somebody who calls."""
    unit = cast.site.unit
    one = ReturneeList.objects.create(
        unit=unit, agency="police", file_name="a.csv", digest="a", state="staged", lines=2, received_at=NOW
    )
    case = Returnee.objects.create(
        number="R-000001", unit=unit, name="侯俊轩", folded="侯俊轩", due_at=NOW, made_at=NOW
    )
    phone = Phone.objects.create(returnee=case, value="+8613800000000", digest="a", last_four="0000")
    ListedLine.objects.create(returnee_list=one, number=3, outcome="made", payload="{}", returnee=case)
    held = ListedLine.objects.create(returnee_list=one, number=2, outcome="held", payload='{"name": ""}')
    until = NOW + timedelta(hours=8)
    shift = Shift.objects.create(user=cast.clerk.user, unit=unit, started_at=NOW, until=until)
    return [one, case, phone, held, shift, Desk.objects.create(unit=unit)]


def _round(site) -> list[Model]:
    """A round of testing that is being prepared, with a point and a phone there."""
    one = Round.objects.create(
        unit=site.unit, number=1, name="第一轮", opens_at=NOW, deadline_at=NOW + timedelta(hours=8)
    )
    RosterShare.objects.create(round=one, organisation=Organisation.objects.get(unit=site.unit), people=1)
    place = Point.objects.create(round=one, code="P1", folded="p1", name="体育馆", opens=time(7), closes=time(20))
    phone = Device.objects.create(
        point=place, table=1, label="7", made_at=NOW, code_digest="x", code_expires_at=NOW + timedelta(minutes=15)
    )
    hot = Fever.objects.create(id=new_id(), round=one, point=place, temperature=386, step="measured", seen_at=NOW)
    asked = Matter.objects.create(
        round=one, point=place, kind="recall", subject="1", said={"tube": "M2", "people": 1},  # each role decides one
        since=NOW, due_at=NOW,
    )  # fmt: skip
    batch = Upload.objects.create(id=new_id(), round=one, point=place, sent_at=NOW, received_at=NOW)
    kept = DuplicateScan.objects.create(
        round=one, upload=batch, scan=new_id(), number=1, tube="M2", slot=1, taken_at=NOW, reason="slot_taken"
    )
    stranger = Stranger.objects.create(round=one, number=5, scan=new_id(), upload=batch, name="无证")
    return [one, place, phone, hot, asked, batch, kept, stranger, *_slots(one, place), *_tubes(one, place)]


def _slots(one: Round, place: Point) -> list[Model]:
    """What was proposed for the round, and a slot of its enterprise."""
    home = Organisation.objects.get(unit=one.unit)
    nothing = {"left": [], "finish": 0, "bound": 0, "walking": 0, "walking_bound": 0, "splits": 0, "engine": "greedy"}
    problem = {"points": [], "groups": [], "deadline": 480, "slot_minutes": 15, "farthest": None, "road_factor": 1.3}
    proposal = Proposal.objects.create(
        round=one, made_at=NOW, counts_from=NOW, slot_minutes=15, per_table_hour=60, problem=problem, standing="",
        plan={"bookings": [], **nothing},
    )  # fmt: skip
    slot = Slot.objects.create(
        round=one, proposal=proposal, point=place, organisation=home, starts_at=NOW, people=1, portions=[1],
        ends_at=NOW + timedelta(minutes=15), made_at=NOW,
    )  # fmt: skip
    return [proposal, slot]


def _tubes(one: Round, place: Point) -> list[Model]:
    """A tube in a bag, and a laboratory."""
    laboratory = Laboratory.objects.create(unit=one.unit, code="LAB1", name="区疾控中心实验室", rechecks=True)
    receipt = EventUpload.objects.create(id=new_id(), round=one, body_digest="", sent_at=NOW, received_at=NOW)
    bag = Bag.objects.create(code="B1", round=one, point=place)
    trail = Trail.objects.create(code="M1", round=one, point=place, opened_at=NOW, bag="B1", bagged_at=NOW)
    file = ResultFile.objects.create(
        round=one, laboratory=laboratory, file_name="结果.csv", digest="", lines=1, sent_at=NOW
    )
    line = ResultLine.objects.create(
        file=file, number=2, tube="M1", said="?", state="held", holds=["unreadable"], payload="{}"
    )
    positive = Positive.objects.create(round=one, tube="M1", people=1, raised_at=NOW)
    recall = Recall.objects.create(round=one, positive=positive, tube="M1", number=1, raised_at=NOW, due_at=NOW)
    courier = Courier.objects.create(unit=one.unit, code="C01", name="标本车", made_at=NOW)
    named = Absence.objects.create(
        round=one, number=1, kind="excused", reason="住院", by=Membership.objects.earliest("pk").user, at=NOW
    )
    return [courier, laboratory, receipt, bag, trail, file, line, positive, recall, named]


def _stranded(site) -> list[Model]:
    """A courier found at the gate of the site."""
    group = Group.objects.create(
        number="H01-F1", unit=site.unit, why="courier", where="3号门", found_at=NOW, registered_at=NOW
    )
    person = factories.person("无名", at_site=site)
    return [group, Stranded.objects.create(group=group, position=1, person=person, nameless=True)]
