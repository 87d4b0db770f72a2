"""The pages: a form that a guard fills in with gloves on, a list with clocks, one group, and what each may do there."""

from http import HTTPStatus

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.people.commands import GivenNeed
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace
from lazaretto.stranded.choices import State
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.models import Group
from lazaretto.stranded.tests.stories import HOUR, adopt, clocks, find, row_of
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NEW = reverse("stranded:new")


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def group(cast) -> Group:
    return find(cast.security, unit=cast.site.unit)


def form(*people, total=None, **more):
    """What the browser sends."""
    told = {"where": "3号门", "why": "courier", "people-TOTAL_FORMS": total or max(len(people), 1)}
    told |= {"people-INITIAL_FORMS": 0, "people-MIN_NUM_FORMS": 1, "people-MAX_NUM_FORMS": 30}
    for number, one in enumerate(people):
        told |= {f"people-{number}-{name}": value for name, value in one.items()}
    return {**told, **more}


def post(member, group, page, **given):
    answer = member.client.post(reverse(f"stranded:{page}", args=[group.number]), given)
    group.refresh_from_db()
    return answer


def test_where_and_a_few_words_are_all_that_a_guard_types(cast):
    answer = cast.security.client.post(NEW, form({"known_as": "男，约40岁，外卖服"}))
    group = Group.objects.get()
    assert answer.url == reverse("stranded:one", args=[group.number])
    assert (group.unit, group.where, row_of(group).known_as) == (cast.site.unit, "3号门", "男，约40岁，外卖服")
    page = cast.security.client.get(answer.url).content.decode()
    assert "男，约40岁，外卖服" in page
    assert reverse("stranded:send", args=[group.number]) not in page  # a guard gives no places


def test_sent_twice_it_is_one(cast):
    page = cast.security.client.get(NEW)
    told = form({"known_as": "女，红衣"}, client_id=str(page.context["form"]["client_id"].value()))
    cast.security.client.post(NEW, told)
    cast.security.client.post(NEW, told)
    assert Group.objects.count() == 1


def test_rows_are_added_without_losing_what_was_typed(cast):
    page = cast.security.client.post(NEW, form({"known_as": "甲"}, more="5"))
    assert len(page.context["people"].forms) == 6
    assert 'value="甲"' in page.content.decode()
    assert not Group.objects.exists()
    many = [{"known_as": f"工人{number}"} for number in range(11)]
    cast.security.client.post(NEW, form(*many, total=14, why="worker"))
    assert Group.objects.get().people.count() == 11  # empty rows are nobody


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (form({"known_as": "甲"}, where=""), "where"),
        (form({}), None),
        (form({"known_as": "甲", "phone": "12"}), None),
        (form({"known_as": "甲", "age": "400"}), None),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(cast, told, says):
    page = cast.security.client.post(NEW, told)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says is None or page.context["form"].errors[says]
    assert not Group.objects.exists()


def test_whoever_is_alike_is_shown_and_chosen_or_said_to_be_somebody_else(cast):
    first = find(cast.clerk, FoundPerson(name="邵立冬", phone="13800138000"), unit=cast.site.unit)
    known = row_of(first).person_id
    said = {"name": "邵立冬", "phone": "13800138000"}
    page = cast.security.client.post(NEW, form(said))
    assert page.status_code == HTTPStatus.OK
    assert [one.person_id for one in page.context["people"].forms[0].matches] == [known]
    assert first.number in page.content.decode()  # and that they are in our care already

    again = cast.security.client.post(NEW, form({**said, "who": str(known)}))
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # one open entry is enough
    cast.security.client.post(NEW, form({**said, "who": "none", "others": f"{known} "}))
    assert row_of(Group.objects.exclude(pk=first.pk).get()).person_id != known


def test_a_member_of_headquarters_says_who_has_them(cast):
    page = cast.duty_officer.client.get(NEW)
    units = page.context["form"].fields["unit"].choices
    assert str(cast.site.unit.pk) in dict(units)
    cast.duty_officer.client.post(NEW, form({"known_as": "甲"}, unit=str(cast.site.unit.pk)))
    assert Group.objects.get().unit == cast.site.unit


def test_one_press_feeds_everybody_and_company_is_named(cast, group):
    post(cast.security, group, "give", kind="meal")
    assert group.given.get().kind == "meal"
    post(cast.security, group, "care", kind="staff", carer="志愿者小陈", until="2026-11-21T20:00")
    assert clocks(row_of(group))["care"] == NOW.replace(hour=12)
    post(cast.security, group, "care", end="yes", reason="换班")
    assert row_of(group).carer_kind == ""
    assert post(cast.security, group, "give", kind="gold").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    post(cast.security, group, "care", kind="staff", carer="")
    assert row_of(group).carer_kind == ""


def test_missing_looked_for_and_found_again(cast, group):
    for do, state, words in (
        ("missing", State.MISSING, {"last_seen_by": "保安"}),
        ("search", State.MISSING, {"words": "江边没有"}),
        ("found", State.WAITING, {"words": "在车里"}),
    ):
        post(cast.security, group, "step", do=do, **words)
        assert row_of(group).state == state
        assert cast.security.client.get(reverse("stranded:one", args=[group.number])).status_code == HTTPStatus.OK
    assert post(cast.security, group, "step", do="gold").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_place_of_others_takes_them_and_a_refusal_is_a_notice(cast, group):
    hostel = ExternalPlace.objects.create(kind=ExternalKind.LODGING, name="职工之家")
    post(cast.clerk, group, "place", do="take")
    assert group.owner == cast.clerk.user
    post(cast.clerk, group, "send", to=f"place:{hostel.pk}", hours="2")
    assert row_of(group).state == State.ON_THE_WAY
    refused = post(cast.clerk, group, "place", do="arrived", confirmed_by="")
    assert row_of(group).state == State.ON_THE_WAY
    assert refused.status_code == HTTPStatus.FOUND
    post(cast.clerk, group, "place", do="back", reason="满员")
    post(cast.clerk, group, "place", do="arrived", confirmed_by="宿管", place=str(hostel.pk))
    post(cast.clerk, group, "place", do="others_feed", reason="食堂")
    assert (row_of(group).state, group.fed_by_us) == (State.LODGED, False)
    post(cast.clerk, group, "place", do="we_feed", reason="食堂停")
    post(cast.clerk, group, "place", do="home", where_to="南石头街", confirmed_by="其妻", with_whom="")
    assert (group.ended_at, group.fed_by_us) == (NOW, True)
    assert post(cast.clerk, group, "place", do="gold").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(cast.clerk, group, "send", to="moon:1").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_rooms_are_given_from_the_page_and_a_refusal_stays_on_it(cast, group):
    adopt()
    address = reverse("stranded:admit", args=[group.number, "H01"])
    order = {
        "category": "inbound", "exposed_on": "2026-11-20", "authority": "区指挥部", "legal_basis": "传染病防治法",
        "reason": "滞留", "why_now": "",
    }  # fmt: skip
    assert cast.clerk.client.get(address).status_code == HTTPStatus.OK
    refused = cast.clerk.client.post(address, order)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # headquarters has to be told why now
    cast.clerk.client.post(address, {**order, "why_now": "夜间无处可去"})
    assert row_of(group).state == State.PLACED
    page = cast.clerk.client.get(reverse("stranded:one", args=[group.number])).content.decode()
    assert row_of(group).stay.number in page


def test_a_child_left_at_home_joins_the_room_of_its_mother_from_the_page(cast):
    adopt()
    mother = factories.stay(cast.site, who=factories.person("林岚", at_site=cast.site, birth_date="1992-03-01"))
    room = mother.occupancies.get().room
    child = find(cast.clerk, FoundPerson(name="林小禾", age=4), unit=cast.site.unit, why="household")
    address = reverse("stranded:admit", args=[child.number, "H01"])
    order = {
        "category": "inbound", "exposed_on": "2026-11-20", "authority": "区指挥部", "legal_basis": "传染病防治法",
        "reason": "随母", "why_now": "家中无人", "assessment": "何医生：母子同住",
    }  # fmt: skip
    for wrong in ({}, {"with_room": "9999"}):
        assert cast.clerk.client.post(address, {**order, **wrong}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    cast.clerk.client.post(address, {**order, "with_room": room.number})
    assert row_of(child).stay.occupancies.get().room == room


def test_the_record_is_completed_from_the_page(cast, group):
    address = reverse("stranded:complete", args=[group.number, row_of(group).pk])
    assert cast.clerk.client.get(address).status_code == HTTPStatus.OK
    bad = cast.clerk.client.post(address, {"phone": "12"})
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    cast.clerk.client.post(address, {"name": "邵立冬", "employer": "无"})
    assert row_of(group).person.name == "邵立冬"


def test_words_places_and_needs_are_for_those_who_read_names(cast):
    pregnant = FoundPerson(known_as="女，外卖服", needs=(GivenNeed("pregnant"),))
    group = find(cast.security, pregnant, unit=cast.site.unit)
    listing = reverse("stranded:groups")
    assert "3号门" in cast.security.client.get(listing).content.decode()
    page = cast.auditor.client.get(listing).content.decode()
    assert group.number in page
    assert "3号门" not in page
    assert "外卖服" not in page
    one = cast.auditor.client.get(reverse("stranded:one", args=[group.number])).content.decode()
    assert "外卖服" not in one
    told = cast.auditor.client.get(f"/api/v1/stranded/{group.number}").json()
    who = told["people"][0]
    assert (told["where"], told["found_by"], who["known_as"], who["needs"], who["age"]) == ("", "", "", [], None)
    assert cast.security.client.get(f"/api/v1/stranded/{group.number}").json()["people"][0]["needs"] == ["pregnant"]


def test_the_api_tells_the_clocks(cast, group):
    told = cast.clerk.client.get("/api/v1/stranded?state=unowned").json()["items"][0]
    assert told["number"] == group.number
    assert told["people"][0]["place_due_at"].startswith((NOW + 4 * HOUR).strftime("%Y-%m-%dT%H:%M"))
    assert cast.clerk.client.get("/api/v1/stranded?state=ended").json()["items"] == []


@pytest.mark.parametrize("state", ["open", "unowned", "missing", "ended", "all"])
def test_every_tab_has_its_page_also_when_empty(cast, state):
    assert cast.clerk.client.get(f"{reverse('stranded:groups')}?state={state}").status_code == HTTPStatus.OK


def asked(member, address) -> int:
    member.client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert member.client.get(address).status_code == HTTPStatus.OK
    return len(queries)


def test_list_and_page_ask_as_often_for_eleven_people_as_for_one(cast, group):
    listing, one = reverse("stranded:groups"), reverse("stranded:one", args=[group.number])
    api = "/api/v1/stranded"
    before = [asked(cast.clerk, address) for address in (listing, one, api)]
    many = find(
        cast.clerk, *[FoundPerson(name=f"工人{n}", age=30) for n in "甲乙丙丁戊己庚辛壬癸子"], unit=cast.site.unit
    )
    find(cast.clerk, unit=cast.site.unit)
    after = [asked(cast.clerk, address) for address in (listing, reverse("stranded:one", args=[many.number]), api)]
    assert after == before


def test_the_database_keeps_no_group_found_nowhere(group):
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(where="")
