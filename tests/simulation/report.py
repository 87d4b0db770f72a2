"""What is told of a run: figures as JSON, a timeline as a page of the documents."""

import platform
from collections import Counter
from datetime import datetime
from statistics import median
from typing import Any

from tests.simulation.days import Run
from tests.simulation.office import Office
from tests.simulation.server import ZONE

SLOWEST, SMALL = 18, 300
ONE_ILL = "one person who is infected, in a pool of ten"
IN_HEAD = ("people", "enterprises", "points", "tables", "command", "database", "python")


def figures(run: Run, *, database: str, command: str) -> dict[str, Any]:
    """Everything that was seen."""
    return {
        "command": command, "database": database, "python": platform.python_version(), "ok": run.ok,
        "seconds": round(run.seconds), "verify_seconds": round(run.verify_seconds, 1), "people": run.plan.people,
        "enterprises": run.plan.homes, "points": run.plan.points,
        "tables": sum(place.tables for place in run.plan.places), "seed": run.plan.seed, "headcount": run.account,
        "rounds": [_round(office) for office in run.rounds], "wrong": run.wrong(),
        "promises": {row.promise: row.state for row in run.verdicts},
        "requests": {
            kind: {"n": one.n, "mean_ms": round(one.seconds / one.n * 1000, 1), "worst_ms": round(one.worst * 1000)}
            for kind, one in sorted(run.times.items(), key=lambda item: -item[1].seconds)
        },
    }  # fmt: skip


def _round(office: Office) -> dict[str, Any]:
    books = office.books
    tested, hours = books.tested(), books.by_hour()
    absent = Counter(kind for person, kind in books.named.items() if person not in tested)
    tubes = Counter(tube.outcome or "no result" for tube in books.tubes.values())
    return {
        "number": books.number, "opened": _clock(books.opens_at), "deadline": _clock(books.deadline_at),
        "closed": _clock(office.closed_at) if office.closed_at else "", "expected": len(books.expected),
        "tested": len(tested), "excused": absent["excused"], "missing": absent["missing"],
        "strangers": books.strangers(), "by_hour": hours, "received": books.received, "kept_with_a_reason": books.kept,
        "after_the_deadline": books.late, "half_an_hour_late": len(books.hours_late),
        "latest_hours": round(max(books.hours_late, default=0), 1),
        "median_hours_late": round(median(books.hours_late), 1) if books.hours_late else 0,
        "tubes": len(books.tubes), "outcomes": dict(tubes), "tallies": dict(sorted(books.tallies.items())),
        "comparisons": len(books.checks), "disagreements": sum(not row.agrees for row in books.checks),
        "forecasts": {_clock(at): finish for at, finish in books.forecasts},
        "last_swab_of_the_day": _last_swab(office), "close_refused": len(office.refusals),
        "first_refusal": office.refusals[0] if office.refusals else "",
        "timeline": [f"{_clock(at, seconds=True)} {words}" for at, words in sorted(books.timeline)],
    }  # fmt: skip


def _last_swab(office: Office) -> str:
    """Of those who came to their slot, before anybody was called."""
    called = office.books.marks.get("called")
    moments = [row.at for row in office.books.counted.values() if called is None or row.at <= called]
    return _clock(max(moments)) if moments else ""


def _clock(moment: datetime, *, seconds: bool = False) -> str:
    return f"{moment.astimezone(ZONE):%d %H:%M:%S}" if seconds else f"{moment.astimezone(ZONE):%d %H:%M}"


HEAD = """# A park, simulated

{people:,} invented people of {enterprises} enterprises, {points} points with {tables} tables, {n} rounds, one a day.
SimPy moves the time; whatever people, tables, phones, couriers, laboratories and the duty officer do goes through the
doors that they would use: the API, the phones' doors with tokens that they claimed, pages. The time of the program is
the time of the simulation; its own books (`tests/simulation/truth.py`) are kept apart and compared with what the
program shows. This page is written by the command; times are of the simulation, {zone}, day and hour.

```sh
{command}
```

Run on {database}, Python {python}, in {seconds:,} s of real time (load at the end: {load}).
**{verdict}**

What is in it: people who are excused, do not come, come late, to another point or twice; strangers with and without a
card; phones whose clock is hours off, that have no network for hours or until the night, that die and are taken over;
answers that are lost on their way; fevers; tubes that give no result; {infected}.
Every enterprise has slots that were proposed, accepted and told. The steward's duties are done every ten minutes, not
every few seconds. Not in it: several requests at the same moment, people who leave or join between rounds, a phone that
never comes back. `tests/simulation` also runs as a test, with a park of {small} people for two rounds.

## Rounds
"""

LEGEND = """
*Late*: scans that came in more than half an hour after the swab, of them *after the deadline*. *Kept*: scans that do
not count and are kept with their reason. *Compared*: figures shown (coverage by enterprise and point, the wall with its
finish, missing by name, balance, at the end everybody by name) beside the books; *differ* is how many did not say the
same. What each upload was answered is compared too, and is a fault where it differs.
"""


def page(told: dict[str, Any]) -> str:
    """The page."""
    verdict = (
        "Everything as it has to be."
        if told["ok"]
        else f"{len(told['wrong'])} things are not as they have to be (below)."
    )
    parts = [
        HEAD.format(
            **{key: told[key] for key in IN_HEAD},
            seconds=told["seconds"], n=len(told["rounds"]), zone=ZONE.key, load=told.get("load", "not noted"),
            verdict=verdict, small=SMALL,
            infected=ONE_ILL if any(row["timeline"] for row in told["rounds"]) else "nobody infected",
        ),
        _table(told["rounds"]), LEGEND, "\n## People an hour\n\n", _hours(told["rounds"]), _happened(told["rounds"]),
        _finish(told["rounds"]), *[_timeline(row) for row in told["rounds"] if row["timeline"]], _ends(told),
        "\n## How long the program took\n\n", _times(told), _wrong(told),
    ]  # fmt: skip
    return "".join(parts)


def _line(*cells: Any) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |\n"


def _table(rounds: list[dict[str, Any]]) -> str:
    head = (
        "round", "opened", "closed", "tested", "excused", "missing", "strangers", "tubes", "late", "after the deadline",
        "latest", "kept", "compared", "differ",
    )  # fmt: skip
    return _line(*head) + "|---" * len(head) + "|\n" + "".join(
        _line(
            row["number"], row["opened"], row["closed"] or "**not**", row["tested"], row["excused"], row["missing"],
            row["strangers"], row["tubes"], row["half_an_hour_late"], row["after_the_deadline"],
            f"{row['latest_hours']} h", row["kept_with_a_reason"], row["comparisons"], row["disagreements"],
        )
        for row in rounds
    )  # fmt: skip


def _hours(rounds: list[dict[str, Any]]) -> str:
    hours = sorted({hour for row in rounds for hour in row["by_hour"]})
    return (
        _line("round", *hours)
        + "|---" * (len(hours) + 1)
        + "|\n"
        + "".join(_line(row["number"], *[row["by_hour"].get(hour, 0) for hour in hours]) for row in rounds)
    )


def _happened(rounds: list[dict[str, Any]]) -> str:
    what = sorted({name for row in rounds for name in row["tallies"]})
    head = _line("", *[f"round {row['number']}" for row in rounds]) + "|---" * (len(rounds) + 1) + "|\n"
    rows = "".join(_line(name, *[row["tallies"].get(name, 0) for row in rounds]) for name in what)
    rows += _line("the gate refused to close", *[row["close_refused"] for row in rounds])
    said = next((row["first_refusal"] for row in rounds if row["first_refusal"]), "")
    return f"\n## What happened\n\n{head}{rows}" + (
        f"\nThe first refusal, in the program's words: {said}\n" if said else ""
    )


def _finish(rounds: list[dict[str, Any]]) -> str:
    """What the wall foretold; it was the same as the books' in every look, unless `differ` says otherwise."""
    hours = sorted({moment.partition(" ")[2] for row in rounds for moment in row["forecasts"]})[1:13]
    head = _line("round", *hours, "last swab of a slot") + "|---" * (len(hours) + 2) + "|\n"
    rows = ""
    for row in rounds:
        by_hour = {moment.partition(" ")[2]: finish for moment, finish in row["forecasts"].items()}
        rows += _line(
            row["number"], *[by_hour.get(hour, "") for hour in hours], row["last_swab_of_the_day"].partition(" ")[2]
        )
    return (
        "\n## Foretold on the wall\n\nWhen everybody would be done, as the wall said at each of these "
        "moments; *left*: only those who did not come were left, and no hour was foretold any more; *far*: more than "
        "a day after the deadline.\n\n" + head + rows
    )


def _timeline(row: dict[str, Any]) -> str:
    return f"\n## The positive pool of round {row['number']}\n\n" + "".join(f"- {line}\n" for line in row["timeline"])


def _ends(told: dict[str, Any]) -> str:
    states = ", ".join(f"{promise} {state}" for promise, state in told["promises"].items())
    return f"\n## The promises\n\n`verify` at the end took {told['verify_seconds']} s: {states}.\n"


def _times(told: dict[str, Any]) -> str:
    rows = list(told["requests"].items())[:SLOWEST]
    text = "In one process, one request after the other, by Django's test client; duties as the steward does them.\n\n"
    return (
        text
        + _line("what", "times", "mean", "worst")
        + "|---|---|---|---|\n"
        + "".join(_line(kind, one["n"], f"{one['mean_ms']} ms", f"{one['worst_ms']} ms") for kind, one in rows)
    )


def _wrong(told: dict[str, Any]) -> str:
    if not told["wrong"]:
        return ""
    return "\n## Not as it has to be\n\n" + "".join(f"- {line[:400]}\n" for line in told["wrong"][:40])
