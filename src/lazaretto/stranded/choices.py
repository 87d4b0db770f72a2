"""Words about stranded people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Why(TextChoices):
    """Why they are without a place, or without anybody."""

    COURIER = "courier", _("courier or driver, caught by the closure")
    WALKER = "walker", _("walker or visitor, caught by the closure")
    WORKER = "worker", _("worker without an employer here")
    RESIDENT = "resident", _("cannot get home")
    HOUSEHOLD = "household", _("at home without anybody: those who care are kept at work or in quarantine")
    OTHER = "other", pgettext_lazy("stranded", "something else")


class State(TextChoices):
    """How it stands with one of them."""

    WAITING = "waiting", _("waits for a place")
    MINDED = "minded", _("at home, looked after")
    ON_THE_WAY = "on_the_way", _("on the way to a place")
    LODGED = "lodged", _("lodged with others")
    MISSING = "missing", _("not found any more")
    PLACED = "placed", _("in a room of ours")
    HOME = "home", _("gone home")
    TAKEN_OVER = "taken_over", _("taken over by others")


class CarerKind(TextChoices):
    """Who looks after somebody."""

    STAFF = "staff", _("one of our team")
    PARENT = "parent", pgettext_lazy("carer", "mother or father")
    RELATIVE = "relative", pgettext_lazy("carer", "relative")
    NEIGHBOUR = "neighbour", _("neighbour or colleague")
    COMMUNITY = "community", _("community worker")


class GivenKind(TextChoices):
    """What they were given, in one press for all of them."""

    MEAL = "meal", _("meal")
    WATER = "water", _("water")
    CLOTHES = "clothes", _("warm clothes or a blanket")
    CHARGER = "charger", _("charger")
    MEDICINE = "medicine", _("medicine")
    CALL = "call", _("a call with the family")


class StepKind(TextChoices):
    """What a row of the history says."""

    REGISTERED = "registered", _("found and written down")
    TAKEN = "taken", pgettext_lazy("stranded", "taken on")
    COMPLETED = "completed", _("record completed")
    DIFFERS = "differs", _("said otherwise than the record")
    CARER = "carer", _("looked after from now on")
    CARER_ENDED = "carer_ended", _("not looked after any more")
    SENT = "sent", _("sent to a place")
    ARRIVED = "arrived", _("arrived there")
    TURNED_BACK = "turned_back", _("did not get the place")
    PLACED = "placed", _("got a room of ours")
    HOME = "home", _("gone home")
    TAKEN_OVER = "taken_over", _("taken over by others")
    MISSING = "missing", _("not found any more")
    SEARCHED = "searched", _("looked for")
    FOUND_AGAIN = "found_again", _("found again")
    COUNTED = "counted", _("on the headcount of people without an employer")
