from typing import Any

from django.db import migrations, models
from django.db.models import Q


def keep_the_first(apps: Any, schema_editor: Any) -> None:
    """Of two open objections about one thing the first goes on, whose reply is due sooner; the later one becomes
    "something else", with its words, its talks and its own reply: nothing of what they said is closed by an upgrade."""
    objections = apps.get_model("objections", "Objection").objects.using(schema_editor.connection.alias)
    seen = set()
    for one in objections.filter(state="open").exclude(about="other").order_by("raised_at", "id"):
        if (one.stay_id, one.about) in seen:
            objections.filter(pk=one.pk).update(about="other")
        seen.add((one.stay_id, one.about))


class Migration(migrations.Migration):
    """One open objection of a person about one thing."""

    dependencies = [("objections", "0002_what_was_said_stays_written")]
    operations = [
        migrations.RunPython(keep_the_first, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=Q(("state", "open"), ~Q(("about", "other"))), fields=("stay", "about"),
                name="objection_open_once",
            ),
        ),
    ]
