from django.db import migrations, models


class Migration(migrations.Migration):
    """PCs that are removed from management."""

    dependencies = [("inventory", "0001_initial")]

    operations = [
        migrations.AddField("pc", "retired_at", models.DateTimeField(null=True)),
        migrations.AddField("pc", "retired_by", models.CharField(default="", db_default="", max_length=200)),
        migrations.AddField("pc", "retired_reason", models.CharField(default="", db_default="", max_length=500)),
        migrations.AddIndex(
            "pc",
            models.Index(
                condition=models.Q(("retired_at__isnull", False)), fields=["retired_at"], name="pc_retired"
            ),
        ),
    ]
