"""What the commands of mass testing are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "screening.draft_round": _("Testing round prepared"),
        "screening.add_point": _("Testing point added"),
        "screening.copy_points": _("Testing points taken over from an earlier round"),
        "screening.change_point": _("Testing point changed"),
        "screening.remove_point": _("Testing point removed"),
        "screening.change_round": _("Testing round changed"),
        "screening.freeze_round": _("Roster of a testing round fixed"),
        "screening.open_round": _("Testing round opened"),
        "screening.cancel_round": _("Testing round cancelled"),
        "screening.close_round": _("Testing round closed"),
        "screening.close_point": _("Testing point closed"),
        "screening.open_point": _("Testing point opened again"),
        "screening.call_missing": _("Numbers of people not tested looked at"),
        "screening.note_fevers": _("Fevers seen at a table taken in"),
        "screening.answer_fever": _("Fever at a table answered"),
        "screening.count_scan": _("Kept scan counted after all"),
        "screening.swab_again": _("Person of a kept scan to be swabbed again"),
        "screening.recognise_stranger": _("Stranger recognised on the roster"),
        "screening.correct_scan": _("Scan put down to another person"),
        "screening.read_kept": _("List of scans that do not count taken"),
        "screening.upload": _("Scans taken in"),
    }
)
