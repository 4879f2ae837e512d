"""People, tokens and invitations may be limited to groups; tokens end; an invitation says who made it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField("user", "groups_only", models.JSONField(null=True, default=None, blank=True)),
        migrations.AddField("apitoken", "groups_only", models.JSONField(null=True, default=None)),
        migrations.AddField("apitoken", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField("invitation", "groups_only", models.JSONField(null=True, default=None)),
        migrations.AddField(
            "invitation", "created_by", models.CharField(max_length=150, default="", db_default="")
        ),
    ]
