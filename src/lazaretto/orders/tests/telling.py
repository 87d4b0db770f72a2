"""Short words for the stories of orders."""

from datetime import timedelta

from lazaretto.orders import commands
from lazaretto.orders.choices import Says, Source
from lazaretto.orders.models import TransferOrder
from lazaretto.places.models import ExternalPlace
from lazaretto.protocols.choices import Category
from tests.factories import NOW

HOUR = timedelta(hours=1)
SAME, DIFFERENT, SILENT = Says.SAME, Says.DIFFERENT, Says.SILENT


def place(kind="site", name="白云区健康驿站", **fields):
    return ExternalPlace.objects.create(kind=kind, name=name, **fields)


def hospital(*abilities):
    return place("hospital", "区人民医院", abilities=list(abilities))


def draft(cast, *stays, to="H02", actor=None, **more):
    """An order of the cast's site for people who stay there."""
    people = tuple(commands.Passenger(person=stay.person_id) for stay in stays)
    where = {"to_place": to} if isinstance(to, ExternalPlace) else {"to_site": to}
    given = {"category": Category.INBOUND, "reason": "腾空楼层", "valid_until": NOW + 24 * HOUR, "at": NOW}
    made = commands.write_order(
        actor=(actor or cast.clerk).actor, from_site=cast.site, people=people, **where, **{**given, **more}
    )
    return TransferOrder.objects.get(pk=made.order_id)


def issued(cast, *stays, **more):
    order = draft(cast, *stays, **more)
    commands.issue(actor=cast.duty_officer.actor, at=NOW, order=order)
    return fresh(order)


def say(cast, order, person, source, identity=SAME, address=SAME, at=NOW, **words):
    words.setdefault("told_by", "陈主任，电话")
    return commands.check_source(
        actor=cast.clerk.actor, at=at, order=order, person=person.pk, source=source, identity=identity,
        address=address, **words,
    )  # fmt: skip


def checked(cast, *stays, **more):
    """An issued order about whose people two sources agree."""
    order = issued(cast, *stays, **more)
    for stay in stays:
        say(cast, order, stay.person, Source.SITE)
        say(cast, order, stay.person, Source.PERSON)
    return order


def fresh(row):
    row.refresh_from_db()
    return row
