"""Says where everybody is after the chaos, as JSON. Run in a process of its own."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from django.db.models import Count  # noqa: E402

from lazaretto.custody.models import Fact, HandedOver, Handover, Holding, Question  # noqa: E402

held = Holding.objects.filter(ended_at__isnull=True)
sys.stdout.write(
    json.dumps(
        {
            "held": sorted(str(pk) for pk in held.values_list("person_id", flat=True)),
            "at_two": list(held.values("person").annotate(n=Count("id")).filter(n__gt=1).values_list("n", flat=True)),
            "handovers": sorted(Handover.objects.values_list("number", flat=True)),
            "lines": HandedOver.objects.count(),
            "facts": Fact.objects.count(),
            "questions": Question.objects.count(),
        }
    )
)
