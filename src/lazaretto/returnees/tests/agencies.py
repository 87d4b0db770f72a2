"""Lists as agencies send them, and the way of one through the commands. Everything is invented."""

from datetime import date
from io import BytesIO

import xlsxwriter

from lazaretto.people.rules import id_card_check_digit
from lazaretto.returnees import commands, files
from lazaretto.returnees.choices import Agency
from lazaretto.returnees.models import Returnee, ReturneeList
from tests.factories import NOW

HEADER = ("序号", "姓名", "身份证号", "手机号", "来源地", "风险等级", "返回日期", "车次", "现住址")
CAME = date(2026, 11, 20)


def card(number: int) -> str:
    """A valid identity number, another for each number."""
    body = f"440106{1960 + number % 40}{number // 40 % 12 + 1:02}{number // 480 % 28 + 1:02}{number % 1000:03}"
    return body + id_card_check_digit(body)


def name(number: int) -> str:
    """An invented name, another for each number below a hundred."""
    return "冯侯丁陆余龙曾单宗易"[number // 10] + "远明俊艳磊浩兰翔宁霞"[number % 10]


def row(
    called: str, document: str = "", phone: str = "", *, risk: str = "中风险", came: str = "2026-11-20",
    address: str = "临江路9号",
) -> tuple[str, ...]:  # fmt: skip
    """One line."""
    return ("1", called, document, phone, "某市甲区", risk, came, "G1234", address)


def text(*rows: tuple[str, ...], encoding: str = "gb18030") -> bytes:
    """The file as CSV."""
    return "\r\n".join(",".join(line) for line in (HEADER, *rows)).encode(encoding)


def xlsx(*rows: tuple[str, ...]) -> bytes:
    """The file as Excel, with a title above the header."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    for number, line in enumerate((("来自风险地区人员名单",), HEADER, *rows)):
        sheet.write_row(number, 0, line)
    book.close()
    return target.getvalue()


def lay_out(
    actor, unit, *rows, agency=Agency.BIG_DATA, content: bytes = b"", at=NOW, declared: int | None = None
) -> ReturneeList:  # fmt: skip
    """Read, not taken in."""
    content = content or text(*rows)
    source = files.from_bytes(content, "名单.xlsx" if content.startswith(b"PK") else "名单.csv")
    begun = commands.begin_list(
        actor=actor, at=at, unit=unit, agency=agency, file_name="名单.csv", digest=source.digest, header=source.header,
        declared=declared, sheets=list(source.sheets), passed=list(source.passed),
    )  # fmt: skip
    found = ReturneeList.objects.get(pk=begun.list_id)
    for piece in files.pieces(source.lines, 100):
        commands.add_lines(actor=actor, at=at, returnee_list=found, lines=piece)
    commands.end_reading(actor=actor, at=at, returnee_list=found)
    found.refresh_from_db()
    return found


def take_in(actor, unit, *rows, at=NOW, **more) -> ReturneeList:
    """Read and taken in."""
    found = lay_out(actor, unit, *rows, at=at, **more)
    while not commands.commit_list(actor=actor, at=at, returnee_list=found).finished:
        pass
    found.refresh_from_db()
    return found


def named(called: str) -> Returnee:
    """The case of that name."""
    return Returnee.objects.get(name=called)
