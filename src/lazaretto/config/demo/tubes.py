"""Tubes of the demonstration: a bag at the laboratory with a positive pool, one under way, one of a quarantine
site with the same courier, a round that is over.
"""

from datetime import datetime, time, timedelta
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.core.ids import new_id
from lazaretto.screening import commands as rounds
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.commands import TakenScan
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.tubes import commands
from lazaretto.tubes.choices import AbsenceKind, CallSaid, Stage
from lazaretto.tubes.commands import RawLine, TakenEvent
from lazaretto.tubes.commands.site_bags import SPECIMENS
from lazaretto.tubes.models import Laboratory, Recall, ResultFile, SiteBag
from lazaretto.tubes.queries.site_trails import pending
from lazaretto.tubes.rules import REPORT

MINUTE = timedelta(minutes=1)
YESTERDAY = timedelta(hours=26)
COURIER = "C07"
HEADER = ["试管编号", "检测结果", "N基因", "ORF1ab"]


def before(district: District, *, now: datetime) -> None:
    """The laboratories, and yesterday's round of a few: all negative, everybody else excused by name, closed."""
    actor, at = district.member("duty", now), now - YESTERDAY
    unit = district.sites[0].unit.parent or district.sites[0].unit
    _laboratories(actor, unit, at)
    commands.add_courier(
        actor=actor, at=at, unit=unit, code=COURIER, name="赵志强", plate="沪A·D2048", phone="13900002048"
    )
    made = rounds.draft_round(
        actor=actor, at=at - 60 * MINUTE, unit=unit, name="重点岗位抽检", opens_at=at, deadline_at=at + 300 * MINUTE,
        tube_rule=TubeRule.TEN, apart=True,
    )  # fmt: skip
    of = Round.objects.get(pk=made.round_id)
    place = rounds.add_point(
        actor=actor, at=at - 50 * MINUTE, test_round=of, code="P1", name="园区体育馆", tables=1, opens=time(0, 0),
        closes=time(23, 59),
    ).point_id  # fmt: skip
    rounds.freeze_round(actor=actor, at=at - 30 * MINUTE, test_round=of)
    rounds.open_round(actor=actor, at=at, test_round=of)
    numbers = RosterEntry.objects.filter(round=of).order_by("number").values_list("number", flat=True)[:20]
    tubes = ["HZ25110001", "HZ25110002"]
    scans = [
        TakenScan(id=new_id(), tube=tubes[nth // 10], slot=nth % 10 + 1, at=at + nth * MINUTE, number=number)
        for nth, number in enumerate(numbers)
    ]
    sent = at + 30 * MINUTE
    table = actor.also_with(["screening.capture"], unit.id)
    rounds.take(actor=table, at=sent, batch=new_id(), point=place, sent_at=sent, scans=scans)
    used = sorted({scan.tube for scan in scans})
    _bag(actor, place, "BAG-0001", used, at=sent)
    _seen(actor, of, ("received", {"bag": "BAG-0001", "to": "ZX1", "count": len(used)}), at=sent + 40 * MINUTE)
    _report(actor, of, [[code, "阴性", "", ""] for code in used], at=sent + 180 * MINUTE)
    commands.name_rest(
        actor=actor, at=sent + 200 * MINUTE, test_round=of, kind=AbsenceKind.EXCUSED, reason="不在本次抽检范围"
    )
    rounds.close_round(actor=actor, at=sent + 210 * MINUTE, test_round=of)


def tell(district: District, *, now: datetime) -> None:
    """Today's: one bag is tested, one is on its way with a tube that nobody filled, one tube stands at the table."""
    actor = district.member("duty", now)
    of = Round.objects.filter(name="园区全员核酸").latest("opens_at")
    place = of.points.get(code="P1").pk
    codes = [f"HZ2611{nth:04}" for nth in range(1, 7)]
    _bag(actor, place, "BAG-0001", codes[:4], at=now - 95 * MINUTE)
    _seen(actor, of, ("received", {"bag": "BAG-0001", "to": "ZX1", "count": 4}), at=now - 70 * MINUTE)
    _bag(actor, place, "BAG-0002", [codes[4], "HZ26110050"], at=now - 40 * MINUTE)
    said = [[codes[0], "阴性", "", ""], [codes[1], "阳性", "31.2", "30.8"], [codes[2], "阴性", "38.4", ""]]
    _report(actor, of, [*said, [codes[3], "见附件", "", ""]], at=now - 25 * MINUTE)
    for nth, row in enumerate(Recall.objects.filter(round=of).order_by("number")):
        at = now - (22 - nth) * MINUTE
        if nth % 2 == 0:
            commands.record_call(actor=actor, at=at, recall=row, said=CallSaid.STAYS, words="在宿舍，不出门")
        elif nth < 6:
            commands.record_call(actor=actor, at=at, recall=row, said=CallSaid.NO_ANSWER)
    _single(district, of, place, now)
    _of_a_site(district, now)
    commands.follow_round(of, at=now)


def _single(district: District, of: Round, place: UUID, now: datetime) -> None:
    """One of the pool was swabbed singly at once, is positive, rechecked: their change of status is proposed."""
    actor, unit = district.member("duty", now), of.unit_id
    second = district.member("approver", now).also_with([REPORT], unit)
    recall = Recall.objects.filter(round=of).order_by("number").last()
    if recall is None:
        return
    code = "HZ26110901"
    commands.record_retest(actor=actor, at=now - 20 * MINUTE, recall=recall, tube=code)
    _bag(actor, place, "BAG-0009", [code], at=now - 19 * MINUTE)
    _seen(actor, of, ("received", {"bag": "BAG-0009", "to": "ZX1", "count": 1}), at=now - 16 * MINUTE)
    _report(actor, of, [[code, "阳性", "24.6", "23.9"]], at=now - 9 * MINUTE)
    _report(second, of, [[code, "阳性", "25.1", "24.2"]], at=now - 6 * MINUTE, laboratory="CDC", stage=Stage.RECHECK)
    recall.refresh_from_db()
    commands.hand_on(
        actor=actor, at=now - 4 * MINUTE, recall=recall, words="区疾控复核阳性，市八医院待接", propose=True
    )


def _of_a_site(district: District, now: datetime) -> None:
    """Guests' tubes that wait for their result are on their way too, of the first site that has such."""
    at = now - 20 * MINUTE
    for site in district.sites:
        waiting = pending(site).filter(collected_at__lt=at).order_by("collected_at", "tube")
        tubes = list(waiting.values_list("tube", flat=True)[:8])
        if not tubes:
            continue
        actor = district.member("duty", now).also_with([SPECIMENS], site.unit_id)
        packed = commands.pack_bag(actor=actor, at=at, site=site, bag=f"{site.code}-BAG-1", tubes=tubes)
        bag = SiteBag.objects.get(pk=packed.bag_id)
        commands.hand_bag_over(actor=actor, at=at + 5 * MINUTE, bag=bag, to=COURIER)
        return


def _laboratories(actor: Actor, unit: Unit, at: datetime) -> None:
    for code, name, rechecks in (("ZX1", "中心核酸检测所", False), ("CDC", "区疾控中心实验室", True)):
        commands.add_laboratory(
            actor=actor, at=at, unit=unit, code=code, name=name, phone="021-55500000", hours=12, rechecks=rechecks
        )


def _bag(actor: Actor, place: UUID, bag: str, tubes: list[str], *, at: datetime) -> None:
    """Tubes in a bag, closed, with the courier."""
    told = [("bagged", {"tube": code, "bag": bag}) for code in tubes]
    told += [("bag_closed", {"bag": bag, "count": len(tubes)}), ("handed_over", {"bag": bag, "to": COURIER})]  # type: ignore[dict-item]
    events = [TakenEvent(id=new_id(), kind=kind, at=at, **words) for kind, words in told]  # type: ignore[arg-type]
    commands.take_events(actor=actor, at=at, batch=new_id(), sent_at=at, events=events, point=place)


def _seen(actor: Actor, of: Round, told: tuple[str, dict[str, object]], *, at: datetime) -> None:
    kind, words = told
    event = TakenEvent(id=new_id(), kind=kind, at=at, **words)  # type: ignore[arg-type]
    commands.take_events(actor=actor, at=at, batch=new_id(), sent_at=at, events=[event], test_round=of.pk)


def _report(
    actor: Actor, of: Round, cells: list[list[str]], *, at: datetime, laboratory: str = "ZX1",
    stage: Stage = Stage.FIRST,
) -> None:  # fmt: skip
    """What a laboratory found, taken in as far as nobody has to decide."""
    staged = commands.stage_results(
        actor=actor, at=at, test_round=of, laboratory=Laboratory.objects.get(code=laboratory), stage=stage,
        file_name=f"第{of.number}轮结果.xlsx", digest=new_id().hex, header=HEADER,
        lines=[RawLine(nth, row) for nth, row in enumerate(cells, start=2)],
    )  # fmt: skip
    commands.commit_results(actor=actor, at=at, result_file=ResultFile.objects.get(pk=staged.file_id))
