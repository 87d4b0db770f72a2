from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """What happened to a room stays written."""

    dependencies = [("places", "0001_initial")]
    operations = [append_only("places_roomstatechange")]
