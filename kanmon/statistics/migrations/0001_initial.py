from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StatisticsDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("moment", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                ("operation", models.BigIntegerField()),
            ],
            options={"db_table": "statistics_day"},
        ),
        migrations.CreateModel(
            name="GroupNumbers",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("group", models.IntegerField()),
                ("path", models.CharField(max_length=1000)),
                ("body", models.JSONField()),
            ],
            options={
                "db_table": "statistics_group",
                "indexes": [models.Index(fields=["day"], name="statistics_by_day")],
                "constraints": [models.UniqueConstraint(fields=("group", "day"), name="statistics_once")],
            },
        ),
    ]
