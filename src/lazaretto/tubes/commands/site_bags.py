"""What a quarantine site does with its tubes on its page: packed, handed over, looked into. Each is a fact."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.core.ids import new_id
from lazaretto.places.models import Site
from lazaretto.tubes.choices import BagState, EventKind
from lazaretto.tubes.commands.events import TakenEvent
from lazaretto.tubes.commands.site_events import upload_site_events
from lazaretto.tubes.errors import BagAway
from lazaretto.tubes.models import SiteBag, SiteEvent
from lazaretto.tubes.queries.site_facts import homes_of
from lazaretto.tubes.rules import HANDLE, LONGEST_CODE, LOOK, MOST_EVENTS

SPECIMENS = "stays.specimens"  # whoever swabs at a site packs what was swabbed
PATH = (BagState.OPEN, BagState.CLOSED)


@dataclass(frozen=True)
class BagPacked:
    """A bag of a site with so many more tubes. Of `unknown` nobody was swabbed into them here, as far as is known."""

    bag_id: UUID
    bag: str
    tubes: list[str]
    unknown: list[str]


@dataclass(frozen=True)
class BagHandedOver:
    """A bag of a site is with a courier."""

    bag_id: UUID
    bag: str
    to: str


@dataclass(frozen=True)
class SiteLookedInto:
    """A fact was written down: what did not fit was looked into, taken out of its bag, or a slip."""

    site_id: UUID
    tube: str
    bag_id: UUID | None


@command("tubes.pack_bag", capability=SPECIMENS)
def pack_bag(*, actor: Actor, at: datetime, site: Site, bag: str, tubes: list[str], closed: bool = True) -> BagPacked:
    """Put tubes into a bag of a site, and close it over all that are in it (`closed`). A bag that the laboratory has is
    another one when it is packed again.

    Raises `InvalidInput` for a code that is none, `BagAway` while a courier has a bag of this code.
    """
    code = _code(bag, "bag")
    codes = list(dict.fromkeys(_code(tube, "tubes") for tube in tubes if tube.strip()))
    if len(codes) >= MOST_EVENTS:
        raise InvalidInput(fields={"tubes": f"at most {MOST_EVENTS - 1}"})
    on_its_way = SiteBag.objects.filter(site=site, code=code, arrived_at__isnull=True).first()
    if on_its_way is not None and on_its_way.state not in PATH:
        raise BagAway(bag=code, holder=on_its_way.holder)
    if not codes and on_its_way is None:
        raise InvalidInput(fields={"tubes": "missing"})
    _tell(actor, at, site, [_fact(at, EventKind.BAGGED, tube=tube, bag=code) for tube in codes])
    packed = SiteBag.objects.filter(site=site, code=code, begun_at__lte=at).latest("begun_at")
    if closed:
        _tell(actor, at, site, [_fact(at, EventKind.BAG_CLOSED, bag=code, count=packed.tubes.count())])
    record(packed, unit_id=site.unit_id, data={"bag": code, "tubes": codes, "closed": closed})
    homes = homes_of(codes)
    return BagPacked(packed.pk, code, codes, [one for one in codes if homes.get(one) != site.pk])


@command("tubes.hand_bag_over", capability=SPECIMENS)
def hand_bag_over(*, actor: Actor, at: datetime, bag: SiteBag, to: str) -> BagHandedOver:
    """Give a bag of a site to a courier: the code of the badge, or a name or number plate that is one courier's alone.

    Raises `InvalidInput` without a courier, `BagAway` when it left before.
    """
    if not to.strip():
        raise InvalidInput(fields={"to": "missing"})
    if bag.state not in PATH:
        raise BagAway(bag=bag.code, holder=bag.holder)
    said = _fact(at, EventKind.HANDED_OVER, bag=bag.code, to=whole(to.strip(), 80))
    _tell(actor, at, bag.site, [said])
    bag.refresh_from_db(fields=["holder"])
    record(bag, unit_id=bag.site.unit_id, data={"bag": bag.code, "to": bag.holder})
    return BagHandedOver(bag.pk, bag.code, bag.holder)


FOUND = (EventKind.LOOKED_INTO, EventKind.UNBAGGED, EventKind.SLIP, EventKind.REJECTED)


@command("tubes.look_into_at_site", capability=LOOK)
def look_into_at_site(
    *, actor: Actor, at: datetime, site: Site, reason: str, tube: str = "", bag: UUID | None = None,
    found: EventKind = EventKind.LOOKED_INTO,
) -> SiteLookedInto:  # fmt: skip
    """Say what was found out about a tube or a bag of a site: its doubts end (`looked_into`), it lies in no bag
    (`unbagged`), there is no such tube (`slip`), or it will give no result (`rejected`: swabbed again).

    What comes later raises doubts again. Raises `ReasonRequired`, `InvalidInput`, `NotFound`, `Forbidden` for the
    program itself.
    """
    if actor.user_id is None:
        raise Forbidden(capability=LOOK)
    if not reason.strip():
        raise ReasonRequired
    if bool(tube) == (bag is not None) or found not in FOUND or (bag is not None and found != EventKind.LOOKED_INTO):
        raise InvalidInput(fields={"tube": "a tube, or a bag", "bag": "a tube, or a bag", "found": "not of a bag"})
    said: dict[str, Any] = {"reason": whole(reason.strip(), 200)}
    if bag is None:
        if not SiteEvent.objects.filter(site=site, tube=tube).exists() and homes_of([tube]).get(tube) != site.pk:
            raise NotFound(kind="tubes.sitetube", code=tube)
        said["tube"] = tube
    else:
        use = SiteBag.objects.filter(site=site, pk=bag).first()
        if use is None:
            raise NotFound(kind="tubes.sitebag", id=bag)
        said["bag"] = use.code
    _tell(actor, at, site, [_fact(at, found, **said)], uses={said["bag"]: bag} if bag else None)
    data = {"tube": tube, "bag": said.get("bag", ""), "found": found}
    record(site, unit_id=site.unit_id, data=data, reason=reason.strip())
    return SiteLookedInto(site.pk, tube, bag)


def _code(text: str, name: str) -> str:
    code = tidy_code(text)
    if not code or len(code) > LONGEST_CODE or not (code.isascii() and code.isprintable()):
        raise InvalidInput(fields={name: text[:LONGEST_CODE] or "missing"})
    return code


def _fact(at: datetime, kind: EventKind, **said: Any) -> TakenEvent:
    return TakenEvent(id=new_id(), kind=kind, at=at, **said)


def _tell(
    actor: Actor, at: datetime, site: Site, events: Collection[TakenEvent], *, uses: dict[str, UUID] | None = None
) -> None:
    """As facts under fresh numbers; the outer command asked what the actor may do."""
    if events:
        upload_site_events(
            actor=actor.also_with([HANDLE], site.unit_id), at=at, site=site, batch=new_id(), sent_at=at,
            events=list(events), uses=uses,
        )  # fmt: skip
