"""The eight promises and the checks that prove them on the live database (`lazaretto verify`).

Apps register checks with `@proof`. A check looks at everything, never repairs, and names each offender by id.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

PROMISES: dict[int, Text] = {
    1: _("Nobody is lost"),
    2: _("Nobody is held longer than the order says"),
    3: _("Nobody waits for urgent care"),
    4: _("Nothing asked is forgotten"),
    5: _("Everyone due is tested, every tube is answered"),
    6: _("Nothing captured is lost"),
    7: _("Everyone sees only what they need, and data ends with the outbreak"),
    8: _("Those who serve are protected"),
}

OK, BROKEN, UNUSED = "ok", "broken", "not yet in use"


@dataclass(frozen=True)
class Offender:
    """A row that breaks a promise."""

    kind: str
    id: str
    why: str


@dataclass
class Finding:
    """What one check found: figures by name, offenders, and whether there was anything to look at."""

    figures: dict[str, int] = field(default_factory=dict)
    offenders: list[Offender] = field(default_factory=list)
    in_use: bool = True


@dataclass(frozen=True)
class Proof:
    """A registered check."""

    promise: int
    code: str
    title: Text
    look: Callable[[datetime], Finding]


PROOFS: list[Proof] = []


def proof(
    promise: int, code: str, title: Text
) -> Callable[[Callable[[datetime], Finding]], Callable[[datetime], Finding]]:
    """Register a check of a promise."""

    def register(look: Callable[[datetime], Finding]) -> Callable[[datetime], Finding]:
        if any(known.code == code for known in PROOFS):
            raise RuntimeError(f"two checks are called {code}")
        PROOFS.append(Proof(promise, code, title, look))
        return look

    return register


@dataclass(frozen=True)
class Verdict:
    """A promise, its state (`ok`, `broken`, `not yet in use`), its figures and its offenders."""

    promise: int
    title: str
    state: str
    figures: dict[str, int]
    offenders: list[dict[str, Any]]


def verify(*, at: datetime, proofs: Iterable[Proof] | None = None) -> list[Verdict]:
    """Look at every promise; one without a check that is in use is `not yet in use`, never `ok`."""
    found: dict[int, list[tuple[Proof, Finding]]] = {number: [] for number in PROMISES}
    for check in PROOFS if proofs is None else proofs:
        found[check.promise].append((check, check.look(at)))
    return [_verdict(number, results) for number, results in found.items()]


def _verdict(number: int, results: list[tuple[Proof, Finding]]) -> Verdict:
    figures = {name: value for check, finding in results for name, value in finding.figures.items()}
    offenders = [{"check": check.code, **asdict(row)} for check, finding in results for row in finding.offenders]
    used = any(finding.in_use for _check, finding in results)
    state = BROKEN if offenders else OK if used else UNUSED
    return Verdict(number, str(PROMISES[number]), state, figures, offenders)
