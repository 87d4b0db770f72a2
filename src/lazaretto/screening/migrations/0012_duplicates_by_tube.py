
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('screening', '0011_points_work_at_night'),
    ]

    operations = [
        migrations.AddField(
            model_name='duplicatescan',
            name='meant',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='duplicatescan',
            index=models.Index(fields=['tube'], name='duplicate_scan_tube'),
        ),
        migrations.AddIndex(
            model_name='duplicatescan',
            index=models.Index(fields=['round', 'number'], name='duplicate_scan_number'),
        ),
    ]
