"""Where people are pointed at from, in the whole program: read from the models, so that no app above is named here."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from lazaretto.people.models import (
    ContactPoint,
    DuplicateSuggestion,
    Merge,
    Person,
    PersonName,
    SearchToken,
)

# Bookkeeping of merges themselves, and what is made anew from names and access.
NOT_MOVED: tuple[type[models.Model], ...] = (Merge, DuplicateSuggestion, SearchToken, Person)
# Rows that say the same of both records stay where they are: model → the field that says it.
EQUAL: dict[type[models.Model], str] = {PersonName: "full", ContactPoint: "digest"}


def links() -> Iterator[tuple[type[models.Model], str]]:
    """Every model and field that points at a person and is moved by a merge."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or not (relation.one_to_many or relation.one_to_one):
            continue
        model: Any = relation.related_model
        if model not in NOT_MOVED:
            yield model, relation.field.attname
