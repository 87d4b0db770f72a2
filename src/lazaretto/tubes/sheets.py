"""The list of people called back as Excel, for whoever calls them and whoever goes to swab them."""

from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.commands import CalledBack

WIDTHS = (16, 8, 16, 18, 44, 26, 16, 16, 16)


def called_back(found: CalledBack) -> bytes:
    """One line each; telephones and codes stay text, so that Excel keeps every digit."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(_("Called back")), book.add_format({"bold": True})
    heads = [
        _("Tube"), _("Number"), _("Name"), _("Telephone"), _("Where"), _("State"), _("Swab due"), _("reached"),
        _("Their own tube"),
    ]  # fmt: skip
    sheet.write_row(0, 0, heads, bold)
    for line, one in enumerate(found.people, 1):
        due, reached = (
            timezone.localtime(moment).strftime("%m-%d %H:%M") if moment else ""
            for moment in (one.due_at, one.reached_at)
        )
        texts = (one.name, one.phone, one.where, str(RecallState(one.state).label), due, reached, one.own)
        sheet.write_string(line, 0, one.tube)
        sheet.write_number(line, 1, one.number)
        for column, text in enumerate(texts, 2):
            sheet.write_string(line, column, text)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(found.people)), len(WIDTHS) - 1)
    book.close()
    return target.getvalue()
