"""Makes the printed papers of a stay from its rows; `ui.papers` lays them out."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import override

from lazaretto.core.access import Actor
from lazaretto.core.clock import local_date
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import IdentityDocument, Need
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.protocols.rules import due_tests
from lazaretto.stays.models import Occupancy, OrderChange, Stay
from lazaretto.stays.queries.courses import CENTRAL, course_of, day_number
from lazaretto.stays.rules import mask_number
from lazaretto.ui import papers

# Who passes a door may read no names.
NOBODY = Actor(user_id=None, name="passer-by")
# What somebody at the door has to know before it opens; nothing about health.
ON_THE_DOOR = frozenset({NeedKind.INFANT, NeedKind.ELDERLY, NeedKind.CANNOT_WALK, NeedKind.LANGUAGE, NeedKind.DIET})


def order_paper(stay: Stay, language: str) -> papers.IsolationOrder:
    """The isolation order as it stood when it was issued, with the end that is in force now."""
    order, zone = stay.order, ZoneInfo(stay.site.time_zone)
    course = course_of(order, stay.site)
    title = course.pack.title
    with override(language):
        category = str(Category(stay.category).label)
    return papers.IsolationOrder(
        language=language,
        number=order.number,
        authority=order.authority,
        legal_basis=order.legal_basis,
        reason=order.reason,
        name=stay.person.name,
        latin_name=_latin(stay),
        document=document_of(stay.person_id),
        site=site_name(stay.site, language),
        room=_room(stay),
        issued_at=order.issued_at,
        issued_by=str(order.issued_by or ""),
        objection_contact=stay.site.phone or order.authority,
        code=f"{settings.BASE_URL}/stays/{stay.number}",
        zone=zone,
        category=category,
        pack=title.zh if language.startswith("zh") else title.en,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        days=day_number(order, local_date(order.ends_at, zone), zone),
        last_exposure_on=local_date(order.last_exposure_at, zone),
    )


def extension_notice(stay: Stay, change: OrderChange, language: str) -> papers.ExtensionNotice:
    """What the guest gets in writing when the order ends later: by whom, why, until when, how to object."""
    order, zone = stay.order, ZoneInfo(stay.site.time_zone)
    return papers.ExtensionNotice(
        language=language,
        number=order.number,
        authority=order.authority,
        legal_basis=order.legal_basis,
        reason=change.reason,
        name=stay.person.name,
        latin_name=_latin(stay),
        document=document_of(stay.person_id),
        site=site_name(stay.site, language),
        room=_room(stay),
        issued_at=change.at,
        issued_by=str(change.approved_by or ""),
        objection_contact=stay.site.phone or order.authority,
        code=f"{settings.BASE_URL}/stays/{stay.number}",
        zone=zone,
        ended_before=change.ends_before,
        ends_at=change.ends_after,
        extra_days=(local_date(change.ends_after, zone) - local_date(change.ends_before, zone)).days,
    )


def door_cards(stay: Stay) -> papers.DoorCards:
    """The card of the room: everybody in it with masked names."""
    zone = ZoneInfo(stay.site.time_zone)
    here = _together(stay)
    marks = Need.objects.filter(
        person__in=[place.stay.person_id for place in here], ended_at__isnull=True, kind__in=ON_THE_DOOR
    )
    card = papers.DoorCard(
        room=_room(stay),
        people=tuple(display_name(NOBODY, place.stay.person, unit_id=stay.site.unit_id) for place in here),
        category=str(Category(stay.category).label),
        arrived_on=local_date(stay.started_at, zone),
        until=max(local_date(place.stay.order.ends_at, zone) for place in here),
        code=f"{settings.BASE_URL}/sites/{stay.site.code}/board/rooms/{_room(stay)}",
        marks=tuple(
            dict.fromkeys(str(NeedKind(kind).label) for kind in marks.order_by("kind").values_list("kind", flat=True))
        ),
    )
    return papers.DoorCards(site=stay.site.name, cards=(card,))


def guest_cards(stay: Stay, language: str) -> papers.GuestCards:
    """The guest's own card: their code, room, dates, whom to call."""
    zone = ZoneInfo(stay.site.time_zone)
    tests = [due.due_on for due in due_tests(course_of(stay.order, stay.site)) if due.setting == CENTRAL]
    card = papers.GuestCard(
        room=_room(stay),
        people=(stay.person.name,),
        from_day=local_date(stay.started_at, zone),
        until=stay.order.ends_at,
        test_days=tuple(tests),
        code=f"{settings.BASE_URL}/people/{stay.person_id}",
    )
    return papers.GuestCards(
        language=language, site=site_name(stay.site, language), desk=stay.site.phone, zone=zone, cards=(card,)
    )


def document_of(person_id: UUID) -> str:
    """The first document of the person, masked as on papers."""
    found = IdentityDocument.objects.filter(person=person_id).order_by("created_at").first()
    return mask_number(found.number) if found else ""


def site_name(site: Site, language: str) -> str:
    """The site's name in the language of the paper."""
    return site.name if language.startswith("zh") else site.name_en or site.name


def _latin(stay: Stay) -> str:
    return stay.person.romanised if stay.person.romanised != stay.person.name else ""


def _together(stay: Stay) -> list[Occupancy]:
    """Everybody who is in the same room now; the stay itself where it has left."""
    room = Occupancy.objects.filter(stay=stay).order_by("-started_at").values_list("room_id", flat=True)[:1]
    here = Occupancy.objects.filter(room=room, ended_at__isnull=True).select_related("stay__person", "stay__order")
    return list(here.order_by("started_at", "id")) or list(
        Occupancy.objects.filter(stay=stay).select_related("stay__person", "stay__order").order_by("-started_at")[:1]
    )


def _room(stay: Stay) -> str:
    taken = Occupancy.objects.filter(stay=stay).select_related("room").order_by("-started_at").first()
    return taken.room.number if taken else ""
