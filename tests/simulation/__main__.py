"""Runs the simulation in an installation of its own, which is gone afterwards: python -m tests.simulation --help.

On SQLite; on PostgreSQL where LAZARETTO_DATABASE_URL names a server on which a database may be created.
"""

import argparse
import json
import os
import sys
from importlib import import_module
from pathlib import Path

import django


def main() -> int:
    """Status 0 when everything is as it has to be."""
    given = words().parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lazaretto.config.settings")
    if given.told:
        django.setup()
        given.page.write_text(import_module("tests.simulation.report").page(json.loads(given.told.read_text())))
        return 0
    if not given.inside:
        return outside()
    django.setup()
    import_module("lazaretto.config.operations").apply_migrations()
    import_module("lazaretto.config.static").collect()
    return run(given)


def words() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--people", type=int, default=22_000)
    parser.add_argument("--homes", type=int, default=60, help="enterprises")
    parser.add_argument("--points", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--positive-round", type=int, default=3, help="0: nobody is ever infected")
    parser.add_argument("--minutes", type=float, default=60, help="of real time, after which it ends by itself")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--page", type=Path, help="where the page goes")
    parser.add_argument("--told", type=Path, help="figures of a run before: only its page is written again")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser


def outside() -> int:
    """The same in an installation of its own."""
    django.setup()
    scratch = import_module("lazaretto.config.bench.scratch")
    subprocess = import_module("subprocess")
    with scratch.installation() as environment:
        command = [sys.executable, "-m", "tests.simulation", *sys.argv[1:], "--inside"]
        done = subprocess.run(command, env=environment, check=False)
    return int(done.returncode)


def asked(given: argparse.Namespace) -> str:
    """The command as somebody else would give it: without where the figures go on this machine."""
    usual = words()
    said = {name: value for name, value in vars(given).items() if name not in {"json", "page", "told", "inside"}}
    more = [f"--{name.replace('_', '-')} {value:g}" for name, value in said.items() if value != usual.get_default(name)]
    return " ".join(["python -m tests.simulation", *more])


def run(given: argparse.Namespace) -> int:
    """Simulate, tell."""
    days, plans, report = (import_module(f"tests.simulation.{name}") for name in ("days", "plan", "report"))
    plan = plans.Plan(
        people=given.people, homes=given.homes, points=given.points, rounds=given.rounds, seed=given.seed,
        positive_round=given.positive_round,
    )  # fmt: skip
    done = days.simulate(plan, say=lambda line: print(line, flush=True), within=given.minutes * 60)
    vendor = import_module("django.db").connection.vendor
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[vendor]
    told = report.figures(done, database=database, command=asked(given))
    told["load"] = round(os.getloadavg()[2], 1)
    if given.json:
        given.json.write_text(json.dumps(told, ensure_ascii=False, indent=1))
    if given.page:
        given.page.write_text(report.page(told))
    for line in told["wrong"][:40]:
        print("!", line[:600])
    print("everything as it has to be" if done.ok else f"{len(told['wrong'])} things are not")
    return 0 if done.ok else 1


if __name__ == "__main__":
    sys.exit(main())
