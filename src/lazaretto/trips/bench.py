"""`lazaretto bench trips`: how soon a plan is there, what the solver makes of it, and the gap to the proven bound."""

import argparse
import os
import time
from typing import Any

from lazaretto.core import cli
from lazaretto.planning import trips as planner
from lazaretto.planning.trips.sample import district

GREEDY_WITHIN, BETTER_WITHIN = 1.0, 10.0  # seconds; the bars for 200 people, three categories, six vehicles
FIRST, SECOND = 1, 2  # seeds of two invented districts


def bench_trips(arguments: argparse.Namespace) -> int:
    """Measure and report; status 1 when the bars are missed or a plan breaks a rule."""
    runs = [_measure(arguments, seed) for seed in (FIRST, SECOND)]
    figures = {"load_average": round(os.getloadavg()[0], 1), "people": arguments.people, "runs": runs}
    if arguments.json:
        cli.say_json(figures)
    else:
        cli.say(f"load_average {figures['load_average']}, people {arguments.people}")
        for run in runs:
            cli.say(", ".join(f"{name} {value}" for name, value in run.items()))
    slow = any(run["greedy_seconds"] > GREEDY_WITHIN or run["solver_seconds"] > BETTER_WITHIN for run in runs)
    wrong = any(run["broken_rules"] for run in runs)
    return cli.FAILED if wrong or (slow and arguments.people <= 200) else cli.OK


def _measure(arguments: argparse.Namespace, seed: int) -> dict[str, Any]:
    problem = district(arguments.people, crews=arguments.vehicles, seed=seed)
    started = time.perf_counter()
    first = planner.propose(problem)
    there = time.perf_counter()
    found, answered = planner.better(problem, first, seconds=arguments.seconds, seed=FIRST)
    done = time.perf_counter()
    return {
        "district": seed,
        "greedy_seconds": round(there - started, 2),
        "greedy_left": len(first.unserved),
        "greedy_minutes": first.driving,
        "solver_answered": answered,
        "solver_seconds": round(done - there, 2),
        "left": len(found.unserved),
        "vehicles": len(found.routes),
        "minutes": found.driving,
        "bound": found.bound,
        "gap_percent": round(100 * found.gap),
        "broken_rules": len(planner.validate(found, problem)),
    }
