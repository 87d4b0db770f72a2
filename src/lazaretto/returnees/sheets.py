"""Open cases as Excel, for whoever calls without a network."""

from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from lazaretto.core import clock
from lazaretto.places.queries import AT_HOME
from lazaretto.returnees.commands import OpenReturnee, OpenReturnees

WIDTHS = (12, 14, 18, 30, 34, 20, 12, 12, 30, 18, 8, 16, 14)


def open_cases(found: OpenReturnees) -> bytes:
    """One line each; numbers stay text, so that Excel keeps every digit."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(_("Returnees")), book.add_format({"bold": True})
    heads = [
        _("Number"), _("Name"), _("Area"), _("Telephone"), _("Address"), _("Came from"), _("Risk"), _("Day of return"),
        _("Named by"), _("State"), _("Tries"), _("Due"), _("In whose hands"),
    ]  # fmt: skip
    sheet.write_row(0, 0, heads, bold)
    for line, one in enumerate(found.people, 1):
        for column, text in enumerate(_cells(one)):
            sheet.write_string(line, column, text)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(found.people)), len(heads) - 1)
    book.close()
    return target.getvalue()


def _cells(one: OpenReturnee) -> tuple[str, ...]:
    due = timezone.localtime(one.due_at, clock.zone(AT_HOME.zone)) if one.due_at else None
    return (
        one.number, one.name, one.area, " ".join(one.phones), one.address, one.came_from, one.risk,
        one.arrived_on.isoformat() if one.arrived_on else "", ", ".join(one.agencies), one.state, str(one.tries),
        f"{due:%m-%d %H:%M}" if due else "", one.owner,
    )  # fmt: skip
