"""Counts what stands in the database after the kills, as JSON. Run in a process of its own."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from lazaretto.arrivals.models import ExpectedArrival, ManifestRow  # noqa: E402
from lazaretto.core.models import JournalEntry  # noqa: E402
from lazaretto.people.models import IdentityDocument  # noqa: E402
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay  # noqa: E402

sys.stdout.write(
    json.dumps(
        {
            "stays": Stay.objects.filter(ended_at__isnull=True).count(),
            "orders": IsolationOrder.objects.count(),
            "open_occupancies": Occupancy.objects.filter(ended_at__isnull=True).count(),
            "checked_in": ExpectedArrival.objects.filter(state="checked_in", stay__isnull=False).count(),
            "admissions_in_journal": JournalEntry.objects.filter(
                command="stays.admit", subject_type="stays.stay"
            ).count(),
            "rows_resolved": ManifestRow.objects.exclude(resolution="").count(),
            "people_of_list": IdentityDocument.objects.filter(kind="passport").count(),
            "expected_of_list": ExpectedArrival.objects.filter(manifest__file_name="l.csv").count(),
        }
    )
)
