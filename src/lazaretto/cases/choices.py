"""Words about changes of status and events at a place."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChangeKind(TextChoices):
    """What was found out: about a person, or about a place."""

    CASE = "case", _("becomes a case")
    CONTACT = "contact", _("becomes a close contact")
    LIFTED = "lifted", _("negative after recheck: no case")
    NO_CONTACT = "no_contact", _("no close contact: the case was refuted")
    RECOVERED = "recovered", _("case has recovered")
    ABSENCE = "absence", _("days missed, to be made up")
    ENVIRONMENTAL_POSITIVE = "environmental_positive", _("environmental sample positive")
    STAFF_POSITIVE = "staff_positive", _("member of staff positive")
    VENTILATION_FAULT = "ventilation_fault", _("ventilation fault")


EVENTS = frozenset({ChangeKind.ENVIRONMENTAL_POSITIVE, ChangeKind.STAFF_POSITIVE, ChangeKind.VENTILATION_FAULT})
# What can be found out about somebody who does not stay at a site.
OUTSIDE = (ChangeKind.CASE, ChangeKind.CONTACT, ChangeKind.LIFTED, ChangeKind.RECOVERED)
OF_A_PERSON = tuple(kind for kind in ChangeKind if kind not in EVENTS)


class ChangeState(TextChoices):
    """How far a change of status has come."""

    PROPOSED = "proposed", _("waits for confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("change of status", "confirmed")
    REFUSED = "refused", pgettext_lazy("change of status", "not confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("change of status", "withdrawn")


class EvidenceKind(TextChoices):
    """What a change rests on."""

    SPECIMEN = "specimen", _("specimen with its result")
    REPORT = "report", _("report of another body")
    EXPOSURE = "exposure", _("exposure, named")


class ConsequenceKind(TextChoices):
    """What follows."""

    STAY_IN_ROOM = "stay_in_room", _("stays in the room")
    RECHECK = "recheck", _("is sampled again")
    MOVE = "move", _("must move")
    CONTACT = "contact", _("becomes a close contact")
    COMPANY = "company", _("must not be left alone")
    RESTART = "restart", _("the clock restarts")
    GOES_ON = "goes_on", _("the clock does not restart")
    MADE_UP = "made_up", _("days are made up")
    STAFF = "staff", _("staff exposed: told and tested")
    TEST = "test", _("are tested")
    TELL = "tell", _("left since: their community is told")
    PAPER = "paper", _("get the new order in writing")
    PLACE = "place", _("the place is put in order")
    BACK = "back", _("returns to the order before")
    VOID = "void", _("the positive result is void")
    DECIDE = "decide", _("somebody decides by name")
    ROOM = "room", _("gets a room without cases")
    UNTELL = "untell", _("are told that it was no case")
    LETTER = "letter", _("gets it in writing")
    CALLED_OFF = "called_off", _("no longer asked for")
    TRACE = "trace", _("possible contacts: asked, and decided by name")
    AT_HOME = "at_home", _("stays at home: the community looks after them")


class Why(TextChoices):
    """Why it follows; the pack is named beside it."""

    UNCONFIRMED = "unconfirmed", _("one unconfirmed positive: only what can be taken back")
    REFERRED = "referred", _("the rules send a case there")
    CATEGORY_ELSEWHERE = "category_elsewhere", _("this site does not receive the category")
    RETURNS = "returns", _("the rules for whoever was discharged")
    SAME_ROOM = "same_room", _("was in one room with them in the look-back period")
    NAMED_BY_PACK = "named_by_pack", _("the rules in force name these people")
    NOT_NAMED = "not_named", _("the rules in force name nobody here")
    LASTS_LONGER = "lasts_longer", _("the order in force lasts longer")
    NOT_ISOLATED = "not_isolated", _("the rules in force isolate nobody for it")
    UNTIL_RECEIVED = "until_received", _("the order goes on until the hospital has them")
    CONTACT_ONLY = "contact_only", _("whom they met is a contact, not a case")
    REFUTED = "refuted", _("the suspicion was not confirmed")
    LAST_EXPOSURE = "last_exposure", _("the days run from the last exposure; those served count")
    CASE_TOO = "case_too", _("is a case too, or a confirmed positive: the rules for cases hold, not those for contacts")
    CASE_NOW = "case_now", _("what was asked of them as a contact falls: a case goes where the rules send cases")
    NO_CONTACT_BESIDE = (
        "no_contact_beside",
        _("the proposal to make them a contact ends: a case is no contact beside it"),
    )
    MUST_BE_ACCOMPANIED = "must_be_accompanied", _("too young, or not able to be alone")
    CAME_IN = "came_in", _("came into these rooms in the look-back period")
    THERE = "there", _("were there when it happened")
    NEW_ORDER = "new_order", _("whoever is held longer reads why and may contest it")
    NOT_SPENT_HERE = "not_spent_here", _("these days were not spent in isolation")
    RECHECK_NEGATIVE = "recheck_negative", _("the recheck is negative")
    ORDER_BEFORE = "order_before", _("the order that was in force before; every day served counts")
    DAYS_OVER = "days_over", _("the days of the order before are over: the release is due at once")
    ORDER_LIFTED = "order_lifted", _("no order is in force any more")
    CASE_ONLY = "case_only", _("nothing but the finding held them")
    ONLY_CASE = "only_case", _("was declared because of this case; no other confirmed finding names them")
    ANOTHER_CASE = "another_case", _("another confirmed finding names them too")
    AMONG_CASES = "among_cases", _("was kept among cases: whether that made them a contact is judged by name")
    WRONGLY_HELD = "wrongly_held", _("whoever was wrongly held for a case or a contact reads it and may contest it")
    SAME_HOUSEHOLD = "same_household", _("belongs to their household")
    SAME_DORMITORY = "same_dormitory", _("sleeps in the same room of a dormitory or flat")
    SAME_TUBE = "same_tube", _("swabbed into the same tube")
    SAME_SECTION = "same_section", _("works in the same department")
    NO_ORDER = "no_order", _("no order is in force: the days begin where they are received")
    BEFORE_USE = "before_use", _("cleaned, disinfected or repaired before it is used on")


class Destination(TextChoices):
    """What kind of place somebody must go to."""

    HOSPITAL = "hospital", pgettext_lazy("destination", "designated hospital")
    FANGCANG = "fangcang", pgettext_lazy("destination", "fangcang shelter hospital")
    SITE = "site", pgettext_lazy("destination", "site that receives the category")
    HOME = "home", pgettext_lazy("destination", "home, with the community")


class FollowUpState(TextChoices):
    """Whether what follows was done."""

    OPEN = "open", pgettext_lazy("follow-up", "open")
    DONE = "done", pgettext_lazy("follow-up", "done")
    DROPPED = "dropped", pgettext_lazy("follow-up", "dropped")
