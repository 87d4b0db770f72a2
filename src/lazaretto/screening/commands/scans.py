"""What a phone says of a swab."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, TypeVar
from uuid import UUID

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from lazaretto.core.codes import tidy_code
from lazaretto.screening.rules import LARGEST_TUBE

T = TypeVar("T")
EPOCH, FAR = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


_LONGEST = 40  # characters of a code
_spelled = lru_cache(maxsize=4096)(tidy_code)  # a tube is named by each of its swabs


def _tidy(said: object) -> object:
    """A code in its one spelling, from whichever device; what is no text is refused by its form."""
    if not isinstance(said, str):
        return said
    return _spelled(said) if len(said) <= _LONGEST else tidy_code(said)


Moment = Annotated[AwareDatetime, Field(ge=EPOCH, lt=FAR)]
Line = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00]*$")]
# Spelled first, then held to its form: the other way round pydantic would do that in Python, 200 times an upload.
Code = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST, pattern=r"^[!-~]+$"), BeforeValidator(_tidy)]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody whom the roster on the phone does not name: what they said."""

    name: Line = ""
    document: Line = ""
    phone: Line = ""
    organisation: Line = ""


@dataclass(frozen=True, slots=True)
class TakenScan:
    """Somebody's swab in a place of a tube, as a phone captured it at `at` of its own clock.

    `number` is theirs on the roster; without one they are a stranger. `temperature` in °C. `round` only says something
    when it is another than the point's.
    """

    id: UUID
    tube: Code
    slot: Annotated[int, Field(ge=1, le=LARGEST_TUBE)]
    at: Moment
    number: Annotated[int | None, Field(ge=1, lt=2**31)] = None
    stranger: Stranger | None = None
    table: Annotated[int, Field(ge=1, le=1000)] = 1
    temperature: Annotated[float | None, Field(ge=30, le=45)] = None
    round: UUID | None = None


class Swab(Struct, gc=False, forbid_unknown_fields=True):
    """The same of somebody on the roster, read four times as fast. What is spelled otherwise, and strangers, are read
    as `TakenScan`, whose fields these are in their order, so that both say the same when written again.
    """

    id: UUID
    tube: Annotated[str, Meta(max_length=_LONGEST)]  # tidy; whoever takes it looks, because ten people share it
    slot: Annotated[int, Meta(ge=1, le=LARGEST_TUBE)]
    at: Annotated[datetime, Meta(tz=True)]
    number: Annotated[int, Meta(ge=1, lt=2**31)]
    stranger: None = None
    table: Annotated[int, Meta(ge=1, le=1000)] = 1
    temperature: Annotated[float, Meta(ge=30, le=45)] | None = None
    round: UUID | None = None


# Moments finer than ours: the two readers would cut them in two ways.
_FINER = re.compile(rb"\.\d{7}")


def read_plain(reader: "Decoder[T]", body: bytes) -> T | None:
    """What was sent, by a reader of `Swab`; None where the careful one has to read it."""
    try:
        return None if _FINER.search(body) else reader.decode(body)
    except (MsgspecError, ValueError, RecursionError):  # no text, or parts within parts within parts
        return None


@dataclass(frozen=True, slots=True)
class Unread:
    """Something among the scans of a batch that is none: its place there (from 0), its number if that can be read, what
    is wrong by field, and the whole as it came. The rest of the batch does not wait for it.
    """

    place: int
    scan: UUID | None
    fields: dict[str, str]
    said: str
