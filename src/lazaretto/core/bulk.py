"""Inserts of many thousand rows by the fastest way each database has: COPY on PostgreSQL, one prepared statement else.

Three to five times as fast as `bulk_create`, for imports; constraints and triggers hold as always. Called inside
commands only.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.secrets import encrypt

Convert = Callable[[Any], Any]

FEW = 50  # rows for which one plain statement is the faster way


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of Python values, one for each named field; a foreign key takes the key.

    Every field without a database default must be named: Python defaults and `save()` are not used. Raises
    `django.db.IntegrityError` like any insert.
    """
    if isinstance(rows, Sequence) and len(rows) <= FEW:
        insert_few(model, fields, rows)
        return
    columns = [model._meta.get_field(name) for name in fields]
    converters = [_converter(column) for column in columns]
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in columns)  # type: ignore[union-attr]
    table = connection.ops.quote_name(model._meta.db_table)
    values = ([convert(value) for convert, value in zip(converters, row, strict=True)] for row in rows)
    if connection.vendor == "postgresql":
        _copy(f"COPY {table} ({names}) FROM STDIN", values)
        return
    marks = ", ".join(["%s"] * len(columns))
    listed = list(values)
    if listed:
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", listed)  # noqa: S608


def insert_few(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
    returning: bool = False,
) -> list[Any]:
    """Insert a handful of rows in one statement, for what every command writes. Values as for `insert_rows`.

    With `ignore_conflicts` rows that a unique key refuses are left out; with `returning` the keys of the rows that were
    inserted are returned, in order.
    """
    if not rows:
        return []
    shape = _shape(model, tuple(fields), connection.vendor)
    line = f"({', '.join(['%s'] * len(fields))})"
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    ending += f" RETURNING {shape.key}" if returning else ""
    values = [convert(value) for row in rows for convert, value in zip(shape.converters, row, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(f"{shape.start} {', '.join([line] * len(rows))}{ending}", values)
        return [key for (key,) in cursor.fetchall()] if returning else []


M = TypeVar("M", bound=models.Model)


def insert(row: M) -> M:
    """Insert one new instance as it stands: what `save()` does, without signals and without looking first.

    A key that the database gives is put on the instance. Raises `django.db.IntegrityError`.
    """
    _insert_one(row, ignore_conflicts=False)
    return row


def insert_unless_taken(row: models.Model) -> bool:
    """The same, but False when a unique key is taken; the transaction goes on."""
    return _insert_one(row, ignore_conflicts=True)


def _insert_one(row: models.Model, *, ignore_conflicts: bool) -> bool:
    fields = _columns(type(row), with_key=row.pk is not None)
    values = [getattr(row, name) for name in fields]
    keys = insert_few(type(row), fields, [values], ignore_conflicts=ignore_conflicts, returning=True)
    if not keys:
        return False
    if row.pk is None:
        (row.pk,) = keys
    row._state.adding, row._state.db = False, connection.alias
    return True


@lru_cache(maxsize=256)
def _columns(model: type[models.Model], *, with_key: bool) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if with_key or not field.primary_key)


@dataclass(frozen=True)
class _Shape:
    """The beginning of an insert, the quoted primary key, and what turns values into the driver's."""

    start: str
    key: str
    converters: tuple[Convert, ...]


@lru_cache(maxsize=256)
def _shape(model: type[models.Model], fields: tuple[str, ...], _vendor: str) -> _Shape:
    columns = [model._meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)  # type: ignore[union-attr]
    start = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES"
    return _Shape(start, quote(str(model._meta.pk.column)), tuple(_converter(column) for column in columns))


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Take that many numbers from the counter of a model with an automatic key, for `insert_rows`.

    On SQLite the caller holds the only write lock, so the numbers after the last are free.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
    return list(range(last + 1, last + 1 + count))


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _converter(field: Any) -> Convert:
    """What turns a Python value of this field into what the database driver takes."""
    if isinstance(field, models.ForeignKey):
        return _converter(field.target_field)
    converters = _PLAIN if connection.vendor == "postgresql" else _PLAIN | _SQLITE
    # The nearest class counts: a DateTimeField is a DateField too.
    for kind in type(field).__mro__:
        if kind in converters:
            return converters[kind]
    return lambda value: field.get_db_prep_save(value, connection)


def _same(value: Any) -> Any:
    return value


def _encrypted(value: str | None) -> bytes | None:
    return None if value is None else encrypt(value)


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


@lru_cache(maxsize=1024)
def _moment(value: datetime | None) -> Any:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


_PLAIN: dict[type, Convert] = {
    EncryptedTextField: _encrypted,
    models.JSONField: _json,
    models.CharField: _same,
    models.TextField: _same,
    models.IntegerField: _same,
    models.BooleanField: _same,
    models.UUIDField: _same,
    models.DateTimeField: _same,
    models.DateField: _same,
}
_SQLITE: dict[type, Convert] = {
    models.UUIDField: _hex,
    models.DateTimeField: _moment,
    models.DateField: _day,
}


def update_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the named fields of many rows; each row is the primary key followed by the values."""
    columns = [model._meta.get_field(name) for name in fields]
    pk = model._meta.pk
    converters = [_converter(column) for column in (*columns, pk)]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(column.column))} = %s" for column in columns)  # type: ignore[union-attr]
    where = quote(str(pk.column))
    values = [[convert(value) for convert, value in zip(converters, (*row[1:], row[0]), strict=True)] for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {where} = %s", values)  # noqa: S608
