"""What the commands of stays are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "stays.admit": _("Admitted"),
        "stays.keep_room": _("Room kept longer"),
        "stays.give_up_room": _("Kept room given up"),
        "stays.move_room": _("Moved to another room"),
        "stays.observe": _("Observed"),
        "stays.collect_specimen": _("Specimen taken"),
        "stays.record_result": _("Result entered"),
        "stays.take_result": _("Result reported by the laboratory"),
        "stays.decide_positive": _("Positive decided"),
        "stays.excuse_test": _("Excused from a test"),
        "stays.extend_order": _("Order extended"),
        "stays.withdraw_extension": _("Extension withdrawn"),
        "stays.follow_edition": _("Order recomputed by the edition in force"),
        "stays.release": _("Released"),
        "stays.release_early": _("Released early"),
        "stays.end_stay": _("Stay ended"),
        "stays.revoke_certificate": _("Certificate revoked"),
        "stays.report_breach": _("Breach reported"),
        "stays.close_breach": _("Breach closed"),
        "stays.check_door": _("Door checked"),
        "stays.plan_rounds": _("Rounds planned"),
    }
)
