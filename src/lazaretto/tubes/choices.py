"""Words about tubes, bags and results."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventKind(TextChoices):
    """What somebody saw or did with a tube or a bag. The page of docs/tubes.md says what each needs."""

    SEALED = "sealed", _("tube closed at the table")
    BAGGED = "bagged", _("tube put into a bag")
    UNBAGGED = "unbagged", _("tube taken out of a bag")
    BAG_CLOSED = "bag_closed", _("bag closed")
    HANDED_OVER = "handed_over", _("bag given to the courier")
    TAKEN = "taken", _("bag taken by the courier")
    ARRIVED = "arrived", _("bag at the laboratory's door")
    RECEIVED = "received", _("received by the laboratory")
    REJECTED = "rejected", _("will give no result")
    RETESTED = "retested", _("somebody called back was swabbed into it")
    COUNT_AGREED = "count_agreed", _("officer and table agree on a number")
    LOOKED_INTO = "looked_into", _("a doubt was looked into")


class Remark(TextChoices):
    """What is said about an event that was taken. None is refused for what it says."""

    SAME_EVENT = "same_event", _("this event came before")
    UNKNOWN_KIND = "unknown_kind", _("an event of a kind that is not known here; kept as it came")
    INCOMPLETE = "incomplete", _("something that this kind of event needs is missing; kept as it came")
    UNKNOWN_TUBE = "unknown_tube", _("nobody's scan names this tube yet; it may come later")
    OTHER_ROUND = "other_round", _("the tube was first used in another round")
    NOBODY_CALLED = "nobody_called", _("nobody under this number is called back")


class Doubt(TextChoices):
    """What does not fit in the story of a tube or a bag, until somebody looked into it."""

    SECOND_BAG = "second_bag", _("scanned into a second bag without being taken out of the first")
    AFTER_ARRIVAL = "after_arrival", _("put into a bag after the laboratory received it")
    SECOND_COURIER = "second_courier", _("taken by another courier than it was given to")
    SECOND_LABORATORY = "second_laboratory", _("received by two laboratories")
    COUNTED_OTHERWISE = "counted_otherwise", _("the laboratory counts another number of tubes than the table")


class BagState(TextChoices):
    """Where a bag is."""

    OPEN = "open", pgettext_lazy("bag", "being filled")
    CLOSED = "closed", pgettext_lazy("bag", "closed at the table")
    UNDER_WAY = "under_way", pgettext_lazy("bag", "with the courier")
    ARRIVED = "arrived", pgettext_lazy("bag", "at the laboratory's door")
    RECEIVED = "received", pgettext_lazy("bag", "with the laboratory")
