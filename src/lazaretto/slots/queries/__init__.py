"""Reads of slots, within what an actor may see. Never writes."""

from lazaretto.slots.queries.board import Board, Hour, PointRow, SlotLine, Unplaced, board, lines, misfits, unplaced
from lazaretto.slots.queries.changes import difference, losing_by, told_otherwise, twice
from lazaretto.slots.queries.coming import Coming, NotCome, PointSlots, point_slots, promises, slots_by_home
from lazaretto.slots.queries.formulas import Formula, formulas
from lazaretto.slots.queries.notices import Holder, Wording, counts_of, digest_of_all, holder, holders, to_tell, wording
from lazaretto.slots.queries.problem import (
    Asked,
    Settings,
    asked_for,
    improved,
    rooms_of,
    settings_of,
    standing_of,
    way,
)
from lazaretto.slots.queries.proposals import proposal_view
from lazaretto.slots.queries.rests import points_changed
from lazaretto.slots.queries.standing import (
    Comers,
    accepted,
    comers,
    current,
    digest_of,
    pending,
    proposal_by_id,
    slot_by_id,
    somebody_has_a_slot,
)
from lazaretto.slots.queries.starts import free_starts
from lazaretto.slots.queries.supplies import PointSupplies, Supplies, supplies

__all__ = [
    "Asked",
    "Board",
    "Comers",
    "Coming",
    "Formula",
    "Holder",
    "Hour",
    "NotCome",
    "PointRow",
    "PointSlots",
    "PointSupplies",
    "Settings",
    "SlotLine",
    "Supplies",
    "Unplaced",
    "Wording",
    "accepted",
    "asked_for",
    "board",
    "comers",
    "counts_of",
    "current",
    "difference",
    "digest_of",
    "digest_of_all",
    "formulas",
    "free_starts",
    "holder",
    "holders",
    "improved",
    "lines",
    "losing_by",
    "misfits",
    "pending",
    "point_slots",
    "points_changed",
    "promises",
    "proposal_by_id",
    "proposal_view",
    "rooms_of",
    "settings_of",
    "slot_by_id",
    "slots_by_home",
    "somebody_has_a_slot",
    "standing_of",
    "supplies",
    "to_tell",
    "told_otherwise",
    "twice",
    "unplaced",
    "way",
    "wording",
]
