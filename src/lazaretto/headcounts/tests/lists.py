"""Headcounts as parks send them: GB18030, apostrophes before numbers, buildings and rooms in one cell. Invented."""

from lazaretto.people.rules import id_card_check_digit

HEADER = "企业名称,部门,姓名,身份证号码,手机,宿舍,是否住园区,家庭情况,备注"


def card(number: int) -> str:
    """A valid identity number, another for each number."""
    body = f"440106{1960 + number % 40}{number // 40 % 12 + 1:02}{number // 480 % 28 + 1:02}{number % 1000:03}"
    return body + id_card_check_digit(body)


def row(
    name: str, document: str, *, of: str = "正德医疗器械有限公司", section: str = "研发", phone: str = "17225370406",
    lodging: str = "A栋238",
) -> str:  # fmt: skip
    """One line of a list."""
    return f"{of},{section},{name},{document},{phone},{lodging},否,,"


def listing(*rows: str, header: str = HEADER) -> bytes:
    """The file."""
    return "\r\n".join([header, *rows]).encode("gb18030")
