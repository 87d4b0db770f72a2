"""Lists by keyset: stable order, no OFFSET, no COUNT. Used by the API and by long pages.

A cursor is the opaque text of the last row's place. It limits nothing by itself: what an actor may see is the
queryset's business, so a forged cursor shows no more than an honest one.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from lazaretto.core.errors import InvalidInput

MOST = 200
USUAL = 50

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class BadCursor(InvalidInput):
    """The cursor is not one that this list gave."""

    code = "bad_cursor"
    message = _("This place in the list is not known.")
    next_step = _("Start again from the first page.")


class Paging(Schema):
    """Query parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="Most rows in one answer.")] = USUAL
    cursor: Annotated[str, Field(max_length=600, description="`next` of the answer before; empty for the first.")] = ""


class PageOut(Schema, Generic[T]):
    """A piece of a list; `next` is the cursor of the following piece, null at the end."""

    items: list[T]
    next: str | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows and the cursor of the following ones (None at the end)."""

    items: Sequence[T]
    next: str | None


def page(rows: QuerySet[M], order: Sequence[str], *, limit: int = USUAL, cursor: str = "") -> Page[M]:
    """The rows after the cursor, in that order: names of non-null fields, `-` for falling, ending in a unique one.

    Raises `BadCursor`. One query; it reads one row more than it returns to know whether there are more.
    """
    wanted = rows.order_by(*order)
    if cursor:
        wanted = wanted.filter(_after(order, _read(rows.model, order, cursor)))
    found = list(wanted[: limit + 1])
    following = _write(found[limit - 1], order) if len(found) > limit else None
    return Page(found[:limit], following)


def _after(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows behind a place: a < x, or a = x and b < y …; led by a ≤ x so that an index can be walked from there."""
    behind = Q(pk__in=())
    same = Q()
    for name, value in zip(order, place, strict=True):
        behind |= same & _side(name, value)
        same &= Q(**{name.lstrip("-"): value})
    return _side(order[0], place[0], orequal="e") & behind


def _side(name: str, value: Any, orequal: str = "") -> Q:
    return Q(**{f"{name.lstrip('-')}__{'lt' if name.startswith('-') else 'gt'}{orequal}": value})


def _write(row: Model, order: Sequence[str]) -> str:
    place = [_value(row, name.lstrip("-")) for name in order]
    return base64.urlsafe_b64encode(json.dumps(place, cls=DjangoJSONEncoder).encode()).decode().rstrip("=")


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row.isoformat() if hasattr(row, "isoformat") else row  # the encoder would cut microseconds


def _read(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(place, list) or len(place) != len(order):
            raise BadCursor
        return [_typed(model, name.lstrip("-"), value) for name, value in zip(order, place, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError, OverflowError) as error:
        raise BadCursor from error


def _typed(model: type[Model], name: str, value: Any) -> Any:
    """The value as its field has it; raises when it cannot be one."""
    first, *rest = name.split("__")
    field = model._meta.get_field(first)
    if rest:
        related: Any = field.related_model
        return _typed(related, "__".join(rest), value)
    typed = field.to_python(value)  # type: ignore[union-attr]
    if typed is None or (isinstance(typed, str) and "\x00" in typed):
        raise BadCursor
    if isinstance(typed, int) and abs(typed) >= 2**63:
        raise BadCursor
    if hasattr(typed, "tzinfo") and typed.tzinfo is None:
        raise BadCursor
    return typed
