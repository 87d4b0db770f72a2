"""Says by name what the database would refuse, or SQLite would let pass."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from lazaretto.core.errors import InvalidInput

M = TypeVar("M", bound=Model)


def checked(row: M, *, but: tuple[str, ...] = ()) -> M:
    """The row, if each field holds what it may (length, choice, not blank); raises `InvalidInput`.

    SQLite enforces no length, PostgreSQL no choice: this is the same on both. Relations are left to the database.
    """
    relations = {field.name for field in row._meta.concrete_fields if field.is_relation}
    try:
        row.clean_fields(exclude=relations | set(but))
    except ValidationError as error:
        faults = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise InvalidInput(fields=faults) from error
    return row
