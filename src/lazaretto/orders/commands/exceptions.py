"""Somebody is to be admitted without a transfer order: headquarters is asked, and answers in a person's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from pydantic import Field

from lazaretto.accounts.queries import holder_ids
from lazaretto.core.access import Actor, somebody
from lazaretto.core.bulk import fresh, write_together
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, fresh_deadlines, meet
from lazaretto.core.errors import Forbidden, whole
from lazaretto.core.numbers import next_number, of_year
from lazaretto.core.prepared import prepared
from lazaretto.orders.choices import Missing, Verdict
from lazaretto.orders.commands.common import MOST, reason_of
from lazaretto.orders.deadlines import ANSWER_ADMITTED, ANSWER_WAITING, EXCEPTION
from lazaretto.orders.errors import AlreadyAsked, AlreadyDecidedOn, NotAnApprover, OwnRequest, WhyNow
from lazaretto.orders.models import ExceptionDecision, ExceptionRequest
from lazaretto.orders.queries.exceptions import fewest_open, waiting_for
from lazaretto.people.models import IdentityDocument, Person
from lazaretto.places.models import Site
from lazaretto.stays.models import Stay

ASK, DECIDE = "orders.ask", "orders.decide"


@dataclass(frozen=True)
class Plea:
    """Why somebody has to be admitted without an order, what is missing (the program adds what it sees itself).

    `approver` is the user who is to decide; without one it is the approver with the fewest open requests.
    """

    why_now: Annotated[str, Field(max_length=MOST)]
    missing: tuple[Missing, ...] = ()
    approver: int | None = None


@dataclass(frozen=True)
class Asked:
    """Headquarters was asked, and until when it is to answer."""

    request_id: UUID
    number: str
    approver_id: int | None
    due_at: datetime


@dataclass(frozen=True)
class Decided:
    """How a request ended."""

    request_id: UUID
    verdict: Verdict


@command("orders.ask_exception", capability=ASK)
def ask_exception(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    person: Person,
    why_now: str,
    missing: tuple[Missing, ...] = (),
    approver: int | None = None,
) -> Asked:
    """Ask headquarters before admitting somebody who can wait outside for an answer; who cannot is admitted first.

    Raises `WhyNow`, `AlreadyAsked`, `NotAnApprover`.
    """
    if waiting_for(person, site) is not None:
        raise AlreadyAsked(number=waiting_for(person, site))
    return open_exception(person, site, Plea(why_now, missing, approver), actor=actor, at=at)


def open_exception(
    person: Person, site: Site, plea: Plea, *, actor: Actor, at: datetime, stay: Stay | None = None
) -> Asked:
    """Ask headquarters inside the running command; with a `stay` they were admitted first, and `movement.receive` ran.

    A request about the same person that was not answered yet is closed by either: they are inside now. Raises `WhyNow`,
    `NotAnApprover`.
    """
    why_now = whole(plea.why_now, MOST)
    if not why_now:
        raise WhyNow
    if stay is None:
        close_waiting(person.pk, site, actor=actor, at=at)
    due_at = at + (ANSWER_ADMITTED if stay is not None else ANSWER_WAITING)
    made = ExceptionRequest(
        unit=site.unit, site=site, person=person, stay=stay,
        missing=sorted({Missing.TRANSFER_ORDER, *plea.missing, *_seen_missing(person)}),
        why_now=why_now, asked_at=at, asked_by_id=actor.user_id, due_at=due_at,
        approver_id=_approver(plea.approver, site, actor, at), number=_number(site, at),
    )  # fmt: skip
    due = Due(EXCEPTION.code, made, due_at, unit_id=site.unit_id, person_id=person.pk)
    write_together(fresh(made), fresh_deadlines([due], at=at))
    data = {"number": made.number, "missing": made.missing, "admitted": stay is not None, "due_at": due_at}
    record(made, unit_id=site.unit_id, person_id=person.pk, data=data)
    return Asked(made.id, made.number, made.approver_id, due_at)


@command("orders.decide_exception", capability=DECIDE)
def decide_exception(
    *, actor: Actor, at: datetime, request: ExceptionRequest, granted: bool, words: str = ""
) -> Decided:
    """Grant a request, with conditions in `words`, or refuse it and say what happens instead.

    A refusal puts nobody out: whoever is inside stays until what happens instead has happened. Raises
    `AlreadyDecidedOn`, `OwnRequest`, `ReasonRequired` for a refusal without words.
    """
    by = somebody(actor, DECIDE)
    if request.asked_by_id == by:
        raise OwnRequest
    said = whole(words, MOST) if granted else reason_of(words)
    return _decide(request, Verdict.GRANTED if granted else Verdict.REFUSED, said, by, at)


@command("orders.withdraw_exception", capability=ASK)
def withdraw_exception(*, actor: Actor, at: datetime, request: ExceptionRequest, reason: str) -> Decided:
    """The order has come, or they went elsewhere: nothing has to be decided. Who is inside keeps the request open.

    Raises `AlreadyDecidedOn`, `ReasonRequired`, `Forbidden` for one about somebody who was admitted first.
    """
    by = somebody(actor, ASK)
    if request.stay_id is not None:  # only headquarters says that this was right
        raise Forbidden(capability=DECIDE)
    return _decide(request, Verdict.WITHDRAWN, reason_of(reason), by, at)


def _decide(request: ExceptionRequest, verdict: Verdict, words: str, by: int, at: datetime) -> Decided:
    try:
        with transaction.atomic():
            ExceptionDecision.objects.create(request=request, verdict=verdict, words=words or None, at=at, by_id=by)
    except IntegrityError as error:
        raise AlreadyDecidedOn(number=request.number) from error
    meet(EXCEPTION.code, request, at=at, by=by, answer=gettext("Decided."))
    data = {"number": request.number, "verdict": verdict}
    record(request, unit_id=request.unit_id, person_id=request.person_id, data=data, reason=words)
    return Decided(request.id, verdict)


def close_waiting(person_id: UUID, site: Site, *, actor: Actor, at: datetime) -> None:
    """Somebody about whom headquarters was asked while they waited outside is inside now: nothing is left to decide."""
    if actor.user_id is not None:
        for request in _undecided(person=person_id, site=site.pk):
            _decide(request, Verdict.WITHDRAWN, gettext("Admitted before the answer came."), actor.user_id, at)


@prepared
def _undecided(person: Any, site: Any) -> QuerySet[ExceptionRequest]:
    return ExceptionRequest.objects.filter(person=person, site=site, decision__isnull=True, stay__isnull=True)


def _seen_missing(person: Person) -> list[Missing]:
    return [] if _documents(person=person.pk) else [Missing.IDENTITY]


@prepared
def _documents(person: Any) -> QuerySet[IdentityDocument, UUID]:
    return IdentityDocument.objects.filter(person=person).values_list("id", flat=True)


def _approver(wanted: int | None, site: Site, actor: Actor, at: datetime) -> int | None:
    """The named user, or the approver with the fewest open requests; None where nobody holds the role."""
    may = [user for user in holder_ids(DECIDE, site.unit_id, at=at) if user != actor.user_id]
    if wanted is not None and wanted not in may:
        raise NotAnApprover(user=wanted)
    return wanted if wanted is not None else fewest_open(may)


def _number(site: Site, at: datetime) -> str:
    series = of_year(f"{site.code}-X", at)
    return f"{series}-{next_number(series):04d}"
