"""Tables of policies: documents, their immutable versions, to whom they are assigned, and what is waived."""

from django.db import models
from django.db.models import F, Q


class Policy(models.Model):
    """A named judgment or action policy. A deleted one stays: verdicts of the past name its versions."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    builtin = models.BooleanField(default=False)
    read_only = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy"
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], condition=Q(deleted_at__isnull=True), name="policy_name"),
            models.CheckConstraint(name="policy_kind", condition=Q(kind__in=["judgment", "action"])),
        ]


class PolicyVersion(models.Model):
    """One version of a policy, as its YAML text. Never changed."""

    id = models.BigAutoField(primary_key=True)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    text = models.TextField()
    author = models.CharField(max_length=150)
    comment = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "policy_version"
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once")]


class Assignment(models.Model):
    """Which policy holds for the system, a group or a PC; the nearest wins."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)  # judgment or action
    target = models.CharField(max_length=10)  # system, group, pc
    target_id = models.BigIntegerField(default=0)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)

    class Meta:
        db_table = "assignment"
        constraints = [
            models.UniqueConstraint(fields=["kind", "target", "target_id"], name="assignment_once"),
            models.CheckConstraint(name="assignment_target", condition=Q(target__in=["system", "group", "pc"])),
        ]


class Waiver(models.Model):
    """A condition that does not count for a PC, or for the PCs of a group and of those below, for a time.

    ``condition``: its id, as findings have it. It counts from ``begins_on`` to ``expires_on``, both days whole,
    unless a person ends it before. Rows stay: a verdict of the past is explained by the waiver of then.
    """

    id = models.BigAutoField(primary_key=True)
    target = models.CharField(max_length=10)  # group or pc
    target_id = models.BigIntegerField()
    condition = models.CharField(max_length=700)
    reason = models.CharField(max_length=1000)
    approver = models.CharField(max_length=150)
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    begins_on = models.DateField()
    expires_on = models.DateField()
    notice_days = models.IntegerField(default=14)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, default="")

    class Meta:
        db_table = "waiver"
        constraints = [
            models.UniqueConstraint(
                fields=["target", "target_id", "condition"], condition=Q(ended_at__isnull=True), name="waiver_once"
            ),
            models.CheckConstraint(name="waiver_target", condition=Q(target__in=["group", "pc"])),
            models.CheckConstraint(name="waiver_days", condition=Q(expires_on__gte=F("begins_on"))),
        ]


class PolicyDraft(models.Model):
    """What a person edits and has not saved: one a person and policy. ``body`` is a document as JSON, wrong or right.

    ``base``: the version that it was made from. ``shape``: how often rows were added, moved or removed, so that a form
    of before is known. Lost with nothing but a person's typing; forgotten some time after the last change.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=150)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    base = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT)
    body = models.TextField()
    shape = models.IntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "policy_draft"
        constraints = [models.UniqueConstraint(fields=["owner", "policy"], name="policy_draft_once")]
