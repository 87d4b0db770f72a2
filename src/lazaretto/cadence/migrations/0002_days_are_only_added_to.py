from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):

    dependencies = [("cadence", "0001_initial")]

    operations = [append_only("cadence_setday")]
