from django.db import migrations

from lazaretto.core.guards import append_only

WORD = ("id", "handover_id", "place_id", "kind", "text", "told_by", "told_at", "written_by_id")


class Migration(migrations.Migration):
    """What was told stays written; only whose it is may change, when two records of one person become one."""

    dependencies = [("transfers", "0001_initial")]
    operations = [append_only("transfers_placeword", columns=WORD)]
