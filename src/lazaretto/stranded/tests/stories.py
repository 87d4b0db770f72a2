"""Makers of stranded people for tests. All invented."""

from datetime import timedelta

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.models import Unit
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.protocols.models import PackAdoption
from lazaretto.stranded import commands
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.models import Group
from tests import factories
from tests.factories import LONG_AGO, NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = NOW.replace(hour=13, minute=10)  # ten past nine in the evening in Guangzhou
COURIER = FoundPerson(known_as="男，约40岁，蓝色外卖服", age=40)
ORDER = {
    "category": "inbound", "last_exposure_at": NOW - HOUR, "authority": "区指挥部", "legal_basis": "传染病防治法",
    "reason": "滞留人员安置", "why_now": "夜间无处可去",
}  # fmt: skip


def adopt() -> None:
    """The eighth edition is in force."""
    PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=LONG_AGO.date(), reason="通告", created_at=LONG_AGO
    )


def find(member, *people, unit=None, at=NOW, why="courier", where="园区3号门岗亭", **more) -> Group:
    """Somebody registers these people at the site of the cast."""
    made = commands.register(
        actor=member.actor, at=at, unit=unit, why=why, where=where, people=people or (COURIER,), **more
    )
    return Group.objects.get(pk=made.group_id)


def row_of(group, position=1):
    return group.people.select_related("person").get(position=position)


def clocks(subject) -> dict:
    """Open deadlines of a group or of one of its people."""
    rows = Deadline.objects.filter(subject_id=str(subject.pk), state=DeadlineState.OPEN)
    return {kind.removeprefix("stranded."): due for kind, due in rows.values_list("kind", "due_at")}


def park() -> Unit:
    """A team that runs no site: the sealed park."""
    return Unit.objects.create(
        parent=factories.headquarters(), kind=UnitKind.TEAM, code="PARK", name="健康园区服务队", started_at=LONG_AGO
    )
