"""Orders and what was withheld are found by PC and by run, and have their number of PCs beside them."""

from django.db import migrations, models
from pyroaring import BitMap

CHUNK = 1024


def fill(apps, schema_editor):
    touched = apps.get_model("action", "Touched")
    for name, time in (("Order", "created_at"), ("Withheld", "at")):
        model = apps.get_model("action", name)
        for id, pcs, at in list(model.objects.values_list("id", "pcs", time)):
            numbers = BitMap.deserialize(bytes(pcs)) if pcs else BitMap()
            model.objects.filter(id=id).update(pc_count=len(numbers))
            buckets = {}
            for pc in numbers:
                buckets[pc // CHUNK] = buckets.get(pc // CHUNK, 0) | 1 << pc % CHUNK
            touched.objects.bulk_create(
                (
                    touched(bucket=bucket, at=at, bits=bits.to_bytes(CHUNK // 8, "little"), **{name.lower(): id})
                    for bucket, bits in buckets.items()
                ),
                batch_size=500,
            )


class Migration(migrations.Migration):

    dependencies = [("action", "0020_messages")]

    operations = [
        migrations.AddField("order", "pc_count", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("withheld", "pc_count", models.IntegerField(default=0, db_default=0)),
        migrations.AddIndex("order", models.Index(fields=["run"], name="order_run")),
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("bucket", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("order", models.BigIntegerField(db_index=True, null=True)),
                ("withheld", models.BigIntegerField(db_index=True, null=True)),
                ("bits", models.BinaryField(max_length=128)),
            ],
            options={
                "db_table": "action_touched",
                "indexes": [models.Index(fields=["bucket", "at", "id"], name="action_touched_bucket")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order__isnull", False), ("withheld__isnull", True)),
                            models.Q(("order__isnull", True), ("withheld__isnull", False)),
                            _connector="OR",
                        ),
                        name="action_touched_one",
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
