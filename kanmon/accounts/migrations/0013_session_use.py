"""Where people are signed in: since when, last used, from where, by which browser."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_kept"), ("sessions", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="SessionUse",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "session",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="sessions.session"),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
                ("since", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                ("address", models.CharField(max_length=64)),
                ("browser", models.CharField(max_length=30)),
                ("system", models.CharField(max_length=30)),
            ],
            options={"db_table": "session_use"},
        ),
    ]
