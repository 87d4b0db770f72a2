"""Words about objections."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class About(TextChoices):
    """What somebody does not agree to."""

    MOVE = "move", _("being moved")
    ORDER = "order", _("the isolation order")
    TEST = "test", _("a test")
    STATUS = "status", _("what they were declared to be")
    OTHER = "other", pgettext_lazy("objection", "something else")


class Level(TextChoices):
    """Who speaks with them; forward only."""

    SITE = "site", pgettext_lazy("objection", "the site")
    MEDIATOR = "mediator", _("a mediator")
    HEADQUARTERS = "headquarters", pgettext_lazy("objection", "headquarters")


class State(TextChoices):
    """How an objection stands."""

    OPEN = "open", pgettext_lazy("objection", "open")
    AGREED = "agreed", _("agreed with each other")
    WITHDRAWN = "withdrawn", _("taken back by them")
    ACCEPTED = "accepted", _("objection accepted")
    MAINTAINED = "maintained", _("decision maintained, with reasons")


class StepKind(TextChoices):
    """What a row of the history says."""

    RAISED = "raised", _("objection raised")
    TAKEN = "taken", _("taken on")
    ESCALATED = "escalated", _("passed on")
    AGREED = "agreed", _("agreed with each other")
    WITHDRAWN = "withdrawn", _("taken back by them")
    ACCEPTED = "accepted", _("objection accepted")
    MAINTAINED = "maintained", _("decision maintained, with reasons")
    HANDED = "handed", _("reply handed over")


class OfferKind(TextChoices):
    """What was offered."""

    SAME_PLACE = "same_place", _("a place of the same category, together with the child or family")
    CARER = "carer", _("the same carer or doctor goes on")
    SHOPPING = "shopping", _("shopping is done for them")
    LATER = "later", _("more time, at another hour")
    VISIT = "visit", _("a look at the place first, by picture or call")
    CALL = "call", _("a call with the family or their consulate")
    OTHER = "other", pgettext_lazy("offer", "something else")


class OfferAnswer(TextChoices):
    """What they said to an offer."""

    WAITING = "waiting", pgettext_lazy("offer", "no answer yet")
    TAKEN = "taken", pgettext_lazy("offer", "accepted")
    DECLINED = "declined", pgettext_lazy("offer", "declined")
