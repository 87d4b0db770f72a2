from django.db import migrations

from lazaretto.core.guards import append_only, no_overlap

FACT = ("id", "kind", "site_id", "external_id", "handover_id", "occurred_at", "recorded_at", "claimed_at", "by_id", "note")


class Migration(migrations.Migration):
    """Promise 1 in the database: what was seen stays written, and nobody is held by two at one time.

    The person of a fact may change, when two records of one person become one.
    """

    dependencies = [("custody", "0001_initial")]
    operations = [
        append_only("custody_fact", columns=FACT),
        no_overlap("holding_no_overlap", "custody_holding", same="person_id"),
    ]
