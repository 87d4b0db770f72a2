"""Words of rule packs. Values are the codes of `rules`; labels are what people read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Category(TextChoices):
    """Why somebody is isolated, which decides how long and where."""

    INBOUND = "inbound", _("inbound traveller")
    CLOSE_CONTACT = "close_contact", _("close contact")
    SECONDARY_CONTACT = "secondary_contact", _("secondary contact")
    CASE = "case", _("case")
    RECOVERED = "recovered", _("recovered")
    HIGH_RISK_AREA = "high_risk_area", _("from a high-risk area")
    MEDIUM_RISK_AREA = "medium_risk_area", _("from a medium-risk area")
    LOW_RISK_AREA = "low_risk_area", _("from a low-risk area")
    CLOSED_LOOP_STAFF = "closed_loop_staff", _("staff after a closed loop")


class Setting(TextChoices):
    """Where days are served, strictest first."""

    HOSPITAL = "hospital", _("hospital")
    CENTRAL = "central", _("central isolation")
    HOME_ISOLATION = "home_isolation", _("home isolation")
    HOME_MONITORING = "home_monitoring", _("home health monitoring")


class Clock(TextChoices):
    """What day 0 is."""

    LAST_EXPOSURE = "last_exposure", _("last exposure")
    ENTRY = "entry", _("entry into the country")
    DIAGNOSIS = "diagnosis", _("diagnosis")
    DISCHARGE = "discharge", _("discharge from hospital")


class Counting(TextChoices):
    """Which days count."""

    ELAPSED = "elapsed", _("every day since day 0 that was not missed")
    SERVED = "served", _("only days served in isolation")


class Transition(TextChoices):
    """What a change of edition does to stays that are running."""

    NEW_APPLIES = "new_applies", _("the new edition applies to running stays")
    OLD_APPLIES = "old_applies", _("running stays go on under the old edition")
    SHORTER_APPLIES = "shorter_applies", _("running stays get the shorter of the two")


class Confidence(TextChoices):
    """How sure we are of what a pack says."""

    DOCUMENT = "document", _("checked against the document")
    REPORT = "report", _("from public reports of the document")
    UNCHECKED = "unchecked", _("still to be checked against the document")


class Demand(TextChoices):
    """How far the samples of a release test must differ."""

    REQUIRED = "required", _("required")
    PREFERRED = "preferred", _("in principle")
    NO = "no", _("not asked")


class MissedTest(TextChoices):
    """How a missed test is made good."""

    OWN_SAMPLE = "own_sample", _("by a sample of its own")
    LATER_NEGATIVE = "later_negative", _("by any later negative result")


class Specimen(TextChoices):
    """Where the swab is taken."""

    NASOPHARYNX = "nasopharynx", _("nasopharyngeal swab")
    OROPHARYNX = "oropharynx", _("throat swab")


class RestartScope(TextChoices):
    """Whom a positive on the site sends back to day 0."""

    NONE = "none", _("nobody")
    ROOM = "room", _("the same room")
    FLOORS = "floors", _("floors near by")
    BUILDING = "building", _("the whole building")
    SITE = "site", _("the whole site")


class SiteEventKind(TextChoices):
    """What can happen to a place and concern all who are there."""

    ENVIRONMENTAL_POSITIVE = "environmental_positive", _("environmental sample positive")
    STAFF_POSITIVE = "staff_positive", _("member of staff positive")
    VENTILATION_FAULT = "ventilation_fault", _("ventilation fault")


class SharingRule(TextChoices):
    """How a household may be lodged."""

    ALLOWED = "allowed", _("may share a room")
    ASSESSED = "assessed", _("may share a room after an assessment by name")
    FORBIDDEN = "forbidden", _("one room each")


class SharingReason(TextChoices):
    """Why people may or may not share a room."""

    ALONE = "alone", _("one person, one room")
    CHILD_WITH_PARENT = "child_with_parent", _("child with a parent")
    CARER = "carer", _("with a carer")
    HOUSEHOLD = "household", _("one household")
    NEEDS_ASSESSMENT = "needs_assessment", _("needs an assessment by name")
    STRANGERS = "strangers", _("do not belong together")
    CARER_UNFIT = "carer_unfit", _("the carer is elderly or ill")
    CATEGORIES_MIXED = "categories_mixed", _("different categories")
    CHILD_ALONE = "child_alone", _("a child is not left alone")


class ReleaseCriterion(TextChoices):
    """The conditions of release."""

    DAYS_SERVED = "days_served", _("days served")
    EXTENSION_OVER = "extension_over", _("extension over")
    TEST_NEGATIVE = "test_negative", _("test negative")
    NO_POSITIVE = "no_positive", _("no positive result stands")
    SYMPTOM_FREE = "symptom_free", _("no fever, no symptoms")
    HEALTH_CHECKED = "health_checked", _("health checked")


class MissingForRelease(TextChoices):
    """What stands in the way of release."""

    DAYS_LEFT = "days_left", _("the days are not over yet")
    EXTENSION_RUNNING = "extension_running", _("an approved extension is running")
    NOT_YET_DUE = "not_yet_due", _("this test is not due yet")
    NOT_SAMPLED = "not_sampled", _("no sample was taken")
    MORE_SAMPLES = "more_samples", _("one more sample is needed")
    RESULT_PENDING = "result_pending", _("the result is awaited")
    RESULT_VOID = "result_void", _("the sample gave no result, take another")
    RESULT_POSITIVE = "result_positive", _("a result is positive")
    SAMPLES_ALIKE = "samples_alike", _("the samples need different reagents or laboratories")
    FEVER = "fever", _("fever within the last day")
    SYMPTOMS = "symptoms", _("symptoms within the last day")
    NOT_CHECKED = "not_checked", _("not checked within the last day")


class CriterionRemark(TextChoices):
    """Met, but worth a look."""

    SAME_LAB = "same_lab", _("both samples from one laboratory")
    SAME_REAGENT = "same_reagent", _("both samples by one reagent")
    TAKEN_LATE = "taken_late", _("taken after its day")
    EXCUSED = "excused", _("excused by name")
    WAIVED = "waived", _("waived by an early release")


class EarlyGround(TextChoices):
    """On what ground somebody goes before the end."""

    EXPOSURE_REFUTED = "exposure_refuted", _("the exposure was refuted")
    ORDER_LIFTED = "order_lifted", _("the authority lifted the order")
    NEGATIVE_TEST_DAY_7 = "negative_test_day_7", _("negative test on day 7 or later")
    SYMPTOM_FREE_DAY_10 = "symptom_free_day_10", _("ten days without symptoms")


class CheckSlot(TextChoices):
    """Which check of the day."""

    MORNING = "morning", _("morning")
    EVENING = "evening", _("evening")
    DAILY = "daily", _("once a day")


class TubePlace(TextChoices):
    """Where people are sampled, as far as tubes differ."""

    QUARANTINE_SITE = "quarantine_site", _("quarantine site")
    SEALED_HOME = "sealed_home", _("sealed home")
    OTHER = "other", _("elsewhere")


class CadenceStep(TextChoices):
    """Where the rounds of an area are by the cadence of their pack."""

    BEGINNING = "beginning", _("no round has begun")
    REPEATED = "repeated", _("repeated until enough clean rounds follow one another")
    AWAITED = "awaited", _("the results of the round that runs decide")
    AFTER_PAUSE = "after_pause", _("once more after a pause")
    DONE = "done", _("done")
