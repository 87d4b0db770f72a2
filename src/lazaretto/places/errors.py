"""Named errors of places."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lazaretto.core.errors import DomainError
from lazaretto.places.rows import Fault


class SiteNotActivated(DomainError):
    """Nobody may be brought to a site whose checklist has not passed, or that is paused or closed."""

    code = "site_not_activated"
    message = _("This site is not open for arrivals.")
    next_step = _("Pass its activation checklist and have it activated, or choose another site.")


class ChecklistOpen(DomainError):
    """Items of the activation checklist are not passed; `context` lists them."""

    code = "checklist_open"
    message = _("The activation checklist has not passed.")
    next_step = _("Answer the open items with their evidence; then activate the site.")


class UnknownChecklistItem(DomainError):
    """The checklist has no such item, or the program answers it itself."""

    code = "unknown_checklist_item"
    status = 422
    message = _("This item of the checklist cannot be answered by hand.")
    next_step = _("Choose one of the items that are offered.")


class EvidenceRequired(DomainError):
    """An answer without evidence is no answer."""

    code = "evidence_required"
    status = 422
    message = _("Evidence is needed.")
    next_step = _("Write the number of the paper, or who looked at it and when.")


class SiteStillOccupied(DomainError):
    """People live there."""

    code = "site_still_occupied"
    message = _("People still live at this site.")
    next_step = _("Release or move everybody first.")


class PeopleExpected(DomainError):
    """People are on their way there or announced; `context` says how many."""

    code = "people_expected"

    def __init__(self, people: int) -> None:
        words = ngettext_lazy(
            "{people} person is still expected at this site.",
            "{people} people are still expected at this site.",
            people,
        )
        step = _("Check them in first, or mark them as missing with a reason.")
        super().__init__(format_lazy(words, people=people), next_step=step, people=people)


class CategoryChangeRefused(DomainError):
    """The conditions for a change of category are not met; `context` names them."""

    code = "category_change_refused"
    message = _("The category cannot be changed now.")
    next_step = _("Empty and disinfect the rooms first; for a mixed site give every floor its category.")


class RoomNotReady(DomainError):
    """The room cannot be given to a guest: it is not ready."""

    code = "room_not_ready"
    message = _("This room is not ready for a guest.")
    next_step = _("Choose a ready room, or have this one cleaned and disinfected first.")


class RoomNotOccupied(DomainError):
    """Nobody lives in the room."""

    code = "room_not_occupied"
    message = _("Nobody lives in this room.")
    next_step = _("Look at the room board again.")


class PlaceNameTaken(DomainError):
    """Another site, building, floor or zone has this name."""

    code = "place_name_taken"
    message = _("This name is taken here.")
    next_step = _("Choose another one.")


class PatternUnreadable(DomainError):
    """A span of floors or rooms, or the pattern of room numbers, cannot be read; `context` says which part."""

    code = "pattern_unreadable"
    status = 422
    message = _("Floors, rooms or the pattern cannot be read.")
    next_step = _("Write floors and rooms like “3-12, 15”, and the pattern with {floor} and {room}.")


class RoomRowsRefused(DomainError):
    """Cells of the grid cannot be saved; nothing was. `faults` says which and why, the context says it as JSON."""

    code = "room_rows_refused"
    status = 422
    message = _("Some cells cannot be saved; nothing was changed yet.")
    next_step = _("Correct the marked cells and save again.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(cells=json.dumps([asdict(one) for one in self.faults], ensure_ascii=False))


class RoomHasHistory(DomainError):
    """A room that people lived in is kept; it can be taken out of service."""

    code = "room_has_history"
    message = _("People have lived in this room, so it stays in the records.")
    next_step = _("Take it out of service instead.")


class ListAlreadyApplied(DomainError):
    """An imported room list is applied once."""

    code = "list_already_applied"
    message = _("This room list was applied already.")
    next_step = _("Import a new file if something changed.")
