from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("judgment", "0002_judged_day")]

    operations = [
        migrations.AddField(
            model_name="pcstate", name="judged_run", field=models.BigIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            model_name="pcstate", name="same_level_runs", field=models.IntegerField(default=0, db_default=0)
        ),
    ]
