"""Named errors of trips."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class PlateTaken(DomainError):
    """There is a vehicle with this plate."""

    code = "plate_taken"
    message = _("A vehicle with this plate is there already.")
    next_step = _("Choose it from the list, or look at the plate again.")


class DriverTwice(DomainError):
    """The unit has this driver already."""

    code = "driver_twice"
    message = _("This driver is on the list already.")
    next_step = _("Choose them from the list.")


class DriverGone(DomainError):
    """The driver no longer drives here."""

    code = "driver_gone"
    message = _("This driver no longer drives here.")
    next_step = _("Choose another driver.")


class DriverPromised(DomainError):
    """A driver who has trips ahead cannot leave the list."""

    code = "driver_promised"
    message = _("This driver has trips ahead.")
    next_step = _("Give those trips to another driver, or cancel them, first.")


class TwoStops(DomainError):
    """A trip goes from one place to another."""

    code = "two_stops"
    status = 422
    message = _("A trip needs two stops at least, and no place twice in a row.")
    next_step = _("Name where people get on and where they get off, in the order of the way.")


class PlaceUnknown(DomainError):
    """A stop is neither a site of ours nor a place of others."""

    code = "place_unknown"
    status = 404
    message = _("One of the stops is not a place that we know.")
    next_step = _("Choose a site or a place of others; a missing one is added under “On the move”.")


class DistanceUnknown(DomainError):
    """Two stops have no coordinates and nobody typed the minutes."""

    code = "distance_unknown"
    status = 422
    message = _("Nobody knows how long the way between two of the stops is.")
    next_step = _("Type the minutes of driving, or give both places their coordinates.")


class WayWrong(DomainError):
    """Somebody would get off before they got on."""

    code = "way_wrong"
    status = 422
    message = _("Somebody would get off before they get on.")
    next_step = _("Look at the stops of each person, in the order of the way.")


class CategoriesMixed(DomainError):
    """People of two categories in one vehicle, or a vehicle dedicated to another; `context` names the categories."""

    code = "categories_mixed"
    message = _("People of two categories never ride in one vehicle.")
    next_step = _("Give each category a vehicle of its own.")


class NotEnoughPlaces(DomainError):
    """More people than seats, wheelchair places or stretchers on some stretch."""

    code = "not_enough_places"
    message = _("The vehicle has too few places for them.")
    next_step = _("Take a larger vehicle, or two trips.")


class VehicleNotReady(DomainError):
    """It waits for disinfection, is on another trip or out of service; `context` says which."""

    code = "vehicle_not_ready"
    message = _("The vehicle is not ready.")
    next_step = _("Have it disinfected and say so, or take another one.")

    @classmethod
    def being(cls, plate: str, state: object) -> "VehicleNotReady":
        """Which one, and what it is."""
        words = format_lazy(_("{plate} is not ready: {state}."), plate=plate, state=str(state))
        return cls(words, plate=plate, state=str(state))


class VehicleTaken(DomainError):
    """The vehicle is promised to another trip at that time."""

    code = "vehicle_taken"
    message = _("The vehicle is promised to another trip at that time.")
    next_step = _("Choose another vehicle or another time; an hour for its disinfection counts too.")

    @classmethod
    def by(cls, plate: str, trip: str) -> "VehicleTaken":
        """Which one, and which trip has it."""
        words = format_lazy(_("{plate} is promised to trip {trip} at that time."), plate=plate, trip=trip)
        return cls(words, plate=plate, trip=trip)


class DriverTaken(DomainError):
    """The driver is promised to another trip at that time."""

    code = "driver_taken"
    message = _("The driver is promised to another trip at that time.")
    next_step = _("Choose another driver or another time.")

    @classmethod
    def by(cls, driver: str, trip: str) -> "DriverTaken":
        """Who, and which trip has them."""
        words = format_lazy(_("{driver} is promised to trip {trip} at that time."), driver=driver, trip=trip)
        return cls(words, driver=driver, trip=trip)


class NightBlocked(DomainError):
    """The trip would leave or drive in the blocked hours; `next_at` is when it may leave."""

    code = "night_blocked"
    message = _("Nobody is driven between 02:00 and 05:00.")

    def __init__(self, next_at: datetime | None, spoken: str) -> None:
        if next_at is None:
            too_long = _("This way is too long for any day: shorten it, or ask the duty officer for an override.")
            super().__init__(next_step=too_long)
        else:
            step = format_lazy(
                _("It may leave at {time} at the earliest. Sooner only if the duty officer overrides it by name."),
                time=spoken,
            )
            super().__init__(next_step=step, next_at=next_at.isoformat())


class TooFar(DomainError):
    """Further than a trip may go without a named override."""

    code = "too_far"
    message = _("This is further than a trip may go.")
    next_step = _("Find a place that is nearer, or ask the duty officer for an override by name.")


class DriveTooLong(DomainError):
    """Longer at the wheel than a driver may be without a rest."""

    code = "drive_too_long"
    message = _("This is longer at the wheel than one driver may be.")
    next_step = _("Divide the way into two trips, or ask the duty officer for an override by name.")


class DriverTired(DomainError):
    """The driver would drive or work too long in a day, or rest too little; `context` says which limits."""

    code = "driver_tired"
    message = _("The driver would work too long or rest too little.")
    next_step = _("Choose another driver or a later time, or ask the duty officer for an override by name.")

    @classmethod
    def being(cls, driver: str, trips: str, limits: str) -> "DriverTired":
        """Who, beside which trips, and which limits."""
        words = format_lazy(
            _("{driver} would work too long or rest too little: {limits}."), driver=driver, limits=limits
        )
        if trips:
            beside = _("{driver} would work too long or rest too little beside trip {trips}: {limits}.")
            words = format_lazy(beside, driver=driver, trips=trips, limits=limits)
        return cls(words, driver=driver, trips=trips, limits=limits)


class NothingToOverride(DomainError):
    """The trip exceeds no limit."""

    code = "nothing_to_override"
    message = _("This trip exceeds no limit.")
    next_step = _("It may go as it is.")


class TripOver(DomainError):
    """It has arrived, or was cancelled."""

    code = "trip_over"
    message = _("This trip is over.")
    next_step = _("Look at the trip; what is still to be done is a trip of its own.")


class TripHasLeft(DomainError):
    """What can be changed before the departure only."""

    code = "trip_has_left"
    message = _("This trip has left already.")
    next_step = _("Postpone its arrival, or speak to the escort.")


class StopNotNext(DomainError):
    """Stops are reached and left in the order of the way."""

    code = "stop_not_next"
    message = _("This stop is not the next one of the way.")
    next_step = _("Look at where the trip is; stops are reached and left one after the other.")


class NotAccountedFor(DomainError):
    """Somebody of the list was neither seen getting on nor left behind with a reason; `context` says who."""

    code = "not_accounted_for"
    message = _("Not everybody of the list is accounted for.")
    next_step = _("Of each person say whether they were seen getting on or stay here, and why.")


class RiderElsewhere(DomainError):
    """Somebody is on the list of another open trip."""

    code = "rider_elsewhere"
    message = _("Somebody is on the list of another trip already.")
    next_step = _("Take them off that list first.")


class NotARider(DomainError):
    """Somebody who is not on the list of this trip."""

    code = "not_a_rider"
    message = _("This person is not on the list of this trip.")
    next_step = _("Look at the list again.")


class LinkClosed(DomainError):
    """The link to a phone page is unknown, revoked or over."""

    code = "link_closed"
    status = 404
    message = _("This link opens no trip any more.")
    next_step = _("Ask the dispatcher for a new one. What the phone has kept is sent as soon as a new link is opened.")


class RequestTwice(DomainError):
    """Somebody is waiting for a trip already."""

    code = "request_twice"
    message = _("For this person a trip was asked already.")
    next_step = _("Change or withdraw that request first.")


class TwoWays(DomainError):
    """Two records of one person are to be brought on two different ways: somebody has to say which is right."""

    code = "two_ways"
    message = _("Both records have a trip, or wait for one, on different ways.")
    next_step = _("Withdraw one of the two requests, or take one of them off the list, then merge.")


class RequestClosed(DomainError):
    """The request is planned or withdrawn."""

    code = "request_closed"
    message = _("This request is no longer open.")
    next_step = _("Look at the trip that it is on.")


class ChoiceStale(DomainError):
    """What a choice rests on has changed since it was shown: the trip, its list, or who waits."""

    code = "choice_stale"
    message = _("This choice no longer stands: the trip, its list or the request has changed.")
    next_step = _("Look at the choices again; nothing was changed.")


class DepartureNotNear(DomainError):
    """A departure that is over already, or further ahead than anybody can plan."""

    code = "departure_not_near"
    status = 422
    message = _("This departure is over already, or more than fourteen days ahead.")
    next_step = _("Look at the day and the hour of the departure again.")


class NothingToPlan(DomainError):
    """No open request was chosen."""

    code = "nothing_to_plan"
    status = 422
    message = _("Nobody waits for a trip.")
    next_step = _("Ask for a trip first, or choose whom to plan.")


class PlanStale(DomainError):
    """Requests, vehicles or drivers of the plan have changed since it was made."""

    code = "plan_stale"
    message = _("This plan no longer fits: somebody changed what it rests on.")
    next_step = _("Plan again; it takes a second.")
