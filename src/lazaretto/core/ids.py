"""Identifiers: UUID version 7, ordered by time, made anywhere without asking a server."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUID version 7."""
    return uuid7()
