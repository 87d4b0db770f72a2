"""What the commands of objections are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "objections.raise_objection": _("Objection written down"),
        "objections.take": _("Objection taken on"),
        "objections.talk": _("Conversation about an objection"),
        "objections.make_offer": _("Offer made"),
        "objections.answer_offer": _("Offer answered"),
        "objections.issue_notice": _("Medical observation notice issued"),
        "objections.escalate": _("Objection passed on"),
        "objections.settle": _("Objection ended in agreement"),
        "objections.decide": _("Objection replied to"),
        "objections.hand_reply": _("Reply handed over"),
    }
)
