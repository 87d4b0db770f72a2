from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """What was stamped and what was learnt is never changed."""

    dependencies = [("emergencies", "0001_initial")]
    operations = [append_only("emergencies_emergencystep"), append_only("emergencies_emergencyreview")]
