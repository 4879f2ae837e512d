"""Tables of judgment. Rows are written for changes only: a verdict holds from/to."""

from django.db import models
from django.db.models import Q

from kanmon.judgment.levels import ITEMS


class FindingSet(models.Model):
    """A distinct set of findings under one policy version, stored once (``judgment.index`` encodes it)."""

    id = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(max_length=16, unique=True)
    policy_version = models.BigIntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "finding_set"


class Verdict(models.Model):
    """What was true of a PC from one judgment to another. ``items`` are six levels, ITEMS order."""

    id = models.BigAutoField(primary_key=True)
    pc = models.BigIntegerField()
    level = models.SmallIntegerField()
    items = models.JSONField()
    finding_set = models.BigIntegerField()
    policy_version = models.BigIntegerField()
    level_before = models.SmallIntegerField()
    run = models.BigIntegerField()
    cause = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    decided_run = models.BigIntegerField(null=True)  # the run whose action step has looked at it

    class Meta:
        db_table = "verdict"
        constraints = [
            models.UniqueConstraint(fields=["pc"], name="verdict_current", condition=Q(to_at__isnull=True)),
        ]
        indexes = [
            models.Index(fields=["pc", "from_at"], name="verdict_history"),
            models.Index(fields=["id"], name="verdict_undecided", condition=Q(decided_run__isnull=True)),
        ]


class JudgedDay(models.Model):
    """A step from one day to another, see ``judgment.days``. ``done_at``: from then on all verdicts hold on ``to_day``."""

    id = models.BigAutoField(primary_key=True)
    from_day = models.DateField()
    to_day = models.DateField()
    operation = models.BigIntegerField(unique=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "judged_day"


class PcState(models.Model):
    """The newest verdict of a PC, for lists: sorted and filtered by indexed columns."""

    pc = models.BigIntegerField(primary_key=True)
    level = models.SmallIntegerField(default=0)
    security_updates = models.SmallIntegerField(default=0)
    antivirus = models.SmallIntegerField(default=0)
    prohibited_software = models.SmallIntegerField(default=0)
    mandatory_software = models.SmallIntegerField(default=0)
    pc_settings = models.SmallIntegerField(default=0)
    user_definition = models.SmallIntegerField(default=0)
    verdict = models.BigIntegerField(null=True)
    finding_set = models.BigIntegerField(null=True)
    since_at = models.DateTimeField(null=True)  # same level since
    judged_at = models.DateTimeField(null=True)
    judged_run = models.BigIntegerField(default=0, db_default=0)  # the run that judged it last
    same_level_runs = models.IntegerField(default=0, db_default=0)  # runs in a row with this level, the first counted

    class Meta:
        db_table = "pc_state"
        indexes = [models.Index(fields=["level", "pc"], name="pc_state_level")]


assert all(hasattr(PcState, item) for item in ITEMS)
