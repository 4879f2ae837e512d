"""What all nodes count and remember for a while: rate limits, one-time codes that were used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_link_of_a_person")]
    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "kept"},
        ),
    ]
