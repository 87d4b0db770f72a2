"""Reads of one shape, compiled once: for the few queries that stand in the way of every command.

Django compiles a queryset anew for each use, which costs several times what the database takes to answer. A function
under `@prepared` builds its queryset once from named slots; every call only puts its values in.
"""

import functools
import inspect
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, ForeignKey, Func, JSONField, Lookup, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql import UpdateQuery

from lazaretto.core.databases import on_postgresql
from lazaretto.core.instances import Maker

R = TypeVar("R")


@dataclass(frozen=True)
class _Mark:
    """Stands among the parameters of a compiled statement until its value is known."""

    name: str


class Slot(Expression):
    """The place of a value in a prepared query; it can stand on the right of any plain comparison.

    With `alone` it is the place of several (for `among`) that are only one.
    """

    def __init__(self, name: str, *, alone: bool = False) -> None:
        super().__init__()
        self.name, self.alone = name, alone

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # noqa: ARG002
        """A parameter."""
        return "%s", [_Mark(self.name)]


class Rows(Func):
    """`Subquery(things.values(rows=Rows("a", "b")))`: all rows of a subquery as one value, a list of lists or None.

    Keys in it are texts.
    """

    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **_words: Any) -> tuple[str, Any]:
        """An array of arrays."""
        return self.as_sql(compiler, connection, template="JSONB_AGG(JSONB_BUILD_ARRAY(%(expressions)s))")

    def as_sqlite(self, compiler: Any, connection: Any, **_words: Any) -> tuple[str, Any]:
        """The same; of no rows an empty one."""
        return self.as_sql(compiler, connection, template="JSON_GROUP_ARRAY(JSON_ARRAY(%(expressions)s))")


@Field.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """`filter(person__among=people)`: like `in`, but the values are one parameter, so their number is no other SQL.

    One alone is compared by `=`: most commands are about one person, and PostgreSQL keeps the plan of that, while it
    plans `= ANY` anew each time, because it takes an array that it does not know to be ten.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """SQLite unfolds a list that comes as JSON; PostgreSQL has arrays."""
        lhs, lhs_values = self.process_lhs(compiler, connection)
        rhs, rhs_values = self.process_rhs(compiler, connection)
        compared = f"{lhs} = {rhs}" if isinstance(self.rhs, Slot) and self.rhs.alone else among(lhs, rhs)
        return compared, [*lhs_values, *rhs_values]


def among(column: str, values: str = "%s") -> str:
    """The comparison of `Among`, for a statement in plain SQL."""
    if on_postgresql():
        return f"{column} = ANY({values})"
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


def statement_cursor() -> CursorWrapper:
    """A cursor for statements that come again and again: PostgreSQL plans them once for each connection.

    Django's own cursors put the values into the text, so every statement is a new one to the server.
    """
    return cast("CursorWrapper", cast("Any", connections[DEFAULT_DB_ALIAS]).planned_cursor())


def prepared(build: Callable[..., QuerySet[Any, R]]) -> Callable[..., list[R]]:
    """Turn a function that builds a queryset from slots into one that takes values and returns the rows.

    Every parameter of `build` becomes a `Slot`, and a keyword of the result: a key, a text, a number, a date, a moment,
    or several of one kind (for `among`); never None (which compiles to other SQL) and never a model instance.
    """
    names = tuple(inspect.signature(build).parameters)
    statements: dict[_Kind, _Statement] = {}

    @functools.wraps(build)
    def read(**values: Any) -> list[R]:
        kind, values = _told_apart(names, values)
        statement = statements.get(kind)
        if statement is None:
            statement = statements[kind] = _Statement(build(**_slots(names, kind)))
        return statement.rows(values)

    return read


def prepared_change(*fields: str) -> Callable[[Callable[..., QuerySet[Any, Any]]], Callable[..., int]]:
    """The same for a change: sets these fields of the rows that `build` finds, and returns how many they were.

    The values to be set are keywords of the result too, by the names of the fields; they may be None.
    """

    def declare(build: Callable[..., QuerySet[Any, Any]]) -> Callable[..., int]:
        names = tuple(inspect.signature(build).parameters)
        statements: dict[_Kind, tuple[str, tuple[Any, ...]]] = {}

        @functools.wraps(build)
        def change(**values: Any) -> int:
            kind, values = _told_apart(names, values)
            if kind not in statements:
                rows = build(**_slots(names, kind))
                query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
                query.add_update_values({name: Slot(name) for name in fields})
                statements[kind] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            sql, marks = statements[kind]
            with statement_cursor() as cursor:
                cursor.execute(sql, _filled(marks, values))
                return int(cursor.rowcount)

        return change

    return declare


_Kind = frozenset[str]  # which of the values that may be several are one alone


def _told_apart(names: Iterable[str], values: dict[str, Any]) -> tuple[_Kind, dict[str, Any]]:
    """Which statement the values of these slots need, and the values as it takes them."""
    several = {name: values[name] for name in names if _are_many(values[name])}
    alone = {name: next(iter(those)) for name, those in several.items() if len(those) == 1}
    return frozenset(alone), {**values, **alone}


def _slots(names: Iterable[str], kind: _Kind) -> dict[str, Slot]:
    return {name: Slot(name, alone=name in kind) for name in names}


def _filled(marks: Iterable[Any], values: dict[str, Any]) -> list[Any]:
    """The parameters of a statement, with these values in their places."""
    ready = {name: adapted(value) for name, value in values.items()}
    return [ready[mark.name] if isinstance(mark, _Mark) else mark for mark in marks]


class _Statement:
    """A queryset with its SQL; keeps what Django's row readers ask a compiler for."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        query = rows.query
        compiler = query.get_compiler(connection.alias)
        self.sql, self.marks = compiler.as_sql()
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        self.converters = compiler.get_converters(columns)
        self.compiler = compiler
        self.query = query
        self.reader: Any = rows._iterable_class
        self.fields = rows._fields  # type: ignore[attr-defined]
        whole = self.reader is ModelIterable
        self.maker = Maker(compiler.klass_info, compiler.select, compiler.annotation_col_map) if whole else None

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Run with these values."""
        with statement_cursor() as cursor:
            cursor.execute(self.sql, _filled(self.marks, values))
            found = cursor.fetchall()
        if self.maker is not None:
            rows = self.compiler.apply_converters(found, self.converters) if self.converters else found
            return list(map(self.maker.make, rows))
        answered = _Answered(self, found)
        query = SimpleNamespace(
            get_compiler=lambda *_args, **_words: answered,
            extra_select=self.query.extra_select,
            values_select=self.query.values_select,
            annotation_select=self.query.annotation_select,
            selected=self.query.selected,
        )
        plain = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _fields=self.fields, _known_related_objects={})
        return list(self.reader(plain))


class _Answered:
    """What a reader of values asks of a compiler, with the rows already here."""

    def __init__(self, statement: _Statement, found: list[Any]) -> None:
        self._statement, self._found = statement, found

    def results_iter(self, *_args: Any, tuple_expected: bool = False, **_words: Any) -> Iterator[Any]:
        """The rows with their values converted."""
        rows: Iterator[Any] = iter(self._found)
        if self._statement.converters:
            rows = self._statement.compiler.apply_converters(rows, self._statement.converters)
            return map(tuple, rows) if tuple_expected else rows
        return rows


def adapted(value: Any) -> Any:
    """A value as the driver takes it."""
    many = _are_many(value)
    if on_postgresql():
        return list(value) if many else value
    return json.dumps(list(value), default=_plain) if many else _plain(value)


def _are_many(value: Any) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str | bytes)


def _plain(value: Any) -> Any:
    """As SQLite keeps it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value
