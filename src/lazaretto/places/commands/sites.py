"""Writes: a site's life from planned to closed, its checklist, its category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.commands import open_unit
from lazaretto.accounts.models import Unit
from lazaretto.core import states
from lazaretto.core.access import Actor
from lazaretto.core.checks import checked
from lazaretto.core.commands import command, record
from lazaretto.core.errors import IllegalTransition, InvalidInput, ReasonRequired, whole
from lazaretto.places import rules
from lazaretto.places.checklist import items
from lazaretto.places.choices import ChangeKind, SiteCategory, SiteKind, SiteState
from lazaretto.places.errors import (
    CategoryChangeRefused,
    ChecklistOpen,
    EvidenceRequired,
    PeopleExpected,
    PlaceNameTaken,
    SiteStillOccupied,
    UnknownChecklistItem,
)
from lazaretto.places.models import ChecklistAnswer, Floor, Room, Site, SiteChange
from lazaretto.places.queries import open_items, people_expected_at, state_counts


@dataclass(frozen=True)
class SiteOpened:
    """A new site, planned, with the unit that runs it."""

    site_id: UUID
    unit_id: UUID
    code: str


@dataclass(frozen=True)
class SiteChanged:
    """A site after a change."""

    site_id: UUID
    state: str
    category: str


@dataclass(frozen=True)
class ChecklistAnswered:
    """An item answered, and how many are still open."""

    item: str
    passed: bool
    still_open: int


@command("places.open_site", capability="places.manage")
def open_site(
    *,
    actor: Actor,
    at: datetime,
    parent: Unit,
    code: str,
    name: str,
    category: SiteCategory,
    kind: SiteKind = SiteKind.HOTEL,
    name_en: str = "",
    address: str = "",
    phone: str = "",
    reserve_percent: int = 10,
    latitude: float | None = None,
    longitude: float | None = None,
) -> SiteOpened:
    """Plan a site below a unit: makes its task force and the site. Raises `PlaceNameTaken` for a code in use."""
    code = code.strip().upper()
    if Site.objects.filter(code=code).exists() or Unit.objects.filter(code=code).exists():
        raise PlaceNameTaken(code=code)
    # The unit is part of the site; its making is journalled in the system's name beside this command's own entry.
    opened = open_unit(
        actor=Actor.system("places.open_site"), at=at, parent=parent, kind=UnitKind.SITE, code=code, name=name.strip()
    )
    site = Site(
        unit_id=opened.unit_id,
        code=code,
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        category=category,
        address=address.strip(),
        phone=phone.strip(),
        reserve_percent=reserve_percent,
        **point(latitude, longitude),
    )
    checked(site).save(force_insert=True)
    record(site, unit_id=site.unit_id, data={"code": code, "category": category})
    return SiteOpened(site.id, site.unit_id, code)


@command("places.change_site", capability="places.manage")
def change_site(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    name: str,
    name_en: str = "",
    kind: SiteKind = SiteKind.HOTEL,
    address: str = "",
    phone: str = "",
    reserve_percent: int = 10,
    latitude: float | None = None,
    longitude: float | None = None,
) -> SiteChanged:
    """Correct what is written about a site."""
    fresh: dict[str, object] = {
        "name": name.strip(),
        "name_en": name_en.strip(),
        "kind": kind,
        "address": address.strip(),
    }
    fresh |= {"phone": phone.strip(), "reserve_percent": reserve_percent, **point(latitude, longitude)}
    changed = {field: value for field, value in fresh.items() if getattr(site, field) != value}
    for field, value in changed.items():
        setattr(site, field, value)
    checked(site).save(update_fields=list(changed))
    record(site, unit_id=site.unit_id, data={"fields": sorted(changed), "reserve_percent": site.reserve_percent})
    return _changed(site)


@command("places.answer_checklist", capability="places.manage")
def answer_checklist(
    *, actor: Actor, at: datetime, site: Site, item: str, passed: bool, evidence: str
) -> ChecklistAnswered:
    """Answer an item of the activation checklist. Raises `UnknownChecklistItem`, `EvidenceRequired`."""
    known = items().get(item)
    if known is None or known.counted:
        raise UnknownChecklistItem(item=item)
    if not evidence.strip():
        raise EvidenceRequired(item=item)
    answer, _made = ChecklistAnswer.objects.update_or_create(
        site=site,
        item=item,
        defaults={
            "passed": passed,
            "evidence": whole(evidence, 300),
            "checked_at": at,
            "checked_by_id": actor.user_id,
        },
    )
    record(answer, unit_id=site.unit_id, data={"item": item, "passed": passed, "evidence": answer.evidence})
    return ChecklistAnswered(item, passed, len(open_items(site)))


@command("places.activate_site", capability="places.activate")
def activate_site(*, actor: Actor, at: datetime, site: Site) -> SiteChanged:
    """Open a site for arrivals. Raises `ChecklistOpen` with the codes of the items that are not passed."""
    missing = open_items(site)
    if missing:
        raise ChecklistOpen(items=", ".join(missing))
    _go(site, SiteState.ACTIVE, actor, at, reason="")
    return _changed(site)


@command("places.pause_site", capability="places.manage")
def pause_site(*, actor: Actor, at: datetime, site: Site, reason: str) -> SiteChanged:
    """Take no more arrivals for now; those who live there stay. Raises `ReasonRequired`."""
    _go(site, SiteState.PAUSED, actor, at, reason=_reason(reason))
    return _changed(site)


@command("places.close_site", capability="places.activate")
def close_site(*, actor: Actor, at: datetime, site: Site, reason: str) -> SiteChanged:
    """End a site for good. Raises `SiteStillOccupied`, `PeopleExpected`, `ReasonRequired`."""
    _lock_rooms(site)
    occupied = state_counts(site).get("occupied", 0)
    if occupied:
        raise SiteStillOccupied(rooms=occupied)
    expected = people_expected_at([site.pk]).get(site.pk, 0)
    if expected:
        raise PeopleExpected(expected)
    _go(site, SiteState.CLOSED, actor, at, reason=_reason(reason))
    return _changed(site)


@command("places.change_category", capability="places.activate")
def change_category(*, actor: Actor, at: datetime, site: Site, category: SiteCategory, reason: str) -> SiteChanged:
    """Let a site receive other people. Raises `CategoryChangeRefused` while its conditions are not met.

    Floors of one category are set free of it when the new one would not receive it.
    """
    if category == site.category:
        raise IllegalTransition(category=category)
    reason = _reason(reason)
    _lock_rooms(site)
    floors = Floor.objects.filter(building__site=site)
    obstacles = rules.category_obstacles(state_counts(site), category, floors.filter(category="").count())
    if obstacles:
        raise CategoryChangeRefused(obstacles=", ".join(obstacles))
    SiteChange.objects.create(
        site=site,
        kind=ChangeKind.CATEGORY,
        before=site.category,
        after=category,
        at=at,
        by_id=actor.user_id,
        reason=reason,
    )
    record(site, unit_id=site.unit_id, data={"before": site.category, "after": category}, reason=reason)
    site.category = category
    site.save(update_fields=["category"])
    floors.exclude(category__in=["", *rules.receivable(category)]).update(category="")
    return _changed(site)


def point(latitude: float | None, longitude: float | None) -> dict[str, float | None]:
    """Where it lies, in degrees; raises `InvalidInput` for half a point, or one that is not on earth."""
    if (latitude is None) != (longitude is None):
        raise InvalidInput(fields={"latitude": _("Give both latitude and longitude, or neither.")})
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise InvalidInput(fields={"latitude": _("Give latitude and longitude in degrees.")})
    return {"latitude": latitude, "longitude": longitude}


def _go(site: Site, after: SiteState, actor: Actor, at: datetime, *, reason: str) -> None:
    if states.edge(rules.SITE_EDGES, site.state, after) is None:
        raise IllegalTransition(before=site.state, after=after)
    before, site.state = site.state, after
    site.opened_at = site.opened_at or (at if after == SiteState.ACTIVE else None)
    site.save(update_fields=["state", "opened_at"])
    SiteChange.objects.create(
        site=site, kind=ChangeKind.STATE, before=before, after=after, at=at, by_id=actor.user_id, reason=reason
    )
    record(site, unit_id=site.unit_id, data={"before": before, "after": after}, reason=reason)


def _lock_rooms(site: Site) -> None:
    """So that nobody moves in between the look at the rooms and the change."""
    list(Room.objects.select_for_update().filter(site=site).order_by("id").values_list("id"))


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonRequired
    return whole(text, 300)


def _changed(site: Site) -> SiteChanged:
    return SiteChanged(site.id, site.state, site.category)
