"""The journal's tables. Their meaning is told in ``kanmon/journal/__init__.py``; CHECKs state the invariants."""

from django.db import models
from django.db.models import F, Q

from kanmon.journal.states import State

TERMINAL = [State.FINISHED, State.FAILED, State.CANCELLED]


class Operation(models.Model):
    """One durable piece of work. ``input`` is what it was begun with and never changes."""

    id = models.BigAutoField(primary_key=True)
    shard = models.IntegerField(default=0)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, default="")
    requester = models.CharField(max_length=40)  # inventory, schedule, pc_list, judge_command, start...
    actor = models.CharField(max_length=150, default="")  # the person or program, "os:root"
    state = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    attempt = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=5)
    node = models.CharField(max_length=100, null=True)
    term = models.BigIntegerField(null=True)
    input = models.BinaryField(default=b"")
    progress = models.JSONField(default=dict)
    repeat = models.CharField(max_length=10)  # idempotent, keyed, ask
    key = models.CharField(max_length=200, null=True, unique=True)
    run = models.BigIntegerField(null=True)
    parent = models.BigIntegerField(null=True)
    redo_of = models.BigIntegerField(null=True)
    outcome = models.JSONField(null=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operation"
        constraints = [
            models.CheckConstraint(name="operation_state", condition=Q(state__in=[str(s) for s in State])),
            models.CheckConstraint(
                name="operation_ended_iff_terminal",
                condition=Q(ended_at__isnull=False, state__in=TERMINAL)
                | (Q(ended_at__isnull=True) & ~Q(state__in=TERMINAL)),
            ),
            models.CheckConstraint(
                name="operation_node_iff_running",
                condition=Q(state="running", node__isnull=False, term__isnull=False)
                | (~Q(state="running") & Q(node__isnull=True, term__isnull=True)),
            ),
            models.CheckConstraint(name="operation_repeat", condition=Q(repeat__in=["idempotent", "keyed", "ask"])),
            models.CheckConstraint(name="operation_attempt", condition=Q(attempt__gte=0)),
        ]
        indexes = [
            models.Index(fields=["shard", "due_at", "id"], name="operation_waiting", condition=Q(state="waiting")),
            models.Index(fields=["state", "id"], name="operation_open", condition=~Q(state__in=TERMINAL)),
            models.Index(fields=["run", "kind"], name="operation_run"),
            models.Index(fields=["kind", "id"], name="operation_kind"),
        ]


class Entry(models.Model):
    """One line of an operation's story, or of the service's (``operation`` null). Only added, never changed."""

    seq = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(null=True)  # PostgreSQL: transaction id, see changes.py
    operation = models.BigIntegerField(null=True, db_index=True)
    at = models.DateTimeField()
    node = models.CharField(max_length=100)
    term = models.BigIntegerField()
    attempt = models.IntegerField(default=0)
    event = models.CharField(max_length=30)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "entry"


class Change(models.Model):
    """What followers (the judges' index) must know, in an order that they can trust. See changes.py."""

    seq = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    body = models.BinaryField(default=b"")

    class Meta:
        db_table = "change"
        indexes = [models.Index(fields=["subject", "seq"], name="change_subject")]


class Run(models.Model):
    """What judgment or action was asked for together; ``scope`` is a roaring bitmap of PC numbers."""

    id = models.BigAutoField(primary_key=True)
    shard = models.IntegerField(default=0)
    cause = models.CharField(max_length=40)
    actor = models.CharField(max_length=150, default="")
    begun_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    scope = models.BinaryField(default=b"")
    versions = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "run"
        indexes = [models.Index(fields=["cause", "closes_at"], name="run_open", condition=Q(ended_at__isnull=True))]


class Term(models.Model):
    """The fencing token of each shard. Changes only at take-over."""

    shard = models.IntegerField(primary_key=True)
    term = models.BigIntegerField()
    node = models.CharField(max_length=100)
    system_identifier = models.CharField(max_length=60, default="")
    timeline = models.BigIntegerField(default=0)

    class Meta:
        db_table = "term"
        constraints = [models.CheckConstraint(name="term_positive", condition=Q(term__gt=0))]


class Lease(models.Model):
    """The renewed half of a leadership, apart from ``term`` so that renewals do not queue behind writers."""

    shard = models.IntegerField(primary_key=True)
    term = models.BigIntegerField()
    node = models.CharField(max_length=100)
    beat = models.BigIntegerField(default=0)
    released = models.BooleanField(default=False)
    session = models.CharField(max_length=63, default="")  # application_name of the holder's lease session
    ttl_seconds = models.FloatField(default=0)  # of the holder; 0 on SQLite
    renewed_at = models.DateTimeField(null=True)  # by the database's clock, for reports only; not on SQLite
    asked_by = models.CharField(max_length=150, default="")  # who wants the holder to hand over

    class Meta:
        db_table = "lease"


class Node(models.Model):
    """A Manager that has been seen."""

    name = models.CharField(max_length=100, primary_key=True)
    version = models.CharField(max_length=40)
    address = models.CharField(max_length=200, default="")
    started_at = models.DateTimeField()
    pid = models.IntegerField()
    seen_at = models.DateTimeField(null=True)  # by the database's clock, every few seconds
    state = models.CharField(max_length=10, default="standby")  # active, standby, stopped
    draining = models.BooleanField(default=False)  # it shall not lead, and tells load balancers to go elsewhere
    ready = models.BooleanField(default=False)  # its index has followed all changes

    class Meta:
        db_table = "node"


class Takeover(models.Model):
    """A node became active: when, from whom, why, and what it found running."""

    term = models.BigIntegerField(primary_key=True)
    shard = models.IntegerField(default=0)
    from_node = models.CharField(max_length=100, default="")
    to_node = models.CharField(max_length=100)
    from_term = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=40)  # see takeover.Cause
    last_seen_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    acknowledged_by = models.CharField(max_length=150, null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "takeover"
        constraints = [
            models.CheckConstraint(
                name="takeover_ready_after", condition=Q(ready_at__isnull=True) | Q(ready_at__gte=F("at"))
            )
        ]


class Hold(models.Model):
    """Nothing of ``lane`` is claimed while its row stands: after a restore, until a person releases it."""

    lane = models.CharField(max_length=20, primary_key=True)
    why = models.CharField(max_length=20)  # message id of the reason
    actor = models.CharField(max_length=150, default="")
    since = models.DateTimeField()

    class Meta:
        db_table = "hold"
