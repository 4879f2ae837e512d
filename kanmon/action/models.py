"""Tables of action: what was ordered. How far an order got is told by its operation."""

from django.db import models
from django.db.models import Q


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
    html = models.TextField(default="")  # of a mail: the same for who reads HTML
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


class MailGroup(models.Model):
    """Addresses under a name, which action policies name as "group:NAME"."""

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    addresses = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        db_table = "mail_group"


class MailUser(models.Model):
    """The address of a user of PCs. ``user`` as ``user_mail.known_as`` writes it."""

    id = models.BigAutoField(primary_key=True)
    user = models.CharField(max_length=255, unique=True)
    address = models.CharField(max_length=254)

    class Meta:
        db_table = "mail_user"


class DigestPart(models.Model):
    """PCs of one run that a digest which has not been sent yet is to tell of. ``operation``: the mail."""

    id = models.BigAutoField(primary_key=True)
    operation = models.BigIntegerField(db_index=True)
    run = models.BigIntegerField()
    policy_version = models.BigIntegerField()
    pcs = models.BinaryField()  # roaring bitmap
    added_at = models.DateTimeField()

    class Meta:
        db_table = "mail_digest_part"
        constraints = [models.UniqueConstraint(fields=["operation", "run"], name="mail_digest_part_once")]


class UserMessage(models.Model):
    """A message to the user of one PC, as it was written. ``text`` and ``html`` hold a mark where the link goes."""

    WAITING, DELIVERED, SHOWN, EXPIRED = "waiting", "delivered", "shown", "expired"

    id = models.BigAutoField(primary_key=True)
    operation = models.BigIntegerField()  # the first of a chain of redos
    pc = models.BigIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(default="")
    made_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=WAITING)
    delivered_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "user_message"
        constraints = [
            models.UniqueConstraint(fields=["operation", "pc"], name="user_message_once"),
            models.CheckConstraint(
                name="user_message_state",
                condition=Q(state="waiting", delivered_at=None, shown_at=None, expired_at=None)
                | Q(state="delivered", delivered_at__isnull=False, shown_at=None, expired_at=None)
                | Q(state="shown", delivered_at__isnull=False, shown_at__isnull=False, expired_at=None)
                | Q(state="expired", shown_at=None, expired_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["pc", "id"], name="user_message_pc"),
            models.Index(
                fields=["expires_at"], name="user_message_open", condition=Q(state__in=["waiting", "delivered"])
            ),
        ]


class MessageClient(models.Model):
    """The client of one PC, by a token of its own. ``wish``: the newest asking for an inventory, see ``network.recheck``."""

    id = models.BigAutoField(primary_key=True)
    device = models.BigIntegerField(unique=True)
    pc = models.BigIntegerField(unique=True)
    token_digest = models.BinaryField(max_length=32, unique=True)
    agent = models.CharField(max_length=100, default="")
    registered_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # to half an hour
    refused_at = models.DateTimeField(null=True)  # another one has asked to be this PC
    wish = models.BigIntegerField(null=True)
    wished_at = models.DateTimeField(null=True, db_index=True)
    wish_done = models.BigIntegerField(null=True)

    class Meta:
        db_table = "message_client"


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
