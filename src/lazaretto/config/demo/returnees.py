"""Two hundred people back from risk areas, named by three agencies, in every state of the screening. Invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.commands import open_unit
from lazaretto.accounts.models import Unit, User
from lazaretto.accounts.queries import actor_for
from lazaretto.config.demo.district import District
from lazaretto.config.demo.names import chinese_name
from lazaretto.core.access import Actor
from lazaretto.people.choices import Sex
from lazaretto.people.rules import id_card_check_digit
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Agency, Answer, Means, Outcome, Result
from lazaretto.returnees.commands import RawLine
from lazaretto.returnees.models import Returnee, ReturneeList

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOME = ZoneInfo("Asia/Shanghai")
HEADER = ["姓名", "身份证号码", "手机号", "来源地", "风险等级", "返回日期", "车次/航班", "现住址", "街道"]
STREETS = (("BJ", "滨江街道"), ("DY", "东园街道"))
PLACES = (("临州市云山区", "高风险"), ("临州市南湖区", "中风险"), ("安平市西城区", "中风险"), ("平海市", "低风险"))
TRAVEL = ("G1306", "G815", "D2809", "CZ3501", "自驾", "K528")
Row = list[str]


def tell(district: District, *, now: datetime) -> None:
    """Everything through the commands, at its own time."""
    dice = Random(72)  # noqa: S311 - invented people
    duty, at = district.member("duty", now), now - 6 * DAY
    for code, name in STREETS:
        admin = district.member("admin", at)
        open_unit(actor=admin, at=at, parent=district.root, kind=UnitKind.TEAM, code=code, name=name)
    first = [_person(dice, at - 4 * HOUR) for _n in range(80)]
    _list(duty, district.root, Agency.BIG_DATA, first, at, "大数据局推送0001.csv")
    _ended(duty, _cases(first), at, now)
    second = [_person(dice, now - 2 * DAY) for _n in range(30)] + [_person(dice, now - DAY) for _n in range(10)]
    _list(
        duty, district.root, Agency.RAILWAY, second + dice.sample(first[:30], 20), now - 30 * HOUR, "铁路购票名单.csv"
    )
    _watched(duty, _cases(second), now)
    third = [_person(dice, now - 8 * HOUR) for _n in range(80)]
    one, other = second[5], _person(dice, now)
    doubtful = [[one[0], "", *one[2:]], [other[0], "44010619900101", *other[2:]]]  # the same? · digits are missing
    rows = third + [[*row[:2], _phone(dice), *row[3:]] for row in dice.sample(first[:30] + second, 28)] + doubtful
    _list(duty, district.root, Agency.COMMUNITY, rows, now - 105 * MINUTE, "居委会摸排汇总.csv")
    _begun(district, _cases(third), now)


def _person(dice: Random, came: datetime) -> Row:
    place, risk = dice.choice(PLACES)
    day = f"{dice.randrange(1962, 2005)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    body = f"440107{day}{dice.randrange(1000):03}"
    street = dice.choice(STREETS)[1]
    return [
        chinese_name(dice, dice.choice((Sex.FEMALE, Sex.MALE))), body + id_card_check_digit(body), _phone(dice), place,
        risk, f"{came.astimezone(HOME):%Y-%m-%d}", dice.choice(TRAVEL), f"{street}示范路{dice.randrange(1, 90)}号",
        street,
    ]  # fmt: skip


def _phone(dice: Random) -> str:
    return f"139{dice.randrange(10**7, 10**8)}"


def _list(actor: Actor, unit: Unit, agency: Agency, rows: Sequence[Row], at: datetime, name: str) -> None:
    begun = commands.begin_list(
        actor=actor, at=at, unit=unit, agency=agency, file_name=name, digest=name, header=HEADER, declared=len(rows)
    )
    found = ReturneeList.objects.get(pk=begun.list_id)
    lines = [RawLine(number, row) for number, row in enumerate(rows, start=2)]
    commands.add_lines(actor=actor, at=at, returnee_list=found, lines=lines)
    commands.end_reading(actor=actor, at=at, returnee_list=found)
    while not commands.commit_list(actor=actor, at=at + 5 * MINUTE, returnee_list=found).finished:
        pass


def _cases(rows: Sequence[Row]) -> list[Returnee]:
    """In the order of the rows; two of one name stand behind each other."""
    names, tails = {row[0] for row in rows}, {row[1][-4:] for row in rows}
    found = Returnee.objects.filter(name__in=names, document_tail__in=tails, closed_at__isnull=True)
    return list(found.order_by("number"))


def _tried(actor: Actor, one: Returnee, at: datetime, answer: Answer, **more: str) -> None:
    phone = one.phones.order_by("id").first()
    commands.note_attempt(
        actor=actor, at=at, returnee=one, answer=answer, phone_id=phone.pk if phone else None,
        means=Means(more.get("means", Means.PHONE)), words=more.get("words", ""),
    )  # fmt: skip


def _close(actor: Actor, one: Returnee, at: datetime, outcome: Outcome, reason: str, where: str = "") -> None:
    commands.close(actor=actor, at=at, returnee=one, outcome=outcome, reason=reason, to_where=where, despite=where)


def _ended(actor: Actor, cases: Sequence[Returnee], at: datetime, now: datetime) -> None:
    """Of the first list: watched to the end, gone, in quarantine, given up, mistaken; a few still not reached."""
    called = at + HOUR
    for number, one in enumerate(cases):
        if number < 30:
            _tried(actor, one, called + number * MINUTE, Answer.REACHED, words="在家，配合")
            for test in one.tests.order_by("day"):
                commands.note_test(
                    actor=actor, at=test.due_at - 2 * HOUR, returnee=one, day=test.day, result=Result.NEGATIVE,
                    evidence="区检测中心 混检",
                )  # fmt: skip
            _close(actor, one, at + 5 * DAY, Outcome.WATCHED_OUT, "三天两检均为阴性")
        elif number < 40:
            _tried(actor, one, called, Answer.MOVED, words="已离开本市")
            _close(actor, one, called + MINUTE, Outcome.GONE, "本人电话告知", "平海市，已发协查函")
        elif number < 45:
            _tried(actor, one, called, Answer.REACHED)
            _close(actor, one, called + HOUR, Outcome.QUARANTINE, "高风险区返回", "临江隔离点，专车已接")
        elif number < 49:
            for n in range(3):
                _tried(actor, one, called + 3 * n * HOUR, Answer.NO_ANSWER)
            _close(actor, one, called + 10 * HOUR, Outcome.UNREACHED, "三次未接，上门无人", "派出所，协查单7号")
        elif number < 55:
            outcome = Outcome.NEVER_THERE if number % 2 else Outcome.WRONG_PERSON
            _close(actor, one, called, outcome, "购票后未乘车" if number % 2 else "号码机主非本人")
        else:
            _tried(actor, one, now - 40 * MINUTE, Answer.NO_ANSWER)


def _watched(actor: Actor, cases: Sequence[Returnee], now: datetime) -> None:
    """Of the second: reached, most with a first negative; tests due today and tomorrow; one positive, handed on."""
    for number, one in enumerate(cases):
        if number >= 30:
            _tried(actor, one, now - 3 * MINUTE, Answer.REACHED)
            continue
        _tried(actor, one, now - 28 * HOUR, Answer.REACHED, words="居家监测，已告知检测安排")
        result = Result.POSITIVE if number == 0 else Result.NEGATIVE
        day = one.tests.order_by("day").values_list("day", flat=True)[0]
        commands.note_test(
            actor=actor, at=now - 4 * HOUR, returnee=one, day=day, result=result, evidence="区检测中心 单管"
        )
        if result == Result.POSITIVE:
            _close(actor, one, now - 3 * HOUR, Outcome.QUARANTINE, "初筛阳性", "区人民医院，120转运")


def _begun(district: District, cases: Sequence[Returnee], now: datetime) -> None:
    """Of the third, an hour old: two are here and call; some are theirs, some handed up; the rest waits."""
    duty = district.member("duty", now)
    others = User.objects.filter(memberships__role="duty_officer").exclude(username="duty").order_by("pk")[:1]
    callers = [duty, *(actor_for(user, at=now, device="demonstration") for user in others)]
    for caller in callers:
        commands.begin_shift(actor=caller, at=now - 2 * HOUR, unit=district.root, until=now + 7 * HOUR)
    for number, one in enumerate(cases[:24]):
        caller, at = callers[number % len(callers)], now - (60 - 2 * number) * MINUTE
        if number < 12:
            _tried(caller, one, at, Answer.NO_ANSWER)
        elif number < 16:
            _tried(caller, one, at, Answer.WRONG_NUMBER)
            commands.take(actor=duty, at=now - 4 * MINUTE, returnee=one)
        elif number < 18:
            _tried(caller, one, at, Answer.REFUSED, words="称已在单位报备")
            commands.take(actor=duty, at=now - 4 * MINUTE, returnee=one)
        else:
            commands.take(actor=caller, at=now - 6 * MINUTE, returnee=one)
