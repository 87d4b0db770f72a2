"""What the commands of phones at the tables are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "field.enrol_device": _("Phone enrolled for a table"),
        "field.claim_device": _("Phone claimed its code"),
        "field.revoke_device": _("Phone revoked"),
        "field.print_cards": _("Cards of people printed"),
        "field.read_roster": _("Roster taken by a phone"),
        "field.end_shift": _("Shift of a phone ended"),
        # once a command: the journal has it
        "field.expect_at_point": _("Enterprises expected at a testing point"),
        "field.expect_also": _("Enterprise added to a testing point"),
        "field.expect_no_more": _("Enterprise taken off a testing point"),
    }
)
