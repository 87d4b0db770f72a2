"""Words about arrivals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ManifestState(TextChoices):
    """The life of a manifest."""

    STAGED = "staged", _("staged")
    COMMITTING = "committing", _("being committed")
    COMMITTED = "committed", _("committed")
    CANCELLED = "cancelled", _("cancelled")


class RowOutcome(TextChoices):
    """What became of a row of the file."""

    READY = "ready", _("can be committed")
    HELD = "held", _("held for a decision")
    SKIPPED = "skipped", _("no person in this line")


class LineKind(TextChoices):
    """What a line of the file is; the same words as `arrivals.manifest`."""

    PERSON = "person", _("person")
    BLANK = "blank", _("blank line")
    TITLE = "title", _("title")
    HEADER = "header", _("header")
    TOTAL = "total", _("total")
    NOTE = "note", _("note")


class RowDecision(TextChoices):
    """What somebody decided about a held row."""

    CORRECT = "correct", _("corrected")
    ACCEPT = "accept", _("taken as it stands")
    MATCH = "match", _("is the known person")
    REJECT = "reject", _("not taken")


class RowResolution(TextChoices):
    """How a row with a person ended."""

    CREATED = "created", _("person made")
    MATCHED = "matched", _("known person")
    REJECTED = "rejected", _("rejected by name")


class ExpectedState(TextChoices):
    """Where somebody on a manifest is."""

    EXPECTED = "expected", _("expected")
    BOARDED = "boarded", _("on the bus")
    CHECKED_IN = "checked_in", _("checked in")
    MISSING = "missing", _("missing")
    CANCELLED = "cancelled", _("not coming")


class WhyUnplaced(TextChoices):
    """Why the planner found no room for somebody; each says what the clerk can change."""

    CHILD_WITHOUT_ADULT = "child_without_adult", _("a child without an adult of the household")
    CARER_MISSING = "carer_missing", _("nobody fit to care for them")
    COMPANION_MISSING = "companion_missing", _("must not be alone and has no companion")
    SHARE_UNAVAILABLE = "share_unavailable", _("the room to be shared is not free")
    NO_LARGE_ROOM = "no_large_room", _("no room has enough beds")
    CATEGORY_NOT_RECEIVED = "category_not_received", _("the site may not receive this category")
    NO_FLOOR_FOR_COHORT = "no_floor_for_cohort", _("no floor for this category and day of arrival")
    NO_ACCESSIBLE_ROOM = "no_accessible_room", _("no accessible room is free")
    HOUSEHOLD_DOES_NOT_FIT = "household_does_not_fit", _("the household does not fit on one floor")
    RESERVE_KEPT = "reserve_kept", _("only the reserve is left")
    NO_FREE_ROOM = "no_free_room", _("no room is free")
    TAKEN_OUT = "taken_out", _("taken out by hand")


class RuleBroken(TextChoices):
    """Rules of lodging that a choice by hand may break; the clerk sees them and decides."""

    ROOM_NOT_READY = "room_not_ready", _("the room is not ready")
    WRONG_ZONE = "wrong_zone", _("the room lies in another zone")
    TOO_FEW_BEDS = "too_few_beds", _("too few beds")
    BED_TAKEN = "bed_taken", _("the bed is taken")
    SHARING_NOT_ALLOWED = "sharing_not_allowed", _("these people may not share a room")
    CHILD_ALONE = "child_alone", _("a child would be alone")
    CARE_MISSING = "care_missing", _("nobody would care for them")
    NOT_ACCOMPANIED = "not_accompanied", _("elderly or pregnant without company near by")
    SHARE_BROKEN = "share_broken", _("separated from whom they were to share with")
    HOUSEHOLD_SPLIT = "household_split", _("the household is split between floors")
    NOT_ACCESSIBLE = "not_accessible", _("the room is not accessible")
    CATEGORY_NOT_RECEIVED = "category_not_received", _("the site may not receive this category")
    CATEGORY_MIXED = "category_mixed", _("categories mixed on one floor")
    COHORT_MIXED = "cohort_mixed", _("days of arrival mixed on one floor")
    RESERVE_USED = "reserve_used", _("the reserve is used")


class ColumnMeaning(TextChoices):
    """What a column of a list holds; the same words as `arrivals.manifest.Field`."""

    NAME = "name", _("name of the person")
    FAMILY_NAME = "family_name", _("family name")
    GIVEN_NAME = "given_name", _("given name")
    LATIN_NAME = "latin_name", _("name in Latin letters")
    SEX = "sex", _("sex")
    NATIONALITY = "nationality", _("nationality")
    DOCUMENT_KIND = "document_kind", _("kind of document")
    DOCUMENT = "document", _("document number")
    ID_CARD = "id_card", _("identity card number")
    PASSPORT = "passport", _("passport number")
    PERMIT = "permit", _("permit number")
    BIRTH_DATE = "birth_date", _("date of birth")
    AGE = "age", _("age")
    PHONE = "phone", _("telephone")
    HOUSEHOLD = "household", _("household or party")
    RELATION = "relation", _("relation")
    CATEGORY = "category", _("category of the person")
    EXPOSURE_DATE = "exposure_date", _("date of last exposure")
    ARRIVAL_DATE = "arrival_date", _("date of arrival")
    FLIGHT = "flight", _("flight or train")
    SEAT = "seat", _("seat")
    NEEDS = "needs", _("special needs")
    NEED_FLAG = "need_flag", _("a need, yes or no")
    DIET = "diet", _("diet")
    LANGUAGE = "language", _("language")
    ORIGIN = "origin", _("coming from")
    ADDRESS = "address", _("address")
    CONTACT_NAME = "contact_name", _("emergency contact")
    CONTACT_PHONE = "contact_phone", _("telephone of the contact")
    EMPLOYER = "employer", _("employer")
    ROOM = "room", _("room wished for")
    REMARKS = "remarks", _("remarks")
    SERIAL = "serial", _("running number")
    OTHER = "other", _("kept as it is")
