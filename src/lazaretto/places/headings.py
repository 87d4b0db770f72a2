"""The columns of the room table and of room lists, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lazaretto.places.rows import COLUMNS


def headings_in_language() -> list[tuple[str, str]]:
    """Column names of the grid and of the Excel file in the reader's language."""
    words = {
        "building": _("Building"),
        "floor": _("Floor"),
        "number": _("Room"),
        "position": _("Position"),
        "beds": _("Beds"),
        "accessible": _("Accessible"),
        "has_window": _("Window"),
        "note": _("Note"),
    }
    return [(column, words[column]) for column in COLUMNS]
