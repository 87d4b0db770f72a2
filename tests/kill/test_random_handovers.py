"""Random handovers by eight clients at once: sent twice, out of order, by clocks that are wrong, to a server that is
killed again and again. Nobody is at two places, nobody is nowhere, nothing acknowledged is lost.

A hundred in every run. For the whole of it, whose figures stand in docs/performance.md:
`LAZARETTO_CHAOS_HANDOVERS=10000 python -m pytest -s -n0 -m kill tests/kill/test_random_handovers.py`.
"""

import http.client
import json
import os
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.kill.house import House

pytestmark = pytest.mark.kill

HANDOVERS = int(os.environ.get("LAZARETTO_CHAOS_HANDOVERS", "100"))
CLIENTS, PEOPLE = 8, 120
BETWEEN_KILLS = (1.0, 3.0) if HANDOVERS < 1_000 else (5.0, 20.0)  # seconds
# What a command may refuse when somebody else was faster, or somebody believes what is no longer so.
REFUSALS = {
    "already_here", "asked_first", "due_too_early", "handover_closed", "not_found", "not_held_here", "not_held_there",
    "not_on_handover", "not_your_end", "question_closed", "same_place", "nobody_named",
    "not_in_care", "under_way_from_here",
}  # fmt: skip


@dataclass
class World:
    """What the clients believe, all together and without any lock: it is often wrong, as on the telephone."""

    token: str
    port: int
    sites: dict[str, str]
    hospital: str
    at: dict[str, str]
    cards: dict[str, str]
    going: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # person: handover, from, to
    numbers: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    kills: int = 0
    again: int = 0
    done: threading.Event = field(default_factory=threading.Event)


class Client:
    """One of the eight. It asks again under the same id until it is answered."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.dice = world, random.Random(number)  # noqa: S311 - moments, not secrets
        self.later: list[tuple[str, dict]] = []  # what is told late
        self.line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Act until enough was handed over."""
        try:
            while not self.world.done.is_set() and len(self.world.numbers) < HANDOVERS:
                self.act()
            for name, body in self.later:
                self.ask(name, body)
        except Exception as fault:  # noqa: BLE001 - it is told in the main thread
            self.world.faults.append(repr(fault))

    def act(self) -> None:
        """One thing at random."""
        person = self.dice.choice(list(self.world.at))
        if self.later and self.dice.random() < 0.2:
            self.ask(*self.later.pop(0))
        elif self.dice.random() < 0.06:
            site = self.dice.choice(list(self.world.sites))
            self.ask("transfers.report_here", {"site": self.world.sites[site], "card": self.world.cards[person]})
        elif self.dice.random() < 0.04:
            self.decide()
        elif person in self.world.going:
            self.arrive(person)
        else:
            self.leave(person)

    def leave(self, person: str) -> None:
        """One or several are signed out, to another site or to the hospital."""
        origin = self.world.at[person]
        fellows = [one for one, place in list(self.world.at.items()) if place == origin and one not in self.world.going]
        people = list({person, *self.dice.sample(fellows, min(len(fellows), self.dice.randint(0, 2)))})
        if origin == "hospital":
            return self.fetch(people)
        target = self.dice.choice([*(code for code in self.world.sites if code != origin), "hospital"])
        where = {"to_place": self.world.hospital} if target == "hospital" else {"to_site": target}
        said = self.ask("transfers.sign_out", {
            "site": self.world.sites[origin], "people": [{"person": one} for one in people],
            "due_at": self.due(), **where,
        })  # fmt: skip
        return self.left(said, people, origin, target)

    def fetch(self, people: list[str]) -> None:
        site = self.dice.choice(list(self.world.sites))
        said = self.ask("transfers.fetch", {
            "place": self.world.hospital, "site": self.world.sites[site], "due_at": self.due(),
            "people": [{"person": one} for one in people],
        })  # fmt: skip
        self.left(said, people, "hospital", site)

    def left(self, said: dict | None, people: list[str], origin: str, target: str) -> None:
        if said is not None:
            self.world.numbers.append(said["number"])
            self.world.going |= dict.fromkeys(people, (said["handover_id"], origin, target))

    def arrive(self, person: str) -> None:
        """Signed in, brought back, confirmed by the hospital, or sent elsewhere on the way; sometimes told late."""
        handover, origin, target = self.world.going[person]
        one = {"handover": handover, "person": person}
        if self.dice.random() < 0.1:
            other = self.dice.choice([code for code in self.world.sites if code not in {origin, target}])
            said = self.ask("transfers.divert", {
                "handover": handover, "due_at": self.due(), "reason": "满员", "to_site": other,
            })  # fmt: skip
            if said is not None:
                self.left(said, [person], origin, other)
            return
        if self.dice.random() < 0.15 and origin != "hospital":
            name, body, place = "transfers.bring_back", one, origin
        elif target == "hospital":
            name, body, place = "transfers.confirm_arrival", {**one, "confirmed_by": "急诊"}, target
        else:
            name, body, place = "transfers.sign_in", {**one, "seen_at": self.skewed()}, target
        if self.dice.random() < 0.1:
            self.later.append((name, body))
        elif self.ask(name, body) is not None:
            self.world.at[person] = place
        self.world.going.pop(person, None)

    def decide(self) -> None:
        """Whatever is asked is decided, one way or the other."""
        for row in self.read("custody-questions?open=true&limit=5"):
            verdict = "as_reported" if row["second_site"] and self.dice.random() < 0.5 else "as_thought"
            told = self.ask("transfers.decide", {"question": row["id"], "verdict": verdict, "reason": "电话核实"})
            if told is not None and verdict == "as_reported":
                self.world.at[row["person_id"]] = row["second_site"]

    def learn(self) -> None:
        """Look where everybody is; what is believed by then may be wrong again."""
        for row in self.read("whereabouts?limit=200"):
            if row["site"] or row["place_id"]:
                self.world.at[row["person_id"]] = row["site"] or "hospital"
                self.world.going.pop(row["person_id"], None)
        for row in self.read("handovers?open=true&limit=200"):
            leg = row["id"], row["from_site"] or "hospital", row["to_site"] or "hospital"
            self.world.going |= {one["person_id"]: leg for one in row["people"] if one["outcome"] == "under_way"}

    def read(self, what: str) -> list[dict]:
        """A list of the API; nothing while the server is down."""
        try:
            status, said = self.send("GET", f"/api/v1/{what}", None, "")
        except (OSError, http.client.HTTPException, ValueError):
            self.line = None
            return []
        return said["items"] if status == 200 else []

    def ask(self, name: str, body: dict) -> dict | None:
        """Send until answered; now and then twice: the answer is the same."""
        key = str(uuid4())
        answers = [self.answered(name, body, key)]
        if self.dice.random() < 0.1:
            answers.append(self.answered(name, body, key))
        if any(one is None for one in answers):
            return None
        if answers[0][0] < 300 and answers[-1] != answers[0]:
            self.world.faults.append(f"{name}: asked twice, answered {answers}")
        status, said = answers[-1]  # what was refused is not kept: the second time it may be possible
        if status < 300:
            return said
        code = said.get("code", str(said))
        self.world.refused[code] = self.world.refused.get(code, 0) + 1
        if status >= 500 or code not in REFUSALS:
            self.world.faults.append(f"{name}: {status} {json.dumps(said, ensure_ascii=False)[:400]}")
        if self.dice.random() < 0.2:
            self.learn()
        return None

    def answered(self, name: str, body: dict, key: str) -> tuple[int, dict] | None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                return self.send("POST", f"/api/v1/commands/{name}", body, key)
            except (OSError, http.client.HTTPException, ValueError):
                self.world.again += 1
                self.line = None
                time.sleep(0.05)
        self.world.faults.append(f"{name}: no answer within a minute and a half")
        return None

    def send(self, method: str, path: str, body: dict | None, key: str) -> tuple[int, dict]:
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.world.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.world.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        self.line.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.line.getresponse()
        return answer.status, json.loads(answer.read())

    def due(self) -> str:
        return (datetime.now(tz=UTC) + timedelta(hours=6)).isoformat()

    def skewed(self) -> str:
        """The moment by a clock that is wrong by up to two hours, either way."""
        return (datetime.now(tz=UTC) + timedelta(minutes=self.dice.choice([-120, -20, 0, 0, 0, 5, 120]))).isoformat()


def test_nobody_is_at_two_places_and_nobody_is_nowhere(house: House) -> None:
    given = json.loads(house.run("tests/kill/crowd.py", str(PEOPLE)))
    world = World(
        given["token"], house.port, given["sites"], given["hospital"],
        at={person: site for person, site, _card in given["people"]},
        cards={person: card for person, _site, card in given["people"]},
    )  # fmt: skip
    house.start()
    dice, began = random.Random(7), time.monotonic()  # noqa: S311 - moments, not secrets
    threads = [threading.Thread(target=Client(world, number).run) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not world.faults:
        time.sleep(dice.uniform(*BETWEEN_KILLS))  # killed at a random moment: this is the point of the test
        house.kill()
        world.kills += 1
        house.start()
    world.done.set()
    for thread in threads:
        thread.join()
    house.kill()
    took = time.monotonic() - began
    assert not world.faults, world.faults[:5]
    judge(house, world, given, took)


def judge(house: House, world: World, given: dict, took: float) -> None:
    """What the database says afterwards, seen by a fresh process."""
    house.run("-m", "lazaretto", "seal")
    report = json.loads(house.run("-m", "lazaretto", "verify", "--json", expect={0, 1}))
    found = json.loads(house.run("tests/kill/ledger.py"))
    assert report["promises"][0]["state"] == "ok", report["promises"][0]
    assert found["at_two"] == []
    assert found["held"] == sorted(person for person, _site, _card in given["people"]), "somebody is nowhere"
    assert set(world.numbers) <= set(found["handovers"]), "an acknowledged handover is lost"
    assert len(world.numbers) == len(set(world.numbers)), "one number was given twice"
    assert len(found["handovers"]) == len(world.numbers), "something was done that nobody was told of"
    assert world.kills >= 1
    print(
        f"{len(world.numbers)} handovers, {found['facts']} facts, {found['questions']} questions, {world.kills} kills, "
        f"{world.again} requests asked again, refused {dict(sorted(world.refused.items()))}, {took:.0f} s"
    )
