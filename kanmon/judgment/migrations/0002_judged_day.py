from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("judgment", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="JudgedDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_day", models.DateField()),
                ("to_day", models.DateField()),
                ("operation", models.BigIntegerField(unique=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "judged_day"},
        ),
    ]
