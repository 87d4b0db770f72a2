"""Words of the screening of returnees."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Agency(TextChoices):
    """Who sends lists."""

    BIG_DATA = "big_data", _("big-data bureau")
    POLICE = "police", _("police")
    RAILWAY = "railway", _("railway")
    AIRLINE = "airline", _("airline or airport")
    COACH = "coach", _("coaches and expressways")
    COMMUNITY = "community", _("neighbourhood committee")
    SELF_REPORT = "self_report", _("self-reports")
    OTHER = "other", pgettext_lazy("agency", "another agency")


class ListState(TextChoices):
    """How far a list is."""

    READING = "reading", pgettext_lazy("returnees", "being read")
    STAGED = "staged", pgettext_lazy("returnees", "to be looked at")
    COMMITTING = "committing", pgettext_lazy("returnees", "being taken in")
    COMMITTED = "committed", pgettext_lazy("returnees", "taken in")
    CANCELLED = "cancelled", pgettext_lazy("returnees", "put aside")


class LineOutcome(TextChoices):
    """What became of a line; each line has one."""

    READY = "ready", pgettext_lazy("returnees", "ready")
    HELD = "held", pgettext_lazy("returnees", "held")
    MADE = "made", pgettext_lazy("returnees", "a new case")
    JOINED = "joined", pgettext_lazy("returnees", "joined a case")
    REJECTED = "rejected", pgettext_lazy("returnees", "left out")
    EMPTY = "empty", pgettext_lazy("returnees", "nobody")


class Issue(TextChoices):
    """What is wrong or uncertain with a line. `rules.HOLDS` says which must be decided by somebody."""

    NO_NAME = "no_name", _("no name")
    ODD_NAME = "odd_name", _("does not look like a name")
    BAD_DOCUMENT = "bad_document", _("document number wrong or incomplete")
    NO_DOCUMENT = "no_document", _("no document")
    BAD_PHONE = "bad_phone", _("telephone number cannot be dialled")
    NOTHING_TO_REACH = "nothing_to_reach", _("neither telephone nor address nor document")
    ADDRESS_ALONE = "address_alone", _("an address and nobody: who is meant?")
    BAD_DATE = "bad_date", _("day of return cannot be read")
    YEAR_ADDED = "year_added", _("day of return without a year: the year was added")
    FUTURE_DATE = "future_date", _("day of return lies in the future")
    NO_DATE = "no_date", _("day of return is missing")
    MAYBE_SAME = "maybe_same", _("same name and telephone as another case: is it them?")
    CLOSED_BEFORE = "closed_before", _("their case was closed without a finding: open it again?")


class Decision(TextChoices):
    """What somebody said about a line that may mean somebody who is known."""

    SAME = "same", _("the same person")
    REOPENED = "reopened", _("the same person, and the case is opened again")
    SEPARATE = "separate", _("somebody else")


class Risk(TextChoices):
    """What the area they came from is."""

    HIGH = "high", _("high risk")
    MEDIUM = "medium", _("medium risk")
    LOW = "low", _("low risk")
    UNKNOWN = "unknown", _("risk not named")


class State(TextChoices):
    """How it stands with a returnee."""

    TO_REACH = "to_reach", _("to be reached")
    WATCHED = "watched", _("reached, being watched")
    CLOSED = "closed", pgettext_lazy("returnee", "closed")


class Outcome(TextChoices):
    """How a case ended."""

    WATCHED_OUT = "watched_out", _("tested negative and watched to the end")
    QUARANTINE = "quarantine", _("handed to quarantine")
    GONE = "gone", _("not here any more")
    UNREACHED = "unreached", _("not reached, handed up")
    NEVER_THERE = "never_there", _("was never there")
    WRONG_PERSON = "wrong_person", _("not the person meant")


class Means(TextChoices):
    """How somebody was tried."""

    PHONE = "phone", _("by telephone")
    DOOR = "door", _("at the door")
    MESSAGE = "message", _("by message")


class Answer(TextChoices):
    """What came of a try."""

    REACHED = "reached", _("was reached")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    REFUSED = "refused", _("refuses")
    MOVED = "moved", _("has moved on")


class Result(TextChoices):
    """What a test said."""

    NEGATIVE = "negative", _("negative")
    POSITIVE = "positive", _("positive")


class StepKind(TextChoices):
    """What a row of the history says."""

    TAKEN = "taken", pgettext_lazy("returnee", "taken on")
    GIVEN = "given", pgettext_lazy("returnee", "given to a colleague")
    RETURNED = "returned", pgettext_lazy("returnee", "back in the queue")
    MOVED = "moved", pgettext_lazy("returnee", "handed to another area")
    PLANNED = "planned", pgettext_lazy("returnee", "watch and tests planned")
    TESTED = "tested", pgettext_lazy("returnee", "test result")
    SAID = "said", pgettext_lazy("returnee", "a further list says otherwise")
    CLOSED = "closed", pgettext_lazy("returnee", "case closed")
    REOPENED = "reopened", pgettext_lazy("returnee", "case opened again")
