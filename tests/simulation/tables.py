"""People come, tables swab them, phones keep what was captured until a network takes it."""

import hmac
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import simpy

from lazaretto.core.ids import new_id
from tests.simulation.plan import Outsider, Person, Swabbed
from tests.simulation.server import Server
from tests.simulation.truth import Books, Swab, Tube

MOST, PLACES = 200, 10
IDLE = 300.0  # seconds after which a tube in hand is closed
STATE_EVERY = 900.0
Steps = Generator[Any, Any, None]


@dataclass
class Phone:
    """A phone at a table: enrolled by a code, then alone with what it holds."""

    server: Server
    books: Books
    place: int
    point: str
    skew: timedelta = timedelta()
    away: list[tuple[float, float]] = field(default_factory=list)  # from, until
    dead: bool = False
    token: str = ""
    device: str = ""
    match: bytes = b""
    numbers: dict[str, int] = field(default_factory=dict)
    tested: set[int] = field(default_factory=set)
    seen: set[Swabbed] = field(default_factory=set)
    swabs: list[Swab] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    begun: tuple[str, list[Swab]] | None = None  # a batch whose answer never came
    asked_at: float = -STATE_EVERY
    since: str = ""  # what the other tables brought is known up to here

    def enrol(self, table: int, takes_over: str | None = None) -> None:
        """The code on the point's screen, the token, the names."""
        more = {"takes_over": takes_over} if takes_over else {}
        made = self.server.do("duty", "field.enrol_device", point=self.point, table=table, label=f"{table}号机", **more)
        self.token, said = self.server.claim(made["code"])
        self.device, self.match = made["device_id"], bytes.fromhex(said["keys"]["match"])
        last: int | None = 0
        while last is not None:
            piece = self._ask(f"roster?after={last}")
            self.numbers |= {row[5]: row[0] for row in piece["rows"]}
            last = piece["last"]

    @property
    def clock(self) -> datetime:
        """What it shows."""
        return self.server.now + self.skew

    def online(self) -> bool:
        """Whether a network is there, and a battery."""
        now = self.server.env.now
        return not self.dead and not any(begins <= now < ends for begins, ends in self.away)

    def number_of(self, who: Swabbed) -> int | None:
        """Their number, if they are expected at this point; found by the card under the phone's key."""
        found = hmac.new(self.match, f"doc:{who.card}".encode(), "sha256").hexdigest()[:32]
        return self.numbers.get(found)

    def stops(self, who: Swabbed) -> bool:
        """Red: tested before, at this table or, as far as it was told, at another of the point."""
        return who in self.seen or (self.number_of(who) or 0) in self.tested

    def capture(self, who: Swabbed, tube: Tube, temperature: float | None) -> None:
        """Into the tube in hand."""
        swab = Swab(
            str(new_id()), who, tube.code, len(tube.swabs) + 1, self.server.now, self.number_of(who), temperature
        )
        tube.swabs.append(swab)
        self.seen.add(who)
        self.books.swabbed.setdefault(who, swab.at)

    def event(self, kind: str, **words: Any) -> None:
        """Something that was done with a tube or a bag."""
        self.events.append({"id": str(new_id()), "kind": kind, "at": self.clock.isoformat(), **words})

    # ---- sending

    def sync(self) -> None:
        """Everything that it holds, if there is a network; what is not answered is sent again as it was."""
        while self.online() and (self.begun or self.swabs):
            if self.begun is None:
                self.begun = str(new_id()), self.swabs[:MOST]
                del self.swabs[:MOST]
            if not self._send(*self.begun):
                return
            self.begun = None
        while self.online() and self.events:
            some = self.events[:MOST]
            body = {"batch": str(new_id()), "sent_at": self.clock.isoformat(), "events": some}
            self._ask("events", body)
            del self.events[:MOST]
        if self.online() and self.server.env.now - self.asked_at >= STATE_EVERY:
            self._learn()

    def _send(self, batch: str, swabs: list[Swab]) -> bool:
        """Whether the answer came back."""
        body = {"batch": batch, "sent_at": self.clock.isoformat(), "scans": [self._said(swab) for swab in swabs]}
        answer = self._ask("uploads", body)["answer"]
        again = batch in self.books.batches
        taken, kept = self.books.take(batch, self.place, swabs, at=self.server.now)
        said = (answer["taken"], len(answer["duplicates"]))
        if not again and said != (taken, kept):
            self.books.faults.append(f"batch {batch}: the server says {said}, the books {(taken, kept)}")
        if not again and self.server.dice.random() < self.books.plan.habits.lost_answers:
            self.books.tallies["answers lost on their way"] += 1
            return False
        return True

    def _said(self, swab: Swab) -> dict[str, Any]:
        said = {"id": swab.id, "tube": swab.tube, "slot": swab.slot, "at": (swab.at + self.skew).isoformat()}
        if swab.temperature is not None:
            said["temperature"] = swab.temperature
        if swab.number is not None:
            return {**said, "number": swab.number}
        who = swab.who
        known = isinstance(who, Person) or who.has_card
        paper = {"document": who.card} if known else {"phone": f"139{who.key:08}"}
        return {**said, "stranger": {"name": who.name, **paper}}

    def _learn(self) -> None:
        """What the other tables of the point brought."""
        self.asked_at = self.server.env.now
        try:
            said = self._ask(f"state?since={quote(self.since)}")
            for row in said["told"]:
                self.tested.update(row["numbers"])
            self.since = said["told_at"] or self.since
        except Exception as refused:  # its table was taken over: it only sends
            if getattr(refused, "code", "") != "field_device_ended":
                raise

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        held = len(self.swabs) + (len(self.begun[1]) if self.begun else 0)
        return self.server.door(self.token, path, body, queue=held, clock_is=self.clock)


@dataclass
class Table:
    """A table of a point: whoever is first in the queue is swabbed, tubes are closed when they are full."""

    nth: int  # from 1
    place: int
    phone: Phone
    queue: simpy.Store
    bag: list[tuple[Tube, "Table"]]  # closed tubes of the point that no courier has
    tube: Tube | None = None
    used: int = 0

    def work(self, until: float, last: float) -> Steps:
        """From now on; the first table of a point stays longer, for those who were called."""
        env, dice = self.phone.server.env, self.phone.books.plan.dice("table", self.phone.books.number, self._code())
        ends = last if self.nth == 1 else until
        while env.now < ends or self.queue.items:
            if self.phone.dead:
                yield env.timeout(60)
                continue
            wanted = self.queue.get()
            found = yield wanted | env.timeout(IDLE)
            if wanted not in found:
                wanted.cancel()
                self.close()
                continue
            yield env.timeout(dice.gammavariate(4, 13))
            while self.phone.dead:  # they wait for the next phone
                yield env.timeout(60)
            self.swab(found[wanted], fever=dice.random() < self.phone.books.plan.habits.fever)
        self.close()
        self.phone.sync()

    def swab(self, who: Swabbed, *, fever: bool) -> None:
        """One of them; somebody with a fever goes into a tube of their own."""
        books = self.phone.books
        if self.phone.stops(who):
            books.tallies["stopped at the table: tested before"] += 1
            return
        if fever:
            self.close()
            books.tallies["fevers at tables"] += 1
        self.tube = self.tube or self._fresh()
        self.tube.people.append(who)
        self.phone.capture(who, self.tube, 38.2 if fever else None)
        if who in books.patients and len(self.tube.swabs) < PLACES:
            self._one_more(self.tube, who)
        if fever or len(self.tube.swabs) == PLACES:
            self.close()

    def _one_more(self, tube: Tube, beside: Swabbed) -> None:
        """Somebody who was tested before is swabbed again into the tube of the patient: their scan does not count."""
        books = self.phone.books
        who = next((one for one in books.swabbed if isinstance(one, Person) and one is not beside), None)
        if who is not None:
            tube.people.append(who)
            self.phone.capture(who, tube, None)
            books.tallies["swabbed again into a positive tube"] += 1

    def close(self) -> None:
        """The tube in hand is full, or nobody comes."""
        tube, self.tube = self.tube, None
        if tube is None:
            return
        self.phone.swabs += tube.swabs
        self.phone.event("sealed", tube=tube.code, count=len(tube.swabs), table=self.nth)
        self.bag.append((tube, self))
        self.phone.sync()

    def dies(self, minutes: float, charged_at: float) -> Steps:
        """The phone's battery is empty; another takes over, and the people of the tube in hand are scanned again."""
        server, old = self.phone.server, self.phone
        env = server.env
        old.dead = True
        yield env.timeout(minutes * 60)
        fresh = Phone(server, old.books, old.place, old.point)
        fresh.enrol(self.nth, takes_over=old.device)
        self.phone = fresh
        if self.tube is not None:
            held, self.tube.swabs = self.tube.swabs, []
            old.swabs += held
            for swab in held:
                fresh.capture(swab.who, self.tube, swab.temperature)
        yield env.timeout(charged_at - env.now)
        old.dead, old.asked_at = False, env.now
        old.books.tallies["scans brought by dead phones"] += len(old.swabs)
        old.sync()
        old.sync()

    def _fresh(self) -> Tube:
        self.used += 1
        made = Tube(f"R{self.phone.books.number}{self._code()}{self.used:03}", self.place)
        self.phone.books.tubes[made.code] = made
        return made

    def _code(self) -> str:
        return f"P{self.place + 1:02}T{self.nth:02}N"


def outsider(key: int, dice: Any) -> Outsider:
    """Somebody who is on no list; most have a card."""
    return Outsider(key, dice.random() < 0.6)
