"""Whether keys without Ctrl do something for a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_columns_of_the_pc_list")]
    operations = [migrations.AddField("user", "single_keys", models.BooleanField(default=True))]
