"""Named errors of rule packs."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class PackNotShipped(DomainError):
    """No rule pack or overlay of this program has the code."""

    code = "pack_not_shipped"
    status = 422
    message = _("There is no rule pack or overlay with this code.")
    next_step = _("Choose one from the list of rule packs.")


class NoPackInForce(DomainError):
    """Nothing has been adopted for this jurisdiction on this date."""

    code = "no_pack_in_force"
    status = 404
    message = _("No rule pack is in force for this place on this date.")
    next_step = _("Ask the approver at headquarters to put a rule pack into force first.")


class AlreadyAdopted(DomainError):
    """The same pack is in force for this jurisdiction already, or was put into force from the same date before."""

    code = "pack_already_adopted"
    status = 409
    message = _("This rule pack is in force for this jurisdiction already.")
    next_step = _("End the present adoption first, or choose another date.")


class AdoptionEnded(DomainError):
    """Somebody has ended this adoption before."""

    code = "adoption_ended"
    status = 409
    message = _("This adoption has an end already.")
    next_step = _("Put the rule pack into force anew if it is to go on.")


class EndsBeforeStart(DomainError):
    """An adoption cannot end before it begins."""

    code = "adoption_ends_before_start"
    status = 422
    message = _("The end lies before the first day.")
    next_step = _("Choose the first day itself to withdraw it altogether, or a later one.")


class JurisdictionMalformed(DomainError):
    """A jurisdiction code is made of a country and numbers, joined by hyphens."""

    code = "jurisdiction_malformed"
    status = 422
    message = _("This is not a code of a jurisdiction.")
    next_step = _("Write country, province, city and district like CN-44-01-05, as far as needed.")
