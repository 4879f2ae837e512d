import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [("policy", "0001_initial")]

    operations = [
        migrations.AddField("policy", "deleted_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("policy", "policy_name"),
        migrations.AddConstraint(
            "policy",
            models.UniqueConstraint(fields=["kind", "name"], condition=Q(deleted_at__isnull=True), name="policy_name"),
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("target", models.CharField(max_length=10)),
                ("target_id", models.BigIntegerField()),
                ("condition", models.CharField(max_length=700)),
                ("reason", models.CharField(max_length=1000)),
                ("approver", models.CharField(max_length=150)),
                ("author", models.CharField(max_length=150)),
                ("created_at", models.DateTimeField()),
                ("begins_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("notice_days", models.IntegerField(default=14)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(default="", max_length=150)),
            ],
            options={
                "db_table": "waiver",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["target", "target_id", "condition"], condition=Q(ended_at__isnull=True),
                        name="waiver_once",
                    ),
                    models.CheckConstraint(name="waiver_target", condition=Q(target__in=["group", "pc"])),
                    models.CheckConstraint(name="waiver_days", condition=Q(expires_on__gte=F("begins_on"))),
                ],
            },
        ),
    ]
