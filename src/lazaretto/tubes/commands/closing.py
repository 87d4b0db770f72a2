"""Who was not tested, by name; and the gate through which a round closes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.choices import RoundState
from lazaretto.screening.commands import closes_only_when
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.screening.rules import OVER
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.commands.retests import follow_retests
from lazaretto.tubes.commands.scans import follow_scans
from lazaretto.tubes.commands.watching import call_late
from lazaretto.tubes.errors import AbsenceGaveWay, OthersAreLeft, RoundDoesNotBalance, RoundIsOver, SaidBefore
from lazaretto.tubes.models import Absence
from lazaretto.tubes.queries.balance import balance_of, unnamed
from lazaretto.tubes.rules import MANAGE, READ

NOT_YET = _("There is nobody to name before the roster is fixed.")


@dataclass(frozen=True)
class AbsencesNamed:
    """So many people were named as not tested."""

    round_id: UUID
    people: int


@dataclass(frozen=True)
class AbsenceTakenBack:
    """What was said of somebody does not hold any more: they are neither excused nor named as missing."""

    round_id: UUID
    number: int


@command("tubes.name_absent", capability=MANAGE)
def name_absent(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    numbers: list[int],
    kind: AbsenceKind,
    reason: str,
    instead_of: list[int] | None = None,
) -> AbsencesNamed:
    """Say of people on the roster that they are excused, or missing, and why: by name, by a named person.

    One's own words about them give way; those of somebody else only where `instead_of` has their `id`, as
    `SaidBefore` told it or the list of absences has it. What gives way stays written. Raises `SaidBefore`,
    `ReasonRequired`, `NotFound` for a number that is nobody's, `Forbidden` for the program itself.
    """
    by, words = _said(actor, test_round, reason)
    wanted = sorted(set(numbers))
    if RosterEntry.objects.filter(round=test_round.pk, number__in=wanted).count() != len(wanted) or not wanted:
        raise NotFound(kind="screening.rosterentry", numbers=", ".join(map(str, wanted[:20])))
    standing = Absence.objects.holding().filter(round=test_round.pk, number__in=wanted)
    others = standing.exclude(by=by).exclude(pk__in=instead_of or []).select_related("by").order_by("number")
    if found := list(others):
        raise SaidBefore(found)
    standing.update(superseded_at=at)
    return _name(test_round, wanted, kind, words, by, at)


@command("tubes.take_back_absence", capability=MANAGE)
def take_back_absence(*, actor: Actor, at: datetime, test_round: Round, said: int, reason: str) -> AbsenceTakenBack:
    """Take back that somebody is excused, or missing by name: they are expected again, and whoever calls finds them.

    `said` is the `id` of what was said, so that nobody takes back what they did not read; it stays written. Raises
    `AbsenceGaveWay`, `RoundIsOver`, `ReasonRequired`, `NotFound`, `Forbidden` for the program itself.
    """
    _by, words = _said(actor, test_round, reason)
    row = Absence.objects.filter(round=test_round.pk, pk=said).first()
    if row is None:
        raise NotFound(kind="tubes.absence", id=said)
    if test_round.state in OVER:
        raise RoundIsOver(state=test_round.state)
    if row.superseded_at is not None:
        raise AbsenceGaveWay(number=row.number)
    row.superseded_at = at
    row.save(update_fields=["superseded_at"])
    data = {"number": row.number, "kind": row.kind, "said": row.reason, "by": row.by_id}
    record(test_round, unit_id=test_round.unit_id, data=data, reason=words)
    return AbsenceTakenBack(test_round.id, row.number)


@command("tubes.name_rest", capability=MANAGE)
def name_rest(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    kind: AbsenceKind,
    reason: str,
    people: int | None = None,
    organisation: Organisation | None = None,
) -> AbsencesNamed:
    """The same of everybody who is neither tested nor named yet, of one enterprise or of all; each gets a row of their
    own. `people`: so many were shown to whoever says it. Raises `OthersAreLeft` when by now it is another number,
    `ReasonRequired`, `Forbidden` for the program itself.
    """
    by, words = _said(actor, test_round, reason)
    rows = unnamed(test_round)
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    numbers = list(rows.values_list("number", flat=True))
    if people is not None and people != len(numbers):
        raise OthersAreLeft(people=len(numbers))
    return _name(test_round, numbers, kind, words, by, at)


def _said(actor: Actor, of: Round, reason: str) -> tuple[int, str]:
    if actor.user_id is None:
        raise Forbidden(capability=MANAGE)
    if of.state == RoundState.DRAFT:
        raise InvalidInput(NOT_YET)
    if not reason.strip():
        raise ReasonRequired
    return actor.user_id, whole(reason, 200)


def _name(of: Round, numbers: list[int], kind: AbsenceKind, reason: str, by: int, at: datetime) -> AbsencesNamed:
    fields = ("round", "number", "kind", "reason", "by", "at")
    insert_rows(Absence, fields, [(of.id, number, kind, reason, by, at) for number in numbers])
    record(of, unit_id=of.unit_id, data={"kind": kind, "people": len(numbers)}, reason=reason)
    return AbsencesNamed(of.id, len(numbers))


@dataclass(frozen=True)
class ReportRead:
    """A report with names was given out."""

    round_id: UUID


@command("tubes.read_report", capability=READ)
def read_report(*, actor: Actor, at: datetime, test_round: Round, kind: str) -> ReportRead:
    """Write down who took the report of a round, with the names in it, and as what."""
    record(test_round, unit_id=test_round.unit_id, data={"kind": whole(kind, 10)})
    return ReportRead(test_round.id)


@closes_only_when
def everything_is_answered(test_round: Round, at: datetime) -> None:
    """A round closes when tubes out = results in and everybody is tested, excused or missing by name.

    Raises `RoundDoesNotBalance`, naming what stands in the way (Longyao 2021: "all negative" with a pool untested).
    """
    follow_scans(test_round)
    follow_retests(test_round, at=at)
    call_late(test_round, at)  # whoever's tube was just rejected is not answered
    found = balance_of(test_round)
    if found.closes:
        return
    faults = [
        (found.unanswered, _("tubes without a result: {n} ({which})"), "tubes"),
        (found.preliminary, _("positives without a recheck: {n} ({which})"), "preliminary"),
        (found.unnamed, _("people neither tested nor named: {n} ({which})"), "people"),
        (found.recalls + found.handed, _("people called back and not settled: {n} ({which})"), "recalls"),
    ]
    said = [format_lazy(text, n=n, which=", ".join(found.first[key])) for n, text, key in faults if n]
    step = format_lazy(_("Still open: {faults}."), faults="; ".join(map(str, said)))
    raise RoundDoesNotBalance(
        next_step=step, tubes=found.unanswered, positives=found.preliminary, unnamed=found.unnamed,
        recalls=found.recalls + found.handed,
    )  # fmt: skip
