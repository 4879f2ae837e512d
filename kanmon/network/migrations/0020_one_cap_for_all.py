from django.db import migrations


class Migration(migrations.Migration):
    """Who waits for a person is kept for all kinds of actions in one place; what waited is asked anew by a judgment."""

    dependencies = [("network", "0010_recheck"), ("action", "0003_deciding_anew")]

    operations = [migrations.DeleteModel(name="Awaiting")]
