from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """The history of a change is never changed."""

    dependencies = [("cases", "0001_initial")]
    operations = [append_only("cases_changestep")]
