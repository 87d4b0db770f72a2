"""A list of the shape and the size of dirt that parks send, by page and by terminal: every line is accounted for."""

import json
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lazaretto.config.cli import main
from lazaretto.core import clock
from lazaretto.headcounts.models import HeadcountList, Member, MemberConcern
from lazaretto.headcounts.proofs import headcounts_balance
from lazaretto.headcounts.queries import account_of
from lazaretto.headcounts.queries.families import figures
from lazaretto.headcounts.tests.lists import HEADER, card
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LINES, SURNAMES, GIVEN = 400, "侯丁冯陆余龙曾单宗易韦覃莫蒙", "敏霞文明远思俊艳磊杰轩浩兰翔宁"
EVERY = {"双职工，有小孩": 25, "孕妇": 50}
# Kinds of dirt, and in which lines (counted from 0) each of them is.
TWICE, NAMELESS, HOMELESS, WRONG, BLANK, CUT = {40, 80}, {100, 200, 300}, {120}, {140, 160}, {180}, {220}


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def park() -> bytes:
    dice, lines = Random(22), [HEADER]  # noqa: S311 - invented people
    for n in range(LINES):
        name = "" if n in NAMELESS else dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2))
        number = card(n - 1 if n in TWICE else n)
        number = number[:-3] if n in WRONG else number
        number = f"'{number}" if n % 9 == 0 else number
        employer = "" if n in HOMELESS else f"{'博正' if (n - (n in TWICE)) % 3 else '正德'}有限公司"
        lodging = f"{dice.choice('ABC')}栋{dice.randrange(101, 699)}" if n % 2 else ""
        said = next((word for word, every in EVERY.items() if n % every == len(word)), "")
        row = [employer, "生产", name, number, f"1{dice.randrange(3 * 10**9, 10**10 - 1)}", lodging, "是", said, ""]
        lines.append(",,,,,,,," if n in BLANK else ",".join(row[:4] if n in CUT else row))
    return "\r\n".join(lines).encode("gb18030")


def balanced(found: HeadcountList) -> None:
    held = len(NAMELESS | HOMELESS | WRONG)
    account = account_of(found)
    assert account.balances
    said = (account.lines, account.held, account.repeated, account.empty, account.ready, account.made)
    assert said == (LINES, held, len(TWICE), len(BLANK), 0, LINES - held - len(TWICE) - len(BLANK))
    assert Member.objects.count() == account.made
    assert headcounts_balance(NOW).offenders == []
    stand = figures(Member.objects.all())
    lines = [n for n in range(LINES) if n not in NAMELESS | HOMELESS | WRONG | TWICE | BLANK | CUT]
    expected = {word: sum(n % every == len(word) for n in lines) for word, every in EVERY.items()}
    counted = {kind.value: people for kind, people in stand.kinds}
    dual = expected["双职工，有小孩"]
    assert counted["dual"] == counted["child"] == stand.dual == stand.dual_with_child == dual
    assert counted["pregnant"] == expected["孕妇"]
    assert MemberConcern.objects.count() == 2 * dual + expected["孕妇"]


def test_by_the_page(cast):
    given = {"file": SimpleUploadedFile("花名册.csv", park()), "unit": str(cast.site.unit_id)}
    client = cast.duty_officer.client
    assert client.post(reverse("headcounts:lists"), given).status_code == 302
    found = HeadcountList.objects.get()
    address = reverse("headcounts:commit", args=[found.pk])
    while not client.post(address, headers={"Accept": "application/json"}).json()["done"]:
        pass
    found.refresh_from_db()
    balanced(found)


def test_by_the_terminal(cast, tmp_path, capsys):
    path = tmp_path / "花名册.csv"
    path.write_bytes(park())
    words = ["import", "headcount", str(path), "--unit", cast.site.unit.code, "--json", "--commit"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    balanced(HeadcountList.objects.get())
    assert (
        told["lines"]
        == LINES
        == sum(told[key] for key in ("made", "kept", "ready", "held", "repeated", "empty", "rejected"))
    )
