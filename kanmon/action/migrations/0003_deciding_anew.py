from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("action", "0002_order_input")]

    operations = [
        migrations.CreateModel(
            name="Acted",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("policy", models.IntegerField()),
                ("level", models.SmallIntegerField()),
                ("step", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("day", models.IntegerField()),
                ("times", models.IntegerField()),
                ("pcs", models.BinaryField()),
            ],
            options={
                "db_table": "action_acted",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("policy", "level", "step", "kind", "day", "times"), name="action_acted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("policy", models.IntegerField()),
                ("level", models.SmallIntegerField()),
                ("step", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("why", models.CharField(max_length=10)),
                ("pcs", models.BinaryField()),
                ("since", models.DateTimeField()),
                ("operation", models.BigIntegerField()),
            ],
            options={
                "db_table": "action_waiting",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("policy", "level", "step", "kind", "why"), name="action_waiting_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["cap", "already"])), name="action_waiting_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Covered",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("policy", models.IntegerField()),
                ("level", models.SmallIntegerField()),
                ("step", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("pcs", models.BinaryField()),
            ],
            options={
                "db_table": "action_covered",
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "level", "step", "kind"), name="action_covered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Withheld",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("operation", models.BigIntegerField(db_index=True)),
                ("run", models.BigIntegerField(db_index=True)),
                ("policy_version", models.BigIntegerField()),
                ("level", models.SmallIntegerField()),
                ("step", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("why", models.CharField(max_length=10)),
                ("pcs", models.BinaryField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "action_withheld"},
        ),
    ]
