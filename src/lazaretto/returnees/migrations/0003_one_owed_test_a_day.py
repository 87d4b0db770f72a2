from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returnees", "0002_what_was_tried_stays_written")]
    operations = [
        migrations.RemoveConstraint(model_name="owedtest", name="returnee_test_once"),
        migrations.AddConstraint(
            model_name="owedtest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("result", ""), ("waived_at__isnull", True)),
                fields=("returnee", "day"),
                name="returnee_test_once",
            ),
        ),
    ]
