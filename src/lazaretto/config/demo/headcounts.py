"""The headcount of a park as it was sent: read and taken in, with two lines that wait for somebody. Invented."""

from datetime import datetime, timedelta
from random import Random

from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.headcounts import commands
from lazaretto.headcounts.commands import RawLine
from lazaretto.headcounts.models import HeadcountList, Organisation
from lazaretto.people.rules import id_card_check_digit

HEADER = ["企业名称", "部门", "姓名", "身份证号码", "手机", "宿舍", "是否住园区", "家庭编号", "家庭情况", "备注"]
ENTERPRISES = (
    ("博正精密电子有限公司", 190), ("正德医疗器械有限公司", 120), ("康信医疗器械有限公司", 80),
    ("科恒物流有限公司", 60), ("新德生物科技有限公司", 50),
)  # fmt: skip
# Where they are, in the same order: within a quarter of an hour on foot of each other.
PLACES = ((23.0652, 113.2581), (23.0671, 113.2633), (23.0638, 113.2660), (23.0604, 113.2597), (23.0619, 113.2648))
SECTIONS = ("生产", "仓储", "研发", "行政", "保安")
SURNAMES, GIVEN = "侯丁冯陆余龙曾单宗易韦覃莫蒙", "敏霞文明远思俊艳磊杰轩浩兰翔宁"
SENT = timedelta(hours=20)


def tell(district: District, *, now: datetime) -> None:
    """Everything through the commands, at its own time."""
    actor, at, dice = district.member("duty", now), now - SENT, Random(60)  # noqa: S311 - invented people
    unit = district.sites[0].unit.parent or district.sites[0].unit
    begun = commands.begin_list(
        actor=actor, at=at, unit=unit, file_name="园区花名册.csv", digest="demonstration", header=HEADER, complete=True
    )
    found = HeadcountList.objects.get(pk=begun.list_id)
    commands.add_lines(actor=actor, at=at, headcount_list=found, lines=_lines(dice))
    commands.end_reading(actor=actor, at=at, headcount_list=found)
    while not commands.commit_list(actor=actor, at=at + timedelta(minutes=9), headcount_list=found).finished:
        pass
    _officers(actor, at + timedelta(minutes=20))
    _whereabouts(actor, at + timedelta(minutes=30))


def _lines(dice: Random) -> list[RawLine]:
    rows = [
        [
            enterprise,
            dice.choice(SECTIONS),
            _name(dice),
            _card(dice),
            f"1{dice.randrange(3_000_000_000, 9_999_999_999)}",
        ]
        + (["", "否"] if dice.random() < 0.3 else [f"{dice.choice('ABC')}栋{dice.randrange(101, 690)}", "是"])
        + ["", "", ""]
        for enterprise, people in ENTERPRISES
        for _one in range(people)
    ]
    _families(rows)
    rows.append(["科恒物流有限公司", "仓储", "覃小宁", "4401061990010112", "13800138000", "", "否", "", "", "证件缺位"])
    rows.append(["新德生物科技有限公司", "生产", "", "", "13800138001", "B栋305", "是", "", "", "姓名不清"])
    return [RawLine(number, row) for number, row in enumerate(rows, start=2)]


def _families(rows: list[list[str]]) -> None:
    """Couples at two enterprises, some with a child; and a few whom somebody must look after."""
    for number in range(12):
        for place in (7 + 9 * number, 495 - 9 * number):
            rows[place][7:9] = [str(number + 1), "双职工，有小孩" if number % 2 else "双职工"]
    for place, said in ((31, "孕妇（30周）"), (211, "孕妇"), (340, "独居老人"), (402, "血液透析，每周三次")):
        rows[place][8] = said


def _name(dice: Random) -> str:
    return dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, dice.choice((1, 2, 2))))


def _card(dice: Random) -> str:
    day = f"{dice.randrange(1962, 2005)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    body = f"440106{day}{dice.randrange(1000):03}"
    return body + id_card_check_digit(body)


def _officers(actor: Actor, at: datetime) -> None:
    for number, organisation in enumerate(Organisation.objects.order_by("name")[:3]):
        commands.name_contact(
            actor=actor,
            at=at,
            organisation=organisation,
            contact=f"{SURNAMES[number]}主管",
            phone=f"1380013900{number}",
        )


def _whereabouts(actor: Actor, at: datetime) -> None:
    for (name, _people), (latitude, longitude) in zip(ENTERPRISES, PLACES, strict=True):
        home = Organisation.objects.get(name=name)
        commands.say_whereabouts(actor=actor, at=at, organisation=home, latitude=latitude, longitude=longitude)
