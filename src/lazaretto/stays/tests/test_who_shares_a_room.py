"""Who shares a room: the rule pack in force decides, an assessment is given by name, and a refusal says why."""

from datetime import date, timedelta

import pytest

from lazaretto.core.models import JournalEntry
from lazaretto.people.models import Need
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands
from lazaretto.stays.errors import LeftAlone, SharingNeedsAssessment, SharingNotAllowed
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.queries.moves import room_choices
from lazaretto.stays.queries.sharing import NOTHING_AGAINST, Sharer, verdict
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
JUDGED = "李医生评估：可同住"


@pytest.fixture
def family(cast, admit):
    """A mother in 0301, and the means to bring one more of her household."""
    mother = admit("0301", person=factories.person("陈静", at_site=cast.site, birth_date=date(1988, 3, 1)))

    def bring(number="0301", *, born=date(2018, 6, 1), name="陈小明", **more) -> Stay:
        person = factories.person(name, at_site=cast.site, birth_date=born)
        return admit(number, person=person, party_id=mother.person_id, **more)

    return mother, bring


def test_a_child_shares_with_a_parent_and_nobody_has_to_judge_it(family):
    mother, bring = family
    assert Occupancy.objects.get(stay=bring()).room == Occupancy.objects.get(stay=mother).room
    assert not JournalEntry.objects.filter(subject_type="stays.occupancy").exists()


def test_a_parent_whose_birth_date_is_not_known_keeps_the_child(cast, admit):
    mother = admit("0301", name="无名氏")
    child = factories.person("小明", at_site=cast.site, birth_date=date(2018, 6, 1))
    assert admit("0301", person=child, party_id=mother.person_id).ended_at is None


def test_grown_members_of_a_household_share_only_after_an_assessment_by_name(cast, family):
    _mother, bring = family
    with pytest.raises(SharingNeedsAssessment) as refused:
        bring(born=date(1987, 1, 1), name="陈伟")
    assert "0301" in str(refused.value)
    assert "陈静" in str(refused.value)
    assert not Stay.objects.filter(person__name="陈伟").exists()
    stay = bring(born=date(1987, 1, 1), name="陈大伟", assessment=JUDGED)
    entry = JournalEntry.objects.get(subject_type="stays.occupancy")
    assert (entry.actor_id, entry.reason, entry.person_id) == (cast.clerk.user.pk, JUDGED, stay.person_id)


def test_a_pregnant_mother_is_assessed_and_not_parted_from_her_child(family):
    mother, bring = family
    Need.objects.create(person=mother.person, kind="pregnant", started_at=NOW)
    with pytest.raises(SharingNeedsAssessment):
        bring()
    assert bring(name="陈小红", assessment=JUDGED).ended_at is None


def test_two_categories_never_share_whoever_judges_it(family):
    mother, bring = family
    Stay.objects.filter(pk=mother.pk).update(category="close_contact")
    with pytest.raises(SharingNotAllowed) as refused:
        bring(assessment=JUDGED)
    assert refused.value.code == "sharing_not_allowed"


def test_a_pack_that_lets_households_live_together_asks_for_nothing(cast):
    PackAdoption.objects.create(
        pack="who-contacts", jurisdiction="CN", starts_on=NOW.date() - timedelta(days=9), reason="通告", created_at=NOW
    )
    mother, father = (factories.person(name, birth_date=date(1988, 3, 1)) for name in ("陈静", "陈伟"))
    couple = [Sharer(one, "close_contact", mother.id) for one in (mother, father)]
    assert verdict(cast.site, couple, at=NOW) == NOTHING_AGAINST
    assert not verdict(cast.site, [couple[0], Sharer(father, "close_contact", father.id)], at=NOW).allowed


class TestMoves:
    def test_a_move_is_judged_like_an_admission_and_leaves_nothing_half_done(self, cast, family):
        _mother, bring = family
        father = bring("0302", born=date(1987, 1, 1), name="陈伟")
        room = Room.objects.get(site=cast.site, number="0301")
        moving = {"actor": cast.clerk.actor, "at": NOW, "stay": father, "room": room, "reason": "照顾家人"}
        with pytest.raises(SharingNeedsAssessment):
            commands.move_room(**moving)
        assert Occupancy.objects.get(stay=father, ended_at__isnull=True).room.number == "0302"
        assert Room.objects.get(site=cast.site, number="0302").state == "occupied"
        commands.move_room(**moving, assessment=JUDGED)
        assert Occupancy.objects.get(stay=father, ended_at__isnull=True).room == room
        assert JournalEntry.objects.get(subject_type="stays.occupancy").reason == JUDGED

    def test_the_choice_of_rooms_says_what_the_rules_say(self, family):
        mother, bring = family
        father = bring("0302", born=date(1987, 1, 1), name="陈伟")
        choices = {choice.room.number: choice.sharing for choice in room_choices(father, at=NOW)}
        assert choices["0301"].needs_assessment
        assert not choices["0303"].needs_assessment
        Stay.objects.filter(pk=mother.pk).update(category="close_contact")
        last = room_choices(father, at=NOW)[-1]
        assert (last.room.number, last.sharing.allowed) == ("0301", False)

    def test_the_form_shows_it_and_takes_the_assessment(self, cast, family):
        _mother, bring = family
        father = bring("0302", born=date(1987, 1, 1), name="陈伟")
        url = f"/sites/H01/stays/{father.number}/move"
        assert 'name="assessment"' in cast.clerk.client.get(url).content.decode()
        form = {"room": str(Room.objects.get(site=cast.site, number="0301").pk), "reason": "照顾家人"}
        refused = cast.clerk.client.post(url, form)
        assert (refused.status_code, "陈静" in refused.content.decode()) == (422, True)
        assert cast.clerk.client.post(url, {**form, "assessment": JUDGED}).status_code == 302


def moved(cast, stay, number, **more):
    room = Room.objects.get(site=cast.site, number=number)
    return commands.move_room(
        actor=cast.site_lead.actor, at=NOW + timedelta(hours=1), stay=stay, room=room, reason="空调坏了", **more
    )


def test_a_mother_does_not_move_away_from_her_child_unless_somebody_answers_for_it(cast, family):
    mother, bring = family
    child = bring()
    with pytest.raises(LeftAlone) as refused:
        moved(cast, mother, "0402")
    assert "陈小明" in str(refused.value)
    assert Occupancy.objects.get(stay=mother, ended_at__isnull=True).room.number == "0301"
    moved(cast, mother, "0402", assessment="李医生：外婆随即入住陪护")
    entry = JournalEntry.objects.get(command="stays.move_room", subject_type="stays.stay")
    assert entry.data["alone"] == "李医生：外婆随即入住陪护"
    moved(cast, child, "0402")  # after her: with company again


def test_a_child_does_not_move_out_alone(cast, family):
    _mother, bring = family
    with pytest.raises(LeftAlone) as refused:
        moved(cast, bring(), "0402")
    assert "0402" in str(refused.value)


def test_who_was_alone_before_is_no_reason_to_refuse(cast, admit):
    child = admit("0301", born=date(2015, 6, 1))
    assert moved(cast, child, "0402").after == "0402"


def test_the_page_of_a_move_asks_who_judged_it(cast, client, family):
    mother, bring = family
    bring()
    client.force_login(cast.site_lead.user)
    page = f"/sites/{mother.site.code}/stays/{mother.number}/move"
    room = Room.objects.get(site=cast.site, number="0402")
    answer = client.post(page, {"room": str(room.pk), "reason": "空调坏了"})
    assert answer.status_code == 422
    assert 'name="assessment"' in answer.content.decode()
