"""What the commands of people are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "people.register_person": _("registered"),
        "people.change_details": _("details changed"),
        "people.add_name": _("name added"),
        "people.remove_name": _("name removed"),
        "people.add_document": _("document added"),
        "people.correct_document": _("document corrected"),
        "people.remove_document": _("document removed"),
        "people.add_phone": _("telephone number added"),
        "people.remove_phone": _("telephone number removed"),
        "people.record_need": _("need recorded"),
        "people.end_need": _("need ended"),
        "people.join_party": _("joined a party"),
        "people.leave_party": _("left a party"),
        "people.reveal_document": _("document number read"),
        "people.reveal_phone": _("telephone number read"),
        "people.reveal_note": _("note of a need read"),
        "people.reveal_address": _("address read"),
        "people.suggest_duplicates": _("possible duplicate found"),
        "people.decide_different": _("kept apart from a similar record"),
        "people.reopen_suggestion": _("compared again with a similar record"),
        "people.merge": _("merged"),
        "people.undo_merge": _("merge undone"),
    }
)
