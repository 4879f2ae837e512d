from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("action", "0003_deciding_anew")]

    operations = [
        migrations.AddField(model_name="order", name="html", field=models.TextField(default="")),
        migrations.CreateModel(
            name="MailGroup",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, unique=True)),
                ("addresses", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=150)),
            ],
            options={"db_table": "mail_group"},
        ),
        migrations.CreateModel(
            name="MailUser",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("user", models.CharField(max_length=255, unique=True)),
                ("address", models.CharField(max_length=254)),
            ],
            options={"db_table": "mail_user"},
        ),
        migrations.CreateModel(
            name="DigestPart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("operation", models.BigIntegerField(db_index=True)),
                ("run", models.BigIntegerField()),
                ("policy_version", models.BigIntegerField()),
                ("pcs", models.BinaryField()),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "db_table": "mail_digest_part",
                "constraints": [models.UniqueConstraint(fields=["operation", "run"], name="mail_digest_part_once")],
            },
        ),
    ]
