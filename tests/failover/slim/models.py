"""Rows of the slim kinds. Nothing here forbids a row to stand twice: that is for the journal to see to."""

from django.db import models


class Input(models.Model):
    """What was acknowledged to a sender: the queue in front. ``name`` is the sender's own."""

    seq = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    pc = models.IntegerField()
    value = models.IntegerField()
    state = models.CharField(max_length=10, default="queued")

    class Meta:
        app_label = "slim"
        db_table = "slim_input"


class Record(models.Model):
    """An input that was recorded."""

    name = models.CharField(max_length=60)
    pc = models.IntegerField()
    value = models.IntegerField()
    operation = models.BigIntegerField()

    class Meta:
        app_label = "slim"
        db_table = "slim_record"


class Verdict(models.Model):
    """A PC's level has changed."""

    pc = models.IntegerField()
    level = models.IntegerField()
    level_before = models.IntegerField()
    decided = models.BooleanField(default=False)

    class Meta:
        app_label = "slim"
        db_table = "slim_verdict"


class Level(models.Model):
    """The level of a PC now."""

    pc = models.IntegerField(primary_key=True)
    level = models.IntegerField()

    class Meta:
        app_label = "slim"
        db_table = "slim_level"


class Counted(models.Model):
    """A number that a "count" operation has counted."""

    operation = models.BigIntegerField()
    number = models.IntegerField()

    class Meta:
        app_label = "slim"
        db_table = "slim_counted"


class Setting(models.Model):
    """What a person changed."""

    name = models.CharField(max_length=60)

    class Meta:
        app_label = "slim"
        db_table = "slim_setting"
