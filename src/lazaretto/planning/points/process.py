"""The solver in a process of its own, which can be killed: problem and plan go in and out as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lazaretto.planning.points.problem import Booking, Group, Left, Opening, Plan, Point, Problem, Why
from lazaretto.planning.points.validator import validate

WORKER = (sys.executable, "-m", "lazaretto.planning.points.process")
STARTING = 4.0  # seconds for the process to come up and to write; after that it is killed


def better(problem: Problem, plan: Plan, *, seconds: float, worker: Sequence[str] = WORKER) -> tuple[Plan, bool]:
    """A better plan than this, and whether the solver answered; the plan itself when it did not, or found none.

    For plans that nobody has been told of: promises are not looked at. Whatever the process answers is proved by the
    validator here; a process that does not answer in time is killed.
    """
    given = json.dumps({"problem": asdict(problem), "plan": asdict(plan), "seconds": seconds})
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            list(worker), input=given, capture_output=True, text=True, timeout=seconds + STARTING, check=True
        )
        found = plan_from_json(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError):
        return plan, False
    if validate(found, problem) or plan.better_than(found):
        return plan, True
    return found, True


def main() -> None:
    """Read a problem and a plan from standard input, write the better plan to standard output."""
    from lazaretto.planning.points.solver import improve  # noqa: PLC0415 - only this process needs the solver

    given = json.loads(sys.stdin.read())
    found = improve(from_json(given["problem"]), plan_from_json(given["plan"]), seconds=float(given["seconds"]))
    sys.stdout.write(json.dumps(asdict(found)))


def from_json(plain: dict[str, Any]) -> Problem:
    """The problem again. Raises `MalformedProblemError`, `TypeError`, `KeyError` for what is none."""
    points = tuple(
        Point(**{**one, "openings": tuple(Opening(**x) for x in one["openings"])}) for one in plain["points"]
    )
    groups = tuple(
        Group(**{**one, "free": tuple((begin, end) for begin, end in one["free"])}) for one in plain["groups"]
    )
    return Problem(**{**plain, "points": points, "groups": groups})


def plan_from_json(plain: dict[str, Any]) -> Plan:
    """The plan again."""
    bookings = tuple(Booking(**one) for one in plain["bookings"])
    left = tuple(Left(one["group"], one["people"], Why(one["why"])) for one in plain["left"])
    return Plan(**{**plain, "bookings": bookings, "left": left})


if __name__ == "__main__":
    main()
