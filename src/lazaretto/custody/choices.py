"""Words about custody."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from lazaretto.custody import rules


class FactKind(TextChoices):
    """What somebody saw or did."""

    TAKEN_IN = rules.FactKind.TAKEN_IN, _("taken in")
    SIGNED_OUT = rules.FactKind.SIGNED_OUT, _("sent off")
    BOARDED = rules.FactKind.BOARDED, _("got on")
    ALIGHTED = rules.FactKind.ALIGHTED, _("got off")
    SIGNED_IN = rules.FactKind.SIGNED_IN, _("received")
    LET_GO = rules.FactKind.LET_GO, _("left our care")
    SETTLED = rules.FactKind.SETTLED, _("settled by decision")


class Conflict(TextChoices):
    """How a fact contradicts what is known."""

    SECOND_PLACE = rules.Conflict.SECOND_PLACE, _("seen at a second place")
    OTHER_DESTINATION = rules.Conflict.OTHER_DESTINATION, _("arrived at another place than they were sent to")
    NOT_HELD_THERE = rules.Conflict.NOT_HELD_THERE, _("sent off where they were not")
    UNDER_WAY_ALREADY = rules.Conflict.UNDER_WAY_ALREADY, _("sent off while under way")
    LEFT_WHILE_AWAY = rules.Conflict.LEFT_WHILE_AWAY, _("left our care where they were not")
    ABOARD_UNSIGNED = rules.Conflict.ABOARD_UNSIGNED, _("on board without being sent off")


class Outcome(TextChoices):
    """What became of somebody who was signed out."""

    UNDER_WAY = "under_way", _("under way")
    ARRIVED = "arrived", _("arrived")
    RETURNED = "returned", _("brought back")
    ELSEWHERE = "elsewhere", _("settled otherwise")
    NOT_GONE = "not_gone", _("never left")
