"""What the escort's phone is given: masked names, how each may be found by card, and where everybody stands."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.people.models import IdentityDocument
from lazaretto.people.queries import display_names
from lazaretto.stays.models import Stay
from lazaretto.trips.choices import Berth
from lazaretto.trips.models import Rider, Trip
from lazaretto.trips.queries.board import alone_on, spoken, unlisted_scans

# Whoever holds the phone reads no whole names.
PHONE = Actor(user_id=None, name="phone")


def roll(trip: Trip) -> list[dict[str, Any]]:
    """Everybody of the list. With the number of the stay and the last four of the document a card is known offline."""
    riders = list(_riders(trip))
    alone = alone_on(trip, riders)
    people = [rider.person_id for rider in riders]
    names = display_names(PHONE, [rider.person for rider in riders])
    stays: dict[Any, str] = dict(
        Stay.objects.filter(person__in=people).order_by("started_at", "id").values_list("person_id", "number")
    )
    fours: dict[Any, list[str]] = {}
    documents = IdentityDocument.objects.filter(person__in=people).order_by("created_at", "id")
    for person, four in documents.values_list("person_id", "last_four"):
        fours.setdefault(person, []).append(four)
    return [
        {
            "p": str(rider.person_id), "name": names[rider.person_id], "stay": stays.get(rider.person_id, ""),
            "four": fours.get(rider.person_id, []),
            "berth": "" if rider.berth == Berth.SEAT else str(rider.get_berth_display()),
            "from": rider.from_stop.position, "to": rider.to_stop.position,
            "from_name": spoken(rider.from_stop), "to_name": spoken(rider.to_stop),
            "alone": alone.get(rider.pk, ""), "minded": rider.minded_by,
        }
        for rider in riders
    ]  # fmt: skip


def standing(trip: Trip) -> list[dict[str, Any]]:
    """Where everybody of the list stands by what the server knows."""
    rows = trip.riders.values_list("person_id", "seen_on_at", "seen_off_at", "left_behind", "leg")
    last = {row[0]: row for row in rows.order_by("-left_behind", "id")}  # of somebody who came back the row that counts
    return [
        {"p": str(person), "on": _text(on), "off": _text(off), "stays": bool(left), "gone": leg is not None}
        for person, on, off, left, leg in last.values()
    ]


def strangers(trip: Trip) -> list[dict[str, Any]]:
    """Who was scanned and is not on the list: the masked name of whoever is known to us, empty for an unknown card."""
    scans = unlisted_scans(trip)
    names = display_names(PHONE, [scan.person for scan in scans if scan.person])
    return [
        {
            "id": str(scan.pk),
            "at": _text(scan.at),
            "kind": scan.kind,
            "name": names[scan.person_id] if scan.person_id else "",
        }
        for scan in scans
    ]


def _riders(trip: Trip) -> QuerySet[Rider]:
    found = trip.riders.filter(left_behind="").select_related(
        "person", "from_stop__site", "from_stop__external", "to_stop__site", "to_stop__external"
    )
    return found.order_by("from_stop__position", "person__name", "id")


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
