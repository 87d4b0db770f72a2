from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("headcounts", "0004_who_left_by_a_list")]

    operations = [
        migrations.AddField(
            model_name="headcountlist",
            name="passed",
            field=models.JSONField(default=list),
        ),
    ]
