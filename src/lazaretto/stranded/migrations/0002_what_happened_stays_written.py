from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """What they were given and what happened is never changed."""

    dependencies = [("stranded", "0001_initial")]
    operations = [append_only("stranded_given"), append_only("stranded_strandedstep")]
