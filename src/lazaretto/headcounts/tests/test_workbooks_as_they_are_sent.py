"""Workbooks as parks send them: a sheet of notes, formulas nobody reckoned, headings without people."""

from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import CellIsFormula, NobodyOnList
from lazaretto.headcounts import files
from lazaretto.headcounts.models import HeadcountList
from lazaretto.headcounts.tests.lists import HEADER, card, listing, row
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PEOPLE = [HEADER.split(","), row("王小明", card(1)).split(","), row("李小红", card(2)).split(",")]
NOTES = [["填表说明"], ["1. 请于周五前报送", ""], ["联系人：区指挥部 020-12345678"]]


def workbook(**sheets: list[list[str]]) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return target.getvalue()


def never_reckoned(content: bytes) -> bytes:
    """The same as a program writes it: formulas, and no values."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(target, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<v>0</v>", b"<v></v>"))
    return target.getvalue()


def upload(cast, content: bytes, name: str = "名单.xlsx"):
    given = {"file": SimpleUploadedFile(name, content), "unit": str(cast.site.unit_id), "kind": "enterprise"}
    return cast.duty_officer.client.post(reverse("headcounts:lists"), given)


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_a_sheet_of_notes_is_passed_over_and_the_list_says_so(cast):
    answer = upload(cast, workbook(说明=NOTES, 名单=PEOPLE))
    assert answer.status_code == 302
    found = HeadcountList.objects.get()
    assert (found.lines, found.passed) == (2, ["说明"])
    assert "说明" in cast.duty_officer.client.get(answer.url).content.decode()


def test_a_sheet_with_people_and_no_headings_is_not_passed_over(cast):
    answer = upload(cast, workbook(名单=PEOPLE, 补充=[["张三", card(3)]]))
    assert answer.status_code == 422
    assert "补充" in answer.content.decode()
    assert not HeadcountList.objects.exists()


def test_a_formula_without_its_value_is_named_and_nothing_is_stored(cast):
    rows = [PEOPLE[0], ["正德", "研发", "=E2", card(1), "13800001111"]]
    stale = never_reckoned(workbook(名单=rows))
    with pytest.raises(CellIsFormula) as refused:
        files.from_bytes(stale, "a.xlsx")
    assert refused.value.context == {"cell": "C2"}
    answer = upload(cast, stale)
    assert answer.status_code == 422
    assert "单元格 C2 是公式" in answer.content.decode()
    assert "另存为数值" in answer.content.decode()
    assert not HeadcountList.objects.exists()
    assert files.from_bytes(workbook(名单=rows), "a.xlsx").about == 2, "with its value it is a cell like others"


def test_headings_without_people_are_refused(cast):
    for content in (listing(), listing(",,,,,,,,", ",,,,,,,,"), listing("1", "2", header=f"序号,{HEADER}")):
        with pytest.raises(NobodyOnList):
            files.from_bytes(content, "a.csv")
    answer = upload(cast, listing(), "名单.csv")
    assert answer.status_code == 422
    assert "此名单没有人员" in answer.content.decode()
    assert not HeadcountList.objects.exists()
