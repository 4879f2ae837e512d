import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("policy", "0002_policy_life")]

    operations = [
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=150)),
                ("body", models.TextField()),
                ("shape", models.IntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("base", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="policy.policyversion")),
                ("policy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="policy.policy")),
            ],
            options={
                "db_table": "policy_draft",
                "constraints": [models.UniqueConstraint(fields=("owner", "policy"), name="policy_draft_once")],
            },
        )
    ]
