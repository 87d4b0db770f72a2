"""The printed papers: their words, their codes, their speed. Texts are read back from the PDF."""

import io
import re
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from lazaretto.ui import papers
from lazaretto.ui.papers import compiler
from lazaretto.ui.tests.pictures import codes_of

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
TOKEN = "LZ1." + "eyJuIjoiMSJ9" * 16 + "." + "A" * 86


def text_of(paper: papers.Paper) -> str:
    """All words of the paper without spaces and line breaks: typesetting may break a line anywhere."""
    pages = PdfReader(io.BytesIO(papers.render(paper))).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def certificate(**fields) -> papers.ReleaseCertificate:
    defaults = {
        "number": "H01-2026-000123", "authority": "江畔区疫情防控指挥部", "site": "江畔酒店", "name": "王小明",
        "latin_name": "WANG Xiaoming", "document": "110105********002X", "started_on": date(2026, 11, 7),
        "ended_on": date(2026, 11, 21), "days": 14, "code": TOKEN, "issued_on": date(2026, 11, 21),
        "tests": (papers.TestLine(date(2026, 11, 8), "T0001", "区疾控中心"),),
    }  # fmt: skip
    return papers.ReleaseCertificate(**{**defaults, **fields})


def decision(**fields) -> dict[str, object]:
    defaults = {
        "number": "O-77", "authority": "江畔区卫生健康局", "legal_basis": "传染病防治法", "reason": "同航班密接",
        "name": "Anna Schneider", "document": "C01X0006H", "site": "江畔酒店", "room": "0912", "issued_at": NOW,
        "issued_by": "李值班", "objection_contact": "020-8123 4567", "zone": ZONE,
    }  # fmt: skip
    return {**defaults, **fields}


def order(language: str) -> papers.IsolationOrder:
    return papers.IsolationOrder(
        **decision(), language=language, category="inbound", pack="cn-plan-8", starts_at=NOW,
        ends_at=NOW + timedelta(days=14), days=14, last_exposure_on=date(2026, 11, 20),
    )  # fmt: skip


def register(rooms: int, **fields) -> papers.ExitRegister:
    people = (papers.ExitPerson("陈静"), papers.ExitPerson("李大山", "不能行走"))
    floors = tuple(
        papers.ExitFloor(
            f"{floor}F", tuple(papers.ExitRoom(f"{floor:02}{room:02}", people) for room in range(1, 21)), 3
        )
        for floor in range(1, rooms // 20 + 1)
    )
    building = papers.ExitBuilding("A", floors)
    return papers.ExitRegister(
        site="江畔酒店", address="江畔路 8 号", as_of=NOW, zone=ZONE, buildings=(building,), **fields
    )


def test_a_certificate_carries_both_languages_and_every_test() -> None:
    text = text_of(certificate())
    for part in ("解除集中隔离证明", "CertificateofRelease", "王小明", "WANGXiaoming", "110105********002X",
                 "2026年11月7日", "7November2026", "T0001", "阴性negative", "H01-2026-000123", "（盖章）"):  # fmt: skip
        assert part in text, part


def test_a_certificate_without_tests_claims_none() -> None:
    text = text_of(certificate(tests=()))
    assert "核酸检测" not in text
    assert "nucleic" not in text
    assert "准予解除" in text


def test_the_code_on_a_certificate_is_read_back_whole() -> None:
    assert codes_of(certificate()) == [TOKEN]


def test_rare_characters_of_names_are_printed() -> None:
    text = text_of(certificate(name="陈䶮㛃𬱖𬘭"))
    for character in "䶮㛃𬱖𬘭":
        assert character in text


def test_a_character_without_a_glyph_is_marked_and_logged_not_lost(caplog) -> None:
    text = text_of(certificate(name="أمل"))
    assert "〓〓〓" in text
    assert "U+0623" in caplog.text


def test_pictures_in_a_name_are_left_out_and_nothing_else() -> None:
    text = text_of(certificate(name="陈小雨🐰👩🏽‍⚕️"))
    assert "陈小雨" in text
    assert "〓" not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["隔离医学观察告知书", "2026年12月5日10:05", "期满自动解除", "020-81234567", "批准人"]),
        (
            "en",
            ["Isolationorder", "5December2026,10:05", "endsatthetimeabovebyitself", "020-81234567", "namedapprover"],
        ),
    ],
)
def test_an_order_tells_ground_end_and_remedy_in_the_persons_language(language: str, words: list[str]) -> None:
    text = text_of(order(language))
    for word in [*words, "传染病防治法", "同航班密接", "O-77", "江畔区卫生健康局"]:
        assert word in text, word


def test_an_extension_says_why_by_whom_and_until_when() -> None:
    notice = papers.ExtensionNotice(
        **decision(reason="同房间人员确诊。"), ended_before=NOW, ends_at=NOW + timedelta(days=3), extra_days=3
    )
    text = text_of(notice)
    for word in ("延长隔离医学观察告知书", "同房间人员确诊。", "李值班", "2026年11月24日10:05", "异议"):
        assert word in text, word


def test_a_door_card_shows_the_room_and_its_code() -> None:
    cards = tuple(
        papers.DoorCard(room, ("张*",), "入境人员", date(2026, 11, 7), date(2026, 11, 21), f"LZ:R:{room}", ("轮椅",))
        for room in ("1007", "1008")
    )
    paper = papers.DoorCards(site="江畔酒店", cards=cards)
    assert codes_of(paper) == ["LZ:R:1007", "LZ:R:1008"]
    assert "1007" in text_of(paper)
    assert "轮椅" in text_of(paper)


def test_a_guests_card_says_whom_to_call_in_an_emergency() -> None:
    card = papers.GuestCard("0912", ("Anna",), date(2026, 11, 7), NOW, (date(2026, 11, 8),), "LZ:P:1")
    text = text_of(papers.GuestCards(language="en", site="Riverside", desk="8000", zone=ZONE, cards=(card,)))
    assert "Emergency:callthedesk8000or120" in text
    assert "21November2026,10:05" in text


def test_the_exit_register_counts_every_floor_and_puts_help_first() -> None:
    text = text_of(register(40))
    assert "20间40人" in text
    assert text.index("请先协助") < text.index("1F")
    assert text.count("不能行走") == 80
    assert "空房3间" in text


def test_the_register_of_four_hundred_rooms_is_ready_at_once() -> None:
    papers.render(register(20))
    began = time.perf_counter()
    pdf = papers.render(register(400, language="en"))
    assert time.perf_counter() - began < 2
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 5


def test_lists_repeat_their_head_on_every_page() -> None:
    lines = tuple(papers.SamplingLine(f"{room:04}", "陈静", f"H01-{room}", "4") for room in range(1, 101))
    pdf = papers.render(papers.SamplingList(site="江畔酒店", on=date(2026, 11, 21), lines=lines))
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 1
    assert all("管号" in page.extract_text() for page in pages)


def test_a_room_list_shows_state_and_occupation() -> None:
    line = papers.RoomLine("3F", "0301", "空净", 2, 0, None, "无障碍")
    text = text_of(papers.RoomList(site="江畔酒店", as_of=NOW, zone=ZONE, lines=(line,)))
    for word in ("0301", "空净", "无障碍"):
        assert word in text


def test_data_is_never_taken_for_typst_source() -> None:
    text = text_of(certificate(name='#panic("x") *b* $1$', site="]#sys"))
    assert '#panic("x")*b*$1$' in text
    assert "]#sys" in text


def test_a_warning_makes_no_paper(monkeypatch) -> None:
    class Warns:
        def compile_with_warnings(self, **_inputs):
            return b"%PDF", [type("W", (), {"message": "unknown font family"})()]

    monkeypatch.setattr(compiler, "_compiler", lambda _template: Warns())
    with pytest.raises(papers.PaperWarning, match="unknown font family"):
        papers.render(certificate())
