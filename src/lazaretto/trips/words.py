"""What the commands of trips are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "trips.add_vehicle": _("Vehicle added"),
        "trips.change_vehicle": _("Vehicle corrected"),
        "trips.change_vehicle_state": _("Vehicle: next state"),
        "trips.add_driver": _("Driver added"),
        "trips.end_driver": _("Driver taken off the list"),
        "trips.plan_trip": _("Trip planned"),
        "trips.change_times": _("Trip at another time"),
        "trips.override": _("Trip allowed beyond a limit"),
        "trips.cancel_trip": _("Trip cancelled"),
        "trips.begin_boarding": _("Boarding began"),
        "trips.depart": _("Trip left a stop"),
        "trips.arrive": _("Trip came to a stop"),
        "trips.postpone": _("Trip arrives later"),
        "trips.scan": _("Scanned by the escort"),
        "trips.make_link": _("Link for the escort made"),
        "trips.revoke_links": _("Links of the escort revoked"),
        "trips.ask": _("Trip asked for somebody"),
        "trips.withdraw": _("Request for a trip withdrawn"),
        "trips.settle_request": _("Request for a trip settled"),
        "trips.add_rider": _("Added to a trip"),
        "trips.remove_rider": _("Taken off a trip"),
        "trips.name_minder": _("Named who looks after somebody on a trip"),
        "trips.insert_urgent": _("Somebody urgent put in"),
        "trips.make_plan": _("Trips proposed"),
        "trips.improve_plan": _("Better trips sought"),
        "trips.accept_plan": _("Proposed trips accepted"),
    }
)
