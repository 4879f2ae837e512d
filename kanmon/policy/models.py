"""Tables of policies: documents, their immutable versions, and to whom they are assigned."""

from django.db import models
from django.db.models import Q


class Policy(models.Model):
    """A named judgment or action policy."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    builtin = models.BooleanField(default=False)
    read_only = models.BooleanField(default=False)

    class Meta:
        db_table = "policy"
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="policy_name"),
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
