"""Sentences about orders, for pages."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lazaretto.orders.choices import Source
from lazaretto.orders.queries.orders import OrderLine, Waits
from lazaretto.orders.rules import Agreement

TONES = {
    Waits.ISSUE: "blue",
    Waits.SOURCES: "amber",
    Waits.RENEWAL: "red",
    Waits.DISPATCH: "green",
    Waits.ARRIVAL: "purple",
    Waits.NOTHING: "grey",
}


def waiting(line: OrderLine) -> str:
    """For what and whom an order waits."""
    sentences = {
        Waits.ISSUE: _("to be issued by headquarters"),
        Waits.SOURCES: ngettext("a second source for %(n)s person", "a second source for %(n)s people", line.unchecked)
        % {"n": line.unchecked},
        Waits.RENEWAL: _("expired: to be prolonged or withdrawn"),
        Waits.DISPATCH: _("to be sent by %(place)s") % {"place": line.origin},
        Waits.ARRIVAL: _("to be received by %(place)s") % {"place": line.destination},
        Waits.NOTHING: "",
    }
    return sentences[line.waits]


def sources(codes: tuple[str, ...]) -> str:
    """Sources by name."""
    return ", ".join(str(Source(code).label) for code in codes)


def wanting(agreement: Agreement) -> str:
    """What is missing until two sources agree; empty when they do."""
    parts = []
    if agreement.wants_identity:
        parts.append(
            ngettext(
                "%(n)s more source on who it is", "%(n)s more sources on who it is", agreement.wants_identity
            )
            % {"n": agreement.wants_identity}
        )  # fmt: skip
    if agreement.wants_address:
        parts.append(
            ngettext(
                "%(n)s more source on where they are", "%(n)s more sources on where they are", agreement.wants_address
            )
            % {"n": agreement.wants_address}
        )
    return "; ".join(parts)
