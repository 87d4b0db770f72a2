"""What the commands of headcounts are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "headcounts.begin_list": _("Headcount list begun"),
        "headcounts.add_lines": _("Headcount list read on"),
        "headcounts.end_reading": _("Headcount list read"),
        "headcounts.commit_list": _("Headcount list taken in"),
        "headcounts.decide_line": _("Line of a headcount decided"),
        "headcounts.show_line": _("Line of a headcount looked at"),
        "headcounts.cancel_list": _("Headcount list put aside"),
        "headcounts.share_household": _("Household of somebody said"),
        "headcounts.leave_household": _("Household of somebody taken back"),
        "headcounts.note_concern": _("Written what must be thought of about somebody"),
        "headcounts.end_concern": _("No longer to be thought of about somebody"),
        "headcounts.read_concerns": _("Read what must be thought of about people"),
        "headcounts.list_concerns": _("List of whom to look after"),
        "headcounts.add_organisation": _("Headcount of an enterprise or community begun"),
        "headcounts.say_kind": _("Kind of an enterprise or community said"),
        "headcounts.list_changes": _("List of changes of headcounts taken"),
        "headcounts.list_left": _("List of who left by a headcount list taken"),
        "headcounts.name_contacts": _("Officers of enterprises named by a list"),
        "headcounts.enrol": _("Put on a headcount"),
        "headcounts.leave": _("Left a headcount"),
        "headcounts.say_whereabouts": _("Place and hours of an enterprise said"),
        "headcounts.name_contact": _("Officer of an enterprise named"),
    }
)
