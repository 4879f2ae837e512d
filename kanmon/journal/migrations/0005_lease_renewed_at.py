"""When the lease was last renewed, by the database's clock: from then on nobody worked, says the report."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_lease_session")]
    operations = [migrations.AddField("lease", "renewed_at", models.DateTimeField(null=True))]
