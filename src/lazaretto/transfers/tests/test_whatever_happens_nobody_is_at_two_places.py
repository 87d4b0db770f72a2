"""Any sequence of handovers, late scans, reports and decisions, one after the other or at once: promise 1 holds."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.core.errors import DomainError
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Fact, HandedOver, Holding, Question
from lazaretto.custody.proofs import handovers_are_watched, holdings_follow_facts
from lazaretto.places.choices import RoomState
from lazaretto.places.models import ExternalPlace, Room
from lazaretto.stays.proofs import one_room, room_states
from lazaretto.transfers import commands
from lazaretto.transfers.proofs import stays_are_held
from tests import factories
from tests.factories import NOW
from tests.threads import at_once, needs_server

PROOFS = (holdings_follow_facts, handovers_are_watched, stays_are_held, one_room, room_states)
STEPS = ("sign_out", "to_hospital", "sign_in", "bring_back", "confirm", "report", "decide", "give_room")
step = st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.integers(0, 2), st.integers(0, 240), st.booleans())


class World:
    """Three people at three sites and a hospital; headquarters acts for everybody."""

    def __init__(self, cast):
        self.cast = cast
        self.actor = cast.duty_officer.actor
        self.sites = [cast.site, cast.other_site, factories.site("H03")]
        self.people = [
            factories.stay(site, who=factories.person(f"王{site.code}", at_site=site)) for site in self.sites
        ]
        self.hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院")
        self.minutes = count(1)

    def now(self):
        return NOW + timedelta(minutes=next(self.minutes))

    def take(self, step):
        """One step; a refusal by name is an answer like any other, anything else is not."""
        name, who, where, late, with_room = step
        stay, site, at = self.people[who], self.sites[where], self.now()
        work = partial(getattr(self, name), stay, site, at, at - timedelta(minutes=late), with_room)
        with suppress(DomainError):
            work()

    def sign_out(self, stay, site, at, _seen, _room):
        held = Holding.objects.get(person=stay.person_id, ended_at=None)
        commands.sign_out(
            actor=self.actor, at=at, site=held.site or site, people=(Luggage(stay.person_id),),
            due_at=at + timedelta(hours=1), to_site=site.code,
        )  # fmt: skip

    def to_hospital(self, stay, site, at, _seen, _room):
        commands.sign_out(
            actor=self.actor, at=at, site=site, people=(Luggage(stay.person_id),), due_at=at + timedelta(hours=1),
            to_place=self.hospital,
        )  # fmt: skip

    def sign_in(self, stay, _site, at, seen, with_room):
        self._arrive(commands.sign_in, "to_site", stay, at, seen, with_room)

    def bring_back(self, stay, _site, at, seen, with_room):
        self._arrive(commands.bring_back, "from_site", stay, at, seen, with_room)

    def _arrive(self, act, end, stay, at, seen, with_room):
        line = HandedOver.objects.filter(person=stay.person_id).order_by("-id").first()
        if line is not None:
            room = self._room(getattr(line.handover, end)) if with_room else None
            act(actor=self.actor, at=at, handover=line.handover, person=stay.person, room=room, seen_at=seen)

    def confirm(self, stay, _site, at, _seen, _room):
        line = HandedOver.objects.filter(person=stay.person_id).order_by("-id").first()
        if line is not None:
            commands.confirm_arrival(
                actor=self.actor, at=at, handover=line.handover, person=stay.person, confirmed_by="电话"
            )

    def report(self, stay, site, at, seen, _room):
        commands.report_here(actor=self.actor, at=at, site=site, card=stay.number, seen_at=seen)

    def decide(self, _stay, _site, at, _seen, as_reported):
        question = Question.objects.filter(closed_at=None).first()
        if question is not None:
            verdict = commands.Verdict.AS_REPORTED if as_reported else commands.Verdict.AS_THOUGHT
            commands.decide(actor=self.actor, at=at, question=question, verdict=verdict, reason="核实")

    def give_room(self, stay, site, at, _seen, _room):
        commands.give_room(actor=self.actor, at=at, person=stay.person, room=self._room(site))

    def _room(self, site):
        return Room.objects.filter(site=site, state=RoomState.READY).first() if site is not None else None

    def offenders(self):
        at = self.now()
        return [offender for proof in PROOFS for offender in proof(at).offenders]


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, min_size=3, max_size=14))
def test_in_any_order(cast, steps):
    with transaction.atomic():
        world = World(cast)
        for each in steps:
            world.take(each)
            assert world.offenders() == []
            held = Holding.objects.filter(ended_at=None).values_list("person_id", flat=True)
            assert sorted(held) == sorted(stay.person_id for stay in world.people)  # nobody twice, nobody nowhere
        transaction.set_rollback(True)


@needs_server
@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment(cast, plan_8):
    world = World(cast)
    numbers = iter(range(10_000))

    def work(seed):
        for turn in range(6):
            pick = (seed * 7 + turn * 3) % len(STEPS)
            with suppress(IntegrityError):
                world.take((STEPS[pick], (seed + turn) % 3, (seed * 2 + turn) % 3, next(numbers) % 60, turn % 2 == 0))

    answers = at_once([partial(work, seed) for seed in range(8)])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert Fact.objects.count() > len(world.people)
    assert world.offenders() == []
