"""Buses on their way: lists as offices send them, staged, committed, rooms proposed; people not yet checked in."""

import base64
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import xlsxwriter

from lazaretto.arrivals import commands as arrivals
from lazaretto.arrivals.choices import ExpectedState
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.config.demo.guests import Guests
from lazaretto.config.demo.history import SiteStory
from lazaretto.core.access import Actor
from lazaretto.people.choices import DocumentKind, Sex
from lazaretto.people.commands import NewPerson

HEADER = (
    "序号", "姓 名", "性别", "国籍/地区", "证件类型", "证件号码\n（身份证/护照）", "出生日期", "手机号码",
    "家庭/同行\n编号", "特殊需求", "备注",
)  # fmt: skip


@dataclass(frozen=True)
class Bus:
    """A bus of today: hours until it arrives, seats, and how far its list is."""

    hours: int
    seats: int
    committed: bool = True
    on_the_road: bool = False


BUSES = {
    "H01": (Bus(2, 26), Bus(9, 18, committed=False)),
    "H03": (Bus(1, 30, on_the_road=True),),
    "H06": (Bus(4, 22),),
    "H11": (Bus(3, 16, on_the_road=True),),
    "H14": (Bus(6, 20, committed=False),),
}


def announce(story: SiteStory, guests: Guests) -> None:
    """The buses that a site expects today."""
    clerk = story.district.clerks[story.site.code][0]
    for number, bus in enumerate(BUSES.get(story.site.code, ()), start=1):
        _announce(story, bus, number, _seated(guests, bus.seats), clerk)


def _seated(guests: Guests, seats: int) -> list[NewPerson]:
    people: list[NewPerson] = []
    while len(people) < seats:
        people += guests.party().people
    return people


def _announce(story: SiteStory, bus: Bus, number: int, people: list[NewPerson], clerk: Actor) -> None:
    at = story.now - timedelta(minutes=90)
    staged = arrivals.stage_manifest(
        actor=clerk,
        at=at,
        site=story.site,
        file_name=f"转运名单_{story.today:%m%d}_{story.site.code}_{number}车.xlsx",
        content=base64.b64encode(_workbook(story, people)).decode(),
        vehicle=f"粤A·示{story.site.code[1:]}{number:02d}",
        expected_at=story.now + timedelta(hours=bus.hours),
    )
    if not bus.committed:
        return
    manifest = Manifest.objects.get(pk=staged.manifest_id)
    while not arrivals.commit_manifest(actor=clerk, at=at + timedelta(minutes=5), manifest=manifest).finished:
        pass
    arrivals.propose_rooms(actor=clerk, at=at + timedelta(minutes=6), manifest=manifest)
    if bus.on_the_road:
        _leave(manifest, clerk, story)


def _leave(manifest: Manifest, clerk: Actor, story: SiteStory) -> None:
    """Everybody boards but one, who did not come; then the bus leaves."""
    expected = list(ExpectedArrival.objects.filter(manifest=manifest, state=ExpectedState.EXPECTED).order_by("id"))
    at = story.now - timedelta(minutes=30)
    arrivals.mark_missing(actor=clerk, at=at, expected=expected[-1], reason="口岸专班通知：航班改签，未登车")
    for one in expected[:-1]:
        arrivals.board(actor=clerk, at=at, expected=one)
    arrivals.depart(actor=clerk, at=story.now - timedelta(minutes=20), manifest=manifest)


def _workbook(story: SiteStory, people: list[NewPerson]) -> bytes:
    """The list with the faults that such lists have: a title, a broken number, a missing document, a total."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("转运名单")
    sheet.merge_range(0, 0, 0, len(HEADER) - 1, "人员转运至集中医学观察场所名单")
    sheet.write(
        1, 0, f"转入单位：{story.site.name}    日期：{story.today.year}年{story.today.month}月{story.today.day}日"
    )
    sheet.write_row(3, 0, HEADER)
    for number, person in enumerate(people, start=1):
        sheet.write_row(3 + number, 0, _row(number, person))
    sheet.write_row(4 + len(people), 0, ("合计", f"{len(people)}人"))
    book.close()
    return stream.getvalue()


def _row(number: int, person: NewPerson) -> tuple[Any, ...]:
    document = person.documents[0]
    card = document.kind == DocumentKind.ID_CARD
    shown = document.number
    if number == 5:
        shown = shown[:-3] + "000"  # Excel keeps fifteen digits
    if number == 9:
        shown = ""
    return (
        number,
        f" {person.name}" if number % 7 == 0 else person.name,
        "女" if person.sex == Sex.FEMALE else "男",
        "中国" if card else person.nationality,
        "身份证" if card else "护照",
        shown,
        f"{person.birth_date:%Y.%m.%d}" if number % 3 else f"{person.birth_date:%Y-%m-%d}",
        person.phones[0].removeprefix("+86") if person.phones else "",
        person.party_key,
        "、".join(str(need.kind.label) for need in person.needs),
        "晚到" if number == 11 else "",
    )
