"""Keys of the tables that are written by the thousand.

A roster and an upload write many rows into tables without foreign keys in the database: PostgreSQL would look up each
row's round, point and upload one by one, and for a roster of two million keep every one of these look-ups in memory
until the end. Their rows are written beside the very rows they name; `proofs` compares.
"""

from typing import Any

from django.db import models


def unchecked(model: type[models.Model], *, index: bool = False, **more: Any) -> Any:
    """A key of another table without a look-up by the database."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, db_constraint=False, db_index=index, related_name="+", **more
    )
