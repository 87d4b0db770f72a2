"""Finds people, rooms, sites and pages by a few letters or digits, or by what a scanner read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q
from pypinyin import lazy_pinyin

from lazaretto.core.access import Actor
from lazaretto.people.queries import Found, find
from lazaretto.places.models import Room, Site
from lazaretto.places.queries import sites
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.transfers.queries.person import places_now

MOVES = "transfers.read"
MOST_ROOMS = 8
MOST_SITES = 6
SHORTEST_NUMBER = 6  # of a paper or a tube


@dataclass(frozen=True)
class PersonHit:
    """A person, and the stay and room if they have one; else where custody has them, with the handover under way."""

    found: Found
    site: Site | None
    room: str
    stay_number: str
    place: str = ""
    handover: str = ""


@dataclass(frozen=True)
class PageHit:
    """A page of the navigation."""

    label: str
    url: str
    icon: str


def people(actor: Actor, text: str, *, limit: int = 8, after: str = "") -> list[PersonHit]:
    """People by name, pinyin, initials, document, phone or scanned code; at most six queries."""
    hits = find(actor, text, limit=limit, after=after)
    places = _places(actor, [hit.person_id for hit in hits])
    roomless = [hit.person_id for hit in hits if hit.person_id not in places]
    elsewhere = places_now(actor, roomless) if actor.may(MOVES) else {}
    return [_hit(hit, places.get(hit.person_id), *elsewhere.get(hit.person_id, ("", ""))) for hit in hits]


def _hit(hit: Found, taken: Occupancy | None, place: str, handover: str) -> PersonHit:
    if taken is None:
        return PersonHit(hit, None, "", "", place, handover)
    return PersonHit(hit, taken.room.site, taken.room.number, taken.stay.number)


def _places(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Occupancy]:
    taken = Occupancy.objects.visible_to(actor, "stays.read").filter(ended_at__isnull=True, stay__person__in=list(ids))
    return {row.stay.person_id: row for row in taken.select_related("room__site", "stay")}


def rooms(actor: Actor, text: str) -> list[Room]:
    """Rooms by the beginning of their number; "H03 12" and "H03-12" search one site."""
    code, _, number = text.strip().replace("-", " ").rpartition(" ")
    if not any(letter.isdigit() for letter in number):
        return []
    visible = Room.objects.visible_to(actor, "places.read").filter(number__istartswith=number)
    wanted = visible.filter(site__code__iexact=code) if code else visible
    return list(wanted.select_related("site").order_by("number", "site__code")[:MOST_ROOMS])


def stays_numbered(actor: Actor, text: str) -> list[Stay]:
    """The stay that a number on a paper or a tube belongs to: of the stay, its order, its certificate or a tube."""
    number = text.strip()
    if len(number) < SHORTEST_NUMBER or not any(sign.isdigit() for sign in number):
        return []
    visible = Stay.objects.visible_to(actor, "stays.read").select_related("site", "person")
    upper = number.upper()
    for named in ({"number": upper}, {"order__number": upper}, {"release__certificate__number": upper}):
        if found := list(visible.filter(**named)[:1]):
            return found
    return list(visible.filter(specimens__tube=number).distinct()[:1])


def places(actor: Actor, text: str) -> list[Site]:
    """Sites by code or name; all of them for an empty text."""
    wanted = sites(actor)
    if text.strip():
        wanted = wanted.filter(Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_en__icontains=text))
    return list(wanted[:MOST_SITES])


def pages(entries: Sequence[PageHit], text: str) -> list[PageHit]:
    """Entries of the navigation whose label, pinyin (from any syllable on) or initials contain the text."""
    wanted = text.strip().casefold()
    return [entry for entry in entries if _matches(entry.label, wanted)]


def _matches(label: str, wanted: str) -> bool:
    syllables = spelled(label)
    tails = ("".join(syllables[place:]) for place in range(len(syllables)))
    initials = "".join(part[:1] for part in syllables)
    return wanted in label.casefold() or wanted in initials or any(tail.startswith(wanted) for tail in tails)


@cache
def spelled(label: str) -> tuple[str, ...]:
    """A label in pinyin without tones, syllable by syllable: 房间看板 is fang, jian, kan, ban."""
    return tuple(part.casefold() for part in lazy_pinyin(label))


def scanned_path(text: str, base_url: str) -> str:
    """The path on this server that a printed code leads to; empty when the text is no such code."""
    ours, asked = urlsplit(base_url), urlsplit(text.strip())
    return asked.path if asked.scheme in {"http", "https"} and asked.netloc == ours.netloc and asked.path else ""
