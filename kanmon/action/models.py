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
    pc_count = models.IntegerField(default=0, db_default=0)
    input = models.JSONField(default=dict)  # what its kind needs beyond that, as decided; holds no secret
    created_at = models.DateTimeField()

    class Meta:
        db_table = "action_order"
        indexes = [
            models.Index(fields=["policy_version", "created_at"], name="order_policy_time"),
            models.Index(fields=["run"], name="order_run"),
        ]


class Acted(models.Model):
    """PCs on which one action of one step has been carried out ``times`` times, the last time on ``day``, since they
    came to their level. They are taken out when their level changes. 0 times: they are left alone until then.

    ``policy`` is the policy, not its version: a new version goes on where the one before was. ``day`` is an ordinal.
    """

    id = models.BigAutoField(primary_key=True)
    policy = models.IntegerField()
    level = models.SmallIntegerField()
    step = models.SmallIntegerField()
    kind = models.CharField(max_length=20)  # with dry: before it, of a dry run
    day = models.IntegerField()
    times = models.IntegerField()
    pcs = models.BinaryField()  # roaring bitmap

    class Meta:
        db_table = "action_acted"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "level", "step", "kind", "day", "times"], name="action_acted_once"
            ),
        ]


class Waiting(models.Model):
    """PCs about which a person is asked: beyond the cap of an hour (cap), or at the level already when the action was
    switched on (already). ``run`` is the first that wanted it.
    """

    id = models.BigAutoField(primary_key=True)
    policy = models.IntegerField()
    level = models.SmallIntegerField()
    step = models.SmallIntegerField()
    kind = models.CharField(max_length=20)
    why = models.CharField(max_length=10)
    pcs = models.BinaryField()
    since = models.DateTimeField()
    operation = models.BigIntegerField()  # that decided so first

    class Meta:
        db_table = "action_waiting"
        constraints = [
            models.UniqueConstraint(fields=["policy", "level", "step", "kind", "why"], name="action_waiting_once"),
            models.CheckConstraint(name="action_waiting_why", condition=models.Q(why__in=["cap", "already"])),
        ]


class Covered(models.Model):
    """PCs for which an action was in force when policies or their assignment were changed last: for others it is new."""

    id = models.BigAutoField(primary_key=True)
    policy = models.IntegerField()
    level = models.SmallIntegerField()
    step = models.SmallIntegerField()
    kind = models.CharField(max_length=20)
    pcs = models.BinaryField()

    class Meta:
        db_table = "action_covered"
        constraints = [
            models.UniqueConstraint(fields=["policy", "level", "step", "kind"], name="action_covered_once"),
        ]


class Withheld(models.Model):
    """What a decision did not order although it was due: ``why`` is dry_run, held, cap, already or declined."""

    id = models.BigAutoField(primary_key=True)
    operation = models.BigIntegerField(db_index=True)  # that decided
    run = models.BigIntegerField(db_index=True)
    policy_version = models.BigIntegerField()
    level = models.SmallIntegerField()
    step = models.SmallIntegerField()
    kind = models.CharField(max_length=20)
    why = models.CharField(max_length=10)
    pcs = models.BinaryField()
    pc_count = models.IntegerField(default=0, db_default=0)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "action_withheld"


class Touched(models.Model):
    """By which PCs an order, or what was withheld, is found: a row for each 1,024 numbers of which one or more are in it.

    ``bits``: the lowest bit of the first octet is the first number of the ``bucket``. See ``history.touched``.
    """

    id = models.BigAutoField(primary_key=True)
    bucket = models.IntegerField()
    at = models.DateTimeField()
    order = models.BigIntegerField(null=True, db_index=True)
    withheld = models.BigIntegerField(null=True, db_index=True)
    bits = models.BinaryField(max_length=128)

    class Meta:
        db_table = "action_touched"
        constraints = [
            models.CheckConstraint(
                name="action_touched_one",
                condition=models.Q(order__isnull=False, withheld__isnull=True)
                | models.Q(order__isnull=True, withheld__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["bucket", "at", "id"], name="action_touched_bucket")]
