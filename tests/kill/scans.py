"""Says which scans stand in the database after the kills, as JSON. Run in a process of its own."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from lazaretto.screening.models import DuplicateScan, Scan, Upload  # noqa: E402

sys.stdout.write(
    json.dumps(
        {
            "uploads": Upload.objects.count(),
            "scans": {str(pk): number for pk, number in Scan.objects.values_list("scan", "number")},
            "duplicates": [str(pk) for pk in DuplicateScan.objects.values_list("scan", flat=True)],
        }
    )
)
