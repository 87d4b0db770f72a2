"""The duty officer: prepares rounds, looks at the figures, answers, calls back, names whoever is left, closes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lazaretto.core.duties import DUTIES
from lazaretto.core.ids import new_id
from tests.simulation.plan import Person, Plan
from tests.simulation.server import ZONE, Refused, Server
from tests.simulation.tables import Steps
from tests.simulation.truth import Books, Tube
from tests.simulation.ways import CDC, FIRST, HOUR, MINUTE, Ways

HEADER = ["企业名称", "部门", "姓名", "身份证号码", "手机", "宿舍", "是否住园区"]
SLOT = timedelta(minutes=15)
FIGURE = re.compile(r'<dd class="lz-num">(.*?)</dd>', re.DOTALL)
SHARE = re.compile(r"(\d+)\D+(\d+)")
CLOCK = re.compile(r"\d\d:\d\d")


def take_in_headcount(plan: Plan, server: Server) -> dict[str, int]:
    """The park's list, as a file is read: laid out piece by piece, taken in piece by piece. Returns its account."""
    begun = server.do(
        "duty", "headcounts.begin_list", unit=server.unit, file_name="花名册.csv", digest=new_id().hex * 2,
        header=HEADER, complete=True,
    )  # fmt: skip
    made = begun["list_id"]
    for start in range(0, plan.people, 2_000):
        some = plan.everybody[start : start + 2_000]
        lines = [{"number": row.key + 2, "cells": _cells(plan, row)} for row in some]
        server.do("duty", "headcounts.add_lines", headcount_list=made, lines=lines)
    server.do("duty", "headcounts.end_reading", headcount_list=made)
    while not server.do("duty", "headcounts.commit_list", headcount_list=made, lines=2_000)["finished"]:
        pass
    for home in server.rows("duty", "enterprises", "headcounts/organisations"):
        found = next(one for one in plan.enterprises if one.name == home["name"])
        hours = dict(zip(("comes_from", "comes_until"), found.hours, strict=True)) if found.hours else {}
        where = {"latitude": found.latitude, "longitude": found.longitude}
        server.do("duty", "headcounts.say_whereabouts", organisation=home["id"], **where, **hours)
    account: dict[str, int] = server.read("duty", "headcount list", f"headcounts/lists/{made}")
    return account


def _cells(plan: Plan, row: Person) -> list[str]:
    home = plan.enterprises[row.home].name
    return [
        home,
        f"{row.key % 7 + 1}车间",
        row.name,
        row.card,
        f"138{row.key:08}",
        f"{row.key % 9 + 1}栋{row.key % 600 + 101}",
        "是",
    ]


def name_laboratories(server: Server) -> None:
    """One that tests, one that rechecks."""
    for code, name, rechecks in ((FIRST, "中心检测所", False), (CDC, "疾控中心", True)):
        made = server.do(
            "duty", "tubes.add_laboratory", unit=server.unit, code=code, name=name, hours=12, rechecks=rechecks
        )
        server.tokens[f"laboratory {code}"] = made["laboratory_id"]


@dataclass
class Office:
    """What the duty officer does in one round."""

    plan: Plan
    server: Server
    books: Books
    ways: Ways
    homes: dict[str, int]  # enterprises by the program's id
    handled: set[str] = field(default_factory=set)
    singles: int = 0
    refusals: list[str] = field(default_factory=list)
    closed_at: datetime | None = None

    # ---- before

    @classmethod
    def prepare(cls, plan: Plan, server: Server, books: Books, infected: frozenset[Person]) -> "Office":
        """A round with its points; the roster is fixed, slots are proposed, accepted, told."""
        made = server.do(
            "duty", "screening.draft_round", unit=server.unit, name=f"第{books.number}轮全员核酸", tube_rule="10",
            opens_at=books.opens_at.isoformat(), deadline_at=books.deadline_at.isoformat(),
        )["round_id"]  # fmt: skip
        points = [
            server.do(
                "duty", "screening.add_point", test_round=made, code=place.code, name=place.name, tables=place.tables,
                opens="07:00:00", closes="21:00:00", latitude=place.latitude, longitude=place.longitude,
            )["point_id"]
            for place in plan.places
        ]  # fmt: skip
        frozen = server.do("duty", "screening.freeze_round", test_round=made)
        books.compare(server.now, "roster", frozen["entries"], len(books.expected))
        homes = {row["id"]: row["name"] for row in server.rows("duty", "enterprises", "headcounts/organisations")}
        nth = {home.name: n for n, home in enumerate(plan.enterprises)}
        return cls(
            plan, server, books, Ways(plan, server, books, made, points, infected),
            {pk: nth[name] for pk, name in homes.items()},
        )  # fmt: skip

    def give_slots(self) -> list[tuple[datetime, int, int, int]]:
        """Propose, accept, tell. Returns who comes when: from, point, enterprise, people in that quarter of an hour."""
        of, server = self.ways.round_id, self.server
        proposed = server.do("duty", "slots.propose", test_round=of, slot_minutes=15, per_table_hour=60)
        self.books.tallies["without a slot"] = proposed["left"]
        server.do("duty", "slots.accept", proposal=proposed["proposal_id"])
        coming = []
        for row in server.rows("duty", "slots", f"screening/rounds/{of}/slots"):
            place, begins = self.ways.points.index(row["point_id"]), datetime.fromisoformat(row["starts_at"])
            for step, people in enumerate(row["portions"]):
                coming.append((begins + step * SLOT, place, self.homes[row["organisation_id"]], people))
            ends = datetime.fromisoformat(row["ends_at"])
            self.books.slots_end = max(ends, self.books.slots_end) if len(coming) > len(row["portions"]) else ends
        for row in server.read("duty", "slot notices", f"screening/rounds/{of}/slot-notices"):
            said = {
                "test_round": of,
                "organisation": row["organisation_id"],
                "read": row["digest"],
                "who": "厂方联系人",
            }
            server.do("duty", "slots.tell", **said, means="chat")
            server.do("duty", "slots.confirm", **said, means="phone")
        return coming

    # ---- while it goes

    def look(self, *, names: bool) -> None:
        """The figures of the API and of the wall beside the books; with the names of all who are missing if asked."""
        of, server, books = self.ways.round_id, self.server, self.books
        books.compare(server.now, "coverage", self._coverage(), books.coverage())
        shown = self._wall()
        local = server.now.astimezone(ZONE)
        books.compare(server.now, "wall", shown, books.wall(server.now, working=7 <= local.hour < 21))
        books.forecasts.append((server.now, shown["finish"]))
        if names:
            books.compare(server.now, "missing by name", self.missing().keys() ^ books.missing(), set())
        balance = server.read("duty", "balance", f"tubes/rounds/{of}/balance")
        books.compare(server.now, "headcount in the balance", balance["tested"], len(books.tested()))

    def _coverage(self) -> dict[str, Any]:
        found = self.server.read("duty", "coverage", f"screening/rounds/{self.ways.round_id}/coverage")
        return {
            **{key: found[key] for key in ("expected", "tested", "excused", "missing", "strangers")},
            "organisations": {row["name"]: (row["expected"], row["tested"]) for row in found["organisations"]},
            "points": {row["code"]: row["tested"] for row in found["points"]},
        }

    def _wall(self) -> dict[str, str]:
        page = self.server.page("wall", f"/testing/{self.ways.round_id}/wall")
        missing, an_hour, strangers, finish = FIGURE.findall(page)
        share = re.search(r'lz-wall-share"><b[^>]*>.*?</b> <span>(.*?)</span>', page, re.DOTALL)
        assert share is not None
        figures = SHARE.search(share[1])
        assert figures is not None
        clock = CLOCK.search(finish)
        tested, expected = sorted(figures.groups(), key=int)
        return {
            "tested": tested, "expected": expected, "missing": missing.strip(), "an_hour": an_hour.strip(),
            "strangers": strangers.strip(), "finish": clock[0] if clock else _without_a_clock(finish),
        }  # fmt: skip

    def missing(self) -> dict[str, int]:
        """Numbers by name, as the list of those missing shows them."""
        path = f"screening/rounds/{self.ways.round_id}/missing"
        return {row["name"]: row["number"] for row in self.server.rows("duty", "missing", path)}

    # ---- the evening

    def call(self) -> list[Person]:
        """Whoever is missing is called; returns those who come now."""
        told = self.server.do("duty", "screening.call_missing", test_round=self.ways.round_id)
        by_name = {person.name: person for person in self.plan.everybody}
        called = [by_name[row["name"]] for row in told["people"]]
        self.books.tallies["called in the evening"] = len(called)
        self.books.marks["called"] = self.server.now
        away = [who for who in called if who not in self.books.swabbed and who not in self.books.excused]
        self.books.tallies["called and tested already, on a phone without a network"] = sum(
            1 for who in called if who in self.books.swabbed
        )
        dice = self.plan.dice("called", self.books.number)
        return [who for who in away if dice.random() < self.plan.habits.comes_when_called]

    def name_the_rest(self) -> None:
        """Excused by name for the reason their enterprise gave; everybody else missing by name."""
        of, numbers, books = self.ways.round_id, self.missing(), self.books
        by_name = {person.name: person for person in self.plan.everybody}
        reasons = defaultdict(list)
        for person, reason in books.excused.items():
            if person.name in numbers:
                reasons[reason].append(person)
        for reason, people in sorted(reasons.items()):
            said = [numbers[person.name] for person in people]
            self.server.do("duty", "tubes.name_absent", test_round=of, numbers=said, kind="excused", reason=reason)
            books.named |= dict.fromkeys(people, "excused")
        rest = [by_name[name] for name in numbers if by_name[name] not in books.named]
        self.server.do(
            "duty", "tubes.name_rest", test_round=of, kind="missing", reason="电话未接，已报企业", people=len(rest)
        )
        books.named |= dict.fromkeys(rest, "missing")
        books.marks["named"] = self.server.now

    def close_when_it_may(self, until: float) -> Steps:
        """Every half hour, until the gate lets it; what stands in the way is noted."""
        env = self.server.env
        while env.now < until:
            try:
                self.server.do("duty", "screening.close_round", test_round=self.ways.round_id)
            except Refused as refused:
                if refused.code != "round_does_not_balance":
                    raise
                self.refusals.append(f"{self.server.now.astimezone(ZONE):%H:%M} {refused.said['detail']}")
                yield env.timeout(30 * MINUTE)
            else:
                self.closed_at = self.server.now
                return

    # ---- alarms, recalls

    def answer(self, until: float) -> Steps:
        """Alarms are taken and answered every ten minutes; fevers by what was done."""
        env = self.server.env
        while env.now < until and self.closed_at is None:
            yield env.timeout(10 * MINUTE)
            for alarm in list(self.server.rows("duty", "alarms", "alarms")):
                self._answer(alarm)

    def _answer(self, alarm: dict[str, Any]) -> None:
        self.books.tallies[f"alarm {alarm['kind']}"] += 1
        if alarm["kind"] == "screening.fever":
            due = self.server.rows("duty", "deadlines", "deadlines", kind="screening.fever", state="open")
            for row in due:
                if row["id"] == alarm["deadline_id"]:
                    self.server.do(
                        "duty", "screening.answer_fever", fever=row["subject_id"], done="clinic", note="救护车接走"
                    )
            return
        self.server.do("duty", "alarms.take", alarm=alarm["id"], take_over=True)
        self.server.do("duty", "alarms.answer", alarm=alarm["id"], answer="已派人处理")

    def decide(self, until: float) -> Steps:
        """What waits in the queue of this round, every twenty minutes, also what late scans bring once it is closed."""
        env = self.server.env
        while env.now < until:
            yield env.timeout(20 * MINUTE)
            self.decide_all()

    def decide_all(self) -> list[str]:
        """Whatever the queue lets somebody decide there is decided; returns the kinds of what is decided elsewhere."""
        path, left = "deciding/matters", []
        for row in list(self.server.rows("duty", "matters", path, round=self.ways.round_id)):
            if row["settle"]:
                self.server.do("duty", "deciding.settle", matter=row["id"], words="已与采样点电话核对")
                self.books.tallies[f"decided: {row['kind']}"] += 1
            else:
                left.append(row["kind"])
        return left

    def recalls(self, until: float) -> Steps:
        """Whoever is called back is telephoned, swabbed singly, brought, answered; the confirmed are handed on.

        Looked at every two minutes while somebody waits, else now and then: late scans add people.
        """
        env, path = self.server.env, f"tubes/rounds/{self.ways.round_id}/recalls"
        while env.now < until and self.closed_at is None:
            rows = list(self.server.rows("duty", "recalls", path)) if self.ways.alarming else []
            self._look_after([row for row in rows if row["state"] == "open"])
            self._hand_on([row for row in rows if row["state"] == "confirmed"])
            waiting = any(row["state"] in {"open", "retested", "positive"} for row in rows)
            yield env.timeout((2 if waiting or not rows else 20) * MINUTE)

    def look_who_was_called(self) -> None:
        """Everybody in a positive tube must be on its list."""
        path, found = f"tubes/rounds/{self.ways.round_id}/recalls", defaultdict(set)
        for row in self.server.rows("duty", "recalls", path):
            found[row["tube"]].add(row["name"])
        for tube, names in self.books.to_be_called().items():
            self.books.compare(self.server.now, f"called back of {tube}", sorted(found[tube]), names)

    def _look_after(self, rows: list[dict[str, Any]]) -> None:
        by_tube = defaultdict(list)
        for row in rows:
            if row["id"] not in self.handled:
                by_tube[row["tube"]].append(row)
        for tube, people in by_tube.items():
            self.handled |= {row["id"] for row in people}
            self.server.env.process(self.call_back(tube, people))

    def _hand_on(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["handed_on_at"] is None:
                self.server.do("duty", "tubes.hand_on", recall=row["id"], words="120 转定点医院")
                self.books.tell(self.server.now, f"number {row['number']} is confirmed and handed on to the hospital")

    def call_back(self, tube: str, rows: list[dict[str, Any]]) -> Steps:
        """Everybody of one tube: two callers, one sampler who goes from door to door, one bag, a result each."""
        env, books = self.server.env, self.books
        positive = self.books.tubes[tube].outcome == "positive" if tube in self.books.tubes else False
        if positive:
            books.tell(self.server.now, f"{len(rows)} of {tube} are called back: stay where you are")
        for nth, row in enumerate(rows):
            yield env.timeout(0.75 * MINUTE + (nth % 2) * MINUTE)
            self.server.do("duty", "tubes.record_call", recall=row["id"], said="stays", words="在宿舍，不出门")
            if positive:
                books.tell(self.server.now, f"number {row['number']} is reached: {nth + 1} of {len(rows)}")
        yield env.timeout(15 * MINUTE)
        made = []
        for row in rows:
            yield env.timeout(4 * MINUTE)
            made.append(self._swab_singly(row))
            if positive:
                books.tell(self.server.now, f"number {row['number']} is swabbed singly into {made[-1].code}")
        bag = f"B{books.number}S{self.singles:03}"
        events = [self.ways.event("bagged", tube=one.code, bag=bag) for one in made]
        events += [
            self.ways.event("bag_closed", bag=bag, count=len(made)),
            self.ways.event("handed_over", bag=bag, to="沪A·D2048"),
        ]
        self.ways.told("sampler", events, self.ways.points[0])
        yield from self.ways.to_results(bag, made, hours=2.0)
        self.handled -= {
            row["id"] for row, one in zip(rows, made, strict=True) if one.outcome == "invalid"
        }  # once more
        if positive:
            free = sum(1 for one in made if one.outcome == "negative")
            books.tell(self.server.now, f"single results of {tube}: {free} of {len(made)} negative, they are free")

    def _swab_singly(self, row: dict[str, Any]) -> Tube:
        self.singles += 1
        who = next((person for person in self.plan.everybody if person.name == row["name"]), None)
        made = Tube(f"S{self.books.number}{self.singles:04}", 0, [who] if who else [])
        self.books.tubes[made.code] = made
        swabbed = self.ways.event("retested", tube=made.code, number=row["number"])
        self.ways.told("sampler", [swabbed], self.ways.points[0])
        return made


def steward(server: Server, minutes: int, running: Any) -> Steps:
    """What the installation does by itself; `running` says whether a round is under way."""
    nth = 0
    while True:
        often = running()
        nth += 1
        for duty in DUTIES.values():
            if nth % 3 == 0 or duty.name in {"core.seal", "core.sweep", "tubes.follow"}:
                _timed(server, duty)
        yield server.env.timeout(minutes * MINUTE if often else HOUR)


def _timed(server: Server, duty: Any) -> None:
    def work() -> None:
        while duty.work(server.now) and duty.name == "core.seal":
            pass

    server._timed(f"duty {duty.name}", work)


def by_kind(books: Iterable[Books]) -> Counter[str]:
    """All tallies together."""
    return sum((one.tallies for one in books), Counter())


def _without_a_clock(finish: str) -> str:
    """What the wall says where it foretells no hour."""
    if "data-far" in finish:
        return "far"
    if "<svg" in finish:
        return "all"
    return "left" if re.search(r"只剩|only (who|those who) did not come", finish) else "–"
