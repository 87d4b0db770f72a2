"""The solver in a process of its own, which can be killed: problem and plan go in and out as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lazaretto.planning.trips.problem import Crew, Hours, Place, Plan, Problem, Request, Route, Unserved, Visit, Why
from lazaretto.planning.trips.validator import validate

WORKER = (sys.executable, "-m", "lazaretto.planning.trips.process")
STARTING = 6.0  # seconds for the process to come up and to write; after that it is killed


def better(
    problem: Problem, plan: Plan, *, seconds: float, seed: int = 1, worker: Sequence[str] = WORKER
) -> tuple[Plan, bool]:
    """A better plan than this, and whether the solver answered; the plan itself when it did not, or found none.

    Whatever the process answers is proved by the validator here; a process that does not answer in time is killed.
    """
    given = json.dumps({"problem": to_json(problem), "plan": to_json(plan), "seconds": seconds, "seed": seed})
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            list(worker), input=given, capture_output=True, text=True, timeout=seconds + STARTING, check=True
        )
        found = plan_from_json(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError):
        return plan, False
    if validate(found, problem) or not found.better_than(plan, problem):
        return plan, True
    return found, True


def main() -> None:
    """Read a problem and a plan from standard input, write the better plan to standard output."""
    from lazaretto.planning.trips.solver import improve  # noqa: PLC0415 - only this process loads the solver

    given = json.loads(sys.stdin.read())
    problem, plan = from_json(given["problem"]), plan_from_json(given["plan"])
    found = improve(problem, plan, seconds=float(given["seconds"]), seed=int(given["seed"]))
    sys.stdout.write(json.dumps(to_json(found)))


def to_json(value: Problem | Plan) -> dict[str, Any]:
    """Plain values; pairs of places become lists."""
    plain = asdict(value)
    if isinstance(value, Problem):
        plain["typed"] = [[a, b, minutes] for (a, b), minutes in value.typed.items()]
    return plain


def from_json(plain: dict[str, Any]) -> Problem:
    """The problem again. Raises `MalformedProblemError`, `TypeError`, `KeyError` for what is none."""
    rest = {name: plain[name] for name in ("boarding", "road_factor", "kmh", "vehicle_cost")}
    return Problem(
        places=tuple(Place(**one) for one in plain["places"]),
        requests=tuple(Request(**one) for one in plain["requests"]),
        crews=tuple(_crew(one) for one in plain["crews"]),
        typed={(a, b): minutes for a, b, minutes in plain["typed"]},
        hours=Hours(**plain.get("hours", {})),
        **rest,
    )


def _crew(plain: dict[str, Any]) -> Crew:
    duties = tuple((start, end, driven) for start, end, driven in plain.get("duties", ()))
    return Crew(**{**plain, "duties": duties})


def plan_from_json(plain: dict[str, Any]) -> Plan:
    """The plan again."""
    return Plan(
        routes=tuple(_route(one) for one in plain["routes"]),
        unserved=tuple(Unserved(one["request"], Why(one["why"])) for one in plain["unserved"]),
        driving=plain["driving"],
        bound=plain["bound"],
        engine=plain["engine"],
    )


def _route(plain: dict[str, Any]) -> Route:
    visits = tuple(
        Visit(one["place"], one["arrives"], one["departs"], tuple(one["off"]), tuple(one["on"]))
        for one in plain["visits"]
    )
    return Route(plain["crew"], plain["category"], plain["starts"], visits)


if __name__ == "__main__":
    main()
