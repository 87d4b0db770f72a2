"""Named errors of custody."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class NotHeldHere(DomainError):
    """Somebody is to be handed over by a place that does not hold them; `context` names them."""

    code = "not_held_here"
    message = _("Not everybody named is held by this place.")
    next_step = _("Look where they are; leave them out, or have the question about them decided first.")


class DueTooEarly(DomainError):
    """The deadline of a handover lies before its start."""

    code = "due_too_early"
    status = 422
    message = _("They cannot be due before they leave.")
    next_step = _("Give a time of arrival after the departure.")


class NamedTwice(DomainError):
    """Somebody is on the list of a handover twice."""

    code = "named_twice"
    status = 422
    message = _("Somebody is named twice.")
    next_step = _("Name everybody once.")


class DueTooLate(DomainError):
    """The deadline of a handover lies days ahead: nobody would be told in time that they are lost."""

    code = "due_too_late"
    status = 422
    message = _("They are due more than three days from now: a late arrival would not be noticed.")
    next_step = _("Look at the date and the year; whoever is longer on the road is given a later time on the way.")


class NobodyNamed(DomainError):
    """A handover of nobody."""

    code = "nobody_named"
    status = 422
    message = _("Nobody was chosen.")
    next_step = _("Choose the people who go.")
