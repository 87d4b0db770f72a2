from django.db import migrations

from lazaretto.core.guards import append_only, no_overlap


class Migration(migrations.Migration):
    """Promise 1 in the database: one place at a time, one party a room, one person a bed; decisions stay written."""

    dependencies = [("stays", "0001_initial")]
    operations = [
        no_overlap("stay_no_overlap", "stays_stay", same="person_id"),
        no_overlap("occupancy_one_room_per_stay", "stays_occupancy", same="stay_id"),
        no_overlap("occupancy_one_party_per_room", "stays_occupancy", same="room_id", differs="party_id"),
        no_overlap("occupancy_one_person_per_bed", "stays_occupancy", same="bed_id", unless="shares_bed"),
        append_only("stays_orderchange"),
        append_only("stays_specimenresult"),
        append_only("stays_doorcheck"),
    ]
