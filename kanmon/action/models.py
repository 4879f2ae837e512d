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
    html = models.TextField(default="")  # of a mail: the same for who reads HTML
    attachment = models.BinaryField(default=b"")  # CSV of the PCs
    pcs = models.BinaryField(default=b"")  # roaring bitmap
    input = models.JSONField(default=dict)  # what its kind needs beyond that, as decided; holds no secret
    created_at = models.DateTimeField()

    class Meta:
        db_table = "action_order"
        indexes = [models.Index(fields=["policy_version", "created_at"], name="order_policy_time")]


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
