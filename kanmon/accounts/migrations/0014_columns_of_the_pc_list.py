"""Which columns of the PC list a person has chosen; null: the usual ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_session_use")]
    operations = [
        migrations.AddField("user", "pc_columns", models.JSONField(null=True, default=None, blank=True)),
    ]
