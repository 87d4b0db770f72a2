"""Words about tubes, bags and results."""

from django.db.models import IntegerChoices, TextChoices
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
    SLIP = "slip", _("the code was a slip: there is no such tube")


class Remark(TextChoices):
    """What is said about an event that was taken. None is refused for what it says."""

    SAME_EVENT = "same_event", _("this event came before")
    UNKNOWN_KIND = "unknown_kind", _("an event of a kind that is not known here; kept as it came")
    INCOMPLETE = "incomplete", _("something that this kind of event needs is missing; kept as it came")
    UNKNOWN_TUBE = "unknown_tube", _("nobody's scan names this tube yet; it may come later")
    OTHER_ROUND = "other_round", _("the tube is of another round: it stays where it was, and somebody looks")
    OTHER_SITE = "other_site", _("the tube is of another quarantine site: nobody here was swabbed into it")
    NOBODY_CALLED = "nobody_called", _("nobody under this number is called back")


class Doubt(TextChoices):
    """What does not fit in the story of a tube or a bag, until somebody looked into it."""

    SECOND_BAG = "second_bag", _("scanned into a second bag without being taken out of the first")
    AFTER_ARRIVAL = "after_arrival", _("put into a bag after the laboratory received it")
    UNKNOWN_COURIER = "unknown_courier", _("given to a courier whom nobody named")
    SECOND_COURIER = "second_courier", _("taken by another courier than it was given to")
    SECOND_LABORATORY = "second_laboratory", _("received by two laboratories")
    COUNTED_OTHERWISE = "counted_otherwise", _("the laboratory counts another number of tubes than the table")
    NEVER_FILLED = "never_filled", _("in a bag, and nobody's scan names it")


class BagState(TextChoices):
    """Where a bag is."""

    OPEN = "open", pgettext_lazy("bag", "being filled")
    CLOSED = "closed", pgettext_lazy("bag", "closed at the table")
    UNDER_WAY = "under_way", pgettext_lazy("bag", "with the courier")
    ARRIVED = "arrived", pgettext_lazy("bag", "at the laboratory's door")
    RECEIVED = "received", pgettext_lazy("bag", "with the laboratory")


class Stage(IntegerChoices):
    """Whose finding it is: the laboratory's own, or the recheck that decides a positive."""

    FIRST = 1, _("first result")
    RECHECK = 2, _("recheck")


class Outcome(TextChoices):
    """What a laboratory reports of a tube."""

    NEGATIVE = "negative", pgettext_lazy("result of a tube", "negative")
    POSITIVE = "positive", pgettext_lazy("result of a tube", "positive")
    SUSPECT = "suspect", pgettext_lazy("result of a tube", "suspect or weakly positive")
    INVALID = "invalid", pgettext_lazy("result of a tube", "invalid or insufficient")


class Standing(TextChoices):
    """What is known of a tube by all its results; nothing yet is the empty text."""

    NEGATIVE = "negative", pgettext_lazy("tube", "negative")
    PRELIMINARY = "preliminary", pgettext_lazy("tube", "preliminary positive")
    CONFIRMED = "confirmed", pgettext_lazy("tube", "confirmed positive")
    REFUTED = "refuted", pgettext_lazy("tube", "positive not confirmed")
    INVALID = "invalid", pgettext_lazy("tube", "invalid: swabbed again")


class Source(TextChoices):
    """How results came."""

    FILE = "file", pgettext_lazy("results", "file")
    API = "api", pgettext_lazy("results", "interface")
    DESK = "desk", pgettext_lazy("results", "laboratory's desk")


class FileState(TextChoices):
    """How far a file of results is."""

    STAGED = "staged", pgettext_lazy("results", "to be looked at")
    COMMITTED = "committed", pgettext_lazy("results", "taken in")
    CANCELLED = "cancelled", pgettext_lazy("results", "put aside")


class LineState(TextChoices):
    """What became of a line of results."""

    READY = "ready", pgettext_lazy("results", "ready")
    HELD = "held", pgettext_lazy("results", "held")
    REPEATED = "repeated", pgettext_lazy("results", "said before, the same")
    EMPTY = "empty", pgettext_lazy("results", "no tube and no result")
    TAKEN = "taken", pgettext_lazy("results", "taken")
    AT_SITE = "at_site", pgettext_lazy("results", "counts at its site")
    LEFT_OUT = "left_out", pgettext_lazy("results", "left out")


class Decision(TextChoices):
    """What somebody decided about a line."""

    TAKE = "take", pgettext_lazy("line of results", "it counts")
    LEAVE = "leave", pgettext_lazy("line of results", "left out")
    REOPEN = "reopen", pgettext_lazy("line of results", "opened again")


class Hold(TextChoices):
    """Why somebody must decide about a line. Nothing held counts, and nothing held is lost."""

    NO_TUBE = "no_tube", _("no tube code")
    UNREADABLE = "unreadable", _("the result cannot be read")
    UNKNOWN_TUBE = "unknown_tube", _("nobody's scan names this tube")
    OTHER_ROUND = "other_round", _("the tube belongs to another round")
    SAID_OTHERWISE = "said_otherwise", _("the same file says something else of this tube")
    CONTRADICTS = "contradicts", _("another result of this tube stands")
    HIDDEN_POSITIVE = "hidden_positive", _("positive in a file declared negative")
    CT_CONTRADICTS = "ct_contradicts", _("negative, but a Ct value says otherwise")
    NOT_RECEIVED = "not_received", _("no laboratory has received this tube")
    REJECTED_TUBE = "rejected_tube", _("the tube was rejected: it gives no result")
    OTHER_SITE = "other_site", _("the tube of a quarantine site outside the places you report for")
    SITE_DECIDES = "site_decides", _("the tube of a quarantine site: what it says now is decided there")
    NO_FIRST_RESULT = "no_first_result", _("a recheck of a tube that was not positive")
    NOT_INDEPENDENT = "not_independent", _("a recheck by the laboratory, or the person, that reported the first result")


class RecallState(TextChoices):
    """How far it is with somebody who is called back."""

    OPEN = "open", pgettext_lazy("recall", "to be swabbed singly")
    RETESTED = "retested", pgettext_lazy("recall", "swabbed, waits for the result")
    POSITIVE = "positive", pgettext_lazy("recall", "preliminary positive, waits for the recheck")
    CONFIRMED = "confirmed", pgettext_lazy("recall", "confirmed positive")
    CLEARED = "cleared", pgettext_lazy("recall", "negative: free")
    CLOSED = "closed", pgettext_lazy("recall", "ended by decision")


class CallSaid(TextChoices):
    """Where somebody is who was called, or why they were not reached."""

    STAYS = "stays", pgettext_lazy("call", "reached: stays where they are")
    UNDER_WAY = "under_way", pgettext_lazy("call", "reached: is on the way somewhere")
    ILL = "ill", pgettext_lazy("call", "reached: is ill, needs a doctor")
    REFUSES = "refuses", pgettext_lazy("call", "reached: refuses")
    NO_ANSWER = "no_answer", pgettext_lazy("call", "not reached: no answer")
    WRONG = "wrong", pgettext_lazy("call", "not reached: wrong number, or switched off")


class AbsenceKind(TextChoices):
    """Why somebody on the roster was not tested."""

    EXCUSED = "excused", pgettext_lazy("not tested", "excused")
    MISSING = "missing", pgettext_lazy("not tested", "missing")
