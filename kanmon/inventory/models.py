"""Tables of the inventory: PCs, groups, the dictionary of facts, and what each PC has."""

from django.db import models
from django.db.models import Q


class Group(models.Model):
    """A node of the group tree. ``path`` is "/Head office/Sales"; the root is "/"."""

    id = models.AutoField(primary_key=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=100)
    path = models.CharField(max_length=1000, unique=True)

    class Meta:
        db_table = "pc_group"


class Pc(models.Model):
    """A PC under management. ``id`` is its number in every bitmap and array, from 1, never used again."""

    id = models.BigIntegerField(primary_key=True)
    asset_number = models.CharField(max_length=60, unique=True)
    host = models.CharField(max_length=255, db_index=True)
    user = models.CharField(max_length=255, default="")
    group = models.ForeignKey(Group, on_delete=models.PROTECT)
    source = models.IntegerField()  # intake.Source that made it: only this one's reports change it
    serial = models.CharField(max_length=255, default="")
    uuid = models.CharField(max_length=64, default="")
    managed = models.BooleanField(default=True)  # security management enabled
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)
    reported_at = models.DateTimeField()  # of the newest report that was recorded
    format = models.CharField(max_length=20, default="")
    retired_at = models.DateTimeField(null=True)  # removed from management, until it reports again
    retired_by = models.CharField(max_length=200, default="", db_default="")
    retired_reason = models.CharField(max_length=500, default="", db_default="")

    class Meta:
        db_table = "pc"
        constraints = [models.CheckConstraint(name="pc_number", condition=Q(id__gt=0))]
        indexes = [models.Index(fields=["retired_at"], name="pc_retired", condition=Q(retired_at__isnull=False))]


class Identity(models.Model):
    """A mark by which a PC is known again: serial, uuid or mac."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=6)
    value = models.CharField(max_length=255)
    pc = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "identity"
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "pc"], name="identity_once"),
            models.CheckConstraint(name="identity_kind", condition=Q(kind__in=["serial", "uuid", "mac"])),
        ]


class FactRow(models.Model):
    """The dictionary: one row for each distinct record, numbered; rows never change."""

    id = models.BigIntegerField(primary_key=True)
    cls = models.SmallIntegerField()
    digest = models.BinaryField(max_length=16, unique=True)
    body = models.BinaryField()  # msgpack array of the record's fields

    class Meta:
        db_table = "fact"


class PcFacts(models.Model):
    """A PC's facts: sorted little-endian uint32 fact numbers."""

    pc = models.BigIntegerField(primary_key=True)
    packed = models.BinaryField()
    content_digest = models.BinaryField(max_length=16)

    class Meta:
        db_table = "pc_facts"


class PcColumns(models.Model):
    """A PC's columns: msgpack map, name of ``common.facts.COLUMNS`` -> value."""

    pc = models.BigIntegerField(primary_key=True)
    packed = models.BinaryField()

    class Meta:
        db_table = "pc_columns"


class PcBody(models.Model):
    """The newest body of a PC (``intake.inflate`` reads it)."""

    pc = models.BigIntegerField(primary_key=True)
    format = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        db_table = "pc_body"
