"""Tables of network control: agents, the list of what is to be, orders, and where PCs were seen."""

from django.db import models


class Agent(models.Model):
    """A network agent, from its enrolment on. ``health``: list of {part, sentence, id}, as it said last."""

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=63, unique=True)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=64, default="")
    version = models.CharField(max_length=255, default="")
    highest_term = models.BigIntegerField(default=0)
    setup = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    in_step = models.BooleanField(default=False)  # its list is ours, as its last call said
    health = models.JSONField(default=list)

    class Meta:
        db_table = "network_agent"


class AgentRun(models.Model):
    """A start of an agent, as its first call tells: after a restart, or after a failover to another machine.

    ``under_way``: orders that it had not answered then. ``caught_up_at``: it has answered all, and has our list.
    """

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    run = models.CharField(max_length=255)
    host = models.CharField(max_length=255, default="")
    host_before = models.CharField(max_length=255, default="")
    silent_since = models.DateTimeField(null=True)
    began_at = models.DateTimeField()
    under_way = models.BigIntegerField(default=0)
    healed = models.BooleanField(default=False)  # its list was another one
    caught_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "network_agent_run"
        indexes = [models.Index(fields=["agent", "id"], name="network_agent_run_newest")]


class Invitation(models.Model):
    """A token of enrolment: only its hash. ``key`` is the SHA-256 of the public key (DER) that used it up."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    name = models.CharField(max_length=63)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    until = models.DateTimeField()
    key = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "network_invitation"


class Certificate(models.Model):
    """A certificate that was given to an agent; ``serial`` in hexadecimal."""

    serial = models.CharField(max_length=64, primary_key=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    issued_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "network_certificate"


class Setup(models.Model):
    """Which network is for whom, as agents shall have it: ``body`` is a ``wire.Setup`` as JSON. Never changed."""

    version = models.BigAutoField(primary_key=True)
    body = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        db_table = "network_setup"


class Entry(models.Model):
    """What is to be for a MAC. ``body``: ``wire.Entry`` as JSON; ``line``: what it adds to the digest, "" for nothing.

    ``state`` and ``why`` are what holds without regard to fixed devices: permit, deny, refuse or "" (nothing); policy,
    person or emergency. ``version`` was used last. ``decided_by`` is the newest operation that wrote for the policy.
    """

    mac = models.CharField(max_length=17, primary_key=True)
    pc = models.BigIntegerField(null=True, db_index=True)
    state = models.CharField(max_length=6, default="")
    why = models.CharField(max_length=9, default="")
    since = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=0)
    decided_by = models.BigIntegerField(default=0)
    line = models.CharField(max_length=200, default="")
    body = models.BinaryField()

    class Meta:
        db_table = "network_entry"
        indexes = [models.Index(fields=["state", "mac"], name="network_entry_state")]


class NetworkOrder(models.Model):
    """What is ordered for one MAC. ``progress`` says how far it has come:

    ordered        it stands in the list; agents are being told
    acknowledged   all agents that it was given to have carried it out
    verified       the network itself has shown the PC where it belongs
    failed         an agent could not carry it out (``sentence``)
    fixed          passed over: a fixed device
    overtaken      a newer order for the same MAC came first
    """

    id = models.BigAutoField(primary_key=True)
    operation = models.BigIntegerField(db_index=True)
    mac = models.CharField(max_length=17)
    pc = models.BigIntegerField(null=True)
    ip = models.CharField(max_length=45, default="")
    host = models.CharField(max_length=255, default="")
    wanted = models.CharField(max_length=8)
    by = models.CharField(max_length=6)
    register = models.CharField(max_length=9)  # which one it writes: policy, person, emergency, or all
    term = models.BigIntegerField()
    version = models.BigIntegerField()
    reason = models.CharField(max_length=1000, default="")
    ordered_at = models.DateTimeField()
    progress = models.CharField(max_length=12, default="ordered")
    acknowledged_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    sentence = models.CharField(max_length=1000, default="")

    class Meta:
        db_table = "network_order"
        constraints = [models.UniqueConstraint(fields=["mac", "version"], name="network_order_version")]
        indexes = [
            models.Index(fields=["pc", "id"], name="network_order_pc"),
            models.Index(fields=["ordered_at"], name="network_order_time"),
            models.Index(fields=["warned_at", "progress", "ordered_at"], name="network_order_not_shown"),
        ]


class Given(models.Model):
    """An order that an agent shall carry out, and its answer; ``result`` is "" as long as there is none."""

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    order = models.ForeignKey(NetworkOrder, on_delete=models.CASCADE)
    result = models.CharField(max_length=6, default="")
    term = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)  # by the agent's clock
    sentence = models.CharField(max_length=1000, default="")

    class Meta:
        db_table = "network_given"
        constraints = [models.UniqueConstraint(fields=["agent", "order"], name="network_given_once")]
        indexes = [models.Index(fields=["agent", "result", "order"], name="network_given_open")]


class Sighting(models.Model):
    """Where an agent's network saw a MAC last. ``at`` is by the agent's clock, ``told_at`` by ours."""

    id = models.BigAutoField(primary_key=True)
    mac = models.CharField(max_length=17)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    ip = models.CharField(max_length=45, default="", db_index=True)
    nas = models.CharField(max_length=255, default="")
    port = models.CharField(max_length=255, default="")
    network = models.CharField(max_length=15, default="unknown")
    how = models.CharField(max_length=14, default="")
    at = models.DateTimeField()
    told_at = models.DateTimeField()
    first_at = models.DateTimeField()
    wrong_since = models.DateTimeField(null=True)  # in another network than it belongs in, since

    class Meta:
        db_table = "network_sighting"
        constraints = [models.UniqueConstraint(fields=["mac", "agent"], name="network_sighting_once")]


class Recheck(models.Model):
    """A PC in quarantine has asked to be checked again; ``operation`` judges it, after a new report another one.

    ``woken``: its inventory program was there and was asked for a new inventory.
    """

    id = models.BigAutoField(primary_key=True)
    pc = models.BigIntegerField()
    asked_at = models.DateTimeField()
    operation = models.BigIntegerField()
    woken = models.BooleanField(default=False)

    class Meta:
        db_table = "network_recheck"
        indexes = [
            models.Index(fields=["pc", "asked_at"], name="network_recheck_pc"),
            models.Index(fields=["asked_at"], name="network_recheck_time"),
        ]
