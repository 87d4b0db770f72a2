import uuid

from django.db import migrations, models


def _sort_by_bytes(_apps, schema_editor):
    """One range of bytes is the prefix search of both databases; SQLite compares bytes anyway."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE people_searchtoken ALTER COLUMN token TYPE varchar(80) COLLATE "C"')


class Migration(migrations.Migration):
    """Search tokens stand per unit; documents are found by their number alone too."""

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="searchtoken", name="search_token_once"),
        migrations.RemoveIndex(model_name="searchtoken", name="search_token_person"),
        migrations.RunPython(_sort_by_bytes, migrations.RunPython.noop),
        migrations.AddField(
            model_name="identitydocument",
            name="number_digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="searchtoken", name="unit_id", field=models.UUIDField(default=uuid.UUID(int=0))
        ),
        migrations.AddIndex(
            model_name="identitydocument",
            index=models.Index(fields=["number_digest"], name="document_number"),
        ),
        migrations.AddIndex(
            model_name="searchtoken",
            index=models.Index(fields=["person", "unit_id", "token"], name="search_token_person"),
        ),
        migrations.AddConstraint(
            model_name="searchtoken",
            constraint=models.UniqueConstraint(fields=("unit_id", "token", "person"), name="search_token_once"),
        ),
    ]
