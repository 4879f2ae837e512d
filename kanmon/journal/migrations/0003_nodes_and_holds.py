"""Nodes say whether they live and lead; lanes can be held; a take-over knows the term before it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_order_of_change")]
    operations = [
        migrations.AddField("node", "seen_at", models.DateTimeField(null=True)),
        migrations.AddField("node", "state", models.CharField(default="standby", max_length=10)),
        migrations.AddField("node", "ready", models.BooleanField(default=False)),
        migrations.AddField("takeover", "from_term", models.BigIntegerField(null=True)),
        migrations.AddField("takeover", "acknowledged_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("lane", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=20)),
                ("actor", models.CharField(default="", max_length=150)),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "hold"},
        ),
    ]
