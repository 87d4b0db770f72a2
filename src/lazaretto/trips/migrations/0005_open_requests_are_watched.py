from django.db import migrations
from django.utils import timezone

from lazaretto.core.ids import new_id


def watch(apps, _schema_editor):
    """Requests that were asked before anything watched them get their deadline."""
    requests, deadlines = apps.get_model("trips", "MoveRequest"), apps.get_model("core", "Deadline")
    watched = deadlines.objects.filter(kind="trips.request", state="open").values_list("subject_id", flat=True)
    missing = [row for row in requests.objects.filter(state="open") if str(row.pk) not in set(watched)]
    deadlines.objects.bulk_create(
        deadlines(
            id=new_id(), kind="trips.request", subject_type="trips.moverequest", subject_id=str(row.pk), slot="",
            unit_id=row.unit_id, person_id=row.person_id, due_at=row.latest_at, overdue_at=row.latest_at,
            next_at=row.latest_at, rung=0, state="open", created_at=timezone.now(), version=0,
        )  # fmt: skip
        for row in missing
    )


class Migration(migrations.Migration):
    """Whoever waits beyond the time by which they were to be there is heard of."""

    dependencies = [
        ("trips", "0004_requests_of_orders"),
        ("core", "0001_initial"),
    ]
    operations = [migrations.RunPython(watch, migrations.RunPython.noop)]
