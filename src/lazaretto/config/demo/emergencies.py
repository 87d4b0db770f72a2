"""Emergencies: two of the last days with their reviews, and one that is going on. All through the commands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.emergencies.choices import EmergencyKind, EmergencyState
from lazaretto.emergencies.commands import add_word, own, report, review, step
from lazaretto.emergencies.models import Emergency
from lazaretto.people.choices import Sex
from lazaretto.places.models import Site
from lazaretto.stays.models import Occupancy

MINUTE = timedelta(minutes=1)
S = EmergencyState


@dataclass(frozen=True)
class Story:
    """What happened: minutes after the first word for each step; `ago` is when the first word was said."""

    site: str
    ago: timedelta
    kind: EmergencyKind
    what: str
    owned: int
    steps: tuple[tuple[EmergencyState, int, str], ...]
    word: tuple[str, int] = ("", 0)
    lessons: str = ""


YEAR = timedelta(days=365)
# Youngest age, the age that is too old, and the sex if only one can have it.
FITS = {
    EmergencyKind.LABOUR: (22, 40, Sex.FEMALE),
    EmergencyKind.CHEST_PAIN: (40, 90, ""),
    EmergencyKind.CHILD: (2, 14, ""),
}

STORIES = (
    Story(
        "H01", timedelta(days=6, hours=3), EmergencyKind.LABOUR, "孕36周，见红，阵痛十分钟一次", 1,
        ((S.CALLED, 3, ""), (S.LEFT, 13, ""), (S.ARRIVED, 24, "区妇幼保健院产科直接收入"), (S.HANDED_OVER, 31, ""),
         (S.CLOSED, 95, "母婴平安")),
        lessons="西侧电梯被物资占用，下楼耽误四分钟。自即日起电梯口不得堆放，由专班班长每班检查。",
    ),
    Story(
        "H02", timedelta(days=2, hours=7), EmergencyKind.CHEST_PAIN, "胸痛、出冷汗，有冠心病史", 2,
        ((S.CALLED, 3, ""), (S.LEFT, 15, ""), (S.ARRIVED, 28, "区人民医院胸痛中心"), (S.HANDED_OVER, 36, ""),
         (S.CLOSED, 120, "已行手术，病情平稳")),
        lessons="首次求助到接手两分钟，叫车及时。夜班医护手机须保持响铃，交接班时互相拨测。",
    ),
    Story(
        "H01", 14 * MINUTE, EmergencyKind.CHILD, "孩子高热抽搐", 1, ((S.CALLED, 3, ""),),
        word=("抽搐已停，母亲随行，电梯已留好", 9),
    ),
)  # fmt: skip


def tell(district: District, *, now: datetime) -> None:
    """Where the sites are told; everything at its own time."""
    sites = {site.code: site for site in district.sites}
    for story in sorted(STORIES, key=lambda story: -story.ago):
        if story.site in sites:
            _live(district, sites[story.site], story, now - story.ago)


def _live(district: District, site: Site, story: Story, at: datetime) -> None:
    place = _somebody_here(site, at, story.kind)
    if place is None:  # nobody stays at this site in the small district of a test
        return
    medic, guard = district.medics[site.code][0], district.clerks[site.code][0]
    made = report(
        actor=guard, at=at, site=site, where=place.room.number, what=story.what, kind=story.kind,
        person=place.stay.person,
    )  # fmt: skip
    emergency = Emergency.objects.get(pk=made.emergency_id)
    own(actor=medic, at=at + story.owned * MINUTE, emergency=emergency)
    for state, minutes, words in story.steps:
        step(actor=medic, at=at + minutes * MINUTE, emergency=emergency, to=state, words=words)
    words, minutes = story.word
    if words:
        add_word(actor=medic, at=at + minutes * MINUTE, emergency=emergency, words=words)
    if story.lessons:
        _learn(district.member("duty", at), emergency, story, at)


def _learn(duty_officer: Actor, emergency: Emergency, story: Story, at: datetime) -> None:
    review(actor=duty_officer, at=at + timedelta(hours=20), emergency=emergency, lessons=story.lessons)


def _somebody_here(site: Site, at: datetime, kind: EmergencyKind) -> Occupancy | None:
    """Somebody to whom it could have happened and who was in a room of the site then, always the same one."""
    here = Occupancy.objects.filter(room__site=site, started_at__lte=at).exclude(ended_at__lte=at)
    youngest, oldest, sex = FITS[kind]
    born = {
        "stay__person__birth_date__lte": (at - youngest * YEAR).date(),
        "stay__person__birth_date__gt": (at - oldest * YEAR).date(),
    }
    of_sex = {"stay__person__sex": sex} if sex else {}
    fitting = here.filter(**born, **of_sex)
    return fitting.select_related("room", "stay__person").order_by("room__number", "stay__number").first()
