"""What a phone at a table sends."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from msgspec import Meta, Struct
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lazaretto.core.errors import InvalidInput
from lazaretto.screening.commands import SeenFever, Swab, TakenScan
from lazaretto.screening.commands.scans import Code, Line, Moment
from lazaretto.screening.rules import MOST_FEVERS, MOST_SCANS
from lazaretto.tubes.commands import TakenEvent
from lazaretto.tubes.rules import MOST_EVENTS

M = TypeVar("M", bound=BaseModel)
Secret = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClaimIn(_Sent):
    """The code of the QR, and the token that the phone made."""

    code: Secret
    token: Secret


class PlainBatch(Struct, forbid_unknown_fields=True):
    """`BatchIn` where nothing is unusual, read faster."""

    batch: UUID
    sent_at: Annotated[datetime, Meta(tz=True)]
    scans: Annotated[list[Swab], Meta(min_length=1, max_length=MOST_SCANS)]


class BatchIn(_Sent):
    """Scans under the number that the phone gave the batch; sent again it is the same batch."""

    batch: UUID
    sent_at: Moment
    scans: Annotated[list[TakenScan], Field(min_length=1, max_length=MOST_SCANS)]


class EventsIn(_Sent):
    """What happened to tubes and bags, and what was agreed; sent again it is the same batch."""

    batch: UUID
    sent_at: Moment
    events: Annotated[list[TakenEvent], Field(min_length=1, max_length=MOST_EVENTS)]


class FeversIn(_Sent):
    """What was seen of fevers; each fact has a number of its own, so sent again it changes nothing."""

    sent_at: Moment
    fevers: Annotated[list[SeenFever], Field(min_length=1, max_length=MOST_FEVERS)]


class CarriedBag(_Sent):
    """A bag that a courier took, or handed in at the laboratory `to`, where `officer` took it."""

    id: UUID
    kind: Literal["taken", "arrived"]
    at: Moment
    bag: Code
    to: Annotated[str, StringConstraints(max_length=40)] = ""
    officer: Line = ""


class CarriedIn(_Sent):
    """What a courier's phone brings of one round; each scan has its own number: sent again it changes nothing."""

    batch: UUID
    round: UUID
    sent_at: Moment
    events: Annotated[list[CarriedBag], Field(min_length=1, max_length=MOST_EVENTS)]


def read(model: type[M], body: bytes) -> M:
    """What was sent; raises `InvalidInput` by its fields."""
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        faults = {".".join(str(part) for part in item["loc"]): item["msg"] for item in error.errors()}
        raise InvalidInput(fields=faults) from error


def moment(text: str) -> datetime | None:
    """A moment of a header or a query; nothing where nobody can read it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def count(text: str) -> int:
    """A number of things of a header or a query; 0 where nobody can read it."""
    return min(int(text), 2**31 - 1) if text.isascii() and text.isdigit() else 0
