"""A room for one person whom no list names, by the same rules as the rooms of a bus."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import ON_THE_WAY, guest, problem_of
from lazaretto.places.models import Room, Site
from lazaretto.planning import rooms as planner

ME = "walk-in"


@dataclass(frozen=True)
class Offer:
    """A room for one person.

    `keeps` says that it breaks no rule; otherwise `why` is the reason (`WhyUnplaced`) for which none is proposed, and
    `room` the free one that breaks the fewest (`breaks`), for a person to decide.
    """

    room: Room | None
    why: str = ""
    breaks: tuple[str, ...] = ()

    @property
    def keeps(self) -> bool:
        """Whether the room may be taken without anybody's decision."""
        return self.room is not None and not self.why


def offer(site: Site, *, category: str, birth_date: date | None, needs: Collection[str], at: datetime) -> Offer:
    """The room that the planner proposes, or the least bad one; nine queries at most. Promised rooms are kept."""
    problem = _problem(site, category, birth_date, needs, at)
    plan = planner.propose(problem)
    if plan.placements:
        return Offer(_room(plan.placements[0].room))
    room, breaks = _least_bad(problem)
    if not room:
        return Offer(None, str(planner.Reason.NO_FREE_ROOM))
    return Offer(_room(room), str(plan.unplaced[0].reason), breaks)


def broken_by(
    site: Site, room: Room, *, category: str, birth_date: date | None, needs: Collection[str], at: datetime
) -> tuple[str, ...]:
    """The rules (`RuleBroken`) that this choice breaks; nothing is refused here."""
    return _breaks(_problem(site, category, birth_date, needs, at), str(room.id))


def _problem(
    site: Site, category: str, birth_date: date | None, needs: Collection[str], at: datetime
) -> planner.Problem:
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    me = guest(ME, category=category, arrival=today, birth_date=birth_date, needs=needs)
    return problem_of(site, (me,), arrival=today, promised=_promised(site))


def _promised(site: Site) -> set[UUID]:
    held = ExpectedArrival.objects.filter(site=site, state__in=ON_THE_WAY, room__isnull=False)
    return {room for room in held.values_list("room_id", flat=True) if room is not None}


def _least_bad(problem: planner.Problem) -> tuple[str, tuple[str, ...]]:
    """A ready room that breaks the fewest rules; one of each floor and kind is looked at."""
    tried: dict[tuple[str, bool], planner.Room] = {}
    for room in problem.rooms:
        if room.state is planner.RoomState.READY and room.beds:
            tried.setdefault((room.floor, room.accessible), room)
    rated = [(_breaks(problem, room.id), room.accessible, room.id) for room in tried.values()]
    breaks, _accessible, best = min(rated, key=lambda one: (len(one[0]), one[1]), default=((), False, ""))
    return best, breaks


def _breaks(problem: planner.Problem, room: str) -> tuple[str, ...]:
    nowhere = planner.plan_of(problem, [], [planner.Unplaced(ME, planner.Reason.TAKEN_OUT)])
    after = planner.reassign(nowhere, problem, person=ME, room=room)
    return tuple(sorted({str(violation.rule) for violation in after.breaks}))


def _room(room: str) -> Room:
    return Room.objects.select_related("floor").get(pk=UUID(room))
