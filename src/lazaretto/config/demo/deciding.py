"""What must be decided in the round of the demonstration: scans, a stranger, a clock, a number. Invented."""

from datetime import datetime, timedelta

from lazaretto.config.demo.district import District
from lazaretto.core.ids import new_id
from lazaretto.deciding.commands import follow_round, take
from lazaretto.deciding.models import Matter
from lazaretto.screening import commands
from lazaretto.screening.commands import TakenScan
from lazaretto.screening.commands.scans import Stranger
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.tubes.commands import TakenEvent, take_events

MINUTE = timedelta(minutes=1)


def tell(district: District, *, now: datetime) -> None:
    """At the other point somebody came a second time, one place has two people, a phone's clock was an hour behind."""
    actor = district.member("duty", now)
    of = Round.objects.filter(name="园区全员核酸").latest("opens_at")
    place, at = of.points.get(code="P2"), now - 50 * MINUTE
    table = actor.also_with(["screening.capture", "tubes.handle"], of.unit_id)
    entries = list(RosterEntry.objects.filter(round=of).select_related("member").order_by("-number")[2:6])
    numbers = [1, entries[0].number, entries[1].number]
    places = [1, 2, 2]
    scans = [
        TakenScan(id=new_id(), tube="HZ26110101", slot=slot, at=at, number=number)
        for number, slot in zip(numbers, places, strict=True)
    ]
    unknown = Stranger(name=entries[2].member.name, organisation="")
    scans.append(TakenScan(id=new_id(), tube="HZ26110101", slot=4, at=at, stranger=unknown))
    sent = at + 4 * MINUTE
    commands.take(actor=table, at=sent, batch=new_id(), point=place.pk, sent_at=sent, scans=scans)
    wrong = [TakenScan(id=new_id(), tube="HZ26110102", slot=1, at=at, number=entries[3].number)]
    late = now - 20 * MINUTE
    commands.take(actor=table, at=late, batch=new_id(), point=place.pk, sent_at=late - timedelta(hours=1), scans=wrong)
    home = entries[0].organisation
    signed = TakenEvent(
        id=new_id(), kind="count_agreed", at=late, organisation=str(home.pk), count=5, officer="陈主管", table=1
    )
    take_events(actor=table, at=late, batch=new_id(), sent_at=late, events=[signed], point=place.pk)
    for one in Round.objects.all():
        follow_round(one, at=now)
    matter = Matter.objects.filter(round=of, kind="namesake").first()
    if matter is not None:
        take(actor=actor, at=now - 5 * MINUTE, matter=matter)
