"""Reads a parsed TOML table key by key, collecting every error with its path instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")
_MISSING: Any = object()


class PackInvalid(ValueError):
    """A pack or overlay file breaks the schema; `errors` lists every place and what is wrong there."""

    def __init__(self, name: str, errors: Sequence[str]) -> None:
        self.name = name
        self.errors = tuple(errors)
        super().__init__(f"{name}: " + "; ".join(self.errors))


class TableReader:
    """One table of a file. Each take_… removes a key; `finish` reports the keys that nobody took."""

    def __init__(self, table: object, path: str, errors: list[str]) -> None:
        self._path = path
        self.errors = errors
        if not isinstance(table, Mapping):
            self.fail("", "must be a table")
            table = {}
        self._rest: dict[str, Any] = dict(table)

    def fail(self, key: str, problem: str) -> None:
        """Note an error at a key of this table (or at the table itself for an empty key)."""
        where = ".".join(part for part in (self._path, key) if part)
        self.errors.append(f"{where or 'file'}: {problem}")

    def _take(self, key: str, default: T, convert: Callable[[Any], T], wanted: str) -> T:
        value = self._rest.pop(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                self.fail(key, "is missing")
            return default
        try:
            return convert(value)
        except (TypeError, ValueError, InvalidOperation):
            self.fail(key, f"must be {wanted}, not {value!r}")
            return default

    def text(self, key: str, default: str = _MISSING) -> str:
        """A string that is not blank."""
        value = self._take(key, default, _text, "a text")
        return value if isinstance(value, str) else ""

    def whole(self, key: str, default: int = _MISSING, *, least: int = 0, most: int = 10_000) -> int:
        """A whole number between `least` and `most`."""
        number = self._take(key, default, _whole, "a whole number")
        if isinstance(number, int) and not least <= number <= most:
            self.fail(key, f"must be between {least} and {most}, not {number}")
        return number if isinstance(number, int) else least

    def optional_whole(self, key: str, *, least: int = 0) -> int | None:
        """A whole number or nothing."""
        return self.whole(key, least=least) if key in self._rest else None

    def number(self, key: str, default: Decimal = _MISSING) -> Decimal:
        """A decimal number, exact as written."""
        value = self._take(key, default, lambda v: Decimal(str(v)), "a number")
        return value if isinstance(value, Decimal) else Decimal(0)

    def choice(self, key: str, options: Sequence[str], default: str = _MISSING) -> str:
        """One of the given words."""
        value = self.text(key, default)
        if value and value not in options:
            self.fail(key, f"must be one of {', '.join(options)}, not {value!r}")
        return value

    def day(self, key: str) -> date:
        """A date."""
        value = self._take(key, _MISSING, _date, "a date like 2021-05-14")
        return value if isinstance(value, date) else date.min

    def clock(self, key: str, default: time = _MISSING) -> time:
        """A wall time of the site."""
        value = self._take(key, default, _time, "a time like 08:00")
        return value if isinstance(value, time) else time.min

    def words(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._take(key, tuple(default), lambda v: tuple(_text(w) for w in _list(v)), "a list of texts"))

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(self._take(key, (), lambda v: tuple(_whole(n) for n in _list(v)), "a list of whole numbers"))

    def table(self, key: str) -> TableReader | None:
        """A table inside this one, or None when it is absent."""
        if key not in self._rest:
            return None
        return TableReader(self._rest.pop(key), self._join(key), self.errors)

    def required_table(self, key: str) -> TableReader:
        """A table inside this one; its absence is an error."""
        found = self.table(key)
        if found is None:
            self.fail(key, "is missing")
            return TableReader({}, self._join(key), [])
        return found

    def tables(self, key: str) -> tuple[TableReader, ...]:
        """A list of tables inside this one."""
        found = self._rest.pop(key, [])
        if not isinstance(found, list):
            self.fail(key, "must be a list of tables")
            return ()
        return tuple(TableReader(item, f"{self._join(key)}[{n}]", self.errors) for n, item in enumerate(found))

    def keys(self) -> tuple[str, ...]:
        """Keys not taken yet, in the file's order."""
        return tuple(self._rest)

    def raw(self, key: str) -> dict[str, Any]:
        """A table taken as it is, unread."""
        value = self._rest.pop(key, {})
        if isinstance(value, dict):
            return value
        self.fail(key, "must be a table")
        return {}

    def finish(self) -> None:
        """Every key that was not taken is unknown to the schema."""
        for key in self._rest:
            self.fail(key, "is not a known key")

    def _join(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _date(value: object) -> date:
    if type(value) is not date:
        raise TypeError
    return value


def _time(value: object) -> time:
    if isinstance(value, str):
        return time.fromisoformat(value)
    if not isinstance(value, time):
        raise TypeError
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
