"""Couriers take bags every hour; laboratories receive, count, and report hours later."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lazaretto.core.ids import new_id
from tests.simulation.plan import Person, Plan
from tests.simulation.server import Server
from tests.simulation.tables import Steps, Table
from tests.simulation.truth import Books, Tube

MINUTE, HOUR = 60.0, 3600.0
NEGATIVE = ("阴性", "阴", "negative", "Not Detected", "阴性(-)")
FIRST, CDC = "ZX1", "CDC"
PIECE = 500


@dataclass
class Ways:
    """Everything that happens to the tubes of a round after the table."""

    plan: Plan
    server: Server
    books: Books
    round_id: str
    points: list[str]
    infected: frozenset[Person]
    bags: int = 0
    alarming: bool = False  # something else than negative was reported: the duty officer is told
    dice: Any = field(init=False)

    def __post_init__(self) -> None:
        self.dice = self.plan.dice("ways", self.books.number)

    # ---- on the way

    def courier(self, place: int, tables: Sequence[Table], first: float, last: float) -> Steps:
        """Comes to a point every hour, and once more when all is done."""
        env, nth = self.server.env, 0
        yield env.timeout(first - env.now + place * 2 * MINUTE)
        while env.now <= last + 2 * HOUR:
            if tables[0].bag:
                nth += 1
                env.process(self.carry(tables, f"B{self.books.number}{place + 1:02}{nth:02}"))
            if env.now > last:
                return
            yield env.timeout(HOUR)

    def carry(self, tables: Sequence[Table], bag: str) -> Steps:
        """One bag, from the table to its results."""
        taken = list(tables[0].bag)
        tables[0].bag.clear()
        speaker = next((table.phone for table in tables if table.phone.online()), tables[0].phone)
        for tube, table in taken:
            (speaker if table.phone.dead else table.phone).event("bagged", tube=tube.code, bag=bag)
        speaker.event("bag_closed", bag=bag, count=len(taken))
        speaker.event("handed_over", bag=bag, to="沪A·D2048")
        for table in tables:
            table.phone.sync()
        yield from self.to_results(bag, [tube for tube, _table in taken], hours=self.dice.uniform(3.5, 5.5))

    def to_results(self, bag: str, tubes: list[Tube], *, hours: float) -> Steps:
        """With the courier, at the laboratory, reported."""
        env = self.server.env
        self.told("courier", [self.event("taken", bag=bag, to="沪A·D2048")])
        yield env.timeout(self.dice.uniform(25, 50) * MINUTE)
        self.told("lab", [
            self.event("arrived", bag=bag, to=FIRST),
            self.event("received", bag=bag, to=FIRST, count=len(tubes)),
        ])  # fmt: skip
        yield env.timeout(hours * HOUR)
        yield from self.report(tubes)

    def event(self, kind: str, **words: Any) -> dict[str, Any]:
        """As a device says it."""
        return {"id": str(new_id()), "kind": kind, "at": self.server.now.isoformat(), **words}

    def told(self, who: str, events: list[dict[str, Any]], point: str = "") -> None:
        """A batch of events of a courier, a laboratory, a sampler who goes from door to door."""
        of = {"point": point} if point else {"round": self.round_id}
        body = {"batch": str(new_id()), **of, "sent_at": self.server.now.isoformat(), "events": events}
        self.server.post(who, "tubes/events", body)

    # ---- results

    def report(self, tubes: list[Tube]) -> Steps:
        """Every fourth bag as a file, the others over the API; what is held is asked again until it counts."""
        for tube in tubes:
            tube.outcome = tube.outcome or self._found(tube)
        self.bags += 1
        self.alarming |= any(tube.outcome != "negative" for tube in tubes)
        if self.bags % 4:
            yield from self._over_api(tubes)
        else:
            yield from self._as_file(tubes)
        for tube in tubes:
            if tube.outcome == "positive":
                self.books.tell(self.server.now, f"{FIRST} reports {tube.code} positive: preliminary, nobody is moved")
                self.server.env.process(self.recheck(tube))

    def _over_api(self, tubes: list[Tube]) -> Steps:
        body = {
            "batch": str(new_id()), "round": self.round_id, "laboratory": FIRST,
            "results": [{"tube": tube.code, **self._words(tube)} for tube in tubes],
        }  # fmt: skip
        while (said := self.server.post("lab", "tubes/results", body))["held"]:
            yield from self._held(said["held"])

    def _as_file(self, tubes: list[Tube]) -> Steps:
        lines = [
            {"number": nth, "cells": [tube.code, *(str(said.get(name, "")) for name in ("result", "ct_n", "ct_orf"))]}
            for nth, tube in enumerate(tubes, start=2)
            for said in [self._words(tube)]
        ]  # fmt: skip
        staged = self.server.do(
            "lab", "tubes.stage_results", test_round=self.round_id, laboratory=self.laboratory(FIRST),
            file_name=f"第{self.books.number}轮-{self.bags}.xlsx", digest=new_id().hex + new_id().hex,
            header=["试管编号", "检测结果", "N基因", "ORF1ab"], lines=lines,
        )  # fmt: skip
        while (said := self.server.do("lab", "tubes.commit_results", result_file=staged["file_id"]))["held"]:
            yield from self._held(said["held"])

    def laboratory(self, code: str) -> str:
        """The id of a laboratory, as somebody wrote it down when it was named."""
        return self.server.tokens[f"laboratory {code}"]

    def _held(self, lines: int) -> Steps:
        """Tubes that nobody's scan names yet: a phone is without a network."""
        self.books.tallies["results held until a phone came back"] += lines
        yield self.server.env.timeout(30 * MINUTE)

    def _found(self, tube: Tube) -> str:
        if self.infected & set(tube.people):
            return "positive"
        return "invalid" if self.dice.random() < self.plan.habits.invalid_tubes else "negative"

    def _words(self, tube: Tube) -> dict[str, Any]:
        if tube.outcome == "positive":
            return {"result": "阳性", "ct_n": 28.4, "ct_orf": 29.1}
        return {"result": "标本不足" if tube.outcome == "invalid" else NEGATIVE[len(tube.code) % len(NEGATIVE)]}

    def recheck(self, tube: Tube) -> Steps:
        """Another laboratory decides."""
        yield self.server.env.timeout(self.dice.uniform(80, 110) * MINUTE)
        body = {
            "batch": str(new_id()), "round": self.round_id, "laboratory": CDC, "stage": 2,
            "results": [{"tube": tube.code, **self._words(tube)}],
        }  # fmt: skip
        self.server.post("cdc", "tubes/results", body)
        self.books.tell(self.server.now, f"{CDC} confirms {tube.code}")
