"""Tables of action: what was ordered. How far an order got is told by its operation."""

from django.db import models


class Order(models.Model):
    """One action on one or more PCs, written down in full before anything is done."""

    id = models.BigAutoField(primary_key=True)
    operation = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=20)
    run = models.BigIntegerField()
    policy_version = models.BigIntegerField()
    level = models.SmallIntegerField()
    step = models.IntegerField(default=0)
    recipients = models.JSONField(default=list)
    message_id = models.CharField(max_length=200, default="")
    subject = models.CharField(max_length=500, default="")
    text = models.TextField(default="")
    attachment = models.BinaryField(default=b"")  # CSV of the PCs
    pcs = models.BinaryField(default=b"")  # roaring bitmap
    input = models.JSONField(default=dict)  # what its kind needs beyond that, as decided; holds no secret
    created_at = models.DateTimeField()

    class Meta:
        db_table = "action_order"
        indexes = [models.Index(fields=["policy_version", "created_at"], name="order_policy_time")]
