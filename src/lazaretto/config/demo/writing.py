"""Writing in bulk with the journal of a command."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Model

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows
from lazaretto.core.commands import Command


def as_command(name: str, *, actor: Actor, at: datetime, write: Callable[[], None]) -> None:
    """Run `write` as the running command of that name: what it records is journalled like the command's own work."""

    def body(*, actor: Actor, at: datetime) -> None:
        write()

    Command(name, "accounts.self", body, district=False, internal=True, keeps=False)(actor=actor, at=at)


def insert(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert instances that carry their own keys."""
    names = [column.attname for column in model._meta.concrete_fields]
    fields = [column.name for column in model._meta.concrete_fields]
    insert_rows(model, fields, [[getattr(row, name) for name in names] for row in rows])
