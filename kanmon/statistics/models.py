"""Tables of statistics."""

from django.db import models


class StatisticsDay(models.Model):
    """A day whose numbers are stored: as of ``moment``; PCs that were mended count from ``since`` on."""

    day = models.DateField(primary_key=True)
    moment = models.DateTimeField()
    since = models.DateTimeField()
    stored_at = models.DateTimeField()
    operation = models.BigIntegerField()

    class Meta:
        db_table = "statistics_day"


class GroupNumbers(models.Model):
    """The numbers (``numbers.Numbers``) of a group with all below it on a day. ``group`` 0: the whole, path "/"."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    group = models.IntegerField()
    path = models.CharField(max_length=1000)
    body = models.JSONField()

    class Meta:
        db_table = "statistics_group"
        constraints = [models.UniqueConstraint(fields=["group", "day"], name="statistics_once")]
        indexes = [models.Index(fields=["day"], name="statistics_by_day")]
