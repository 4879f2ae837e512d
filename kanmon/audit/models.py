"""The audit's tables. Rows and seals are only added; retention alone removes, and writes a row that says so."""

from django.db import models
from django.db.models import F, Q


class AuditRow(models.Model):
    """Who did what, when, from where."""

    seq = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(null=True)  # PostgreSQL: transaction id, see journal/changes.py
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, default="")  # "hanako", "os:root", "token:nightly", "kanmon"
    event = models.CharField(max_length=80)
    subject = models.CharField(max_length=200, default="")
    detail = models.JSONField(default=dict)  # "id": a message of the catalogue that tells the row, filled by the rest
    address = models.CharField(max_length=64, default="")
    operation = models.BigIntegerField(null=True)

    class Meta:
        db_table = "audit"
        indexes = [
            models.Index(fields=["actor", "seq"], name="audit_actor"),
            models.Index(fields=["event", "seq"], name="audit_event"),
            models.Index(fields=["at"], name="audit_at"),
        ]


class Seal(models.Model):
    """What a range of rows was when it was sealed; see encoding.py. ``xid`` and ``seq`` are the place of its newest
    row in the order of change, where the next seal begins: they are not part of what is sealed, so that a database
    can be moved to another server, whose transactions are counted anew.
    """

    number = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    rows = models.IntegerField()
    root = models.BinaryField(max_length=32)
    before = models.BinaryField(max_length=32, unique=True)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    term = models.BigIntegerField()
    xid = models.BigIntegerField()
    seq = models.BigIntegerField()
    marks = models.BinaryField()  # empty once the rows are removed
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal"
        constraints = [
            models.CheckConstraint(name="seal_counts", condition=Q(number__gt=0, rows__gt=0, first__lte=F("last"))),
        ]
        indexes = [
            models.Index(fields=["first"], name="seal_first"),
            models.Index(fields=["last"], name="seal_last"),
            models.Index(fields=["number"], name="seal_kept", condition=Q(removed_at__isnull=True)),
        ]


class Follower(models.Model):
    """How far the journal's entries have been taken into the audit."""

    name = models.CharField(max_length=20, primary_key=True)
    xid = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "audit_follower"


class StartSettings(models.Model):
    """The settings with which a node started last; secrets as a mark that tells only whether they are the same."""

    node = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    settings = models.JSONField()

    class Meta:
        db_table = "audit_settings"
