"""Two independent sources agree on who and where, or a named person overrides. The wrong stairwell (Dandong, 2022)."""

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as some

from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.orders import commands, rules
from lazaretto.orders.choices import Says, Source
from lazaretto.orders.errors import (
    DifferenceInWords,
    LastOfOrder,
    NothingChecked,
    NothingToOverride,
    NotOnOrder,
    TellerMissing,
)
from lazaretto.orders.models import SourceCheck
from lazaretto.orders.queries.agreement import agreement_of, unready
from lazaretto.orders.tests.telling import DIFFERENT, SAME, SILENT, checked, draft, fresh, issued, say
from tests import factories
from tests.factories import NOW

STATEMENTS = some.lists(
    some.builds(
        rules.Statement, some.sampled_from(list(Source.values)), some.sampled_from(list(Says.values)),
        some.sampled_from(list(Says.values)),
    )
)  # fmt: skip


@given(STATEMENTS)
def test_agreement_is_two_sources_for_each_and_nobody_against(statements):
    last = {one.source: one for one in statements}.values()
    who = sum(one.identity == Says.SAME for one in last)
    where = sum(one.address == Says.SAME for one in last)
    against = any(Says.DIFFERENT in {one.identity, one.address} for one in last)
    found = rules.agreement(statements)
    assert found.reached == (who >= 2 and where >= 2 and not against)
    assert found.reached == (not found.wants_identity and not found.wants_address and not found.differences)


@given(STATEMENTS, some.sampled_from(list(Source.values)))
def test_one_source_alone_never_agrees_with_itself(statements, source):
    same = [rules.Statement(source, one.identity, one.address) for one in statements]
    assert not rules.agreement(same).reached


@pytest.fixture
def stay(cast):
    return factories.stay(cast.site)


@pytest.fixture
def order(cast, stay):
    return issued(cast, stay)


@pytest.mark.django_db
def test_each_source_is_written_with_who_when_and_what_it_says(cast, stay, order):
    say(cast, order, stay.person, Source.HEALTH_BUREAU, told_by="区疾控名单第17行")
    made = say(cast, order, stay.person, Source.COMMUNITY, told_by="居委会陈主任电话")
    assert made.reached
    first, second = SourceCheck.objects.order_by("source")
    assert (first.by, first.at, first.told_by, first.identity) == (cast.clerk.user, NOW, "居委会陈主任电话", SAME)
    assert second.source == Source.HEALTH_BUREAU
    assert JournalEntry.objects.filter(command="orders.check_source", subject_type="orders.transferorder").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        SourceCheck.objects.update(told_by="")
    with pytest.raises(DatabaseError), transaction.atomic():
        SourceCheck.objects.filter(pk=first.pk).delete()


@pytest.mark.django_db
def test_the_wrong_stairwell_is_shown_and_holds_up_the_dispatch(cast, stay, order):
    say(cast, order, stay.person, Source.HEALTH_BUREAU)
    say(cast, order, stay.person, Source.COMMUNITY, address=DIFFERENT, address_words="2单元，不是1单元")
    say(cast, order, stay.person, Source.POLICE)
    (line,) = unready(order)
    (difference,) = agreement_of(line).differences
    assert (difference.source, difference.about, difference.words) == ("community", "address", "2单元，不是1单元")


@pytest.mark.django_db
def test_a_corrected_address_is_asked_about_anew(cast, stay):
    order = checked(cast, stay)
    assert not unready(order)
    commands.correct_address(
        actor=cast.clerk.actor, at=NOW, order=order, person=stay.person_id, address="3栋2单元501", reason="社区更正"
    )
    (line,) = unready(order)
    assert (line.address, line.edition) == ("3栋2单元501", 2)
    assert agreement_of(line) == rules.Agreement()
    say(cast, order, stay.person, Source.COMMUNITY)
    say(cast, order, stay.person, Source.PERSON)
    assert not unready(order)
    assert SourceCheck.objects.count() == 4


@pytest.mark.django_db
def test_a_source_takes_back_what_it_said(cast, stay, order):
    say(cast, order, stay.person, Source.POLICE, identity=DIFFERENT, identity_words="身份证尾号0027")
    say(cast, order, stay.person, Source.DOCUMENT, address=SILENT)
    say(cast, order, stay.person, Source.PERSON)
    assert unready(order)
    say(cast, order, stay.person, Source.POLICE, at=NOW.replace(minute=5))
    assert not unready(order)


@pytest.mark.django_db
def test_a_check_says_something_and_what_differs(cast, stay, order):
    with pytest.raises(NothingChecked):
        say(cast, order, stay.person, Source.POLICE, SILENT, SILENT)
    with pytest.raises(DifferenceInWords):
        say(cast, order, stay.person, Source.POLICE, DIFFERENT)
    with pytest.raises(NotOnOrder):
        say(cast, order, factories.person(), Source.POLICE)
    assert not SourceCheck.objects.exists()


@pytest.mark.django_db
def test_one_pair_of_hands_is_not_two_sources(cast, stay, order):
    with pytest.raises(TellerMissing):
        say(cast, order, stay.person, Source.HEALTH_BUREAU, told_by=" ")
    say(cast, order, stay.person, Source.SITE)
    say(cast, order, stay.person, Source.DOCUMENT)
    found = agreement_of(order.people.get())
    assert (found.identity, found.address) == (("document", "site"), ("site",))
    assert not found.reached


@pytest.mark.django_db
def test_somebody_overrides_in_their_name_with_a_reason(cast, stay, order):
    for member, words, refusal in (
        (cast.clerk, "车在楼下", Forbidden),
        (cast.site_lead, "车在楼下", Forbidden),
        (cast.duty_officer, " ", ReasonRequired),
    ):
        with pytest.raises(refusal):
            commands.override(actor=member.actor, at=NOW, order=order, reason=words)
    commands.override(actor=cast.duty_officer.actor, at=NOW, order=order, reason="车在楼下，本人电话确认")
    assert fresh(order).overridden_by == cast.duty_officer.user
    assert order.steps.get(step="overridden").words == "车在楼下，本人电话确认"
    with pytest.raises(NothingToOverride):
        commands.override(actor=cast.duty_officer.actor, at=NOW, order=order, reason="再次")
    given = {"at": NOW, "order": order, "person": stay.person_id, "address": "3栋", "reason": "更正"}
    commands.correct_address(actor=cast.clerk.actor, **given)
    assert fresh(order).overridden_by is None


@pytest.mark.django_db
def test_somebody_who_does_not_go_is_struck_off_but_never_the_last(cast, stay):
    other = factories.stay(cast.site)
    order = draft(cast, stay, other)
    commands.strike(actor=cast.clerk.actor, at=NOW, order=order, person=other.person_id, reason="发热，留观")
    assert [line.state for line in order.people.order_by("id")] == ["waiting", "struck"]
    with pytest.raises(LastOfOrder):
        commands.strike(actor=cast.clerk.actor, at=NOW, order=order, person=stay.person_id, reason="留观")
    with pytest.raises(NotOnOrder):
        commands.strike(actor=cast.clerk.actor, at=NOW, order=order, person=other.person_id, reason="留观")
