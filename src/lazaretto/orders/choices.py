"""Words about transfer orders and exceptions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(TextChoices):
    """How far an order has come. That one has expired is no state: it follows from its validity."""

    DRAFT = "draft", pgettext_lazy("transfer order", "draft")
    ISSUED = "issued", pgettext_lazy("transfer order", "issued")
    UNDER_WAY = "under_way", pgettext_lazy("transfer order", "under way")
    FULFILLED = "fulfilled", pgettext_lazy("transfer order", "fulfilled")
    WITHDRAWN = "withdrawn", pgettext_lazy("transfer order", "withdrawn")


class LineState(TextChoices):
    """What became of one person of an order. It follows from handovers and admissions."""

    WAITING = "waiting", pgettext_lazy("transfer order", "not gone yet")
    UNDER_WAY = "under_way", pgettext_lazy("transfer order", "under way")
    ARRIVED = "arrived", pgettext_lazy("transfer order", "arrived")
    STRUCK = "struck", pgettext_lazy("transfer order", "does not go")


class Urgency(TextChoices):
    """How soon they have to go."""

    ROUTINE = "routine", _("as the trips allow")
    TODAY = "today", pgettext_lazy("urgency", "today")
    NOW = "now", _("at once")


class PaperKind(TextChoices):
    """What goes along with a person."""

    ISOLATION_ORDER = "isolation_order", _("isolation order")
    OBSERVATION_REPORT = "observation_report", _("medical observation report")
    TEST_RESULTS = "test_results", _("test results")
    IDENTITY = "identity", _("identity document")
    MEDICAL_RECORD = "medical_record", _("medical record")
    MEDICATION_LIST = "medication_list", _("list of medicines")
    GUARDIAN = "guardian", _("address of the guardian")


class Source(TextChoices):
    """Who or what says that it is this person at this address. Two of them must agree."""

    HEALTH_BUREAU = "health_bureau", _("list of the health bureau")
    COMMUNITY = "community", _("community")
    POLICE = "police", _("police")
    DOCUMENT = "document", _("identity document, looked at")
    PERSON = "person", _("the person")
    HOSPITAL = "hospital", pgettext_lazy("source", "hospital")
    SITE = "site", _("register of the site")


class Says(TextChoices):
    """What a source says about who it is, or where they are, compared with the order."""

    SAME = "same", _("the same")
    DIFFERENT = "different", _("something else")
    SILENT = "silent", _("nothing")


class StepKind(TextChoices):
    """What happened to an order."""

    DRAFTED = "drafted", pgettext_lazy("order step", "drafted")
    RECEIVED = "received", pgettext_lazy("order step", "received from others")
    ISSUED = "issued", pgettext_lazy("order step", "issued")
    RENEWED = "renewed", pgettext_lazy("order step", "validity prolonged")
    CORRECTED = "corrected", pgettext_lazy("order step", "address corrected")
    STRUCK = "struck", pgettext_lazy("order step", "somebody struck off")
    OVERRIDDEN = "overridden", pgettext_lazy("order step", "dispatch without two sources")
    LEFT = "left", pgettext_lazy("order step", "left")
    RETURNED = "returned", pgettext_lazy("order step", "brought back")
    ARRIVED = "arrived", pgettext_lazy("order step", "arrived")
    FULFILLED = "fulfilled", pgettext_lazy("order step", "fulfilled")
    WITHDRAWN = "withdrawn", pgettext_lazy("order step", "withdrawn")


class Missing(TextChoices):
    """What is missing where somebody asks to admit a person."""

    TRANSFER_ORDER = "transfer_order", _("transfer order")
    IDENTITY = "identity", pgettext_lazy("missing", "identity document")
    EXPOSURE = "exposure", _("where and when they were exposed")
    MEDICAL = "medical", _("medical papers")


class Verdict(TextChoices):
    """How a request for an exception ended."""

    GRANTED = "granted", pgettext_lazy("exception", "granted")
    REFUSED = "refused", pgettext_lazy("exception", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("exception", "withdrawn")


class Fit(TextChoices):
    """What speaks for a destination."""

    CATEGORY = "category", _("takes this category")
    ROOMS = "rooms", _("enough free rooms")
    ACCESSIBLE = "accessible", _("accessible rooms are free")
    LANGUAGE = "language", _("others who speak their language stay there")
    ABILITY = "ability", _("can do what they need")


class Caution(TextChoices):
    """What must be arranged if they go there."""

    DIALYSIS = "dialysis", _("dialysis only by trips to a hospital")
    BIRTH = "birth", _("the way to an obstetric ward has to be agreed")
    LANGUAGE = "language", _("nobody there speaks their language: name an interpreter")
    INFANT = "infant", _("cot, formula and a bath have to be brought")
    FEW_ROOMS = "few_rooms", _("hardly any room is left free after them")
    CALL_FIRST = "call_first", _("run by others: ask them for free places by telephone")


class Obstacle(TextChoices):
    """Why a place is not proposed."""

    SAME_PLACE = "same_place", _("they are there already")
    NOT_RUNNING = "not_running", _("is not receiving people")
    CATEGORY = "category", _("does not take this category")
    NO_ROOM = "no_room", _("not enough free rooms")
    NO_ACCESSIBLE = "no_accessible", _("no accessible room is free")
    NOT_A_PLACE_TO_GO = "not_a_place_to_go", _("nobody is sent there by an order")
    ABILITY = "ability", _("cannot do what they need")
    NO_NEED = "no_need", _("no need that asks for a hospital")
