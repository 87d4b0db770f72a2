"""A cry for help from wherever somebody stands: the app of emergencies takes it, any other app may pass it on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor


@dataclass(frozen=True)
class Cry:
    """Who, where and what, in words. The same `id` again is the same cry; `at` is the first word."""

    id: UUID
    at: datetime
    who: str
    where: str
    what: str = ""


_TAKERS: list[Callable[[Actor, Cry], str]] = []


def take_with(taker: Callable[[Actor, Cry], str]) -> None:
    """Said once by the app that takes cries; it answers the number of the emergency and asks for no capability."""
    _TAKERS[:] = [taker]


def cry(actor: Actor, said: Cry) -> str:
    """Pass a cry on; answers its number. Whoever passes it on has looked who may speak there."""
    (taker,) = _TAKERS
    return taker(actor, said)
