from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("action", "0001_initial")]

    operations = [
        migrations.AddField(model_name="order", name="input", field=models.JSONField(default=dict)),
    ]
