"""The lease names the holder's session and time to live, and who wants it handed over; nodes can be drained."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_nodes_and_holds")]
    operations = [
        migrations.AddField("lease", "session", models.CharField(default="", max_length=63)),
        migrations.AddField("lease", "ttl_seconds", models.FloatField(default=0)),
        migrations.AddField("lease", "asked_by", models.CharField(default="", max_length=150)),
        migrations.AddField("node", "draining", models.BooleanField(default=False)),
    ]
