from django.db import migrations

from lazaretto.core.guards import append_only


class Migration(migrations.Migration):
    """What was said, explained and issued is never changed."""

    dependencies = [("objections", "0001_initial")]
    operations = [
        append_only("objections_objectionstep"),
        append_only("objections_conversation"),
        append_only("objections_observationnotice"),
    ]
