"""Endpoints of the queue: the list that the page shows."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.models import Matter
from lazaretto.deciding.queries.matters import chosen, listed
from lazaretto.deciding.rules import READ, SETTLED_HERE
from lazaretto.deciding.wording import address_of

router = Router(tags=["deciding"])


class MattersIn(Paging):
    """What to show: of one round, of one kind; of nobody (`none`), mine, or overdue."""

    round: UUID | None = None
    kind: Kind | None = None
    show: Literal["", "none", "mine", "overdue"] = ""


class MatterOut(Schema):
    """Something that waits. `page` is where it is decided; `settle`: with the command `deciding.settle`.

    `said` holds what is known of it by numbers and codes; which of them, its kind says.
    """

    id: UUID
    round_id: UUID
    round: str
    point: str | None
    kind: Kind
    said: dict[str, Any]
    since: datetime
    due_at: datetime
    overdue: bool
    owner_id: int | None
    owned_at: datetime | None
    settle: bool
    page: Annotated[str, Field(description="Path below the installation's address.")]


@router.get("/deciding/matters", response=PageOut[MatterOut], summary="What waits for a decision in rounds of testing")
@needs(READ)
def matter_list(request: HttpRequest, given: Query[MattersIn]) -> Page[MatterOut]:
    """What is due first stands first, so what is overdue does."""
    actor, now = actor_of(request), clock.now()
    rows = chosen(actor, of=given.round, kind=given.kind or "", show=given.show, at=now)
    piece = listed(rows, limit=given.limit, cursor=given.cursor)
    return Page([_out(row, now) for row in piece.items], piece.next)


def _out(row: Matter, now: datetime) -> MatterOut:
    return MatterOut(
        id=row.pk, round_id=row.round_id, round=str(row.round), point=row.point.code if row.point else None,
        kind=Kind(row.kind), said=row.said, since=row.since, due_at=row.due_at, overdue=row.due_at <= now,
        owner_id=row.owner_id, owned_at=row.owned_at, settle=row.kind in SETTLED_HERE, page=address_of(row),
    )  # fmt: skip
