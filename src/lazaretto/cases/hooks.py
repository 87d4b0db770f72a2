"""What apps above hear of changes of status: they register here, so cases knows none of them."""

from collections.abc import Callable
from datetime import datetime

from lazaretto.cases.models import Change

Hearing = Callable[..., None]  # (change, *, at), inside the command that ended it
_hearing: list[Hearing] = []


def hear_end(function: Hearing) -> None:
    """An app hears when a proposal came to nothing: refused, withdrawn. Called when it is ready."""
    if function not in _hearing:
        _hearing.append(function)


def tell_end(change: Change, *, at: datetime) -> None:
    """It came to nothing."""
    for function in _hearing:
        function(change, at=at)
