from django.db import migrations

from lazaretto.core.guards import append_only

REQUEST = (
    "id", "number", "unit_id", "site_id", "stay_id", "missing", "why_now", "asked_at", "asked_by_id", "approver_id",
    "due_at",
)


class Migration(migrations.Migration):
    """What sources said, what happened to orders, what was asked and how it was answered is never changed.

    The person of a request may change, when two records of one person become one.
    """

    dependencies = [("orders", "0001_initial")]
    operations = [
        append_only("orders_sourcecheck"),
        append_only("orders_orderstep"),
        append_only("orders_exceptionrequest", columns=REQUEST),
        append_only("orders_exceptiondecision"),
    ]
