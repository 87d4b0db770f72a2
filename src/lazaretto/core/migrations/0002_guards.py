from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """The journal cannot be rewritten, whoever asks."""

    dependencies = [("core", "0001_initial")]
    operations = [append_only("core_journalentry"), append_only("core_journalseal"), append_only("core_alarmstep")]
