"""What a crew drives so far, prepared so that one group more is judged without driving all of it again.

For each stop it is known when it is left and how late it could be reached without breaking what follows; so only the
stops between getting on and getting off are driven again. Exact: it says yes where `timetable` gives a route, no where
it gives none.
"""

from __future__ import annotations

from collections.abc import Sequence

from lazaretto.planning.trips.problem import Crew, Problem
from lazaretto.planning.trips.routes import Event, Group, stops_of, timetable

Load = dict[str, int]  # places taken, by kind


class Course:
    """The events of one crew in their order; everything else follows from them. Without events it stands at its base.

    The events must be ones that `timetable` gives a route for.
    """

    def __init__(self, events: Sequence[Event], crew: Crew, problem: Problem) -> None:
        self.events, self.crew, self.problem = list(events), crew, problem
        self.places = [crew.base, *(event.place for event in events)]
        self.stops = [together for _place, together in stops_of(events)]
        self.stop_of = [number for number, stop in enumerate(self.stops) for _event in stop]
        self.begins = [n for n, stop in enumerate(self.stop_of) if not n or self.stop_of[n - 1] != stop]
        self._room = {"seat": crew.seats, "wheelchair": crew.wheelchairs, "stretcher": crew.stretchers}
        if events:
            self._drive()

    def _drive(self) -> None:
        """Forwards when each stop is left and what is aboard then; backwards how late each may be reached."""
        way, crew, hours = self.problem.way, self.crew, self.problem.hours
        legs = [way[self.places[begin], self.places[begin + 1]] for begin in self.begins]
        self._driven, self._first_leg = sum(legs), legs[0]
        now = starts = max(crew.free_from, self.events[0].group.earliest - legs[0])
        self._left: list[int] = []
        self._aboard: list[Load] = []
        load: Load = {}
        for leg, stop in zip(legs, self.stops, strict=True):
            now = self._leaves(now + leg, stop)
            load = _after(load, stop)
            self._left.append(now)
            self._aboard.append(load)
        self._last_left = min(crew.free_until, starts + crew.duty_left)
        self._last_reached = self._left[0] + hours.duty_in_24h - hours.before - hours.after
        self._latest = [0] * len(self.stops)
        leave_by, reach_by = self._last_left, self._last_reached
        for number in reversed(range(len(self.stops))):
            stop = self.stops[number]
            self._latest[number] = reach_by = min(reach_by, leave_by - self._boarding(stop), _due(stop, reach_by))
            leave_by = reach_by = reach_by - legs[number]

    def _leaves(self, reached: int, stop: Sequence[Event]) -> int:
        """When a stop is left that is reached then: who gets on is waited for."""
        ready = max([reached, *(event.group.earliest for event in stop if event.on)])
        return ready + self._boarding(stop)

    def _boarding(self, stop: Sequence[Event]) -> int:
        return self.problem.boarding * sum(len(event.group.members) for event in stop)

    def longer(self, group: Group, on: int, off: int) -> list[Event]:
        """The events with one group more: on before event `on`, off before event `off`."""
        return [*self.events[:on], Event(group, True), *self.events[on:off], Event(group, False), *self.events[off:]]

    def takes(self, group: Group, on: int, off: int, minutes: int) -> bool:
        """Whether one group more can ride so; `minutes` is by how much more is driven then."""
        if self.crew.duties or not on or not self.stop_of[on - 1]:
            # When it sets out, or leaves its first stop, changes too, and with it what the driver may do.
            return timetable(self.longer(group, on, off), self.crew, self.problem) is not None
        driven = self._driven + minutes
        if driven > self.crew.driving_left or driven - self._first_leg > self.problem.hours.driving_in_24h:
            return False
        return self._drive_again(group, on, off)

    def _drive_again(self, group: Group, on: int, off: int) -> bool:
        """From the stop before they get on to the one where, or after which, they get off; then it must not be late."""
        way, first = self.problem.way, self.stop_of[on - 1]
        following = self.stop_of[off] + 1 if off < len(self.events) else len(self.stops)
        begin = self.begins[first]
        end = self.begins[following] if following < len(self.stops) else len(self.events)
        changed = [
            *self.events[begin:on], Event(group, True), *self.events[on:off],
            Event(group, False), *self.events[off:end],
        ]  # fmt: skip
        here, now, load, reached = self.places[begin], self._left[first - 1], self._aboard[first - 1], 0
        for place, stop in stops_of(changed):
            reached = now + way[here, place]
            if reached > _due(stop, reached):
                return False
            now, here, load = self._leaves(reached, stop), place, _after(load, stop)
            if any(count > self._room.get(kind, 0) for kind, count in load.items()):
                return False
        if following < len(self.stops):
            return now + way[here, self.places[end + 1]] <= self._latest[following]
        return reached <= self._last_reached and now <= self._last_left


def _due(stop: Sequence[Event], otherwise: int) -> int:
    """By when a stop has to be reached for those who get off there."""
    return min((event.group.latest for event in stop if not event.on), default=otherwise)


def _after(load: Load, stop: Sequence[Event]) -> Load:
    """What is aboard after a stop."""
    found = dict(load)
    for event in stop:
        for kind, count in event.group.load.items():
            found[kind] = found.get(kind, 0) + (count if event.on else -count)
    return found
