"""Lists of a round as Excel: those not tested, for whoever calls them; scans that do not count."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import xlsxwriter
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lazaretto.screening.commands import CallList
from lazaretto.screening.queries.corrections import KeptLine

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


def kept_list(lines: Iterable[KeptLine]) -> bytes:
    """Scans that do not count, with their reason and what was said of them since."""
    heads = [
        _("Number"), _("Name"), _("Enterprise"), _("Why it does not count"), _("Tube"), _("Place in the tube"),
        _("Point"), _("Table"), _("Swabbed"), pgettext("scan", "Put right"),
    ]  # fmt: skip
    rows = [
        (
            str(line.row.number or ""), line.who.name if line.who else "", line.who.organisation if line.who else "",
            str(line.row.get_reason_display()), line.row.tube, str(line.row.slot), line.row.upload.point.code,
            str(line.row.table), f"{localtime(line.row.taken_at):%Y-%m-%d %H:%M}",
            "; ".join(f"{one.get_put_display()}: {one.reason} ({one.by.display_name})" for one in line.said),
        )
        for line in lines
    ]  # fmt: skip
    return plain_sheet(_("Scans that do not count"), heads, rows)


def plain_sheet(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """One sheet of texts, so that Excel keeps every digit."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold, text = (
        book.add_worksheet(title[:31]),
        book.add_format({"bold": True}),
        book.add_format({"num_format": "@"}),
    )
    for line, row in enumerate([heads, *rows]):
        for column, said in enumerate(row):
            sheet.write_string(line, column, said, text if line else bold)
    sheet.set_column(0, len(heads) - 1, 20)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)
    book.close()
    return target.getvalue()
