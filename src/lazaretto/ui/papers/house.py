"""Papers of the house: door cards, guests' cards, exit register, lists to carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.ui import qr
from lazaretto.ui.papers.compiler import Paper
from lazaretto.ui.papers.official import enumerate_words
from lazaretto.ui.papers.words import day, moment, spoken

DOOR = {
    "title": pgettext_lazy("paper", "Door cards"),
    "arrived": pgettext_lazy("paper", "Arrived"),
    "until": pgettext_lazy("paper", "Until"),
    "qr": pgettext_lazy("paper", "QR code of the room"),
}
GUEST = {
    "title": pgettext_lazy("paper", "Welcome. This is your card"),
    "room": pgettext_lazy("paper", "Room"),
    "show": _("Show this code when somebody tests you, brings you something or takes you somewhere."),
    "from": pgettext_lazy("paper", "From"),
    "until": pgettext_lazy("paper", "Until"),
    "tests": pgettext_lazy("paper", "Tests"),
    "desk": pgettext_lazy("paper", "Desk, day and night"),
    "hotline": pgettext_lazy("paper", "Hotline"),
    "web": pgettext_lazy("paper", "Your own page"),
    "emergency": _("Emergency: call the desk {desk} or 120"),
    "qr": pgettext_lazy("paper", "Your own QR code"),
}
GUEST_SENTENCES = (
    _("Meals, water and medicine are brought to your door. Tell the desk about diets, faith and allergies."),
    pgettext_lazy("paper", "Your temperature is taken in the morning and in the evening."),
    _("Call the desk at once with fever, pain or trouble breathing, or if you feel low. You are not a burden."),
    pgettext_lazy("paper", "Your isolation ends by itself on the date above."),
)
EXIT = {
    "title": pgettext_lazy("paper", "Exit register: who is in which room"),
    "as_of": pgettext_lazy("paper", "As of"),
    "people": pgettext_lazy("paper", "People"),
    "rooms": pgettext_lazy("paper", "Rooms taken"),
    "need_help": pgettext_lazy("paper", "Need help"),
    "help_first": pgettext_lazy("paper", "Help these first"),
    "building": pgettext_lazy("paper", "Building"),
    "empty": _("Empty rooms: {count}"),
    "floor_count": _("{people} people in {rooms} rooms"),
    "without_room": _("Here, without a room"),
}
SAMPLING = {
    "title": pgettext_lazy("paper", "Sampling list"),
    "count": pgettext_lazy("paper", "To be sampled"),
    "room": pgettext_lazy("paper", "Room"),
    "name": pgettext_lazy("paper", "Name"),
    "number": pgettext_lazy("paper", "Stay number"),
    "test_day": pgettext_lazy("paper", "Day"),
    "tube": pgettext_lazy("paper", "Tube"),
    "time": pgettext_lazy("paper", "Time"),
    "remark": pgettext_lazy("paper", "Remark"),
    "sampler": pgettext_lazy("paper", "Sampled by"),
    "handed": pgettext_lazy("paper", "Handed over to"),
}
ROOMS = {
    "title": pgettext_lazy("paper", "Room list"),
    "count": pgettext_lazy("paper", "Rooms"),
    "floor": pgettext_lazy("paper", "Floor"),
    "room": pgettext_lazy("paper", "Room"),
    "state": pgettext_lazy("paper", "State"),
    "beds": pgettext_lazy("paper", "Beds"),
    "people": pgettext_lazy("paper", "People"),
    "until": pgettext_lazy("paper", "Until"),
    "remark": pgettext_lazy("paper", "Remark"),
}


@dataclass(frozen=True)
class DoorCard:
    """For the outside of a door: names masked, no diagnosis. `marks` are short words (wheelchair, infant)."""

    room: str
    people: tuple[str, ...]
    category: str
    arrived_on: date
    until: date
    code: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DoorCards(Paper):
    """A5 across, one card a page."""

    template: ClassVar[str] = "cards"
    site: str
    cards: tuple[DoorCard, ...]

    def data(self) -> Mapping[str, Any]:
        """Large room number, names, dates, code."""
        words = spoken(self.language, DOOR)
        return {
            "kind": "door",
            "title": words["title"],
            "words": words,
            "site": self.site,
            "footer": "",
            "cards": [self._card(card) for card in self.cards],
        }

    def _card(self, card: DoorCard) -> dict[str, Any]:
        return {
            "room": card.room,
            "people": card.people,
            "category": card.category,
            "arrived": day(card.arrived_on, self.language),
            "until": day(card.until, self.language),
            "marks": card.marks,
            "qr": qr.svg_file(card.code, error="q"),
        }


@dataclass(frozen=True)
class GuestCard:
    """For the guest's own hand: full names, test days, whom to call."""

    room: str
    people: tuple[str, ...]
    from_day: date
    until: datetime
    test_days: tuple[date, ...]
    code: str


@dataclass(frozen=True, kw_only=True)
class GuestCards(Paper):
    """A5 upright, one card a page, in the guest's language."""

    template: ClassVar[str] = "cards"
    site: str
    desk: str
    hotline: str = ""
    web: str = ""
    zone: tzinfo
    cards: tuple[GuestCard, ...]

    def data(self) -> Mapping[str, Any]:
        """Room, code, dates, telephone numbers, what to expect."""
        words = spoken(self.language, GUEST)
        sentences = list(spoken(self.language, dict(enumerate_words(GUEST_SENTENCES))).values())
        cards = [{**self._card(card, words), "sentences": sentences} for card in self.cards]
        return {
            "kind": "guest",
            "title": words["title"],
            "words": words,
            "site": self.site,
            "footer": "",
            "cards": cards,
        }

    def _card(self, card: GuestCard, words: Mapping[str, str]) -> dict[str, Any]:
        separator = "、" if self.language.startswith("zh") else ", "
        return {
            "room": card.room,
            "people": card.people,
            "qr": qr.svg_file(card.code),
            "emergency": words["emergency"].replace("{desk}", self.desk),
            "facts": [
                (words["from"], day(card.from_day, self.language)),
                (words["until"], moment(card.until, self.language, self.zone)),
                (words["tests"], separator.join(day(test, self.language) for test in card.test_days)),
                (words["desk"], self.desk),
                (words["hotline"], self.hotline),
                (words["web"], self.web),
            ],
        }


@dataclass(frozen=True)
class ExitPerson:
    """Somebody to be brought out; `needs` says what the fire brigade must know (cannot walk, infant, deaf)."""

    name: str
    needs: str = ""


@dataclass(frozen=True)
class ExitRoom:
    number: str
    people: tuple[ExitPerson, ...]


@dataclass(frozen=True)
class ExitFloor:
    """A floor: only rooms with people; how many others are empty."""

    label: str
    rooms: tuple[ExitRoom, ...]
    empty_rooms: int

    @property
    def people(self) -> int:
        """Head count of the floor."""
        return sum(len(room.people) for room in self.rooms)


@dataclass(frozen=True)
class ExitBuilding:
    name: str
    floors: tuple[ExitFloor, ...]


@dataclass(frozen=True, kw_only=True)
class ExitRegister(Paper):
    """Who is in which room at `as_of`, floors in the order given, those who need help first."""

    template: ClassVar[str] = "exit_register"
    site: str
    address: str
    as_of: datetime
    zone: tzinfo
    buildings: tuple[ExitBuilding, ...]
    without_room: tuple[ExitPerson, ...] = ()

    def data(self) -> Mapping[str, Any]:
        """Totals, help first, then every floor."""
        words = spoken(self.language, EXIT)
        floors = [floor for building in self.buildings for floor in building.floors]
        as_of = moment(self.as_of, self.language, self.zone)
        return {
            "title": words["title"],
            "words": words,
            "site": self.site,
            "address": self.address,
            "as_of": as_of,
            "footer": f"{self.site} · {as_of}",
            "people": len(self.without_room) + sum(floor.people for floor in floors),
            "without_room": [{"name": person.name, "needs": person.needs} for person in self.without_room],
            "rooms": sum(len(floor.rooms) for floor in floors),
            "helped": [*self._helped_without_room(words), *self._helped()],
            "buildings": [
                {"name": building.name, "floors": [self._floor(floor, words) for floor in building.floors]}
                for building in self.buildings
            ],
        }

    def _helped_without_room(self, words: Mapping[str, str]) -> list[dict[str, str]]:
        return [
            {"building": "", "room": words["without_room"], "name": person.name, "needs": person.needs}
            for person in self.without_room
            if person.needs
        ]

    def _helped(self) -> list[dict[str, str]]:
        several = len(self.buildings) > 1
        return [
            {
                "building": building.name if several else "",
                "room": room.number,
                "name": person.name,
                "needs": person.needs,
            }
            for building in self.buildings
            for floor in building.floors
            for room in floor.rooms
            for person in room.people
            if person.needs
        ]

    @staticmethod
    def _floor(floor: ExitFloor, words: Mapping[str, str]) -> dict[str, Any]:
        count = words["floor_count"].replace("{people}", str(floor.people)).replace("{rooms}", str(len(floor.rooms)))
        people = [
            {"number": room.number, "people": [{"name": person.name, "needs": person.needs} for person in room.people]}
            for room in floor.rooms
        ]
        empty = words["empty"].replace("{count}", str(floor.empty_rooms)) if floor.empty_rooms else ""
        return {"label": floor.label, "count": count, "empty": empty, "rooms": people}


@dataclass(frozen=True)
class SamplingLine:
    room: str
    name: str
    number: str
    test_day: str
    tube: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class SamplingList(Paper):
    """Who is to be sampled on a day, in walking order, with room for the tube and the time."""

    template: ClassVar[str] = "lists"
    site: str
    on: date
    lines: tuple[SamplingLine, ...]

    def data(self) -> Mapping[str, Any]:
        """One line a person."""
        words = spoken(self.language, SAMPLING)
        head = ["room", "name", "number", "test_day", "tube", "time", "remark"]
        return {
            "title": words["title"],
            "sub": f"{self.site} · {day(self.on, self.language)}",
            "footer": f"{self.site} · {day(self.on, self.language)}",
            "words": words,
            "head": [words[key] for key in head],
            "widths": [0, 3, 0, 0, 4, 2, 3],
            "rows": [
                [line.room, line.name, line.number, line.test_day, line.tube, "", line.remark] for line in self.lines
            ],
            "sign": [words["sampler"], words["handed"], words["time"]],
        }


@dataclass(frozen=True)
class RoomLine:
    floor: str
    room: str
    state: str
    beds: int
    people: int
    until: date | None = None
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class RoomList(Paper):
    """All rooms of a site with their state."""

    template: ClassVar[str] = "lists"
    site: str
    as_of: datetime
    zone: tzinfo
    lines: tuple[RoomLine, ...]

    def data(self) -> Mapping[str, Any]:
        """One line a room."""
        words = spoken(self.language, ROOMS)
        as_of = moment(self.as_of, self.language, self.zone)
        return {
            "title": words["title"],
            "sub": f"{self.site} · {as_of}",
            "footer": f"{self.site} · {as_of}",
            "words": words,
            "head": [words[key] for key in ("floor", "room", "state", "beds", "people", "until", "remark")],
            "widths": [0, 0, 2, 0, 0, 2, 3],
            "rows": [self._row(line) for line in self.lines],
            "sign": [],
        }

    def _row(self, line: RoomLine) -> list[str]:
        until = day(line.until, self.language) if line.until else ""
        return [line.floor, line.room, line.state, str(line.beds), str(line.people or ""), until, line.remark]
