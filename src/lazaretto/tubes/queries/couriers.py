"""Couriers, what each carries, and who is meant by what a table typed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lazaretto.accounts.queries import chain_of, units_below
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.secrets import keyed_hash
from lazaretto.places.models import Site
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import BagState
from lazaretto.tubes.errors import CourierUnknown
from lazaretto.tubes.models import Bag, Courier, Laboratory, SiteBag, Trail
from lazaretto.tubes.rules import COURIER_CODE, COURIER_LOOKS_BACK, HANDLE, READ, folded

MOST_BAGS = 500  # that a courier's phone keeps


def key_digest(key: str) -> str:
    """What is kept of the key of a courier's phone."""
    return keyed_hash(key, "tubes.courier")


def couriers(actor: Actor) -> QuerySet[Courier]:
    """Those of the actor's areas, by code, ended ones too."""
    return Courier.objects.visible_to(actor, READ).select_related("unit", "user").order_by("code")


def couriers_for(unit_id: UUID) -> QuerySet[Courier]:
    """Who may carry for a unit, by code."""
    return Courier.objects.filter(unit__in=chain_of(unit_id), ended_at__isnull=True).order_by("code")


def free_code() -> str:
    """The next code of the usual kind that nobody has: codes are compared in all areas."""
    taken = Courier.objects.filter(code__regex=r"^C[0-9]+$").values_list("code", flat=True)
    return f"C{max((int(code[1:]) for code in taken), default=0) + 1:02}"


def courier_by_id(actor: Actor, pk: UUID) -> Courier:
    """One; raises `NotFound`."""
    found = couriers(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="tubes.courier", id=pk)
    return found


def own_courier(actor: Actor) -> Courier | None:
    """Whose badge the actor's account carries."""
    if actor.user_id is None:
        return None
    return Courier.objects.filter(user=actor.user_id, ended_at__isnull=True).first()


def courier_with(key: str, *, at: datetime) -> Courier:
    """The courier whose phone has this key. Raises `CourierUnknown`."""
    found = Courier.objects.filter(key_digest=key_digest(key)).first()
    if found is None or not found.carries_at(at):
        raise CourierUnknown
    return found


def actor_of_courier(courier: Courier) -> Actor:
    """Who acts by a courier's phone: nobody by name, who tells of bags in the area and reads nothing of anybody."""
    return Actor(
        user_id=None, name=f"courier {courier.code}", device=f"courier {courier.code}",
        grants={HANDLE: frozenset(units_below(courier.unit_id))}, personal=frozenset(),
    )  # fmt: skip


@dataclass(frozen=True)
class Meant:
    """By what a table typed or scanned: the code of the one courier it can only mean; and what means none of them.

    Where no courier is named at all, nothing is unknown: then tables write who came, as on paper.
    """

    codes: dict[str, str]
    unknown: frozenset[str]


def codes_meant(unit_id: UUID, said: Iterable[str]) -> Meant:
    """Whom these texts mean; one query, or none."""
    texts = {text for text in said if text}
    rows = list(couriers_for(unit_id).values_list("code", "name", "plate")) if texts else []
    names: dict[str, str] = {}
    times: Counter[str] = Counter()
    for code, name, plate in rows:
        for text in {
            folded(one) for one in (code, COURIER_CODE.format(code=code), name, plate, f"{name}{plate}") if one
        }:
            names[text] = code
            times[text] += 1
    found = {text: names[folded(text)] for text in texts if times[folded(text)] == 1}
    return Meant(found, frozenset(text for text in texts if rows and not times[folded(text)]))


# ---- what a courier's phone keeps


@dataclass(frozen=True)
class Carried:
    """What a courier's phone knows: rounds tested now, quarantine sites with bags, laboratories, bags that may still be
    carried."""

    rounds: list[Round]
    sites: list[Site]
    laboratories: list[Laboratory]
    bags: list[Bag]
    site_bags: list[Any]  # of sites, each with how many tubes it `held`
    tubes: dict[tuple[UUID, str], int]  # counted by scans, where the table did not say a number


def carried(courier: Courier, *, at: datetime) -> Carried:
    """For a courier's phone; six queries. Bags of rounds that are over are carried too, for two weeks."""
    area = units_below(courier.unit_id)
    recent = (
        Q(state=RoundState.OPEN)
        | Q(closed_at__gte=at - COURIER_LOOKS_BACK)
        | Q(cancelled_at__gte=at - COURIER_LOOKS_BACK)
    )
    rounds = list(Round.objects.filter(recent, unit__in=area).order_by("-opens_at", "-id"))
    waiting = [BagState.OPEN, BagState.CLOSED, BagState.UNDER_WAY]
    rows = Bag.objects.filter(round__in=[one.pk for one in rounds], state__in=waiting).select_related("point")
    bags = list(rows.order_by("left_at", "code", "id")[:MOST_BAGS])
    laboratories = Laboratory.objects.filter(unit__in={*area, *chain_of(courier.unit_id)}).order_by("code")[:200]
    of_sites = (
        SiteBag.objects.filter(site__unit__in=area, state__in=waiting)
        .select_related("site")
        .annotate(held=Count("tubes"))
    )
    site_bags = list(of_sites.order_by("left_at", "code", "id")[:MOST_BAGS])
    sites = list({row.site_id: row.site for row in site_bags}.values())
    return Carried(rounds, sites, list(laboratories), bags, site_bags, _counted(bags))


def is_site(pk: UUID) -> bool:
    """Whether a courier's phone means a quarantine site by this key, not a round."""
    return Site.objects.filter(pk=pk).exists()


def _counted(bags: list[Bag]) -> dict[tuple[UUID, str], int]:
    unsaid = [one for one in bags if one.said_tubes is None]
    rows: Any = Trail.objects.filter(bag__in=[one.code for one in unsaid], round__in={one.round_id for one in unsaid})
    return {(of, code): n for of, code, n in rows.values_list("round_id", "bag").annotate(n=Count("code"))}
