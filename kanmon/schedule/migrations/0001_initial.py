from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True)),
                ("cron", models.CharField(max_length=100)),
                ("zone", models.CharField(default="", max_length=60)),
                ("groups", models.JSONField(default=list)),
                ("skip_unchanged", models.BooleanField(default=False)),
                ("author", models.CharField(max_length=150)),
                ("created_at", models.DateTimeField()),
                ("ticked_at", models.DateTimeField()),
            ],
            options={"db_table": "schedule"},
        ),
    ]
