"""Guests' tubes go from their site by bag and courier to the laboratory, on the same way as those of a round."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import InvalidInput, ReasonRequired
from lazaretto.core.ids import new_id
from lazaretto.core.models import Deadline
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Specimen, SpecimenResult
from lazaretto.stays.tests.conftest import admit, plan_9
from lazaretto.tubes import commands
from lazaretto.tubes.choices import EventKind
from lazaretto.tubes.errors import BagAway, EventsReused
from lazaretto.tubes.models import Courier, SiteBag, SiteEvent, SiteTube, SiteUpload
from lazaretto.tubes.proofs import site_tubes_stand
from lazaretto.tubes.queries import site_trails
from lazaretto.tubes.queries.turnaround import turnaround_of_sites
from lazaretto.tubes.tests.ways import HOUR, MINUTE, laboratory, seen
from tests.factories import NOW

pytestmark = pytest.mark.django_db
__all__ = ["admit", "plan_9"]


@pytest.fixture
def lab(cast):
    return laboratory(cast)


@pytest.fixture
def swabbed(cast, admit):
    """Somebody's swab in a tube of the site."""
    rooms = iter(["0301", "0302", "0303", "0304"])

    def do(tube, at=NOW):
        stay = admit(next(rooms), name=f"客{tube}")
        done = stays.collect_specimen(actor=cast.medic.actor, at=at, stay=stay, tube=tube)
        return Specimen.objects.get(pk=done.specimen_id)

    return do


def tell(cast, *events, at=NOW, batch=None, sent_at=None, site=None):
    return commands.take_site_events(
        actor=cast.medic.actor, at=at, site=site or cast.site, batch=batch or new_id(), sent_at=sent_at or at,
        events=list(events),
    )  # fmt: skip


def pack(cast, *tubes, bag="B-17", at=NOW, closed=True):
    return commands.pack_bag(
        actor=cast.medic.actor, at=at, site=cast.site, bag=bag, tubes=list(tubes), closed=closed
    )  # fmt: skip


def hand_over(cast, done, to="车1", at=NOW):
    return commands.hand_bag_over(actor=cast.medic.actor, at=at, bag=done.bag_id, to=to)


def steps(cast):
    return {line.code: line.step for line in site_trails.waiting_lines(cast.site)}


def due(kind):
    rows = Deadline.objects.filter(kind=kind, state=DeadlineState.OPEN)
    return sorted((row.subject_type, row.due_at - NOW) for row in rows)


def test_a_tube_goes_from_the_site_by_bag_and_courier_to_the_laboratory(cast, lab, swabbed):
    swabbed("S1"), swabbed("S2")
    assert steps(cast) == {"S1": "table", "S2": "table"}
    done = pack(cast, "s1", "S2")
    assert (done.bag, done.tubes, done.unknown) == ("B-17", ["S1", "S2"], [])
    assert steps(cast) == {"S1": "bagged", "S2": "bagged"}
    hand_over(cast, done)
    assert steps(cast) == {"S1": "under_way", "S2": "under_way"}
    tell(cast, seen("taken", bag="B-17", to="车1"), seen("arrived", bag="B-17", to=lab.code), at=NOW + HOUR)
    tell(cast, seen("received", bag="B-17", to=lab.code, count=2, at=NOW + HOUR), at=NOW + HOUR)
    bag = SiteBag.objects.get()
    assert (bag.state, bag.said_tubes, bag.counted, bag.laboratory, bag.doubts) == ("received", 2, 2, "LAB1", [])
    assert steps(cast) == {"S1": "laboratory", "S2": "laboratory"}
    assert site_tubes_stand(NOW).offenders == []


def test_whoever_hands_a_bag_over_locks_its_site_before_it_as_uploads_do(cast, swabbed):
    swabbed("S1")
    done = pack(cast, "S1")
    with CaptureQueriesContext(connection) as asked:
        hand_over(cast, done)
    tables = [found[1] for one in asked if (found := re.match(r'SELECT .*? FROM "(\w+)"', one["sql"]))]
    assert tables.index("places_site") < tables.index("tubes_sitebag"), "the other way round two would wait for ever"


def test_each_leg_has_its_deadline_and_late_scans_put_it_right(cast, lab, swabbed):
    swabbed("S1", at=NOW), swabbed("S2", at=NOW + HOUR)
    commands.follow_site(cast.site, at=NOW + HOUR)
    assert due("tubes.site") == [("places.site", 4 * HOUR)]
    done = pack(cast, "S1", at=NOW + HOUR)
    hand_over(cast, done, at=NOW + 2 * HOUR)
    commands.follow_site(cast.site, at=NOW + 2 * HOUR)
    assert due("tubes.site") == [("places.site", 5 * HOUR)]  # S2 lies there still
    assert due("tubes.courier") == [("tubes.sitebag", 4 * HOUR)]
    tell(cast, seen("taken", bag="B-17", to="车1", at=NOW + 90 * MINUTE), at=NOW + 2 * HOUR)
    commands.follow_site(cast.site, at=NOW + 2 * HOUR)
    assert due("tubes.courier") == [("tubes.sitebag", 3 * HOUR + 30 * MINUTE)]
    tell(cast, seen("received", bag="B-17", to=lab.code, at=NOW + 3 * HOUR), at=NOW + 3 * HOUR)
    tell(cast, seen("received", tube="S2", to=lab.code, at=NOW + 3 * HOUR), at=NOW + 3 * HOUR)
    commands.follow_site(cast.site, at=NOW + 3 * HOUR)
    assert due("tubes.courier") == due("tubes.site") == []
    assert due("tubes.result") == [("places.site", 27 * HOUR), ("tubes.sitebag", 27 * HOUR)]
    for tube in ("S1", "S2"):
        stays.record_result(
            actor=cast.medic.actor, at=NOW + 4 * HOUR, site=cast.site, tube=tube, result=SpecimenState.NEGATIVE
        )
    commands.follow_site(cast.site, at=NOW + 4 * HOUR)
    assert due("tubes.result") == []


def test_the_steward_follows_sites_with_something_due(cast, swabbed):
    swabbed("S1")
    assert list(site_trails.sites_with_tubes(NOW - timedelta(days=14))) == [cast.site]


def test_a_rejected_tube_is_swabbed_again_at_the_site(cast, lab, swabbed):
    day = NOW + 24 * HOUR  # a test of the rule pack is open
    specimen = swabbed("S1", at=day)
    assert specimen.test_key
    hand_over(cast, pack(cast, "S1", at=day), at=day)
    tell(cast, seen("rejected", tube="S1", reason="泄漏", at=day + HOUR), at=day + HOUR)
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.INVALID
    assert Deadline.objects.filter(kind="stays.test", slot=specimen.test_key, state=DeadlineState.OPEN).exists()
    assert [row.stay_number for row in site_trails.to_swab_again(cast.site)] == [specimen.stay.number]
    commands.follow_site(cast.site, at=day + HOUR)
    assert due("tubes.again") == [("places.site", 31 * HOUR)]
    page = cast.medic.client.get(reverse("tubes:site", args=[cast.site.code])).content.decode()
    assert "泄漏" in page
    stays.collect_specimen(actor=cast.medic.actor, at=day + 2 * HOUR, stay=specimen.stay, tube="S9")
    commands.follow_site(cast.site, at=day + 2 * HOUR)
    assert due("tubes.again") == []
    assert site_tubes_stand(day + 2 * HOUR).offenders == []


def test_a_tube_rejected_before_its_swab_was_entered_is_settled_later(cast, swabbed):
    tell(cast, seen("rejected", tube="S1", reason="破裂"))
    specimen = swabbed("S1", at=NOW - MINUTE)
    assert site_tubes_stand(NOW + HOUR).offenders
    assert commands.follow_site(cast.site, at=NOW + HOUR) == 1
    specimen.refresh_from_db()
    assert (specimen.state, SpecimenResult.objects.count()) == (SpecimenState.INVALID, 1)
    assert site_tubes_stand(NOW + HOUR).offenders == []


def test_a_rejection_after_the_result_changes_no_result(cast, swabbed):
    specimen = swabbed("S1")
    said = {"actor": cast.medic.actor, "at": NOW, "site": cast.site, "tube": "S1"}
    stays.record_result(**said, result=SpecimenState.NEGATIVE)
    tell(cast, seen("rejected", tube="S1", reason="泄漏"))
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.NEGATIVE


@pytest.mark.parametrize(
    ("events", "of", "doubt"),
    [
        ([("bag_closed", {"bag": "B-17", "count": 3}), ("received", {"bag": "B-17", "count": 2})], "bag",
         "counted_otherwise"),
        ([("bagged", {"tube": "S1", "bag": "B-18"})], "tube", "second_bag"),
        ([("handed_over", {"bag": "B-17", "to": "车1"}), ("taken", {"bag": "B-17", "to": "车2"})], "bag",
         "second_courier"),
        ([("received", {"bag": "B-17", "to": "LAB1"}), ("received", {"bag": "B-17", "to": "LAB2"})], "bag",
         "second_laboratory"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_doubt_until_somebody_looked(cast, swabbed, events, of, doubt):
    swabbed("S1")
    told = [("bagged", {"tube": "S1", "bag": "B-17"}), *events]
    tell(cast, *(seen(kind, at=NOW + n * MINUTE, **said) for n, (kind, said) in enumerate(told)), at=NOW + HOUR)
    bag = SiteBag.objects.get(code="B-17")
    row = bag if of == "bag" else SiteTube.objects.get()
    assert row.doubts == [doubt]
    said = {"bag": bag.pk} if of == "bag" else {"tube": "S1"}
    look = {"actor": cast.site_lead.actor, "at": NOW + HOUR, "site": cast.site, **said}
    with pytest.raises(ReasonRequired):
        commands.look_into_at_site(**look, reason=" ")
    commands.look_into_at_site(**look, reason="数过")
    row.refresh_from_db()
    assert row.doubts == []
    assert site_tubes_stand(NOW).offenders == []


def test_a_tube_in_a_bag_into_which_nobody_was_swabbed_is_a_doubt_and_can_be_a_slip(cast, swabbed):
    swabbed("S1")
    done = pack(cast, "S1", "S7")
    assert done.unknown == ["S7"]
    line = site_trails.line_of(cast.site, "S7")
    assert line.doubts == ["never_filled"]
    commands.look_into_at_site(
        actor=cast.site_lead.actor, at=NOW + MINUTE, site=cast.site, tube="S7", reason="看错", found=EventKind.SLIP
    )
    assert steps(cast) == {"S1": "bagged"}


def test_a_bag_is_used_again_the_next_day_and_both_uses_stay_apart(cast, lab, swabbed):
    swabbed("S1")
    hand_over(cast, pack(cast, "S1"))
    with pytest.raises(BagAway):
        pack(cast, "S2", at=NOW + MINUTE)
    tell(cast, seen("received", bag="B-17", to=lab.code, count=1, at=NOW + HOUR), at=NOW + HOUR)
    swabbed("S2", at=NOW + 20 * HOUR)
    again = pack(cast, "S2", at=NOW + 20 * HOUR)
    first, second = SiteBag.objects.order_by("begun_at")
    assert again.bag_id == second.pk
    assert [(row.state, row.said_tubes) for row in (first, second)] == [("received", 1), ("closed", 1)]
    # The courier's phone sends its side of yesterday only now.
    tell(cast, seen("taken", bag="B-17", to="车2", at=NOW + 30 * MINUTE), at=NOW + 21 * HOUR)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.doubts, second.state) == (["second_courier"], "closed")
    assert site_tubes_stand(NOW).offenders == []


def test_the_same_facts_in_another_order_say_the_same(cast, lab, swabbed):
    swabbed("S1")
    told = [
        seen("bagged", tube="S1", bag="B-17", at=NOW), seen("bag_closed", bag="B-17", count=1, at=NOW + MINUTE),
        seen("handed_over", bag="B-17", to="车1", at=NOW + 2 * MINUTE),
        seen("received", bag="B-17", to=lab.code, count=1, at=NOW + HOUR),
    ]  # fmt: skip
    for one in reversed(told):
        tell(cast, one, at=NOW + 2 * HOUR)
    bag = SiteBag.objects.get()
    assert (bag.state, bag.begun_at, bag.left_at, bag.arrived_at) == (
        "received", NOW, NOW + 2 * MINUTE, NOW + HOUR,
    )  # fmt: skip
    assert steps(cast) == {"S1": "laboratory"}
    assert site_tubes_stand(NOW).offenders == []


def test_one_batch_may_bring_a_bag_there_and_pack_it_again(cast, lab, swabbed):
    swabbed("S1"), swabbed("S2")
    tell(
        cast, seen("bagged", tube="S1", bag="B1", at=NOW), seen("received", bag="B1", to="LAB1", at=NOW + MINUTE),
        seen("bagged", tube="S2", bag="B1", at=NOW + HOUR), at=NOW + HOUR,
    )  # fmt: skip
    assert [row.state for row in SiteBag.objects.order_by("begun_at")] == ["received", "open"]
    assert site_tubes_stand(NOW).offenders == []


def test_a_batch_counts_once_and_is_kept_whole(cast, swabbed):
    swabbed("S1")
    batch, events = new_id(), [seen("bagged", tube="S1", bag="B1"), seen("beamed_up", tube="S1"), seen("bagged")]
    first = tell(cast, *events, batch=batch)
    assert [one.remark for one in first.remarks] == ["unknown_kind", "incomplete"]
    assert tell(cast, *events, batch=batch) == first
    with pytest.raises(EventsReused):
        tell(cast, events[0], batch=batch)
    again = tell(cast, *events)
    assert (again.taken, {one.remark for one in again.remarks}) == (0, {"same_event"})
    assert (SiteEvent.objects.count(), SiteUpload.objects.count()) == (3, 2)


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "weighed", "bag": "B1"}, {"kind": "bagged", "bag": "B1"}, {"kind": "looked_into", "bag": "B1"},
        {"kind": "rejected", "tube": "S1", "bag": "B1"}, {"kind": "received", "tube": "S1", "bag": "B1"},
        {"kind": "handed_over", "tube": "S1", "bag": "B1", "to": "车1"}, {"kind": "retested", "bag": "B1"},
    ],
)  # fmt: skip
def test_what_says_nothing_of_a_bag_begins_none(cast, swabbed, said):
    swabbed("S1")
    answer = tell(cast, seen(**said))
    assert (answer.taken, SiteEvent.objects.get().bag_code) == (1, "B1")  # kept as it came
    assert not SiteBag.objects.exists(), "nobody waits for it"
    tell(cast, seen("bagged", tube="S1", bag="B1", at=NOW + MINUTE), at=NOW + MINUTE)
    tell(cast, seen(**said, at=NOW + HOUR), at=NOW + HOUR)
    assert SiteBag.objects.get().events.count() == 2, "of one that is there it is told"
    assert site_tubes_stand(NOW + HOUR).offenders == []


def test_a_bag_that_is_first_seen_at_the_laboratory_is_one(cast, lab, swabbed):
    swabbed("S1")
    tell(cast, seen("received", bag="B1", to=lab.code))
    assert SiteBag.objects.get().state == "received"


def test_facts_are_never_changed(cast, swabbed):
    swabbed("S1")
    tell(cast, seen("bagged", tube="S1", bag="B1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteEvent.objects.update(tube="S2")
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteEvent.objects.all().delete()


def test_a_bag_needs_a_code_something_in_it_and_a_courier(cast, swabbed):
    swabbed("S1")
    with pytest.raises(InvalidInput):
        pack(cast, "S1", bag=" ")
    with pytest.raises(InvalidInput):
        pack(cast, bag="B-17")
    done = pack(cast, "S1")
    with pytest.raises(InvalidInput):
        hand_over(cast, done, to=" ")
    hand_over(cast, done)
    with pytest.raises(BagAway):
        hand_over(cast, done)


def test_the_badge_of_a_courier_is_the_courier(cast, swabbed):
    Courier.objects.create(unit=cast.site.unit, code="C07", name="张强", plate="粤A12345", made_at=NOW)
    swabbed("S1")
    assert hand_over(cast, pack(cast, "S1"), to="LZC1:C07").to == "C07"
    tell(cast, seen("taken", bag="B-17", to="粤A12345", at=NOW + MINUTE), at=NOW + MINUTE)
    assert (SiteBag.objects.get().holder, SiteBag.objects.get().doubts) == ("C07", [])


def test_times_of_the_way_are_counted_by_site_and_laboratory(cast, lab, swabbed):
    swabbed("S1"), swabbed("S2")
    hand_over(cast, pack(cast, "S1", at=NOW + HOUR), at=NOW + 5 * HOUR)
    tell(cast, seen("received", bag="B-17", to=lab.code, at=NOW + 6 * HOUR), at=NOW + 6 * HOUR)
    stays.record_result(
        actor=cast.medic.actor, at=NOW + 8 * HOUR, site=cast.site, tube="S1", result=SpecimenState.NEGATIVE
    )
    found = {one.leg.code: one for one in turnaround_of_sites([cast.site], at=NOW + 9 * HOUR)}
    assert (found["table"].all.half, found["table"].late, found["table"].all.waiting) == (5 * HOUR, 1, 1)
    assert (found["courier"].all.half, found["courier"].late) == (HOUR, 0)
    assert (found["result"].all.half, found["result"].parts[0].name) == (2 * HOUR, lab.name)
    assert (found["whole"].all.half, found["whole"].all.waiting) == (8 * HOUR, 1)
    assert found["table"].parts[0].name.startswith(cast.site.code)
    assert all(one.all.done == 0 for one in turnaround_of_sites([], at=NOW))
