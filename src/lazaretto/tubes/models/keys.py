"""Keys of the many rows of tubes."""

from typing import Any

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


def named(model: type[models.Model], *, index: bool = False, **more: Any) -> Any:
    """A key of another table without a look-up by the database."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, db_constraint=False, db_index=index, related_name="+", **more
    )
