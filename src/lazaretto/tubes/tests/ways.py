"""What devices send about tubes and bags. Invented."""

from datetime import timedelta

from lazaretto.core.ids import new_id
from lazaretto.tubes.commands import EventsAnswer, TakenEvent, take_events
from lazaretto.tubes.models import Laboratory
from tests.factories import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def seen(kind: str, *, at=NOW, **more) -> TakenEvent:
    """An event under a fresh number."""
    return TakenEvent(id=more.pop("id", None) or new_id(), kind=kind, at=at, **more)


def tell(cast, place, *events: TakenEvent, at=NOW, sent_at=None, batch=None, member=None, of=None) -> EventsAnswer:
    """What a device at a point (or, without one, of a round) sends."""
    return take_events(
        actor=(member or cast.medic).actor, at=at, batch=batch or new_id(), sent_at=sent_at or at, events=list(events),
        point=place.pk if place else None, test_round=of.pk if of else None,
    )  # fmt: skip


def laboratory(cast, code="LAB1", *, rechecks=False) -> Laboratory:
    """A laboratory of the cast's site."""
    return Laboratory.objects.create(unit=cast.site.unit, code=code, name=f"{code} 检测所", rechecks=rechecks)


def brought(cast, place, *tubes: str, bag="B1", to="LAB1", at=NOW) -> None:
    """Tubes on their whole way: closed, bagged, given to a courier, received."""
    events = [seen("bagged", tube=tube, bag=bag, at=at) for tube in tubes]
    events += [
        seen("bag_closed", bag=bag, count=len(tubes), at=at), seen("handed_over", bag=bag, to="车1", at=at),
        seen("received", bag=bag, to=to, count=len(tubes), at=at),
    ]  # fmt: skip
    tell(cast, place, *events, at=at)
