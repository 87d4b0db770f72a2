"""What the commands of arrivals are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "arrivals.admit_walk_in": _("admitted without a list"),
        "arrivals.ask_to_admit": _("asked before somebody is admitted"),
        "arrivals.board": _("scanned onto the bus"),
        "arrivals.board_newcomer": _("registered on the bus and taken along"),
        "arrivals.board_unexpected": _("taken along without being on the list"),
        "arrivals.cancel_manifest": _("list put aside"),
        "arrivals.check_in": _("checked in from the bus"),
        "arrivals.commit_manifest": _("list committed"),
        "arrivals.decide_row": _("held row decided"),
        "arrivals.depart": _("bus left"),
        "arrivals.give_room": _("room given by hand"),
        "arrivals.map_columns": _("columns of the list named"),
        "arrivals.mark_missing": _("marked as missing"),
        "arrivals.propose_rooms": _("rooms proposed for the bus"),
        "arrivals.show_row": _("row of a list read whole"),
        "arrivals.stage_manifest": _("list uploaded"),
    }
)
