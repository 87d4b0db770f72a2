"""Rounds, one a day: everything of a park set going, until each round is closed and the promises are proven."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import simpy

from lazaretto.core import promises
from tests.simulation import office as desks
from tests.simulation.office import Office, steward
from tests.simulation.plan import Outsider, Person, Plan, Swabbed
from tests.simulation.server import BEGINS, Server, Times
from tests.simulation.tables import Phone, Steps, Table, outsider
from tests.simulation.truth import Books
from tests.simulation.ways import HOUR, MINUTE

DAY = 24 * HOUR
NOON = 12 * HOUR  # the simulation begins at noon of the day before the first round
OPENS, TABLES_END, LATE_TABLE_ENDS, CALLS, NAMES, CLOSES = (hour * HOUR for hour in (7, 19, 21, 19.5, 21.5, 22))
SKEWS = [timedelta(hours=-3), timedelta(hours=5), timedelta(minutes=-20)]
REASONS = ("发热就诊", "休假离园", "孕产妇", "在外出差")
Say = Callable[[str], None]


class OutOfTime(Exception):
    """The run was told to end by now."""


@dataclass
class Run:
    """What came of a simulation."""

    plan: Plan
    rounds: list[Office] = field(default_factory=list)
    verdicts: list[promises.Verdict] = field(default_factory=list)
    account: dict[str, int] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
    seconds: float = 0.0
    verify_seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Every round closed, everybody answered for, all figures as in the books, the promises kept."""
        return not self.wrong()

    def wrong(self) -> list[str]:
        """What is not as it has to be."""
        said = [
            f"promise {row.promise} is broken: {row.offenders[:3]}"
            for row in self.verdicts
            if row.state == promises.BROKEN
        ]
        for office in self.rounds:
            books = office.books
            head = f"round {books.number}: "
            said += [f"{head}not closed: {office.refusals[-1:]}"] if office.closed_at is None else []
            said += [f"{head}{fault}" for fault in books.faults]
            odd = [row for row in books.checks if not row.agrees]
            said += [f"{head}{row.at:%d %H:%M} {row.what}: {row.shown!r}, the books {row.books!r}" for row in odd]
        if not self.verdicts:
            said.append("the promises were not verified")
        if len(self.rounds) < self.plan.rounds:
            said.append(f"{len(self.rounds)} of {self.plan.rounds} rounds were begun")
        return said


def simulate(plan: Plan, *, say: Say = lambda _line: None, within: float = 3600.0) -> Run:
    """Run it on the database that is there, which must be empty; ends after `within` real seconds at the latest."""
    started, env = time.perf_counter(), simpy.Environment()
    server, run = Server(env, plan.dice("network")), Run(plan)

    def said(line: str) -> None:
        say(f"{time.perf_counter() - started:6.0f} s  {line}")
        if time.perf_counter() - started > within:
            raise OutOfTime

    with server.own_time():
        try:
            server.found()
            env.run(env.process(_days(plan, server, run, said)))
        except OutOfTime:
            say("out of time: what was reached is reported")
        looked = time.perf_counter()
        run.verdicts = promises.verify(at=server.now)
        run.verify_seconds = time.perf_counter() - looked
    run.times, run.seconds = dict(server.times), time.perf_counter() - started
    return run


def _days(plan: Plan, server: Server, run: Run, say: Say) -> Steps:
    env = server.env
    env.process(steward(server, plan.steward_minutes, lambda: any(office.closed_at is None for office in run.rounds)))
    run.account = desks.take_in_headcount(plan, server)
    desks.name_laboratories(server)
    say(f"headcount: {run.account}")
    ill: set[Person] = set()
    ends = []
    for number in range(1, plan.rounds + 1):
        yield env.timeout(number * DAY - NOON - 4 * HOUR - env.now)  # eight in the evening of the day before
        opens = number * DAY - NOON + OPENS
        first = _patient(plan) if number == plan.positive_round else frozenset()
        books = Books(plan, number, _moment(opens), _moment(opens + LATE_TABLE_ENDS - OPENS), frozenset(plan.everybody))
        books.patients = first
        office = Office.prepare(plan, server, books, first)
        run.rounds.append(office)
        day = _Day(plan, server, office, opens - OPENS, frozenset(ill), say)
        ends.append(env.process(day.go()))
        ill |= first
    yield from ends


def _moment(seconds: float) -> datetime:
    return BEGINS + timedelta(seconds=seconds)


def _patient(plan: Plan) -> frozenset[Person]:
    return frozenset([plan.dice("patient").choice(plan.everybody)])


@dataclass
class _Day:
    """One round, from the evening before until it is closed; `midnight` is when its day begins."""

    plan: Plan
    server: Server
    office: Office
    midnight: float
    ill: frozenset[Person]
    say: Say
    queues: list[simpy.Store] = field(default_factory=list)
    tables: list[list[Table]] = field(default_factory=list)

    @property
    def books(self) -> Books:
        """Of the round."""
        return self.office.books

    def go(self) -> Steps:
        """All of it."""
        env, number = self.server.env, self.books.number
        coming = self.office.give_slots()
        self.say(f"round {number}: slots for {sum(row[3] for row in coming)} people")
        yield env.timeout(self.midnight + OPENS - 30 * MINUTE - env.now)
        self._enrol()
        yield env.timeout(self.midnight + OPENS - env.now)
        self.server.do("duty", "screening.open_round", test_round=self.office.ways.round_id)
        self._set_going(coming)
        yield from self._until_closed()
        self._settle()
        self.office.look_who_was_called()
        closed = self.office.closed_at
        self.say(f"round {number}: closed {closed and closed.isoformat()}, {len(self.books.tested())} tested")

    def _set_going(self, coming: list[tuple[datetime, int, int, int]]) -> None:
        env, end = self.server.env, self.midnight + 2 * DAY
        for nth, arrivals in enumerate(self._arrivals(coming)):
            env.process(self._walk(nth, arrivals))
        for nth, tables in enumerate(self.tables):
            for table in tables:
                env.process(table.work(self.midnight + TABLES_END, self.midnight + LATE_TABLE_ENDS))
            env.process(self.office.ways.courier(nth, tables, self.midnight + 8.25 * HOUR, self.midnight + NAMES))
        self._troubles()
        for work in (self.office.answer, self.office.recalls, self.office.decide):
            env.process(work(end))
        env.process(self._looks())

    def _until_closed(self) -> Steps:
        env = self.server.env
        yield env.timeout(self.midnight + CALLS - env.now)
        self.office.look(names=True)
        dice = self.plan.dice("evening", self.books.number)
        for who in self.office.call():
            env.process(self._comes(who, dice.randrange(self.plan.points), dice.uniform(10, 70) * MINUTE))
        yield env.timeout(self.midnight + NAMES - env.now)
        self.office.look(names=True)
        self.office.name_the_rest()
        yield env.timeout(self.midnight + CLOSES - env.now)
        yield from self.office.close_when_it_may(self.midnight + 2 * DAY)

    # ---- phones

    def _enrol(self) -> None:
        dice, books = self.plan.dice("phones", self.books.number), self.books
        for nth, place in enumerate(self.plan.places):
            queue, bag = simpy.Store(self.server.env), []
            self.queues.append(queue)
            self.tables.append([])
            for table in range(1, place.tables + 1):
                skew = dice.choice(SKEWS) if dice.random() < self.plan.habits.wrong_clocks else timedelta()
                phone = Phone(self.server, books, nth, self.office.ways.points[nth], skew)
                phone.enrol(table)
                self.tables[-1].append(Table(table, nth, phone, queue, bag))

    def _troubles(self) -> None:
        """Phones without a network for a while, until the night, or without a battery."""
        env, habits, dice = self.server.env, self.plan.habits, self.plan.dice("troubles", self.books.number)
        every = [table for tables in self.tables for table in tables]
        for table in every:
            chance = dice.random()
            if chance < habits.night_phones:
                self._away(
                    table.phone, 15 * HOUR, dice.uniform(22.5, 23.5) * HOUR, "phones without a network until night"
                )
            elif chance < habits.night_phones + habits.offline_phones:
                begins = dice.uniform(8, 15) * HOUR
                self._away(
                    table.phone, begins, begins + dice.uniform(0.5, 5) * HOUR, "phones without a network for hours"
                )
        for table in dice.sample(every, max(1, round(habits.dead_phones * len(every)))):
            at = self.midnight + dice.uniform(8.5, 14) * HOUR
            self.books.tallies["phones that died"] += 1
            env.process(self._dies(table, at, dice.uniform(6, 12), self.midnight + dice.uniform(20, 23.5) * HOUR))

    def _away(self, phone: Phone, begins: float, ends: float, what: str) -> None:
        self.books.tallies[what] += 1
        phone.away.append((self.midnight + begins, self.midnight + ends))
        self.server.env.process(self._back(phone, self.midnight + ends))

    def _back(self, phone: Phone, at: float) -> Steps:
        yield self.server.env.timeout(at - self.server.env.now + 1)
        phone.sync()
        phone.sync()  # an answer that was lost

    def _dies(self, table: Table, at: float, minutes: float, charged: float) -> Steps:
        yield self.server.env.timeout(at - self.server.env.now)
        yield from table.dies(minutes, charged)

    # ---- people

    def _arrivals(self, coming: list[tuple[datetime, int, int, int]]) -> list[list[tuple[float, Swabbed]]]:
        """Who comes to which point when: by their slot, more or less; and whoever is on no list."""
        dice, found = self.plan.dice("people", self.books.number), [[] for _point in self.plan.places]
        at_home = defaultdict(list)
        for person in self.plan.everybody:
            at_home[person.home].append(person)
        for people in at_home.values():
            dice.shuffle(people)
        for starts_at, place, home, people in sorted(coming):
            begins = (starts_at - BEGINS).total_seconds()
            for person in [at_home[home].pop() for _one in range(people)]:
                self._one(found, person, place, begins + dice.uniform(0, 15) * MINUTE, dice)
        for person in [person for left in at_home.values() for person in left]:  # no slot was found for them
            place, at = dice.randrange(self.plan.points), self.midnight + dice.uniform(9, 17) * HOUR
            self._one(found, person, place, at, dice)
        for nth in range(round(self.plan.people * self.plan.habits.stranger)):
            who = outsider(self.books.number * 10_000 + nth, dice)
            found[dice.randrange(self.plan.points)].append((self.midnight + dice.uniform(7.5, 17) * HOUR, who))
        self.books.tallies["strangers who came"] = sum(isinstance(who, Outsider) for row in found for _at, who in row)
        return [sorted(row, key=lambda one: (one[0], one[1].key)) for row in found]

    def _one(self, found: list[list[tuple[float, Swabbed]]], who: Person, place: int, at: float, dice: Random) -> None:
        habits, chance = self.plan.habits, dice.random()
        other = (place + dice.randrange(1, self.plan.points)) % self.plan.points if self.plan.points > 1 else place
        late, again, why = dice.uniform(10, 90) * MINUTE, at + dice.uniform(1, 3) * HOUR, dice.choice(REASONS)
        if who in self.ill:
            self.books.excused[who] = "在定点医院"
            return
        if who in self.office.ways.infected:
            chance = 1.0
        if chance < habits.excused:
            self.books.excused[who] = why
        elif chance < habits.excused + habits.no_show:
            self.books.tallies["did not come to their slot"] += 1
        else:
            late_by = late if dice.random() < habits.late else 0.0
            found[other if dice.random() < habits.elsewhere else place].append((at + late_by, who))
            if dice.random() < habits.twice:
                self.books.tallies["came a second time"] += 1
                found[other].append((again, who))

    def _walk(self, place: int, arrivals: list[tuple[float, Swabbed]]) -> Steps:
        env = self.server.env
        for at, who in arrivals:
            yield env.timeout(max(0.0, at - env.now))
            yield self.queues[place].put(who)

    def _comes(self, who: Person, place: int, after: float) -> Steps:
        yield self.server.env.timeout(after)
        yield self.queues[place].put(who)

    # ---- figures

    def _looks(self) -> Steps:
        """Seven minutes past every hour; at noon and at six with all names."""
        env = self.server.env
        for hour in range(7, 24):
            yield env.timeout(self.midnight + hour * HOUR + 7 * MINUTE - env.now)
            if self.office.closed_at is None:
                self.office.look(names=hour in {12, 18})
            self.say(f"round {self.books.number}: {hour:02}:07 {len(self.books.tested())} tested")

    def _settle(self) -> None:
        """Once it is closed: nobody is left unnamed, and everybody stands where the books have them."""
        office, books = self.office, self.books
        of, now = office.ways.round_id, self.server.now
        tested = books.tested()
        absent = {person: kind for person, kind in books.named.items() if person not in tested}
        found = self.server.read("duty", "balance", f"tubes/rounds/{of}/balance")
        shown = {key: found[key] for key in ("headcount", "tested", "excused", "missing", "unnamed", "unanswered")}
        kinds = list(absent.values())
        books.compare(now, "who is answered for", shown, {
            "headcount": len(books.expected), "tested": len(tested), "excused": kinds.count("excused"),
            "missing": kinds.count("missing"), "unnamed": 0, "unanswered": 0,
        })  # fmt: skip
        left = books.expected - tested - absent.keys()
        books.compare(now, "people nobody answered for", sorted(person.name for person in left), [])
        books.compare(now, "tubes", found["tubes"], len(books.tubes))
        kept = sum(1 for _row in self.server.rows("duty", "duplicates", f"screening/rounds/{of}/duplicates"))
        books.compare(
            now, "receipts = scans + duplicates", (books.received, kept), (len(books.counted) + kept, books.kept)
        )
        books.compare(now, "questions of the round that nobody decided", office.decide_all(), [])
        books.compare(now, "by name", *_by_name(of, books, absent))


def _by_name(of: str, books: Books, absent: dict[Person, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Name by name, as the tables have it and as the books do; where both are the same both are empty."""
    from lazaretto.screening.models import RosterEntry, Scan  # noqa: PLC0415 - Django is set up by now
    from lazaretto.tubes.models import Absence  # noqa: PLC0415

    names = dict(RosterEntry.objects.filter(round=of).values_list("number", "member__name"))
    shown = {
        names[number]: kind for number, kind in Absence.objects.holding().filter(round=of).values_list("number", "kind")
    }
    shown |= {names[n]: "tested" for n in Scan.objects.filter(round=of).values_list("number", flat=True) if n in names}
    said = {person.name: kind for person, kind in absent.items()}
    said |= {person.name: "tested" for person in books.tested()}
    odd = {name for name in shown.keys() | said.keys() | set(names.values()) if shown.get(name) != said.get(name)}
    return {name: shown.get(name, "nothing") for name in odd}, {name: said.get(name, "nothing") for name in odd}
