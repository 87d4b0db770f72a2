from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """Tries and the history of a case are never changed."""

    dependencies = [("returnees", "0001_initial")]
    operations = [append_only("returnees_attempt"), append_only("returnees_casestep")]
