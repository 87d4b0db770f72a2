from django.db import migrations

from lazaretto.core.guards import append_only, no_overlap


class Migration(migrations.Migration):
    """What was seen, overridden and disinfected stays written; no vehicle and no driver is promised twice at a time."""

    dependencies = [("trips", "0001_initial")]
    operations = [
        append_only("trips_override"),
        append_only("trips_vehiclestatechange"),
        # The person of a scan may change, when two records of one person become one.
        append_only(
            "trips_scan",
            columns=("id", "trip_id", "kind", "outcome", "card", "at", "claimed_at", "recorded_at", "by_id"),
        ),
        no_overlap("booking_of_a_vehicle", "trips_booking", same="vehicle_id"),
        no_overlap("booking_of_a_driver", "trips_booking", same="driver_id"),
    ]
