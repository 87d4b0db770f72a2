"""What a phone is told of the batch that it sent."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from lazaretto.screening.choices import Reason


@dataclass(frozen=True)
class NumberGiven:
    """The number of somebody who was scanned without one: on the roster after all, or a stranger's."""

    scan: UUID
    number: int


@dataclass(frozen=True)
class Kept:
    """A scan that does not count, and why; `before_at`: when the scan that stands in its way was taken."""

    scan: UUID
    reason: Reason
    number: int | None
    before_at: datetime | None


@dataclass(frozen=True)
class Refused:
    """Something among the scans that nobody can read: its place (from 0), its number if it has one, what is wrong."""

    place: int
    scan: UUID | None
    fields: dict[str, str]


@dataclass(frozen=True)
class UploadAnswer:
    """What became of a batch: `received` = `taken` + `duplicates` + `refused`. The same for the same batch again.

    What was refused is kept nowhere here: whoever sent it has it, and sends it put right in another batch.
    """

    batch: UUID
    received: int
    taken: int
    strangers: int
    late: bool
    skew_seconds: int
    numbers: list[NumberGiven]
    duplicates: list[Kept]
    refused: list[Refused] = field(default_factory=list)


ANSWER = TypeAdapter(UploadAnswer)
