import django.db.models.deletion
from django.db import migrations, models


class AlterOnServer(migrations.AlterField):
    """SQLite looks people up in passing, and would have to write the whole table anew: there all stays as it is."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    """The person of a search token is not looked up again for each of them."""

    dependencies = [("people", "0004_merged_index")]

    operations = [
        AlterOnServer(
            model_name="searchtoken",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="search_tokens",
                to="people.person",
            ),
        ),
    ]
