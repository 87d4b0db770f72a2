"""Named errors of transfer orders and exceptions."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class EndsOfOrder(DomainError):
    """An order goes from one place to one other place."""

    code = "ends_of_order"
    status = 422
    message = _("An order goes from one place to one other place.")
    next_step = _("Choose where they are and where they go; a place that others run can be added first.")


class OrderNamesNobody(DomainError):
    """An order without people."""

    code = "order_names_nobody"
    status = 422
    message = _("The order names nobody.")
    next_step = _("Choose the people who go, or write them down.")


class TellerMissing(DomainError):
    """A source that others speak for has nobody named who spoke."""

    code = "teller_missing"
    status = 422
    message = _("Nobody is named who said it for this source.")
    next_step = _("Write who said so, and how: a name and a telephone number, or the list and its line.")


class ValidityTooLong(DomainError):
    """An order would be valid for so long that nobody would notice that it was never used."""

    code = "validity_too_long"
    status = 422
    message = _("An order is valid for a month at most.")
    next_step = _("Look at the date and the year; an order that is still needed then is renewed.")


class ValidityPast(DomainError):
    """An order would end before it begins, or not later than now."""

    code = "validity_past"
    status = 422
    message = _("This end of validity has passed or is not later than the present one.")
    next_step = _("Give a later time.")


class AlreadyOrdered(DomainError):
    """Somebody is on another open order; `context` names people and orders."""

    code = "already_ordered"
    message = _("Somebody of them is on another open order already.")
    next_step = _("Open that order: use it, strike them off or withdraw it first.")

    @classmethod
    def on(cls, orders: str) -> "AlreadyOrdered":
        """With the numbers of those orders."""
        return cls(_("Somebody of them is on an open order already: %(orders)s.") % {"orders": orders}, orders=orders)


class OrderEntered(DomainError):
    """That number of that issuer is there already."""

    code = "order_entered"
    message = _("This order of this issuer has been entered already.")
    next_step = _("Open it by its number in the list.")


class IssuerMissing(DomainError):
    """Somebody else's number without their name, or an order from a place of others without an issuer."""

    code = "issuer_missing"
    status = 422
    message = _("The number of somebody else's order says nothing without who issued it.")
    next_step = _("Write who issued the order.")


class OrderNotInForce(DomainError):
    """A draft, or an order that has ended."""

    code = "order_not_in_force"
    message = _("This order is not in force.")
    next_step = _("Look at its state: a draft has to be issued; what ended needs a new order.")


class OrderExpired(DomainError):
    """An issued order that was not used in time."""

    code = "order_expired"
    message = _("This order has expired.")
    next_step = _("Ask whoever issues orders to prolong it, or to write a new one.")


class OrderUnknown(DomainError):
    """There is no order of that number in the places of this actor."""

    code = "order_unknown"
    status = 404
    message = _("There is no transfer order with this number in the places you work in.")
    next_step = _("Check the number; an order of another district is entered first.")


class OrderElsewhere(DomainError):
    """The order goes to another place, or from another."""

    code = "order_elsewhere"
    message = _("This order does not go from here to that place.")
    next_step = _("Choose its destination, or have a new order written.")


class NotOnOrder(DomainError):
    """Somebody who is to go is not on the order, or has gone already."""

    code = "not_on_order"
    message = _("Somebody of them is not on this order, or has gone already.")
    next_step = _("Send only those whom the order names, or have an order written for the others.")


class NotChecked(DomainError):
    """Two independent sources do not agree yet; `context` says about whom."""

    code = "not_checked"
    message = _("Two independent sources must agree on who they are and where they are before anybody is sent.")
    next_step = _("Write down what a second source says; if that cannot wait, a named person overrides with a reason.")


class OrderNeeded(DomainError):
    """Only our own sites and hospitals are reached without an order."""

    code = "order_needed"
    message = _("Nobody is sent to this place without a transfer order.")
    next_step = _("Have an order written; between our own sites, and to a hospital, none is needed.")


class DifferenceInWords(DomainError):
    """A source says something else, and nobody wrote down what."""

    code = "difference_in_words"
    status = 422
    message = _("Write down what this source says instead.")
    next_step = _("Write the name, number or address as the source has it.")


class NothingChecked(DomainError):
    """A source that says neither who nor where."""

    code = "nothing_checked"
    status = 422
    message = _("A source that says nothing is no check.")
    next_step = _("Say what it says about who they are, or where they are.")


class NothingToOverride(DomainError):
    """Two sources agree about everybody, or it was overridden before."""

    code = "nothing_to_override"
    message = _("There is nothing to override: this order may be dispatched.")
    next_step = _("Dispatch it.")


class LastOfOrder(DomainError):
    """The last person is not struck off."""

    code = "last_of_order"
    message = _("This is the last person of the order.")
    next_step = _("Withdraw the order instead.")


class NoOrderBehind(DomainError):
    """Neither a list nor an order nor a granted exception stands behind an admission."""

    code = "no_order_behind"
    status = 422
    message = _("No list and no transfer order names this person here.")
    next_step = _(
        "Nobody is turned away: if it cannot wait, say why and admit them now; headquarters decides afterwards. "
        "Otherwise ask headquarters first."
    )


class AlreadyAsked(DomainError):
    """Headquarters has not answered an earlier request yet; `context` has its number."""

    code = "already_asked"
    message = _("Headquarters has been asked about this person already.")
    next_step = _("Open that request; if it cannot wait any more, admit them now.")


class WhyNow(DomainError):
    """A request without its reason."""

    code = "why_now"
    status = 422
    message = _("Say why they have to be admitted now.")
    next_step = _("One sentence is enough.")


class AlreadyDecidedOn(DomainError):
    """The request was decided or withdrawn before."""

    code = "exception_decided"
    message = _("This request has been decided already.")
    next_step = _("Read the decision; if something has changed, ask again.")


class OwnRequest(DomainError):
    """Whoever asks does not decide."""

    code = "own_request"
    message = _("Whoever asks does not decide.")
    next_step = _("Another approver decides; the request climbs by itself.")


class NotAnApprover(DomainError):
    """The named person may not decide for this site."""

    code = "not_an_approver"
    status = 422
    message = _("This person does not decide exceptions for this site.")
    next_step = _("Choose one of those offered, or leave it to the program.")
