"""Columns of values as PostgreSQL's own wire format has arrays: for statements that take in hundreds of rows at once.

A text of an array is made value by value here and read value by value there; this is a few calls for all, and there it
is only copied. The format is that of `array_send`: dimensions, whether there are nulls, the type, how many, from which
number on, then each value behind its length.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any, ClassVar
from uuid import UUID

from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD, _NO_VALUES = struct.Struct(">iiIii"), struct.Struct(">iiI")
_LENGTH = [struct.pack(">i", length) for length in range(256)]
_NULL = struct.pack(">i", -1)
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)  # from where PostgreSQL counts
_MICROSECOND = timedelta(microseconds=1)


class Packed:
    """A column of values of one type."""

    __slots__ = ("data",)
    of: ClassVar[int]  # the type of a value, and of an array of them, as PostgreSQL numbers its own types
    array: ClassVar[int]

    def __init__(self, n: int, values: bytes, *, nulls: bool = False) -> None:
        self.data = _HEAD.pack(1, nulls, self.of, n, 1) + values if n else _NO_VALUES.pack(0, 0, self.of)


class Uuids(Packed):
    """Keys."""

    __slots__ = ()
    of, array = 2950, 2951

    def __init__(self, values: Sequence[UUID]) -> None:
        length = _LENGTH[16]
        super().__init__(len(values), length + length.join([value.bytes for value in values]))


class Wholes(Packed):
    """Whole numbers of four bytes, none missing."""

    __slots__ = ()
    of, array = 23, 1007

    def __init__(self, values: Sequence[int]) -> None:
        n = len(values)
        super().__init__(n, struct.pack(f">{2 * n}i", *chain.from_iterable(zip(repeat(4, n), values, strict=True))))


class Shorts(Packed):
    """Whole numbers of two bytes, or none."""

    __slots__ = ()
    of, array = 21, 1005

    def __init__(self, values: Sequence[int | None]) -> None:
        super().__init__(len(values), b"".join(map(_short, values)), nulls=None in values)


class Texts(Packed):
    """Texts of up to 255 bytes."""

    __slots__ = ()
    of, array = 25, 1009

    def __init__(self, values: Sequence[str]) -> None:
        coded = [value.encode() for value in values]
        super().__init__(len(values), b"".join([_LENGTH[len(value)] + value for value in coded]))


class Moments(Packed):
    """Aware moments."""

    __slots__ = ()
    of, array = 1184, 1185

    def __init__(self, values: Sequence[datetime]) -> None:
        n = len(values)
        counted = [(value - _BEGIN) // _MICROSECOND for value in values]
        super().__init__(n, struct.pack(">" + "iq" * n, *chain.from_iterable(zip(repeat(8, n), counted, strict=True))))


class _Shorts(dict[int | None, bytes]):
    """Made once: there are at most 65,536 of them, and temperatures and places in tubes are few."""

    def __missing__(self, value: int | None) -> bytes:
        made = self[value] = _NULL if value is None else struct.pack(">ih", 2, value)
        return made


_short = _Shorts().__getitem__


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer:
        return obj.data  # type: ignore[no-any-return]


# What a connection has to know.
DUMPERS: list[tuple[type[Packed], type[Dumper]]] = [
    (kind, type(f"{kind.__name__}Dumper", (_Dumper,), {"oid": kind.array}))
    for kind in (Uuids, Wholes, Shorts, Texts, Moments)
]
