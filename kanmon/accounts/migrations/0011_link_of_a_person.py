"""A one-time link may be of a person who is there already: by it they set a password."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_scope")]
    operations = [
        migrations.AddField(
            "invitation", "person",
            models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, default=None),
        ),
    ]  # fmt: skip
