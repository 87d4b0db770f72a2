"""A site is planned, passes its checklist, is activated, paused, closed; and may change whom it receives."""

from __future__ import annotations

import pytest

from lazaretto.accounts.commands import close_unit
from lazaretto.accounts.errors import UnitRunsSomething
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.places import commands, queries
from lazaretto.places.checklist import items
from lazaretto.places.choices import SiteCategory, ZoneKind
from lazaretto.places.errors import (
    CategoryChangeRefused,
    ChecklistOpen,
    EvidenceRequired,
    PlaceNameTaken,
    SiteStillOccupied,
    UnknownChecklistItem,
)
from lazaretto.places.models import ChecklistAnswer, Floor, Room, Site, SiteChange, Zone
from lazaretto.places.proofs import sites_activated
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def plan(cast, code="H09") -> Site:
    opened = commands.open_site(
        actor=cast.duty_officer.actor,
        at=NOW,
        parent=factories.headquarters(),
        code=code,
        name="滨江酒店",
        category=SiteCategory.INBOUND,
    )
    return Site.objects.get(pk=opened.site_id)


def furnish(cast, site: Site) -> None:
    """Everything the program counts by itself: zones, rooms with beds in the contaminated zone, the reserve."""
    lead = {"actor": cast.duty_officer.actor, "at": NOW}
    for kind in ZoneKind:
        commands.add_zone(**lead, site=site, kind=kind, name=str(kind.label))
    commands.create_rooms(**lead, site=site, building="A", floors="3-4", rooms="1-5", beds=2)
    Floor.objects.filter(building__site=site).update(zone=Zone.objects.get(site=site, kind="contaminated"))
    commands.change_room_state(**lead, room=site.rooms.first(), after="reserve")


def pass_checklist(cast, site: Site) -> None:
    for code, item in items().items():
        if not item.counted:
            commands.answer_checklist(
                actor=cast.duty_officer.actor, at=NOW, site=site, item=code, passed=True, evidence="粤建鉴2026-114号"
            )


def test_a_planned_site_has_its_own_task_force(cast):
    site = plan(cast)
    assert (site.state, site.unit.parent) == ("planned", factories.headquarters())
    assert JournalEntry.objects.filter(command="places.open_site", subject_id=str(site.pk)).exists()
    with pytest.raises(PlaceNameTaken):
        plan(cast, code="h09")


def test_a_site_opens_only_when_every_item_has_passed(cast):
    site = plan(cast)
    with pytest.raises(ChecklistOpen) as refused:
        commands.activate_site(actor=cast.approver.actor, at=NOW, site=site)
    assert refused.value.context["items"].split(", ") == list(items())
    furnish(cast, site)
    assert set(queries.open_items(site)) == {code for code, item in items().items() if not item.counted}
    pass_checklist(cast, site)
    done = commands.activate_site(actor=cast.approver.actor, at=NOW, site=site)
    site.refresh_from_db()
    assert (done.state, site.state, site.opened_at) == ("active", "active", NOW)
    change = SiteChange.objects.get(site=site)
    assert (change.before, change.after, change.by_id) == ("planned", "active", cast.approver.user.id)


def test_one_item_that_fails_again_keeps_the_site_shut(cast):
    site = plan(cast)
    furnish(cast, site)
    pass_checklist(cast, site)
    answered = commands.answer_checklist(
        actor=cast.duty_officer.actor, at=NOW, site=site, item="fire", passed=False, evidence="三楼安全出口上锁"
    )
    assert answered.still_open == 1
    with pytest.raises(ChecklistOpen) as refused:
        commands.activate_site(actor=cast.approver.actor, at=NOW, site=site)
    assert refused.value.context["items"] == "fire"


def test_the_program_counts_zones_rooms_and_reserve_itself(cast):
    site = plan(cast)
    furnish(cast, site)
    Zone.objects.filter(site=site, kind="guest_passage").delete()
    Floor.objects.filter(building__site=site, label="4F").update(zone=None)
    site.rooms.filter(state="reserve").update(state="ready")
    problems = {one.item.code: one.problems for one in queries.checklist(site) if one.problems}
    assert problems == {
        "zones": ("zone:guest_passage",),
        "rooms": ("floor_outside_zone",),
        "reserve": ("reserve_short",),
    }
    with pytest.raises(UnknownChecklistItem):
        commands.answer_checklist(
            actor=cast.duty_officer.actor, at=NOW, site=site, item="zones", passed=True, evidence="看过"
        )


def test_an_answer_needs_evidence_and_the_last_answer_counts(cast):
    lead = {"actor": cast.site_lead.actor, "at": NOW, "site": cast.site, "item": "fire"}
    with pytest.raises(EvidenceRequired):
        commands.answer_checklist(**lead, passed=True, evidence="  ")
    commands.answer_checklist(**lead, passed=True, evidence="穗消验2026-8号")
    commands.answer_checklist(**lead, passed=False, evidence="复查：通道被堵")
    answer = ChecklistAnswer.objects.get(site=cast.site, item="fire")
    assert (answer.passed, answer.evidence) == (False, "复查：通道被堵")
    kept = JournalEntry.objects.filter(command="places.answer_checklist").order_by("id").values_list("data", flat=True)
    assert [entry["passed"] for entry in kept] == [True, False], "the journal keeps the first one"


def test_who_answers_does_not_activate(cast):
    with pytest.raises(Forbidden):
        commands.activate_site(actor=cast.site_lead.actor, at=NOW, site=cast.site)
    with pytest.raises(Forbidden):
        commands.answer_checklist(
            actor=cast.approver.actor, at=NOW, site=cast.site, item="fire", passed=True, evidence="x"
        )
    with pytest.raises(NotFound):
        commands.pause_site(actor=cast.outsider.actor, at=NOW, site=cast.site, reason="x")


def test_pausing_needs_a_reason_and_closing_an_empty_house(cast):
    with pytest.raises(ReasonRequired):
        commands.pause_site(actor=cast.site_lead.actor, at=NOW, site=cast.site, reason=" ")
    commands.pause_site(actor=cast.site_lead.actor, at=NOW, site=cast.site, reason="水管抢修")
    guest = factories.stay(cast.site)
    with pytest.raises(SiteStillOccupied):
        commands.close_site(actor=cast.approver.actor, at=NOW, site=cast.site, reason="任务结束")
    Room.objects.filter(pk=guest.occupancies.get().room_id).update(state="ready")
    commands.close_site(actor=cast.approver.actor, at=NOW, site=cast.site, reason="任务结束")
    with pytest.raises(IllegalTransition):
        commands.pause_site(actor=cast.site_lead.actor, at=NOW, site=cast.site, reason="又来了")
    assert [one.after for one in queries.site_history(cast.auditor.actor, cast.site)] == ["closed", "paused"]


def test_the_unit_of_a_site_is_closed_after_the_site_and_not_before(cast):
    site = plan(cast)
    closing = {"actor": cast.administrator.actor, "at": NOW, "unit": site.unit}
    with pytest.raises(UnitRunsSomething) as refused:
        close_unit(**closing)
    assert refused.value.context["what"] == "滨江酒店 H09"
    site.unit.refresh_from_db()
    assert site.unit.ended_at is None
    Site.objects.filter(pk=site.pk).update(state="closed")
    close_unit(**closing)
    site.unit.refresh_from_db()
    assert site.unit.ended_at == NOW


def test_the_category_changes_only_in_an_empty_and_disinfected_house(cast):
    lead = {"actor": cast.approver.actor, "at": NOW, "site": cast.site, "reason": "调整为密接隔离点"}
    first, second = cast.site.rooms.order_by("number")[:2]
    Room.objects.filter(pk=first.pk).update(state="occupied")
    Room.objects.filter(pk=second.pk).update(state="to_clean")
    with pytest.raises(CategoryChangeRefused) as refused:
        commands.change_category(**lead, category=SiteCategory.CLOSE_CONTACT)
    assert refused.value.context["obstacles"] == "rooms_occupied, rooms_not_disinfected"
    Room.objects.filter(site=cast.site).update(state="ready")
    Floor.objects.filter(building__site=cast.site).update(category="inbound")
    commands.change_category(**lead, category=SiteCategory.CLOSE_CONTACT)
    cast.site.refresh_from_db()
    assert cast.site.category == "close_contact"
    assert set(Floor.objects.filter(building__site=cast.site).values_list("category", flat=True)) == {""}
    assert queries.receivable_categories(cast.site) == {"close_contact"}


def test_a_mixed_site_says_floor_by_floor_whom_it_receives(cast):
    lead = {"actor": cast.approver.actor, "at": NOW, "site": cast.site, "reason": "分层接收"}
    with pytest.raises(CategoryChangeRefused) as refused:
        commands.change_category(**lead, category=SiteCategory.MIXED)
    assert refused.value.context["obstacles"] == "floors_without_category"
    for floor, category in zip(queries.floors(cast.site), ["inbound", "close_contact"], strict=True):
        commands.save_floor(
            actor=cast.site_lead.actor, at=NOW, building=floor.building, label=floor.label, order=floor.order,
            category=SiteCategory(category),
        )  # fmt: skip
    commands.change_category(**lead, category=SiteCategory.MIXED)
    cast.site.refresh_from_db()
    received = queries.receivable_categories(cast.site)
    assert received == {"inbound", "close_contact", "secondary_contact", "recovered"}


def test_verify_names_a_site_with_people_that_was_never_activated(cast):
    assert sites_activated(NOW).offenders == []
    site = factories.site("H03")
    factories.stay(site)
    Site.objects.filter(pk=site.pk).update(state="planned")
    assert [one.id for one in sites_activated(NOW).offenders] == ["H03"]


def test_every_item_of_the_checklist_speaks_both_languages_and_names_its_source():
    for item in items().values():
        assert set(item.text) == {"en", "zh-hans"}
        assert all(item.text.values())
        assert item.source
        assert item.counted or all(item.hint.values())
