"""What a row must keep before it is written: lengths and choices, which SQLite would not refuse."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from lazaretto.core.errors import InvalidInput

M = TypeVar("M", bound=Model)


def checked(row: M, *, without: tuple[str, ...] = ()) -> M:
    """The row, if its fields can be stored as they are; raises `InvalidInput` naming those that cannot."""
    try:
        row.clean_fields(exclude=without)
    except ValidationError as error:
        raise InvalidInput(fields={name: " ".join(told) for name, told in error.message_dict.items()}) from error
    return row
