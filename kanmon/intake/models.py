"""Tables of intake: who may send, what was received, what was refused."""

from django.db import models
from django.db.models import Q


class Source(models.Model):
    """A sender of inventory: its token is write-only, kept as SHA-256, revocable."""

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    token_digest = models.BinaryField(max_length=32, null=True)  # null: built-in, has no token
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, default="")
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "source"
        indexes = [models.Index(fields=["token_digest"], name="source_token")]


class Device(models.Model):
    """What a source's device sent last: tells "unchanged" before anything is decoded."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    key = models.CharField(max_length=300)  # DEVICEID of the agent
    format = models.CharField(max_length=20)
    pc = models.BigIntegerField(null=True, db_index=True)
    raw_digest = models.BinaryField(max_length=16)
    content_digest = models.BinaryField(max_length=16)
    reported_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "device"
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="device_key")]
        indexes = [models.Index(fields=["raw_digest"], name="device_raw")]


class Receipt(models.Model):
    """One acknowledged report. The queue in front of recording: committed before the agent's answer."""

    QUEUED, RECORDED, OLDER, SUSPECTED, REJECTED = "queued", "recorded", "older", "suspected", "rejected"

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    device_key = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    format = models.CharField(max_length=20)
    content = models.CharField(max_length=10)  # changed: whole report; same: only columns may differ
    raw_digest = models.BinaryField(max_length=16)
    content_digest = models.BinaryField(max_length=16)
    body = models.BinaryField()  # intake.inflate.kept; empty when content is the same
    report = models.BinaryField()  # normalised, intake.report.encode
    state = models.CharField(max_length=10, default=QUEUED)
    pc = models.BigIntegerField(null=True)
    reasons = models.JSONField(default=list)  # why it is suspected: sentences as [message id, params]
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "receipt"
        constraints = [
            models.CheckConstraint(
                name="receipt_state", condition=Q(state__in=["queued", "recorded", "older", "suspected", "rejected"])
            ),
            models.CheckConstraint(name="receipt_content", condition=Q(content__in=["changed", "same"])),
        ]
        indexes = [
            models.Index(fields=["id"], name="receipt_queued", condition=Q(state="queued")),
            models.Index(fields=["state", "id"], name="receipt_state_id", condition=~Q(state="recorded")),
            models.Index(fields=["ended_at"], name="receipt_ended"),
        ]


class Refusal(models.Model):
    """A body that was not taken in, with the sentence that its sender got; the newest 1,000 are kept."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL)
    received_at = models.DateTimeField()
    address = models.CharField(max_length=60, default="")
    agent = models.CharField(max_length=200, default="")  # User-Agent header, or file name of an import
    size = models.BigIntegerField()
    message_id = models.CharField(max_length=10)
    params = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")  # first 64 KiB

    class Meta:
        db_table = "refusal"
