from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """What happened to a site stays written."""

    dependencies = [("places", "0003_site_changes_and_room_lists")]
    operations = [append_only("places_sitechange")]
