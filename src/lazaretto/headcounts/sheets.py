"""Lists of headcounts as Excel, for whoever works through them on paper or by telephone."""

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from lazaretto.headcounts.commands import CareList, ChangeList


def care_list(found: CareList) -> bytes:
    """One line for each person to look after."""
    heads = [
        _("Name"), _("Enterprise"), _("Department"), _("Where they sleep"), _("Telephone"), _("To think of"),
        _("Household"),
    ]  # fmt: skip
    rows = [
        (one.name, one.organisation, one.section, one.sleeps, one.phone, one.concerns, one.family)
        for one in found.people
    ]
    return table(_("To look after"), heads, rows, widths=(14, 30, 16, 18, 18, 34, 34))


def change_list(found: ChangeList) -> bytes:
    """One line for each change."""
    heads = [
        _("Name"), _("Enterprise"), _("Department"), _("Document"), _("When"), _("What is otherwise"),
        _("By which list"),
    ]  # fmt: skip
    rows = [
        (
            one.name, one.organisation, one.section, one.document and f"…{one.document}",
            timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M"), one.words, one.by,
        )
        for one in found.changes
    ]  # fmt: skip
    return table(_("Changes of headcounts"), heads, rows, widths=(14, 30, 16, 12, 18, 40, 24))


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int]) -> bytes:
    """A sheet of texts: numbers stay text, so that Excel keeps every digit."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(title), book.add_format({"bold": True})
    sheet.write_row(0, 0, heads, bold)
    for line, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(line, column, text)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)
    book.close()
    return target.getvalue()
