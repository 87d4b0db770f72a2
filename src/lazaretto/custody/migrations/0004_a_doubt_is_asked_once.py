import uuid
from typing import Any

from django.db.models.functions import Coalesce
from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

NOWHERE = uuid.UUID(int=0)
ASKED_ALREADY = "asked already: the earlier question goes on"


def close_doubles(apps: Any, schema_editor: Any) -> None:
    """Of two open questions of one doubt the first goes on, with its alarms, its time and whoever took it; the later one
    is closed as explained, and its alarms are answered: one decision closes the doubt, nothing waits for a second."""
    using = schema_editor.connection.alias
    questions = apps.get_model("custody", "Question").objects.using(using)
    seen, now = set(), timezone.now()
    for one in questions.filter(closed_at__isnull=True).order_by("opened_at", "id"):
        doubt = (one.person_id, one.conflict, one.first_site_id, one.second_site_id)
        if doubt in seen:
            questions.filter(pk=one.pk).update(closed_at=now, explained=True, answer=ASKED_ALREADY)
            _call_nobody(apps, using, str(one.pk), now)
        seen.add(doubt)


def _call_nobody(apps: Any, using: str, question: str, now: Any) -> None:
    deadlines = apps.get_model("core", "Deadline").objects.using(using).filter(subject_id=question, state="open")
    alarms = apps.get_model("core", "Alarm").objects.using(using)
    unanswered = alarms.filter(deadline__in=list(deadlines.values_list("pk", flat=True)), answered_at__isnull=True)
    unanswered.filter(taken_at__isnull=True).update(taken_at=now)
    unanswered.update(answered_at=now, answer=ASKED_ALREADY)
    deadlines.update(state="cancelled", closed_at=now, next_at=None)


class Migration(migrations.Migration):
    """One open question of a doubt: the same person, the same contradiction, the same two places."""

    dependencies = [("custody", "0003_handover_instead_of"), ("core", "0003_journal_filters")]
    operations = [
        migrations.RunPython(close_doubles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                models.F("person"),
                models.F("conflict"),
                Coalesce(
                    models.F("first_site"), models.Value(NOWHERE, output_field=models.UUIDField())
                ),
                Coalesce(
                    models.F("second_site"), models.Value(NOWHERE, output_field=models.UUIDField())
                ),
                condition=Q(closed_at__isnull=True),
                name="question_of_a_doubt_open_once",
            ),
        ),
    ]
