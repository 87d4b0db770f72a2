"""The list of those not tested as Excel, for whoever calls them."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from lazaretto.screening.commands import CallList

WIDTHS = (8, 16, 30, 20, 20, 18, 26)


def call_list(found: CallList) -> bytes:
    """One line each; numbers stay text, so that Excel keeps every digit."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(_("Not tested")), book.add_format({"bold": True})
    heads = [_("Number"), _("Name"), _("Enterprise"), _("Department"), _("Where they sleep"), _("Telephone")]
    sheet.write_row(0, 0, [*heads, _("Officer of the enterprise")], bold)
    for line, one in enumerate(found.people, 1):
        sheet.write_number(line, 0, one.number)
        texts = (one.name, one.organisation, one.section, one.building, one.phone, found.officers[one.organisation])
        for column, text in enumerate(texts, 1):
            sheet.write_string(line, column, text)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(found.people)), len(WIDTHS) - 1)
    book.close()
    return target.getvalue()
