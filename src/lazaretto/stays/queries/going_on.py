"""Under which order somebody who comes to a desk goes on: the one in force, unless another category was decided.

Only a named approver lengthens an isolation (promise 2): coming to another door is no such decision.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.prepared import prepared
from lazaretto.stays.models import IsolationOrder


@dataclass(frozen=True)
class Decided:
    """A decision since an order began: its person has another category now, counted from `since`."""

    category: str
    since: datetime


Decision = Callable[[IsolationOrder], Decided | None]
_decisions: list[Decision] = []


def decided_by(decision: Decision) -> None:
    """An app above says what was decided about the person of an order since it began."""
    _decisions.append(decision)


def decided(order: IsolationOrder) -> Decided | None:
    """What was decided about the person of an order since it began; None where nothing was."""
    return next((found for decision in _decisions if (found := decision(order))), None)


def unlifted_order(person_id: UUID) -> IsolationOrder | None:
    """The order that nobody has lifted; its end may have passed."""
    return next(iter(_unlifted(person=person_id)), None)


def goes_on_under(person_id: UUID, category: str, *, at: datetime) -> IsolationOrder | None:
    """The order in force under which somebody goes on who is admitted in that category; None where a new one begins."""
    return goes_on(unlifted_order(person_id), category, at=at)


def goes_on(order: IsolationOrder | None, category: str, *, at: datetime) -> IsolationOrder | None:
    """The same of the order that nobody has lifted."""
    if order is None or order.ends_at <= at:
        return None
    found = decided(order)
    return None if found and found.category == category else order


def counts_from(order: IsolationOrder | None, category: str, *, at: datetime) -> datetime | None:
    """From when a category counts that was decided while the order was in force; None where nothing was."""
    found = decided(order) if order is not None and order.ends_at > at else None
    return found.since if found and found.category == category else None


@prepared
def _unlifted(person: Any) -> QuerySet[IsolationOrder]:
    return IsolationOrder.objects.filter(person=person, lifted_at__isnull=True)
