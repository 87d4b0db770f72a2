"""Whatever stands around: the same scene gives the same consequences, and nothing hasty follows from a suspicion."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.cases import rules
from lazaretto.cases.choices import ChangeKind, ChangeState, ConsequenceKind
from lazaretto.cases.rules import Clock, Near, Scene, outcome
from lazaretto.core.states import edge
from lazaretto.protocols.library import library
from lazaretto.protocols.rules import Lodging, Occupant, SiteEvent, SitePositive

K = ConsequenceKind
PACKS = ["cn-plan-7", "cn-plan-8", "cn-plan-8+local-floor-restart", "cn-plan-9", "cn-measures-20", "cn-measures-10",
         "who-contacts"]  # fmt: skip

clocks = st.one_of(
    st.none(),
    st.builds(Clock, ended_on=st.just("2026-11-25"), ends_on=st.sampled_from(["", "2026-12-01"]), later=st.booleans()),
)


@st.composite
def people(draw, number=0):
    """Somebody in a room on one of three floors."""
    person = f"p{number}"
    return Near(
        stay=f"s{number}",
        occupant=Occupant(
            id=person, age=draw(st.integers(0, 95)), household=draw(st.sampled_from(["a", "b"])), category="inbound"
        ),
        lodging=Lodging(id=person, building="A", floor=draw(st.integers(3, 5)), room=draw(st.sampled_from("xyz"))),
        room_mate=draw(st.booleans()),
        left=draw(st.booleans()),
        contact_on="2026-11-21",
        contact=draw(clocks),
        restart=draw(clocks),
    )


@st.composite
def scenes(draw):
    """A subject, up to six people near, some pack."""
    near = tuple(draw(people(number)) for number in range(1, draw(st.integers(1, 7))))
    return Scene(
        pack=library().by_key(draw(st.sampled_from(PACKS))),
        receives=draw(st.sampled_from([frozenset({"inbound"}), frozenset({"close_contact", "inbound", "recovered"})])),
        subject=draw(people(0)),
        near=near,
        staff=tuple(draw(st.sets(st.integers(1, 9)))),
        places=(Lodging(id="", building="A", floor=4, room=""),),
        on="2026-11-20",
        own=draw(clocks),
        here=draw(st.booleans()),
    )


@given(scenes(), st.sampled_from(list(ChangeKind)))
def test_the_same_scene_gives_the_same_answer_and_the_same_name_for_it(scene, kind):
    once, again = outcome(kind, scene, confirmed=True), outcome(kind, scene, confirmed=True)
    assert once == again
    assert once.digest == again.digest


@given(scenes(), st.sampled_from(list(ChangeKind)))
def test_a_suspicion_begins_only_what_can_be_taken_back(scene, kind):
    found = outcome(kind, scene, confirmed=False)
    assert {one.kind for one in found.now} <= rules.REVERSIBLE
    assert not found.now or kind == ChangeKind.CASE


@given(scenes(), st.sampled_from(list(ChangeKind)))
def test_who_is_held_longer_gets_it_in_writing_and_nobody_gets_two_orders(scene, kind):
    found = outcome(kind, scene, confirmed=True).then
    held = [person for one in found if one.kind in {K.CONTACT, K.RESTART, K.MADE_UP} for person in one.people]
    papers = [person for one in found if one.kind == K.PAPER for person in one.people]
    assert len(held) == len(set(held))
    assert papers == held


@given(scenes())
def test_a_clock_restarts_only_for_whom_the_pack_names(scene):
    found = outcome(ChangeKind.CASE, scene, confirmed=True).then
    restarted = {person for one in found if one.kind == K.RESTART for person in one.people}
    reach = scene.pack.site_positive.floors if scene.pack.site_positive.scope == "floors" else -1
    allowed = {
        one.occupant.id for one in scene.near if abs(one.lodging.floor - scene.subject.lodging.floor) <= reach
    }  # fmt: skip
    assert restarted <= allowed


@given(scenes())
def test_every_room_mate_and_every_floor_contact_is_accounted_for(scene):
    found = outcome(ChangeKind.CASE, scene, confirmed=True).then
    named = {person for one in found for person in one.people}
    floor = scene.subject.lodging.floor
    near = [one for one in scene.near if one.room_mate or (not one.left and abs(one.lodging.floor - floor) <= 1)]
    assert {one.occupant.id for one in near} <= named


@given(scenes())
def test_a_child_whose_room_is_parted_is_never_without_a_word_about_company(scene):
    found = outcome(ChangeKind.CASE, scene, confirmed=True).then
    alone = {one.people[0] for one in found if one.kind == K.COMPANY}
    together = [scene.subject, *(one for one in scene.near if one.room_mate and not one.left)]
    children = {one.occupant.id for one in together if one.occupant.age <= scene.pack.rooms.child_max_age}
    assert children <= alone


def test_an_event_restarts_whom_a_local_rule_for_that_event_names():
    pack = library().pack("cn-plan-8")
    named = replace(pack, site_events={"environmental_positive": SiteEvent(restarts=SitePositive(scope="building"))})
    one = Near(
        stay="s1", occupant=Occupant(id="p1", category="inbound"),
        lodging=Lodging(id="p1", building="A", floor=9, room="x"),
        restart=Clock(ended_on="2026-11-25", ends_on="2026-12-04", later=True),
    )  # fmt: skip
    scene = Scene(
        pack=named, receives=frozenset({"inbound"}), near=(one,), on="2026-11-20",
        places=(Lodging(id="", building="A", floor=3, room=""),),
    )  # fmt: skip

    found = outcome(ChangeKind.ENVIRONMENTAL_POSITIVE, scene, confirmed=True).then
    silent = outcome(ChangeKind.ENVIRONMENTAL_POSITIVE, replace(scene, pack=pack), confirmed=True).then

    assert [one.people for one in found if one.kind == K.RESTART] == [("p1",)]
    assert not [one for one in silent if one.kind == K.RESTART]


def test_a_decided_change_goes_nowhere_else():
    states = list(ChangeState)
    assert {(before, after) for before in states for after in states if edge(rules.EDGES, before, after)} == {
        ("proposed", "confirmed"),
        ("proposed", "refused"),
        ("proposed", "withdrawn"),
    }
