from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("owner", models.BigIntegerField(db_index=True)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=6000)),
                ("shared", models.BooleanField(db_index=True, default=False)),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "saved_search",
                "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="saved_search_name")],
            },
        ),
    ]
