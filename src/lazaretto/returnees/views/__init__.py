"""Pages of returnees."""

from lazaretto.returnees.views.calls import calls, next_one, shift
from lazaretto.returnees.views.cases import (
    attempt,
    close,
    export,
    hands,
    lead,
    listing,
    number,
    one,
    overview,
    share_out,
    test,
)
from lazaretto.returnees.views.lists import cancel, commit, decide, lists, one_list

__all__ = [
    "attempt",
    "calls",
    "cancel",
    "close",
    "commit",
    "decide",
    "export",
    "hands",
    "lead",
    "listing",
    "lists",
    "next_one",
    "number",
    "one",
    "one_list",
    "overview",
    "share_out",
    "shift",
    "test",
]
