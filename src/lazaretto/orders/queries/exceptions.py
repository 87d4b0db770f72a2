"""Requests to admit somebody without an order: which are open, who is to decide, how they ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lazaretto.accounts.models import User
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.orders.choices import Missing
from lazaretto.orders.models import ExceptionRequest
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.places.models import Site
from lazaretto.stays.models import Stay

READ, DECIDE = "orders.read", "orders.decide"


def exceptions(actor: Actor) -> QuerySet[ExceptionRequest]:
    """Requests that the actor may read, with what a line of a list shows."""
    related = ("site", "unit", "person", "stay", "asked_by", "approver", "decision", "decision__by")
    return ExceptionRequest.objects.visible_to(actor, READ).select_related(*related)


def exception_by_number(actor: Actor, number: str) -> ExceptionRequest:
    """One of them; raises `NotFound`."""
    found = exceptions(actor).filter(number=number).first()
    if found is None:
        raise NotFound(kind="orders.exceptionrequest", number=number)
    return found


def undecided(rows: QuerySet[ExceptionRequest]) -> QuerySet[ExceptionRequest]:
    """Those that nobody has answered."""
    return rows.filter(decision__isnull=True)


def waiting_for_a_decision(actor: Actor) -> int:
    """How many requests this actor could decide now."""
    return undecided(ExceptionRequest.objects.visible_to(actor, DECIDE)).count() if actor.may(DECIDE) else 0


def waiting_for(person: Person, site: Site) -> str | None:
    """The number of the open request about somebody at a site."""
    rows = undecided(ExceptionRequest.objects.filter(person=person, site=site))
    return rows.values_list("number", flat=True).first()


def undecided_of_stays(stays: QuerySet[Stay]) -> dict[UUID, str]:
    """Numbers of the open requests about people who were admitted first, by stay; one query."""
    rows = undecided(ExceptionRequest.objects.filter(stay__in=stays)).values_list("stay", "number")
    return {stay: number for stay, number in rows if stay is not None}


def fewest_open(users: Sequence[int]) -> int | None:
    """Of these users the one who is to decide the fewest requests now."""
    open_now = Count("exceptions_to_decide", filter=Q(exceptions_to_decide__decision__isnull=True))
    rows = User.objects.filter(pk__in=users).annotate(n=open_now).order_by("n", "pk")
    return rows.values_list("pk", flat=True).first()


@dataclass(frozen=True)
class ExceptionLine:
    """A request as a list shows it."""

    request: ExceptionRequest
    name: str
    missing: tuple[str, ...]
    open: bool
    late: bool


def exception_lines(actor: Actor, rows: Iterable[ExceptionRequest], *, at: datetime) -> list[ExceptionLine]:
    """With names as the actor reads them; one query."""
    listed = list(rows)
    names = display_names(actor, [row.person for row in listed])
    return [
        ExceptionLine(
            row, names[row.person_id], tuple(str(Missing(code).label) for code in row.missing),
            not hasattr(row, "decision"), not hasattr(row, "decision") and row.due_at < at,
        )
        for row in listed
    ]  # fmt: skip
